"""What a submission has to run for some of its names."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import wire
from grader.intake import read_text
from grader.intake.needs import narrowed

NOTEBOOK = """
import numpy as np
import torch
from torch import nn
LIMIT = 5

def bound(x):
    return np.clip(x, -LIMIT, LIMIT)

def clip(x):
    return bound(x)

class Cell(nn.Module):
    def forward(self, x):
        return torch.tanh(x)
"""


def kept(text: str, *names: str) -> list[str]:
    """Return what the pieces that are left bind."""
    module = read_text(text, Path("hw.py"), {"clip": ("clip",), "Cell": ("Cell",)})
    (left,) = narrowed(wire.Source((module,)), names).modules
    return [name for piece in left.pieces for name in piece.names]


@pytest.mark.parametrize(
    ("name", "left"),
    [("clip", ["np", "LIMIT", "bound", "clip"]), ("Cell", ["torch", "nn", "Cell"]), ("none", [])],
)
def test_what_others_need_is_left_out(name: str, left: list[str]) -> None:
    """In the order in which it stands, with what it calls in turn."""
    assert kept(NOTEBOOK, name) == left


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("return bound(x) + eval('torch').pi", ["torch"]),
        ("return globals()['nn'] and bound(x)", ["nn"]),
        ("return bound(x) + Cell().forward(x)", ["torch", "nn", "Cell"]),
    ],
)
def test_whatever_may_be_reached_is_kept(line: str, more: list[str]) -> None:
    """A name in a text counts where code looks names up by their texts."""
    left = kept(NOTEBOOK.replace("return bound(x)", line), "clip")

    assert set(more) <= set(left)


def test_what_binds_nothing_is_kept() -> None:
    """Such as a star import, and what changes a class that is needed."""
    text = NOTEBOOK + "\nfrom torch.nn import *\nclip.times = 3\n"
    module = read_text(text, Path("hw.py"), {"clip": ("clip",), "Cell": ("Cell",)})

    (left,) = narrowed(wire.Source((module,)), ["clip"]).modules

    codes = [piece.code for piece in left.pieces]
    assert "from torch.nn import *" in codes
    assert "clip.times = 3" in codes
