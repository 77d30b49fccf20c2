"""Where a name is defined, what its parameters are, and which numbers of the file it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import wire
from grader.intake import definition_of, globals_read, listing_of, parameters_of, read_text
from grader.intake.files import read_file
from grader.intake.places import LISTED_CHARACTERS, LISTED_LINES
from grader.model import Listing, Place

EXERCISES = {"clip": ("clip",), "cell": ("GRUCell", "gru")}

SCRIPT = """\
import math

RATE = 3
BIG: int = 9
LIMIT = 2.5
NAME = "x"
FLAG = True
LOW, HIGH = 1, 2


@cached
@twice(
    3,
)
def clip(gradients, max_value, *, more=1):
    rate = RATE
    return gradients * rate * FLAG * len(NAME) * LOW


class GRUCell:
    def forward(self, x):
        return x

    def __init__(self, size, bias=0):
        self.size = LIMIT

gru = lambda x, state=None: x
"""


def _source(*texts: str, names: tuple[str, ...] = ("char_rnn", "cells")) -> wire.Source:
    return wire.Source(
        tuple(
            read_text(text, Path(f"{name}.py"), EXERCISES)
            for name, text in zip(names, texts, strict=False)
        )
    )


@pytest.mark.parametrize(
    ("name", "line", "text"),
    [
        ("clip", 15, "def clip(gradients, max_value, *, more=1):"),
        ("GRUCell", 20, "class GRUCell:"),
        ("gru", 27, "gru = lambda x, state=None: x"),
    ],
)
def test_a_definition_is_found_by_file_and_line(name: str, line: int, text: str) -> None:
    """The line of the ``def``, not that of a decorator above it."""
    place = definition_of(_source(SCRIPT), "char_rnn", [name])

    assert place == Place(file="char_rnn.py", line=line, text=text)


def test_the_first_name_that_is_defined_counts() -> None:
    """An exercise may have several; one that is only a number is no definition."""
    place = definition_of(_source(SCRIPT), "char_rnn", ["absent", "RATE", "gru", "clip"])

    assert place is not None
    assert place.line == 27


def test_the_exercises_own_module_comes_first() -> None:
    """As when the name is looked up to be called; then the others, in order."""
    here, there = "def clip(x): return 1\n", "\ndef clip(x): return 2\n"

    own = definition_of(_source(here, there), "cells", ["clip"])
    other = definition_of(_source(here, there), "absent", ["clip"])

    assert own == Place("cells.py", 2, text="def clip(x): return 2")
    assert other == Place("char_rnn.py", 1, text="def clip(x): return 1")


def test_a_stub_is_no_definition() -> None:
    """What has not been written is not shown as the place of a mistake."""
    stub = "def clip(x):\n    raise NotImplementedError\n"

    assert definition_of(_source(stub), "char_rnn", ["clip"]) is None
    found = definition_of(_source(stub, "def clip(x): return x\n"), "char_rnn", ["clip"])
    assert found is not None
    assert found.file == "cells.py"


def test_the_definition_that_counts_is_the_last_one() -> None:
    """A helper of that name below is what Python would call."""
    text = "def clip(x): return 1\n\ndef other(): pass\n\ndef clip(x): return 2\n"

    place = definition_of(_source(text), "char_rnn", ["clip"])

    assert place is not None
    assert (place.line, place.text) == (5, "def clip(x): return 2")


def test_nothing_is_found_of_what_is_not_there() -> None:
    """Nor in an empty submission."""
    assert definition_of(_source(SCRIPT), "char_rnn", ["absent"]) is None
    assert definition_of(wire.Source(()), "char_rnn", ["clip"]) is None


def test_in_a_notebook_the_cell_counts_lines(reader, module) -> None:
    """Cell and line as the student sees them, magics included."""
    read = module(
        reader.notebook("import math", "%matplotlib inline\n\ndef clip(x):\n    return x")
    )

    place = definition_of(wire.Source((read,)), read.name, ["clip"])

    assert place == Place(file="hw.ipynb", line=3, cell=2, text="def clip(x):")


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("clip", ("gradients", "max_value")),
        ("GRUCell", ("size", "bias")),
        ("gru", ()),
        ("absent", ()),
        ("RATE", ()),
    ],
)
def test_parameters_are_those_of_the_function_or_of_init(name: str, names: tuple[str]) -> None:
    """Positional ones, ``self`` aside; none where they cannot be read off."""
    assert parameters_of(_source(SCRIPT), "char_rnn", name) == names


def test_positional_only_parameters_keep_their_place() -> None:
    """Otherwise the second argument would be shown under the first one's name."""
    source = _source("def clip(gradients, /, max_value): return gradients\n")

    assert parameters_of(source, "char_rnn", "clip") == ("gradients", "max_value")


def test_parameters_are_looked_up_as_definitions_are() -> None:
    """The home module first, the last definition of it."""
    source = _source("def clip(a): pass\n", "def clip(b): pass\ndef clip(c): pass\n")

    assert parameters_of(source, "cells", "clip") == ("c",)
    assert parameters_of(source, "char_rnn", "clip") == ("a",)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["clip"], [("RATE", 3)]),
        (["GRUCell"], [("LIMIT", 2.5)]),
        (["clip", "GRUCell"], [("RATE", 3), ("LIMIT", 2.5)]),
        (["gru"], []),
        (["absent"], []),
    ],
)
def test_numbers_at_the_top_that_a_name_reads(
    names: list[str], found: list[tuple[str, float]]
) -> None:
    """Plain numbers alone: texts, truth values and tuples are no likely culprits."""
    assert globals_read(_source(SCRIPT), names) == found


def test_numbers_too_long_to_be_written_are_left_out() -> None:
    """In hexadecimal Python reads any number; it does not write one of thousands of digits."""
    source = _source("BIG = 0x" + "f" * 5000 + "\nRATE = 3\ndef clip(x): return BIG, RATE\n")

    assert globals_read(source, ["clip"]) == [("RATE", 3)]


def test_numbers_of_another_module_are_not_read() -> None:
    """Each module has its own globals."""
    source = _source("def clip(x): return RATE\n", "RATE = 3\n")

    assert globals_read(source, ["clip"]) == []


def test_a_text_is_read_as_its_file_would_be(tmp_path: Path) -> None:
    """Variants of the reference are made of texts that never lie on disk."""
    path = tmp_path / "my answers.py"
    path.write_text(SCRIPT, "utf-8")

    assert read_text(SCRIPT, path, EXERCISES) == read_file(path, EXERCISES).module
    assert read_text(SCRIPT, path, EXERCISES).name == "my_answers"


def test_a_text_without_a_file_is_read_too(tmp_path: Path) -> None:
    """Nothing is opened; a stub in it is known as one."""
    read = read_text("def clip(x):\n    pass\n", tmp_path / "absent.py", EXERCISES)

    assert (read.name, read.origin, read.unwritten) == ("absent", "absent.py", ("clip",))


class TestListings:
    """What is quoted of a submission's text."""

    def test_it_is_the_definition_with_its_decorators(self) -> None:
        """Line by line as it was handed in, under the numbers of the file."""
        found = listing_of(_source(SCRIPT), "char_rnn", ["clip"])

        assert found is not None
        assert (found.file, found.line, found.marked) == ("char_rnn.py", 11, ())
        assert found.lines == tuple(SCRIPT.splitlines()[10:17])

    def test_the_line_of_a_fault_is_marked(self) -> None:
        """In whichever definition it lies: that one is quoted."""
        fault = Place("char_rnn.py", 22)

        found = listing_of(_source(SCRIPT), "char_rnn", ["clip"], [fault])

        assert found is not None
        assert (found.line, found.marked) == (20, (22,))
        assert found.lines[22 - 20] == "        return x"

    def test_a_fault_elsewhere_marks_nothing(self) -> None:
        """In another file, or in a line that no definition has."""
        for fault in (Place("other.py", 22), Place("char_rnn.py", 2), Place("char_rnn.py", 22, 3)):
            found = listing_of(_source(SCRIPT), "char_rnn", ["clip"], [fault])

            assert found is not None
            assert (found.line, found.marked) == (11, ())

    def test_a_cell_counts_its_own_lines(self) -> None:
        """The notebook's name and the cell's number are told apart."""
        module = wire.Module(
            "char_rnn",
            "hw8.ipynb",
            (wire.Piece("def f():\n    1 / 0", "hw8.ipynb[cell 5]", 3, "definition", ("f",)),),
            cells={"hw8.ipynb[cell 5]": "..."},
        )

        found = listing_of(wire.Source((module,)), "char_rnn", ["f"], [Place("hw8.ipynb", 4, 5)])

        assert found == Listing("hw8.ipynb", 3, ("def f():", "    1 / 0"), 5, (4,))

    @pytest.mark.parametrize("line", [2, 100, 399])
    def test_a_long_one_is_cut_around_the_fault(self, line: int) -> None:
        """How much is left out on either side is counted; long lines are cut, too."""
        text = "def f(x):\n" + f"    x = 1{' ' * 300}# ...\n" * 399

        found = listing_of(_source(text), "char_rnn", ["f"], [Place("char_rnn.py", line)])

        assert found is not None
        assert len(found.lines) == LISTED_LINES
        assert found.line <= line < found.line + LISTED_LINES
        assert found.above + LISTED_LINES + found.below == 400

    @pytest.mark.parametrize("line", [None, 40, 90])
    def test_half_a_docstring_is_never_quoted(self, line: int | None) -> None:
        """What begins within one would be read as code; without a mark the code is what counts."""
        head = ["def f():", '    """Say it.', *["    More."] * 50, '    """']
        text = "\n".join([*head, *[f"    x = {number}" for number in range(50)]])
        faults = [] if line is None else [Place("char_rnn.py", line)]

        found = listing_of(_source(text), "char_rnn", ["f"], faults)

        assert found is not None
        assert found.above in {0, len(head)}
        assert found.lines[-1] == "    x = 49" or line == 40
        assert max(map(len, found.lines)) <= LISTED_CHARACTERS

    def test_a_stub_is_not_quoted(self) -> None:
        """Nor what is not there."""
        source = _source("def clip(x):\n    raise NotImplementedError\n")

        assert listing_of(source, "char_rnn", ["clip", "other"]) is None
