"""What came of a case, down to the single value that differs."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from grader.model.texts import Message
from grader.model.verdict import Verdict, Visibility  # noqa: TC001 - msgspec reads these


class Place(msgspec.Struct, frozen=True):
    """Where in a submission something happened; `cell` is None for a .py file."""

    file: str
    line: int
    cell: int | None = None
    function: str = ""
    text: str = ""


class Elements(msgspec.Struct, frozen=True):
    """Which elements of an array are off: of a vector, a matrix, or the matrix that is worst.

    Parameters
    ----------
    shape : tuple of int
        Of the whole array.
    at : tuple of int
        The leading indices of the matrix in an array of more axes.
    rows : tuple of str
        A letter for each element: ``.`` right, ``h`` and ``l`` too high and too low, ``H`` and
        ``L`` by a tenth of the largest error or more, ``x`` not to be ordered, such as NaN. A
        vector is one row.
    block : tuple of (int, int)
        How many rows and columns of a large array one letter stands for; it is the worst of them.
    expected, actual : tuple of (float or None)
        The elements of a vector, to four digits; None for what is not finite. Empty for a matrix.
    """

    shape: tuple[int, ...]
    at: tuple[int, ...]
    rows: tuple[str, ...]
    block: tuple[int, int] = (1, 1)
    expected: tuple[float | None, ...] = ()
    actual: tuple[float | None, ...] = ()


class Difference(msgspec.Struct, frozen=True):
    """How an actual value differs from the expected one.

    Parameters
    ----------
    kind : str
        ``kind``, ``keys``, ``length``, ``shape``, ``dtype``, ``not_finite`` or ``value``.
    path : str
        Where inside the value, as Python would index it: ``[1]['dWax']``; empty at its root.
    expected, actual : str
        The two sides, in a few words.
    index : tuple of int
        Worst element of an array; empty for scalars.
    error : float or None
        Its absolute error.
    tolerance : float or None
        The error that would have been accepted there.
    wrong, total : int
        How many elements are off, of how many.
    elements : Elements or None
        Which of them, of an array.
    """

    kind: str
    path: str
    expected: str
    actual: str
    index: tuple[int, ...] = ()
    error: float | None = None
    tolerance: float | None = None
    wrong: int = 0
    total: int = 0
    elements: Elements | None = None


class Recipe(msgspec.Struct, frozen=True):
    """How to make the inputs of a failing call again.

    Parameters
    ----------
    call : str
        The call in words: ``clip(gradients, 5.0)``.
    arguments : tuple of str
        One line an argument: type, shape and a few values.
    seed : int
        Seed of the case's generator, for ``numpy.random.default_rng``.
    case : str
        The pytest id that runs it again.
    snippet : str
        The call as Python text to paste; empty where it would be too long.
    """

    call: str
    arguments: tuple[str, ...]
    seed: int
    case: str
    snippet: str = ""


class CaseResult(msgspec.Struct, frozen=True):
    """One case of a suite, run on one submission.

    Parameters
    ----------
    id : str
        The pytest node id, relative to the assignment.
    exercise : str
        The exercise it belongs to.
    test : str
        The test that the case is one parametrization of; a test's points are shared by its cases.
    suite : str
        ``public`` or ``hidden``.
    visibility : Visibility
        Who may see it.
    verdict : Verdict
        How it ended.
    weight : Fraction
        Weight of its test among the tests of the exercise.
    message : Message
        What is wrong; key ``passed`` if nothing is.
    difference : Difference or None
        For a wrong value.
    recipe : Recipe or None
        The inputs of the failing call.
    place : Place or None
        Where the submission's code raised.
    output : str
        What the submission printed meanwhile, cut to a bound.
    carried_forward : bool
        It passed only after the reference's upstream had been put in.
    duration_s : float
        Seconds, on the trusted clock.
    """

    id: str
    exercise: str
    test: str
    suite: str
    visibility: Visibility
    verdict: Verdict
    weight: Fraction = Fraction(1)
    message: Message = Message("passed")
    difference: Difference | None = None
    recipe: Recipe | None = None
    place: Place | None = None
    output: str = ""
    carried_forward: bool = False
    duration_s: float = 0.0
