"""How a case ended: from the exception that ended it to verdict and message."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

import grader
from grader.errors import HarnessError, InstructorError, StudentError
from grader.model import CaseResult, Message, Place, Verdict
from grader.suite.pair import MismatchError
from grader.suite.timing import SkippedError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.model import Difference
    from grader.suite.case import Case
    from grader.suite.pair import CaseContext

CELL: Final = re.compile(r"^(?P<file>.*)\[cell (?P<cell>\d+)\]$")
PACKAGE: Final = str(Path(grader.__file__).parent)
TEXT_CHARS: Final = 500
MOST_DIGITS: Final = 10
# What is said of a case that passed although values were not in the form that was asked for, and
# of all such cases of a submission together.
IN_FLOAT32: Final = "passed_float32"
_FORMS: Final = {"precision": IN_FLOAT32, "whole": "passed_whole"}
_NOTES: Final = {IN_FLOAT32: "note_float32", "passed_whole": "note_whole"}


def passed(case: Case, forms: Collection[str] = ()) -> CaseResult:
    """Build the result of a case that ended well, perhaps with values in another form."""
    return CaseResult(
        id=case.id,
        exercise=case.exercise.id,
        test=case.test,
        suite=case.suite,
        visibility=case.visibility,
        verdict=Verdict.PASSED,
        weight=case.weight,
        message=Message(next((key for form, key in _FORMS.items() if form in forms), "passed")),
    )


def unwritten(case: Case) -> CaseResult:
    """Build the result of a case that was not run, since all that it could call is a stub."""
    return msgspec.structs.replace(
        passed(case),
        verdict=Verdict.NOT_IMPLEMENTED,
        message=Message("not_written", {"name": case.exercise.names[0]}),
    )


def notes_on_forms(results: Sequence[CaseResult]) -> tuple[Message, ...]:
    """Say once for a whole submission in which exercises values came in another form.

    Of public cases alone: code could choose the form in a hidden one, and tell its input by that.
    """
    opened = [one for one in results if one.suite == "public"]
    notes = []
    for key, note in _NOTES.items():
        found = [one.exercise for one in opened if one.message.key == key]
        if found:
            notes.append(Message(note, {"exercises": ", ".join(dict.fromkeys(found))}))
    return tuple(notes)


def ended_by(error: BaseException, case: Case, context: CaseContext | None) -> CaseResult:
    """Build the result of a case that an exception ended.

    Parameters
    ----------
    error : BaseException
        What came out of the test.
    case : Case
        The case.
    context : CaseContext or None
        Its fixtures' state; None if it did not get that far.

    Returns
    -------
    CaseResult
        Without output and duration, which the caller knows.
    """
    verdict, message = judged(error, case)
    keep_recipe = context is not None and verdict.was_called
    return msgspec.structs.replace(
        passed(case),
        verdict=verdict,
        message=message,
        difference=_difference(error, case),
        recipe=context.student.recipe(context.case) if keep_recipe and context else None,
        place=_place(error),
    )


def _difference(error: BaseException, case: Case) -> Difference | None:
    """Return how a value differs; a picture of it is for who may see it, the student."""
    found = error.difference if isinstance(error, MismatchError) else None
    if found is None or case.suite == "public":
        return found
    return msgspec.structs.replace(found, elements=None)


def judged(error: BaseException, case: Case) -> tuple[Verdict, Message]:
    """Turn what ended a case into a verdict and its message."""
    if isinstance(error, StudentError):
        return Verdict(error.verdict), Message(error.key, dict(error.fields))
    if isinstance(error, pytest.skip.Exception):
        reason = Message("skipped", {"reason": str(error.msg)})
        return Verdict.SKIPPED, error.message if isinstance(error, SkippedError) else reason
    if isinstance(error, pytest.fail.Exception) and str(error.msg).startswith("Timeout"):
        seconds = re.search(r"[0-9]+(\.[0-9]+)?", str(error.msg))
        fields = {"name": case.exercise.id, "seconds": f"{float(seconds[0]):g}" if seconds else "?"}
        return Verdict.TIMED_OUT, Message("timed_out", dict(fields))
    if isinstance(error, AssertionError | pytest.fail.Exception):
        text = str(error).splitlines()[0][:TEXT_CHARS] if str(error) else ""
        return Verdict.FAILED, Message("property_failed", {"text": text})
    name = type(error).__name__
    if _is_ours(error):
        return Verdict.ERRORED_GRADER, Message("errored_grader", {"text": f"{name}: {error}"})
    # The reference has passed this very case, so it was the submission's value that did not fit.
    # What a library advises is about the suite's line, and no help to who wrote the value.
    return Verdict.FAILED, Message("unusable_in_test", {"exception": name})


def _is_ours(error: BaseException) -> bool:
    """Tell whether the grader is at fault, not the value that a submission gave."""
    if isinstance(error, MemoryError | RecursionError):
        return False  # the reference has passed this very case within far less
    return isinstance(error, HarnessError | InstructorError) or not _rose_in_suite(error)


def _rose_in_suite(error: BaseException) -> bool:
    """Tell whether an exception rose in lines of the suite or what it shares, not in ours."""
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        name = frame.f_code.co_filename
        if name.startswith(PACKAGE):
            return False
        if Path(name).name.startswith(("test_", "inputs_")):
            return True
    return False


def _place(error: BaseException) -> Place | None:
    """Locate the line of the submission that raised."""
    if not isinstance(error, StudentError):
        return None
    where, line = error.fields.get("filename"), error.fields.get("line")
    if error.key == "global_unknown":  # the worker knows in which line the name is used
        where, _, number = str(error.fields.get("where", "")).rpartition(":")
        line = int(number) if number.isdecimal() and len(number) < MOST_DIGITS else None
    if not isinstance(where, str) or not where or not isinstance(line, int):
        return None
    cell = CELL.match(where)
    return Place(
        file=cell["file"] if cell else Path(where).name,
        line=line,
        cell=int(cell["cell"]) if cell else None,
        function=str(error.fields.get("function", "")),
        text=str(error.fields.get("code", "")),
    )
