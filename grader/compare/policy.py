"""What counts as the same value: strict in substance, lenient in form.

The expected value decides how the actual one is read.

==================  ===============================================================================
expected            accepted
==================  ===============================================================================
None, str, bytes    the same; str and bytes are two kinds
bool                an equal bool of Python or numpy, never 0 or 1
int                 an equal int of Python or numpy, or a float of that value; never a bool
float, complex      a close float or int (for a complex also a complex), or an array or tensor of
                    any shape that holds only this number
list of floats      as many close floats in a list, tuple or one-dimensional array
numpy array         an array of the same shape and family, or a nesting of numbers that makes one;
                    for integers also floats of their values; no tensor
torch tensor        a tensor of the same shape and family, whatever its requires_grad
list, tuple         either of the two, as long, with equal items; if the items are equally shaped
                    arrays or numbers, also one array of them, stacked or joined along the first
                    axis; for a 1-tuple also its bare item
dict                a dict with the expected keys at least, and equal values
anything above      a 1-tuple of it
==================  ===============================================================================

Families are bool, int, float and complex. Ints may stand for floats and either for complex numbers,
and outside tensors, which are somebody's labels, floats for the integers that they equal; nothing
else crosses. Shapes are equal or not, nothing is broadcast: (n,) is not (n, 1), and what
is empty equals nothing that is not.

Floats are close within `Tolerances`. What was computed in float32 where float64 is expected is
judged with the tolerance that float32 deserves there: `Tolerances` scale with the eps. So is a
float64 that holds float32 numbers. Half precision never is: there the difference is of kind
``dtype``, if precision is all that is wrong. NaN and infinities must stand where they are expected
and nowhere else; one that stands elsewhere makes a difference of kind ``not_finite``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare import arrays, kinds, scalars, sequences
from grader.compare.spots import Spot
from grader.compare.summaries import brief
from grader.compare.tolerance import Tolerances
from grader.errors import HarnessError

if TYPE_CHECKING:
    from grader.model import Difference


def compare(
    actual: object,
    expected: object,
    tolerances: Tolerances | None = None,
    *,
    eps: float = 0.0,
    notes: set[str] | None = None,
) -> Difference | None:
    """Compare a value with the expected one.

    Parameters
    ----------
    actual : object
        Plain data from a submission; trusted in no respect.
    expected : object
        Plain data from the reference, or derived by a suite.
    tolerances : Tolerances, optional
        What `grader.compare.derive` found for `expected`. Default: rounding alone.
    eps : float
        Precision in which the actual value may have been computed, whatever its dtype: of what
        numpy has turned into float64, say.
    notes : set of str, optional
        Gets ``precision`` and ``whole``, where values were accepted in another form.

    Returns
    -------
    Difference or None
        The first difference in the expected value's order, inside an array the worst one; None if
        the value is accepted.

    Raises
    ------
    HarnessError
        When the expected value holds something that cannot be compared, such as a set.
    """
    spot = Spot("", tolerances or Tolerances(), eps, set() if notes is None else notes)
    return _compare(actual, expected, spot)


def _compare(actual: object, expected: object, spot: Spot) -> Difference | None:
    if sequences.is_wrapped(actual, expected):
        return sequences.compare_wrapped(actual, expected, spot, _compare)
    if isinstance(expected, list | tuple):
        return sequences.compare_sequence(actual, expected, spot, _compare)
    if isinstance(expected, dict):
        return sequences.compare_dict(actual, expected, spot, _compare)
    if isinstance(expected, np.ndarray):
        return arrays.compare_array(actual, expected, spot)
    if kinds.is_tensor(expected):
        return arrays.compare_tensor(actual, expected, spot)
    return _compare_single(actual, expected, spot)


def _compare_single(actual: object, expected: object, spot: Spot) -> Difference | None:
    if expected is None:
        return scalars.compare_none(actual, expected, spot)
    if isinstance(expected, str | bytes):
        return scalars.compare_text(actual, expected, spot)
    family = kinds.family_of(expected)
    if family in {"bool", "int"}:
        return scalars.compare_discrete(actual, expected, spot)
    if family is not None:
        return scalars.compare_float(actual, expected, spot)
    raise HarnessError(
        f"the expected value at {spot.path or 'its root'} is {brief(expected)}, which cannot be "
        "compared; let the reference return plain data, arrays or tensors"
    )
