"""Values in a few numbers: what is the same up to rounding agrees, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.sketch import agree, sketch


def losses(rounding: float) -> list[float]:
    """Make losses as a training in float32 gives them, read with item()."""
    exact = np.array([6.8, 6.71, 6.66, 6.6]) * (1 + rounding)
    return [float(number) for number in exact.astype(np.float32)]


@pytest.mark.parametrize("rounding", [0.0, 2.0**-23, -(2.0**-22)])
def test_losses_that_were_computed_in_float32_agree(rounding: float) -> None:
    """A number of Python does not tell in what precision it was computed."""
    assert agree(sketch(losses(0.0)), sketch(losses(rounding)))


@pytest.mark.parametrize("change", [1e-3, -1e-4])
def test_losses_of_another_training_differ(change: float) -> None:
    """What one small step of learning changes is far more than rounding."""
    assert not agree(sketch(losses(0.0)), sketch(losses(change)))
