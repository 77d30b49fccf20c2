"""What is said of a submission that answers like a version of the reference with one change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.model import LANGUAGES, Message
from grader.texts import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.errors import Field
    from grader.model import Exercise, Fault, Finding
    from grader.suite.versions import Version

ONE_CHANGE: Final = "finding_one_change"
_PLACES: Final = {
    "sets": "change_at_sets",
    "returned": "change_at_returned",
    "loop": "change_at_loop",
    "condition": "change_at_condition",
}


def one_change(version: Version, exercise: Exercise) -> Message:
    """Say what kind of change of the reference gives the same answers, and where: never the code.

    Parameters
    ----------
    version : Version
        One that says where.
    exercise : Exercise
        The exercise; its formula of the value that is computed there is quoted.

    Returns
    -------
    Message
        In all languages at once.
    """
    place = Message(_PLACES.get(version.place, "change_at_somewhere"), {"step": version.step})
    change = Message(version.kind or "change_any")
    fields: dict[str, Field] = {}
    for lang in LANGUAGES:
        fields[f"place_{lang}"] = render(place, lang)
        fields[f"change_{lang}"] = render(change, lang)
    quoted = ", ".join(exercise.formulas_of([version.step]))
    return Message(ONE_CHANGE, fields | {"kind": version.kind, "formula": quoted or None})


def in_accord(findings: Sequence[Finding], fault: Fault) -> tuple[Finding, ...]:
    """Leave out a sentence about one change that is of another kind than what mends the code."""
    if fault.departure is not None:
        return tuple(findings)  # of what kind the mistake is, values do not say
    return tuple(
        one
        for one in findings
        if one.message.key != ONE_CHANGE or one.message.fields.get("kind") in fault.kinds
    )
