"""Stubs cut into code cells."""

from __future__ import annotations

import pytest

from grader.author.cells import cut_cells
from grader.errors import CatalogError
from grader.model import Exercise, Text

_NO_WORDS = Text("", "")


def _exercise(name: str, module: str) -> Exercise:
    return Exercise(id=name, module=module, points=1, title=_NO_WORDS, hints=(), names=(name,))


def test_comment_and_decorator_go_with_their_definition() -> None:
    """A cell holds all that belongs to its exercise, and nothing of its neighbours."""
    stub = "import a\n\n\n# About f.\n@a.b(\n    1\n)\ndef f():\n    pass\n\n\n# About X.\nX = 1\n"

    code = cut_cells({"m": stub}, [_exercise("f", "m")])

    assert code.exercises["f"] == "# About f.\n@a.b(\n    1\n)\ndef f():\n    pass"
    assert code.given["m"] == "import a\n\n\n# About X.\nX = 1"


def test_import_stands_only_in_its_first_cell() -> None:
    """A second copy would only be noise; an import that adds a name stays."""
    first, second = "import a\nfrom b import c\n", "import a\nfrom b import c, d\n"

    code = cut_cells({"m": first, "n": second}, [])

    assert code.given == {"m": "import a\nfrom b import c", "n": "from b import c, d"}


def test_import_from_another_module_is_dropped() -> None:
    """The names are in the notebook already, the module is not."""
    code = cut_cells({"m": "X = 1\n", "n": "from m import X\n\nY = X\n"}, [])

    assert code.given["n"] == "Y = X"


def test_main_guard_is_dropped() -> None:
    """In a notebook it would run, and call what is not written."""
    code = cut_cells({"m": "X = 1\n\nif __name__ == '__main__':\n    print(X)\n"}, [])

    assert code.given["m"] == "X = 1"


def test_module_without_anything_given_has_no_cell() -> None:
    """A cell with nothing but a docstring would print it."""
    stub = '"""Doc."""\n\n\ndef f():\n    pass\n'

    code = cut_cells({"m": stub}, [_exercise("f", "m")])

    assert code.given == {}


def test_name_may_be_bound_twice_in_one_module() -> None:
    """Within a module the order of the statements is kept."""
    code = cut_cells({"m": "X = 1\nX = X + 1\n"}, [])

    assert code.given["m"] == "X = 1\nX = X + 1"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("X = 1\n", "X = 2\n"),
        ("def f():\n    return 1\n", "def f():\n    return 2\n"),
        ("from a import x\n", "from b import x\n"),
    ],
)
def test_name_with_two_meanings_is_refused(first: str, second: str) -> None:
    """The later cell would silently change what the earlier code does."""
    with pytest.raises(CatalogError, match=r"n\.py: \w stands for something else"):
        cut_cells({"m": first, "n": second}, [])


@pytest.mark.parametrize("line", ["import m", "from m import X as Y"])
def test_import_that_needs_a_module_is_refused(line: str) -> None:
    """A notebook has no modules, so `m.X` could not be found."""
    with pytest.raises(CatalogError, match="cannot work in a notebook"):
        cut_cells({"m": "X = 1\n", "n": f"{line}\n"}, [])


def test_what_is_imported_from_the_future_is_no_cell_of_a_module() -> None:
    """All modules' together, in one statement that goes before the rest."""
    first, second = "from __future__ import annotations\n\nX = 1\n", "Y = 2\n"
    third = '"""Doc."""\n\nfrom __future__ import generator_stop\n'

    code = cut_cells({"m": first, "n": second, "o": third}, [])

    assert code.given == {"m": "X = 1", "n": "Y = 2"}
    assert code.future == "from __future__ import annotations, generator_stop"
    assert cut_cells({"n": second}, []).future == ""
