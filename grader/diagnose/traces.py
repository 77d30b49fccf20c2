"""What a submission answered in a case, and which known mistakes answer the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.diagnose.sketch import Sketch, agree, sketch
from grader.errors import StudentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.sandbox import Result


RAISED: Final = ("raised", "wrong_arguments", "file_not_there")


class Answer(msgspec.Struct, frozen=True):
    """What one call gave.

    Parameters
    ----------
    what : str
        What was called.
    error : str
        Verdict and exception, where it failed; else empty.
    value : tuple
        Sketch of the result; empty where it failed.
    """

    what: str
    error: str = ""
    value: Sketch = ()


class Trace(msgspec.Struct, frozen=True):
    """One case of an exercise, run on some implementation.

    Parameters
    ----------
    passed : bool
        Whether the case passed.
    answers : tuple of Answer
        What each call gave, in order; empty where that is of no interest.
    """

    passed: bool
    answers: tuple[Answer, ...] = ()


def answer(what: str, outcome: Result | BaseException) -> Answer:
    """Sketch what a call gave: its result with all that came with it, or how it failed."""
    if isinstance(outcome, StudentError):
        raised = outcome.fields.get("exception", "") if outcome.key in RAISED else ""
        return Answer(what, error=f"{outcome.verdict} {raised}".strip())
    if isinstance(outcome, BaseException):
        # In a student's own process it is pytest that ends a call which takes too long.
        late = str(outcome).startswith("Timeout")
        return Answer(what, error="timed_out" if late else type(outcome).__name__)
    parts: dict[str, Any] = {"value": outcome.value}
    if outcome.after:
        parts["after"] = list(outcome.after)
    if outcome.gradients is not None:
        parts["gradients"] = outcome.gradients
    if outcome.offers is not None:
        parts["offers"] = list(outcome.offers)
    return Answer(what, value=sketch(parts))


def consistent(
    found: Mapping[str, Trace], known: Mapping[str, Trace], right: Mapping[str, Trace]
) -> bool:
    """Tell whether a mistake agrees with a submission on every case that both have a trace of.

    Parameters
    ----------
    found, known, right : mapping of str to Trace
        By case: the submission's, the mistake's, the reference's.

    Returns
    -------
    bool
        False as well if there is no such case.
    """
    shared = [case for case in found if case in known]
    return bool(shared) and all(
        agree_on_case(found[case], known[case], right.get(case)) for case in shared
    )


def agree_on_case(found: Trace, known: Trace, right: Trace | None) -> bool:
    """Tell whether two implementations did the same in a case: both passed, or equal answers."""
    if found.passed or known.passed:
        return found.passed == known.passed
    rights: Sequence[Answer] = right.answers if right is not None else ()
    return len(found.answers) == len(known.answers) and all(
        one.what == other.what
        and one.error == other.error
        and (not other.value or agree(one.value, other.value, _value(rights, index)))
        for index, (one, other) in enumerate(zip(found.answers, known.answers, strict=True))
    )


def _value(answers: Sequence[Answer], index: int) -> Sketch | None:
    value = answers[index].value if index < len(answers) else ()
    return value or None
