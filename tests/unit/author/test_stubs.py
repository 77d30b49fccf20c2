"""Stubs: the solution without what stands between the markers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from grader.author.stubs import definitions, module_stub, stub_text
from grader.errors import CatalogError
from grader.trees import is_unwritten

if TYPE_CHECKING:
    from grader.catalog import Assignment

SOLVED = '''\
"""Module."""

import math

# BEGIN SOLUTION
from math import tau
# END SOLUTION


def area(radius):
    """Return the area."""
    # BEGIN SOLUTION
    half = tau / 2
    return half * radius**2
    # END SOLUTION
'''


def test_block_in_a_function_becomes_one_raise() -> None:
    """The raise names the function and takes the place and indentation of the block."""
    stub = stub_text(SOLVED, "m.py")

    assert stub == (
        '"""Module."""\n\nimport math\n\n\ndef area(radius):\n    """Return the area."""\n'
        '    raise NotImplementedError("area: not written yet")\n'
    )


def test_block_in_a_class_body_leaves_nothing() -> None:
    """Outside of functions a raise would break the import."""
    solved = "class A:\n    b = 1\n    # BEGIN SOLUTION\n    c = 2\n    # END SOLUTION\n"

    assert stub_text(solved, "m.py") == "class A:\n    b = 1\n"


def test_raise_in_a_method_names_the_class() -> None:
    """Two methods of the same name are told apart in the student's traceback."""
    solved = (
        "class A:\n    def f(self):\n        # BEGIN SOLUTION\n        return 1\n# END SOLUTION\n"
    )

    assert stub_text(solved, "m.py").endswith(
        '        raise NotImplementedError("A.f: not written yet")\n'
    )


def test_marker_indentation_does_not_matter() -> None:
    """The code says how far the raise is indented, not the marker."""
    solved = "def f():\n# BEGIN SOLUTION\n    # why\n    return 1\n        # END SOLUTION\n"

    assert stub_text(solved, "m.py") == (
        'def f():\n    raise NotImplementedError("f: not written yet")\n'
    )


def test_block_in_a_branch_keeps_what_stands_around_it() -> None:
    """A block may be part of a loop, a branch, a handler or a case."""
    solved = (
        "def f(x):\n    try:\n        y = 1\n    except ValueError:\n"
        "        # BEGIN SOLUTION\n        y = 2\n        # END SOLUTION\n"
        "    match x:\n        case 1:\n"
        "            # BEGIN SOLUTION\n            y = 3\n            # END SOLUTION\n"
        "    return y\n"
    )

    stub = stub_text(solved, "m.py")

    assert stub.count('raise NotImplementedError("f: not written yet")') == 2
    assert stub.endswith("    return y\n")


@pytest.mark.parametrize(
    ("solved", "line", "words"),
    [
        ("x = 1\n# END SOLUTION\n", 2, "without a '# BEGIN SOLUTION'"),
        ("def f():\n    # BEGIN SOLUTION\n    return 1\n", 2, "never ended"),
        (
            "# BEGIN SOLUTION\nx = 1\n# BEGIN SOLUTION\ny = 1\n# END SOLUTION\n",
            3,
            "inside the one of line 1",
        ),
        ("x = 1  # BEGIN SOLUTION\n# END SOLUTION\n", 1, "alone on the line"),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", 1, "is no marker"),
        ("# begin_solution\nx = 1\n# end_solution\n", 1, "is no marker"),
        ("x = 1\n# BEGIN SOLUTION\n# a note\n# END SOLUTION\n", 2, "whole statements"),
        (
            "def f():\n    for x in y:\n        # BEGIN SOLUTION\n        pass\n"
            "    return 1\n    # END SOLUTION\n",
            3,
            "whole statements",
        ),
        (
            "if x:\n    # BEGIN SOLUTION\n    y = 1\nelse:\n    y = 2\n    # END SOLUTION\n",
            2,
            "whole statements",
        ),
        ("x = '''\n# BEGIN SOLUTION\na\n# END SOLUTION\n'''\n", 2, "whole statements"),
        ("class A:\n    # BEGIN SOLUTION\n    b = 1\n    # END SOLUTION\n", 1, "the stub of m.py"),
        ("def f(:\n    pass\n", 1, "does not compile"),
    ],
)
def test_error_names_file_and_line(solved: str, line: int, words: str) -> None:
    """Whoever broke the markers must find the place without a search."""
    with pytest.raises(CatalogError, match=re.escape(words)) as caught:
        stub_text(solved, "m.py")

    assert f"m.py:{line}:" in str(caught.value)


def test_solution_minus_blocks_is_stub_minus_raises(toy: Assignment) -> None:
    """Nothing else is changed, save blank lines that would stand there twice."""
    solution = (toy.solution / "steps.py").read_text(encoding="utf-8")

    stub = module_stub(toy, "steps")

    blocks = re.compile(r"^ *# BEGIN SOLUTION\n.*?# END SOLUTION\n", re.MULTILINE | re.DOTALL)
    raises = re.compile(r"^ *raise NotImplementedError.*\n", re.MULTILINE)
    assert _filled(blocks.sub("", solution)) == _filled(raises.sub("", stub))


def test_graded_names_are_unwritten_and_given_ones_are_not(toy: Assignment) -> None:
    """A fresh stub earns nothing, and what is given out works."""
    found = definitions(module_stub(toy, "steps")) | definitions(module_stub(toy, "cells"))

    unwritten = {name for name, definition in found.items() if is_unwritten(definition)}
    assert unwritten == {"advance", "walk", "Cell", "run_cell"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("def advance(", "def progress(", "defines no advance"),
        ("    return x / 2", "    # BEGIN SOLUTION\n    return x / 2\n    # END SOLUTION", "halve"),
        ("RATE = 0.5", "", "defines no RATE"),
        (
            "    return moved\n    # END SOLUTION",
            "    # END SOLUTION\n    return moved",
            "the stub of advance would count as written",
        ),
        (
            "    return positions\n    # END SOLUTION",
            "    # END SOLUTION\n    return positions",
            "the stub of walk would count as written",
        ),
    ],
)
def test_contradiction_with_exercises_is_refused(
    toy: Assignment, old: str, new: str, words: str
) -> None:
    """exercises.toml says what is graded and what is given; the reference must agree."""
    path = toy.solution / "steps.py"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CatalogError, match=r"solutions/toy/steps\.py") as caught:
        module_stub(toy, "steps")

    assert words in str(caught.value)


def test_graded_definition_inside_a_block_is_refused(toy: Assignment) -> None:
    """The student would not even see the function's name."""
    path = toy.solution / "cells.py"
    text = path.read_text(encoding="utf-8")
    start = text.index("def run_cell")
    body = text[start:].replace("    # BEGIN SOLUTION\n", "").replace("    # END SOLUTION\n", "")
    path.write_text(f"{text[:start]}# BEGIN SOLUTION\n{body}# END SOLUTION\n", encoding="utf-8")

    with pytest.raises(CatalogError, match="first line must stand outside the markers"):
        module_stub(toy, "cells")


def test_missing_reference_is_named(toy: Assignment) -> None:
    """A student's copy has no solutions/, and a release cannot be made from it."""
    (toy.solution / "steps.py").unlink()

    with pytest.raises(CatalogError, match="stubs are made from the reference modules"):
        module_stub(toy, "steps")


def test_reference_in_another_encoding_is_refused(toy: Assignment) -> None:
    """A guess would put broken letters into every student's stub."""
    (toy.solution / "steps.py").write_bytes(b"# \xff\n")

    with pytest.raises(CatalogError, match="is not UTF-8"):
        module_stub(toy, "steps")


def _filled(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]
