"""The values that flow from suites to reports; frozen, and written to JSON as they stand."""

from __future__ import annotations

import enum
from fractions import Fraction
from typing import Annotated, Final, TypeVar

import msgspec

Field = str | int | float | None
Value = TypeVar("Value")
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
PositiveFloat = Annotated[float, msgspec.Meta(gt=0)]


class Verdict(enum.StrEnum):
    """How one case of a suite ended, and what that says."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_IMPLEMENTED = "not_implemented"
    MISSING = "missing"
    ERRORED_STUDENT = "errored_student"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    SKIPPED = "skipped"
    ERRORED_GRADER = "errored_grader"

    @property
    def counts(self) -> bool:
        """Whether the case takes part in the sharing of points."""
        return self is not Verdict.SKIPPED

    @property
    def is_fine(self) -> bool:
        """Whether there is nothing to be said: it passed, or was not run for a good reason."""
        return self is Verdict.PASSED or not self.counts

    @property
    def is_ours(self) -> bool:
        """Whether it is the grader's fault, so that nothing is known about the submission."""
        return self is Verdict.ERRORED_GRADER

    @property
    def is_judged(self) -> bool:
        """Whether it says anything about the submission."""
        return self.counts and not self.is_ours

    @property
    def is_wrong(self) -> bool:
        """Whether it loses marks."""
        return self.is_judged and self is not Verdict.PASSED

    @property
    def is_unwritten(self) -> bool:
        """Whether there was nothing to call: no function of that name, or the stub of one."""
        return self in {Verdict.NOT_IMPLEMENTED, Verdict.MISSING}

    @property
    def was_called(self) -> bool:
        """Whether the submission's code was asked, and its answer is what the verdict is about."""
        return self.is_judged and not self.is_unwritten

    @property
    def is_telling(self) -> bool:
        """Whether how the code went wrong may say what is wrong with it."""
        return self.was_called and self.is_wrong and self is not Verdict.REFUSED

    @property
    def is_alarming(self) -> bool:
        """Whether an instructor had better look: it ended otherwise than by a result or an error.

        What ends like that may be hostile, hopelessly slow, or not the student's fault.
        """
        return self.is_ours or self in {Verdict.CRASHED, Verdict.TIMED_OUT, Verdict.REFUSED}


class Visibility(enum.StrEnum):
    """Who may see a case, in Gradescope's words."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"


class Status(enum.StrEnum):
    """What became of a submission, or of an exercise in it."""

    GRADED = "graded"
    UNREADABLE = "unreadable"  # no file in it could be read: no score, the instructor decides
    NOT_GRADED = "not_graded"  # our fault: no score


class Message(msgspec.Struct, frozen=True):
    """A text still to be rendered: its name and the values for its placeholders."""

    key: str
    fields: dict[str, Field] = {}


class Place(msgspec.Struct, frozen=True):
    """Where in a submission something happened; `cell` is None for a .py file."""

    file: str
    line: int
    cell: int | None = None
    function: str = ""
    text: str = ""


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


class Text(msgspec.Struct, frozen=True):
    """The same sentence in both languages."""

    en: str
    zh: str

    def in_language(self, lang: str) -> str:
        """Return the Chinese sentence for ``zh``, else the English one."""
        return self.zh if lang == "zh" else self.en


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
    """

    mistakes: tuple[Explanation, ...] = ()
    findings: tuple[Finding, ...] = ()
    place: Place | None = None
    certain: bool = True


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
    """

    id: str
    points: Fraction
    score: Fraction | None
    carried_forward: Fraction
    cases: tuple[CaseResult, ...]
    diagnosis: Diagnosis | None = None


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
        Points; `score` is None unless `status` is graded.
    conditions : Conditions
        Isolation tier, salt fingerprint, suite hash.
    exercises : tuple of ExerciseResult
        In the assignment's order.
    notes : tuple of Message
        What intake found: cells left out, names shadowed, files not read.
    duration_s : float
        Seconds from first to last case.
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


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a submission may use.

    Parameters
    ----------
    call_s, load_s, submission_s, diagnosis_s : float
        Seconds for one call, for loading the source, for the whole submission, and for finding out
        why its exercises lost points.
    memory_mib : int
        Address space that a worker may add, in MiB.
    output_kib, result_mib, scratch_mib : int
        Printed text that is kept, the largest result, and what may be written to files, in KiB and
        MiB.
    timeouts : int
        After so many time-outs in one exercise, its further cases are not run.
    """

    call_s: PositiveFloat = 10.0
    load_s: PositiveFloat = 40.0
    submission_s: PositiveFloat = 300.0
    diagnosis_s: PositiveFloat = 60.0
    memory_mib: PositiveInt = 2048
    output_kib: PositiveInt = 16
    result_mib: PositiveInt = 64
    scratch_mib: PositiveInt = 64
    timeouts: PositiveInt = 2


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an exercise is not to be solved with, as exercises.toml declares it.

    Parameters
    ----------
    forbids : tuple of str
        Modules, classes and functions by their full names: ``torch``, ``torch.nn.LSTMCell``.
    reason : Text
        Why, in words for the student.
    """

    forbids: tuple[str, ...]
    reason: Text


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise, as exercises.toml declares it.

    Parameters
    ----------
    id : str
        Its name in marks and reports.
    module : str
        The module that holds it.
    points : int
        What it is worth.
    title : Text
        A few words for people.
    hints : tuple of Text
        From gentle to plain.
    names : tuple of str
        The functions and classes that the student writes; the id alone if empty.
    uses : tuple of str
        Upstream exercises that it calls.
    torch : bool
        Whether it needs torch.
    rules : tuple of str
        The assignment's rules that hold for it.
    steps : tuple of str
        Parts of the result whose first axis, items or integer keys are time steps, as Python would
        index them: ``[0]``, or the empty text for the whole. Of no other part is a sentence about
        steps said.
    """

    id: str
    module: str
    points: PositiveInt
    title: Text
    hints: tuple[Text, ...]
    names: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    torch: bool = False
    rules: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


class Demo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system that can be watched while it learns, as demos.toml declares it.

    Parameters
    ----------
    id : str
        What ``grader demo`` calls it; its module has the same name, with ``_`` for ``-``.
    module : str
        The exercises' module in which its functions are looked up first.
    title : Text
        A line for people.
    iterations : int or None
        How long it trains unless told otherwise; None if it does not train.
    seed : int or None
        What its random numbers start from unless told otherwise; None if it draws none.
    text : str or None
        The text it reads unless told otherwise, below the folder that holds ``assignments/``; None
        if it reads none.
    data : bool
        Whether it reads data of one's own, where ``--data`` says there is some.
    curve : bool
        Whether it has something to plot.
    """

    id: str
    module: str
    title: Text
    iterations: PositiveInt | None = None
    seed: int | None = None
    text: str | None = None
    data: bool = False
    curve: bool = False


LANGUAGES: Final = ("en", "zh")


def to_json(value: msgspec.Struct) -> bytes:
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
