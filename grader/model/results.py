"""What came of a submission, from a single value that differs up to its grade."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

import msgspec

from grader.model.adjustments import Comment, Override  # noqa: TC001 - msgspec reads these
from grader.model.students import Attempt, Student  # noqa: TC001 - msgspec reads these
from grader.model.texts import Message, Text
from grader.model.verdict import Status, Verdict, Visibility  # noqa: TC001 - msgspec reads these

Value = TypeVar("Value")


class Place(msgspec.Struct, frozen=True):
    """Where in a submission something happened; `cell` is None for a .py file."""

    file: str
    line: int
    cell: int | None = None
    function: str = ""
    text: str = ""


class Listing(msgspec.Struct, frozen=True):
    """A part of a submission's own text, as it stands there.

    Parameters
    ----------
    file : str
        The file's name.
    line : int
        Number of the first line of the part, from 1.
    lines : tuple of str
        The lines, cut where they are very long.
    cell : int or None
        The cell that lines are counted in; None for a .py file.
    marked : tuple of int
        Numbers of the lines at which it went wrong in cases that the student may see.
    above, below : int
        How many lines of the same definition were left out on either side.
    """

    file: str
    line: int
    lines: tuple[str, ...]
    cell: int | None = None
    marked: tuple[int, ...] = ()
    above: int = 0
    below: int = 0


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


class Explanation(msgspec.Struct, frozen=True):
    """What is said of a known mistake.

    Parameters
    ----------
    id : str
        The mistake, unique within its exercise.
    did : Text
        What the student's code does.
    ask : Text
        The question that leads to the repair.
    """

    id: str
    did: Text
    ask: Text


class Finding(msgspec.Struct, frozen=True):
    """Something that the numbers of a failing case show.

    Parameters
    ----------
    message : Message
        What.
    case : str
        The case.
    suite : str
        ``public`` or ``hidden``; of a hidden case's finding a student reads no number.
    """

    message: Message
    case: str
    suite: str


class Fault(msgspec.Struct, frozen=True):
    """Where an exercise goes wrong: a small edit there, and the rest as it is, puts it right.

    Parameters
    ----------
    places : tuple of Place
        The line; several, if an edit in any one of them does.
    kinds : tuple of str
        What such edits change, by the keys of its texts.
    cases : int
        How many cases pass after each of them: all that a student may see.
    formulas : tuple of str
        What the handout has for the names that these lines set.
    """

    places: tuple[Place, ...]
    kinds: tuple[str, ...]
    cases: int
    formulas: tuple[str, ...] = ()


class Diagnosis(msgspec.Struct, frozen=True):
    """What is known about why an exercise lost points.

    Parameters
    ----------
    mistakes : tuple of Explanation
        One, if a known mistake agrees with the submission on every case and no other does; several,
        if these remain; none, if the mistake is not a known one.
    findings : tuple of Finding
        What the numbers show, where no mistake could be named.
    place : Place or None
        Where the submission defines the function that went wrong.
    certain : bool
        Whether the answers tell enough to leave no room for another cause. Errors, zeros and a few
        small numbers do not.
    code : Listing or None
        The student's text of that function, or of the one in which the case that is shown went
        wrong. It depends on no hidden case.
    together : bool
        Whether the mistakes were made at once, rather than one of them.
    fault : Fault or None
        Where it goes wrong, if that was found and the mistake is no known one. It depends on no
        hidden case.
    """

    mistakes: tuple[Explanation, ...] = ()
    findings: tuple[Finding, ...] = ()
    place: Place | None = None
    certain: bool = True
    code: Listing | None = None
    together: bool = False
    fault: Fault | None = None


class ExerciseResult(msgspec.Struct, frozen=True):
    """What one submission earned on one exercise.

    Parameters
    ----------
    id : str
        The exercise.
    points : Fraction
        What it is worth.
    score : Fraction or None
        What was earned, carried-forward points included; None where the grader failed.
    carried_forward : Fraction
        The part of `score` earned with the reference's upstream put in.
    cases : tuple of CaseResult
        In suite order.
    diagnosis : Diagnosis or None
        Why it lost points, as far as that is known.
    override : Override or None
        The mark set by hand, which `score` then is.
    """

    id: str
    points: Fraction
    score: Fraction | None
    carried_forward: Fraction
    cases: tuple[CaseResult, ...]
    diagnosis: Diagnosis | None = None
    override: Override | None = None


class Conditions(msgspec.Struct, frozen=True):
    """Under what a grade was made; the same for a whole batch.

    Parameters
    ----------
    isolation : str
        The tier in force: ``A``, ``B``, ``C-bubblewrap``, ``C-user``, ``C`` or ``off``.
    salt_fingerprint : str
        Tells one salt from another, and nothing else about it.
    suite_hash : str
        Digest of everything else that decides about a verdict.
    parts : tuple of (str, str)
        What `suite_hash` is made of: names, each with a version or the digest of files. So that
        what has changed between two batches can be told.
    """

    isolation: str
    salt_fingerprint: str
    suite_hash: str
    parts: tuple[tuple[str, str], ...] = ()


class Grade(msgspec.Struct, frozen=True):
    """The result of one submission.

    Parameters
    ----------
    id : str
        Unique in its batch.
    name : str
        The student as the submission names them.
    assignment : str
        The assignment.
    status : Status
        Whether there is a score.
    score, max_score : Fraction
        Points; `score` is None unless `status` is graded. What being late costs is not taken off;
        see `grader.scoring.final_score`.
    conditions : Conditions
        Isolation tier, salt fingerprint, suite hash.
    exercises : tuple of ExerciseResult
        In the assignment's order.
    notes : tuple of Message
        What intake found: cells left out, names shadowed, files not read.
    duration_s : float
        Seconds from first to last case.
    override : Override or None
        The whole score set by hand, which `score` then is, whatever the exercises earned.
    comments : tuple of Comment
        What an instructor says to the student, in the order in which it was said.
    student : Student or None
        Whose it is, as the gradebook knows; None before it is there.
    attempt : Attempt or None
        Which of the student's attempts it is of; None where there is none.
    """

    id: str
    name: str
    assignment: str
    status: Status
    score: Fraction | None
    max_score: Fraction
    conditions: Conditions
    exercises: tuple[ExerciseResult, ...] = ()
    notes: tuple[Message, ...] = ()
    duration_s: float = 0.0
    override: Override | None = None
    comments: tuple[Comment, ...] = ()
    student: Student | None = None
    attempt: Attempt | None = None


def to_json(value: object) -> bytes:
    """Write any value of this module as JSON; fractions become strings such as ``"7/3"``."""
    return msgspec.json.encode(value, enc_hook=_text)


def from_json(data: bytes, kind: type[Value]) -> Value:
    """Read a value of this module that `to_json` wrote.

    Raises
    ------
    msgspec.DecodeError
        For anything else.
    """
    return msgspec.json.decode(data, type=kind, dec_hook=_fraction)


def _text(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no place in a result")


def _fraction(kind: type, value: object) -> object:
    if kind is Fraction and isinstance(value, str):
        try:
            return Fraction(value)
        except ZeroDivisionError as error:
            raise ValueError(str(error)) from error
    raise TypeError(f"{value!r:.40} where a {kind.__name__} is expected")
