"""Which exercises a change touches."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from grader import wire
from grader.intake import read_text
from grader.model import Exercise, Text
from grader.study.touched import Touch, is_stale, touches

NAMES: Final = {"clip": ("clip",), "model": ("model",), "Cell": ("Cell",)}
EXERCISES: Final = (
    Exercise("clip", "a", 1, Text("", ""), (), ("clip",)),
    Exercise("model", "a", 1, Text("", ""), (), ("model",), ("clip",)),
    Exercise("Cell", "b", 1, Text("", ""), (), ("Cell",)),
)
A: Final = """
import numpy as np
from helpers import bound
LIMIT = 5

def clip(x):
    return bound(x, LIMIT)

def model(x):
    return x
"""
B: Final = """
class Cell:
    def forward(self, model):
        clip = model
        return clip
"""
HELPERS: Final = """
def bound(x, limit):
    return low(x, limit)

def low(x, limit):
    return max(x, -limit)

def unused(x):
    return x
"""


def source(**texts: str) -> wire.Source:
    """Read modules."""
    files = {"a": A, "b": B, "helpers": HELPERS, **texts}
    return wire.Source(
        tuple(read_text(text, Path(f"{name}.py"), NAMES) for name, text in files.items())
    )


def touched(**texts: str) -> list[str]:
    """List the exercises that differ once some modules have changed."""
    before, after = touches(source(), EXERCISES), touches(source(**texts), EXERCISES)
    return [name for name in before if before[name].code != after[name].code]


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ({}, []),
        ({"a": A.replace("LIMIT = 5", "LIMIT = 6")}, ["clip", "model"]),
        ({"helpers": HELPERS.replace("-limit", "limit")}, ["clip", "model"]),
        ({"helpers": HELPERS.replace("    return x\n", "    return -x\n")}, []),
        ({"a": A.replace("    return x\n", "    return -x\n")}, ["model"]),
        ({"b": B.replace("return clip", "return -clip")}, ["Cell"]),
        ({"a": A.replace("import numpy as np", "import numpy as np, torch")}, []),
        ({"a": A + "\nmodel = np.vectorize(model)\n"}, ["model"]),
        ({"a": A + "\nprint(clip(3))\n"}, []),
        ({"a": A.replace("return bound(x, LIMIT)", "return bound(x, LIMIT")}, ["clip", "model"]),
    ],
    ids=[
        "nothing", "a constant", "a helper's helper", "what nobody calls", "one of two",
        "local names of other exercises", "an import that nobody reads", "a wrapper", "work",
        "a syntax error",
    ],
)  # fmt: skip
def test_a_change_touches_what_reads_it(texts: dict[str, str], names: list[str]) -> None:
    """By way of helpers in other files; an exercise is touched with one that it uses."""
    assert touched(**texts) == names


def test_names_may_be_looked_up_in_other_ways() -> None:
    """As attributes of a file that is imported whole, or by a text."""
    whole = A.replace("from helpers import bound", "import helpers").replace(
        "bound(x", "helpers.bound(x"
    )
    aside = A.replace("bound(x, LIMIT)", 'globals()["bound"](x, LIMIT)')
    for text in (whole, aside):
        before = touches(source(a=text), EXERCISES)
        after = touches(source(a=text, helpers=HELPERS.replace("-limit", "limit")), EXERCISES)

        assert before["clip"].code != after["clip"].code


def test_what_is_put_off_for_an_exercise_is_followed() -> None:
    """A seed is set for what draws; a change of the number counts."""
    text = A.replace("LIMIT = 5", "LIMIT = 5\nSEED = 1\nnp.random.seed(SEED)").replace(
        "return bound(x, LIMIT)", "return np.random.rand() + x"
    )
    put_off = [piece.code for piece in source(a=text).modules[0].pieces if piece.needed_by]

    before = touches(source(a=text), EXERCISES)
    after = touches(source(a=text.replace("SEED = 1", "SEED = 2")), EXERCISES)

    assert put_off == ["np.random.seed(SEED)"]
    assert before["clip"].code != after["clip"].code
    assert before["Cell"] == after["Cell"]


def test_a_line_above_moves_all_that_follows() -> None:
    """The code is the same, its place is not."""
    before, after = touches(source(), EXERCISES), touches(source(a="\n" + A), EXERCISES)

    assert before["clip"].code == after["clip"].code
    assert before["clip"].place != after["clip"].place
    assert before["Cell"] == after["Cell"]


def test_what_is_right_stays_so_when_it_moves() -> None:
    """Only what is wrong names lines."""
    here, there = Touch("code", "here"), Touch("code", "there")

    assert not is_stale(here, there, right=True)
    assert is_stale(here, there, right=False)
    assert is_stale(here, Touch("other", "here"), right=True)
    assert is_stale(None, here, right=False)
    assert not is_stale(here, here, right=False)
