"""What the handouts of hw8 alone say: numbers that they quote, and what a prime means.

What holds for every handout is looked at in `tests/e2e/test_handouts.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from grader.catalog import load_assignment
from tests.e2e.handouts import HANDOUTS, fenced, sections

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment(ROOT / "assignments" / "hw8")


def test_a_prime_means_the_step_before() -> None:
    """Only the network without an index of time has one; all others count their steps."""
    found = sections(ASSIGNMENT, "handout.md")
    formulas = {one.id: "".join(fenced(found[one.id], "math")) for one in ASSIGNMENT.exercises}

    assert {name for name, formula in formulas.items() if "'" in formula} == {"srn_forward"}


def test_the_handout_quotes_what_torch_makes_of_the_gru_example() -> None:
    """The number given for the other convention is that of torch.nn.GRU."""
    layer = torch.nn.GRU(1, 2)
    for parameter in layer.parameters():
        torch.nn.init.zeros_(parameter)
    with torch.no_grad():
        parameters = dict(layer.named_parameters())  # torch stacks r, z, n
        parameters["bias_ih_l0"][:2] = torch.tensor([3.0, 1 / 3]).log()
        parameters["weight_hh_l0"][4:] = torch.tensor([[0.0, 1.0], [1.0, 0.0]])

    _, state = layer(torch.tensor([[[5.0]]]), torch.tensor([[[1.0, -1.0]]]))

    assert [round(number, 4) for number in state.flatten().tolist()] == [0.1824, -0.3775]
    for handout in HANDOUTS:
        assert "0.1824, -0.3775" in sections(ASSIGNMENT, handout)["gru_cell"]


def test_the_handout_quotes_clipping_by_norm() -> None:
    """The numbers given for the other kind of clipping are right to two decimals."""
    gradient = np.array([-12.0, -3.0, 0.0, 4.0, 9.0])

    scaled = gradient * 5 / np.linalg.norm(gradient)

    assert [round(number, 2) for number in scaled.tolist()] == [-3.79, -0.95, 0, 1.26, 2.85]
    for handout in HANDOUTS:
        assert "-3.79, -0.95, 0, 1.26, 2.85" in sections(ASSIGNMENT, handout)["clip"]
