"""What an assignment declares, in exercises.toml and demos.toml."""

from __future__ import annotations

import datetime  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from grader.model.texts import Text

if TYPE_CHECKING:
    from collections.abc import Collection

PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
PositiveFloat = Annotated[float, msgspec.Meta(gt=0)]
Percentage = Annotated[float, msgspec.Meta(ge=0, le=100)]


def inputs_module(assignment: str) -> str:
    """Return how the module is called in which an assignment keeps what its suites share."""
    return f"inputs_{assignment.replace('-', '_')}"


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


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an assignment is due, what being late costs, and which attempt counts.

    Parameters
    ----------
    due : datetime or None
        When; a time without an offset is the clock's in `zone`. None: nothing is late.
    zone : str
        A time zone by its name, such as ``Europe/Berlin``. Times of platforms that come without an
        offset are read in it, too.
    grace_minutes : int
        So much later is still in time.
    penalty_percent : float
        What each begun day takes off.
    cap_percent : float
        What all days together take off at most.
    of : str
        Of what that is taken: the ``score`` that was earned, or the ``points`` of the assignment.
    attempts : str
        Which of several counts: the ``newest`` that was in time (the newest of all, if none was),
        the ``last``, or the ``best`` once the penalty is taken off.
    """

    due: datetime.datetime | None = None
    zone: str = "UTC"
    grace_minutes: Annotated[int, msgspec.Meta(ge=0)] = 0
    penalty_percent: Percentage = 0
    cap_percent: Percentage = 100
    of: Literal["score", "points"] = "score"
    attempts: Literal["newest", "last", "best"] = "newest"


class Notebook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether notebooks are run from the top as well, as an exercise of its own.

    Parameters
    ----------
    execute : bool
        Whether they are.
    points : int
        What that is worth.
    cell_s : float
        Seconds for one cell.
    title : Text
        A few words for people.
    """

    execute: bool = False
    points: PositiveInt = 1
    cell_s: PositiveFloat = 60.0
    title: Text = Text("The notebook runs from the top", "notebook 能从头运行到尾")


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
    formulas : tuple of str
        What the handout computes, step by step and in its words: ``dz = (1 - a^2) * da``. One is
        quoted where a line that sets this name goes wrong.
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
    formulas: tuple[str, ...] = ()

    def formulas_of(self, names: Collection[str]) -> tuple[str, ...]:
        """List the formulas of some values by the handout's names, without the index of a step."""
        return tuple(
            one for one in self.formulas if one.partition(" = ")[0].removesuffix("_t") in names
        )


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
