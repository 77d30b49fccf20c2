"""Which error is accepted where: derived from dtype and conditioning, never guessed.

A right implementation may order its operations otherwise than the reference, so the two differ by
rounding. Rounding moves intermediate values by a relative `eps`, and what that does to the result
is what a small relative change of the inputs does to it. So the reference is run again on inputs
perturbed by a known relative `delta`, and how far its result moves, divided by `delta`, says how
much of an `eps` arrives there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from grader.compare import kinds, leaves
from grader.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The roundings along a path of a computation act like independent perturbations of one eps each.
# About 1,000 of them (a cell of some hundred operations over some ten steps) add up by the square
# root law to 32 eps; times 4, because the reference, which rounds as well, is not the truth, and
# because a few probes see less than the largest amplification.
SAFETY: Final = 128.0

# Largest relative tolerance that still judges anything. Half precision would exceed it at once.
CEILING: Final = 1 / 64

# A result that moves further than this many times its inputs is chaotic. At these limits the
# relative tolerance is 3e-8 in float64 and 1.5e-2 in float32; beyond, wrong values would pass.
MAX_AMPLIFICATION64: Final = 1e6
MAX_AMPLIFICATION32: Final = 1e3


class Tolerances(msgspec.Struct, frozen=True):
    """The absolute error accepted at each path of an expected value.

    Parameters
    ----------
    by_path : mapping of str to float
        Tolerances that `derive` found; any other path has the default, rounding alone.
    """

    by_path: Mapping[str, float] = msgspec.field(default_factory=dict)

    def at(self, path: str, expected: kinds.Numbers) -> float:
        """Return the tolerance at a path, given the numbers expected there."""
        tolerance = self.by_path.get(path)
        return self.default(expected) if tolerance is None else tolerance

    @staticmethod
    def default(expected: kinds.Numbers) -> float:
        """Return what rounding alone may do to a leaf: zero for one that is zero throughout."""
        if expected.family in {"bool", "int"}:
            return 0.0
        return min(SAFETY * expected.eps, CEILING) * scale_of(expected.values)

    def to_dict(self) -> dict[str, float]:
        """Return a plain dict, for storing beside a golden value."""
        return dict(self.by_path)

    @classmethod
    def from_dict(cls, stored: Mapping[str, float]) -> Tolerances:
        """Read back what `to_dict` gave.

        Raises
        ------
        HarnessError
            When a path is no text, or a tolerance is negative or not finite.
        """
        for path, tolerance in stored.items():
            number = isinstance(tolerance, float | int) and not isinstance(tolerance, bool)
            if not isinstance(path, str) or not number or not 0 <= tolerance < math.inf:
                raise HarnessError(
                    f"{path!r}: {tolerance!r} is no stored tolerance; make the golden values again"
                )
        return cls({path: float(tolerance) for path, tolerance in stored.items()})


def derive(
    expected: object, probes: Sequence[object], delta: float, working_eps: float = 0.0
) -> Tolerances:
    """Derive the tolerance of each floating leaf of an expected value.

    For a leaf: ``SAFETY * eps * (scale + spread / delta)``, with `scale` the largest magnitude in
    it and `spread` the largest change of an element in any probe. A probe in which the leaf is
    absent, shaped otherwise, or not finite where the expected one is, says nothing about that leaf.

    Parameters
    ----------
    expected : object
        What the reference returned.
    probes : sequence of object
        What it returned for inputs perturbed by `perturb`.
    delta : float
        Their relative perturbation; well above the eps of the precision computed in.
    working_eps : float
        `coarsest_epsilon` of the inputs: a float computed from float32 inputs is no more exact
        than they are. Default: each leaf's own dtype decides.

    Returns
    -------
    Tolerances
        One for each floating leaf.

    Raises
    ------
    HarnessError
        When a leaf is ill-conditioned (the case is chaotic), or of half precision.
    """
    if not 0 < delta < 1:
        raise HarnessError(f"a relative perturbation of {delta}; it must lie between 0 and 1")
    probed = [dict(leaves.floating_leaves(probe)) for probe in probes]
    return Tolerances(
        {
            path: _tolerance(path, leaf, [probe.get(path) for probe in probed], delta, working_eps)
            for path, leaf in leaves.floating_leaves(expected)
        }
    )


def coarsest_epsilon(value: object) -> float:
    """Return the largest eps among the arrays, tensors and floats in a value; 0 without any."""
    if isinstance(value, dict):
        return coarsest_epsilon(list(value.values()))
    if isinstance(value, list | tuple):
        return max(map(coarsest_epsilon, value), default=0.0)
    return kinds.epsilon_of(value)


def scale_of(values: kinds.Array) -> float:
    """Return the largest finite magnitude in an array; 0 for an empty one."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


def _tolerance(
    path: str,
    leaf: kinds.Numbers,
    probes: Sequence[kinds.Numbers | None],
    delta: float,
    working_eps: float,
) -> float:
    eps = max(leaf.eps, working_eps)
    scale = scale_of(leaf.values)
    moved = max((_spread(leaf, probe) for probe in probes), default=0.0) / delta
    where = f"the result at {path}" if path else "the result"
    if SAFETY * eps > CEILING:
        raise HarnessError(
            f"{where} is computed in half precision, too coarse to be compared; use float32"
        )
    limit = MAX_AMPLIFICATION64 if eps <= kinds.EPS64 else MAX_AMPLIFICATION32
    if moved > limit * scale:
        factor = f"{moved / scale:.3g} times" if scale else "from zero to something else"
        raise HarnessError(
            f"ill-conditioned: {where} amplifies a relative change of the inputs {factor}; at most "
            f"{limit:.0e} times can be judged. Draw smaller weights, fewer steps or other inputs"
        )
    return SAFETY * eps * (scale + moved)


def _spread(leaf: kinds.Numbers, probe: kinds.Numbers | None) -> float:
    """Return how far a probe moved from the expected leaf; 0 if it cannot be compared."""
    if probe is None or probe.values.shape != leaf.values.shape:
        return 0.0
    finite = np.isfinite(leaf.values)
    if not np.array_equal(finite, np.isfinite(probe.values)):
        return 0.0
    with np.errstate(over="ignore"):
        return scale_of(probe.values[finite] - leaf.values[finite])
