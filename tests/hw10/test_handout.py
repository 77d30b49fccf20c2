"""What the handouts of hw10 alone say: numbers that they quote, and what became of old calls.

What holds for every handout is looked at in `tests/e2e/test_handouts.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.autograd import Variable

from grader.catalog import load_assignment
from tests.e2e.handouts import HANDOUTS, sections, text_of

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment(ROOT / "assignments" / "hw10")
EVERY_HANDOUT = pytest.mark.parametrize("handout", HANDOUTS)


@EVERY_HANDOUT
def test_the_handout_quotes_what_other_ways_to_scale_give(handout: str) -> None:
    """Bounds of all months, and the largest value subtracted for the smallest."""
    months = np.array([2.0, 4.0, 6.0, 10.0])
    span = months.max() - months.min()
    text = sections(ASSIGNMENT, handout)["scaling"]

    for values in ((months - months.min()) / span, (months - months.max()) / span):
        assert ", ".join(f"{value:g}" for value in values) in text


@EVERY_HANDOUT
def test_old_calls_do_what_the_handout_says(handout: str) -> None:
    """The left column of its table, as PyTorch answers it today."""
    text = text_of(ASSIGNMENT, handout)
    x = torch.ones(2, 3)

    for old in ("Variable(x)", "Variable(x, volatile=True)", "init.kaiming_normal(w)",
                "init.orthogonal(w)", "out.max(1)[1].data[0]", "model(x).data"):  # fmt: skip
        assert f"`{old}`" in text
    assert type(Variable(x)) is torch.Tensor
    with pytest.warns(UserWarning, match="volatile was removed"):
        tracked = Variable(x, volatile=True) * torch.ones(3, requires_grad=True)
    assert tracked.requires_grad
    for name in ("kaiming_normal", "orthogonal"):
        with pytest.warns(FutureWarning, match=f"{name}_"):
            getattr(torch.nn.init, name)(torch.empty(3, 3))
    assert x.max(1)[1].data[0].shape == ()
