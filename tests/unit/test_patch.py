"""Diffs of a reference, written by hand."""

from __future__ import annotations

import textwrap

import pytest

from grader.errors import CatalogError
from grader.patch import parsed, patched

WALK = """\
def walk(x, steps):
    places = []
    for _ in range(steps):
        x = x + 1
        places.append(x)

    if not places:
        places.append(x)
    return places"""
BACK = """\
class Back:
    def walk(self, x):
        return x - 1"""
RIGHT = {"walk": WALK.split("\n"), "Back": BACK.split("\n")}


def _patched(diff: str) -> dict[str, str]:
    return patched(textwrap.dedent(diff), RIGHT)


def test_a_line_takes_the_place_of_a_line() -> None:
    """However far it is indented in the reference; nothing else changes."""
    assert _patched("- x = x + 1\n+ x = x + 2") == {"walk": WALK.replace("x + 1", "x + 2")}
    assert _patched("- return x - 1\n+ return x") == {"Back": BACK.replace(" - 1", "")}


def test_lines_are_indented_as_their_place_is() -> None:
    """What the diff indents in addition is so in the result; an empty line stays empty."""
    changed = _patched(
        """
        - for _ in range(steps):
        -     x = x + 1
        + while len(places) < steps:
        +     if x < 9:
        +         x = x + 1
        +
              places.append(x)
        """
    )

    assert changed["walk"].split("\n")[2:7] == [
        "    while len(places) < steps:",
        "        if x < 9:",
        "            x = x + 1",
        "",
        "        places.append(x)",
    ]


def test_a_line_may_be_put_in_or_taken_out_alone() -> None:
    """A line before or after it tells the place; an empty line can be taken out with others."""
    before = _patched("+ steps = 3\n  places = []")["walk"]
    after = _patched("  places = []\n+ steps = 3")["walk"]
    without = _patched("-\n- if not places:\n-     places.append(x)")["walk"]

    assert before == WALK.replace("    places = []", "    steps = 3\n    places = []")
    assert after == WALK.replace("    places = []", "    places = []\n    steps = 3")
    assert without == WALK.replace("\n\n    if not places:\n        places.append(x)", "")


def test_several_places_change_as_one() -> None:
    """Each is looked for in the reference, in any order and definition; they may share a line."""
    changed = _patched(
        """
        - return x - 1
        + return x - 2

        - if not places:
        + if steps == 0:

        + steps = 3
          places = []

          places = []
        + x = 0
        """
    )

    assert list(changed) == ["Back", "walk"]
    assert changed["Back"] == BACK.replace("x - 1", "x - 2")
    assert changed["walk"] == WALK.replace("if not places", "if steps == 0").replace(
        "    places = []", "    steps = 3\n    places = []\n    x = 0"
    )


@pytest.mark.parametrize(
    ("diff", "message"),
    [
        ("- x = x + 3\n+ x = x", r"no line of walk or Back reads 'x = x \+ 3'; copy it"),
        ("- x = x + 1\n- return x\n+ x = x", "no line of walk or Back reads 'return x'; copy it"),
        (
            "- places.append(x)",
            r"'places.append\(x\)' stands 2 times in walk or Back; quote the line before or after",
        ),
        (
            "- places = []\n- return places",
            r"'places = \[\]' is not followed by the other lines .*; begin a new place with an",
        ),
        ("- for _ in range(steps):\n- x = x + 1", "is not followed by the other lines"),
        ("+ return 3", "its diff tells no place; quote the line before or after it, two spaces"),
        ("- places = []\n+places = 3", r"begin with '- ', '\+ ' or two spaces in its diff: '\+pl"),
        ("places = []", "begin with '- '"),
        ("", "begin with '- '"),
        ("  places = []", "its diff changes nothing"),
        ("- places = []\n+ places = []", "its diff makes no other walk"),
        ("- def walk(x, steps):\n+ def stroll(x, steps):", "its diff makes no other walk"),
        ("- places = []\n+ places = [", r"the code does not parse: '\[' .*: 'places = \["),
        ("- places = []\n+ places = '\0'", "the code does not parse: .*null bytes"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(diff: str, message: str) -> None:
    """The message quotes the line and says what to do."""
    with pytest.raises(CatalogError, match=message):
        patched(diff, RIGHT)


def test_code_is_parsed_statement_by_statement() -> None:
    """As a module is."""
    assert len(parsed("import math\nx = 1")) == 2
