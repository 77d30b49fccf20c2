"""What has moved between two gradings, as JSON: see ``data/schemas/diff-v1.schema.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.analysis import causes
from grader.report.amounts import rounded
from grader.report.plain import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from grader.analysis import CaseMove, ExerciseMove, Move

SCHEMA: Final = "grader/diff/v1"


def diff_json(found: Sequence[Move], changed: Sequence[str]) -> bytes:
    """Write moves as JSON.

    Parameters
    ----------
    found : sequence of Move
        See `grader.analysis.moves`.
    changed : sequence of str
        What of the conditions has changed.

    Returns
    -------
    bytes
        UTF-8, indented; for instructors, as it names hidden cases.
    """
    document = {
        "schema": SCHEMA,
        "changed": list(changed),
        "students": [
            {
                "id": clean(move.id),
                "name": clean(move.name),
                "there": move.there,
                "before": _points(move.before),
                "after": _points(move.after),
                "exercises": [_exercise(each) for each in move.exercises],
            }
            for move in found
        ],
        "cases": [{**_case(case), "students": count} for case, count in causes(found)],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _exercise(each: ExerciseMove) -> dict[str, Any]:
    return {
        "id": each.exercise,
        "before": _points(each.before),
        "after": _points(each.after),
        "worth": [_points(value) for value in each.worth],
        "by_hand": each.by_hand,
        "cases": [_case(case) for case in each.cases],
    }


def _case(case: CaseMove) -> dict[str, Any]:
    return {
        "exercise": case.exercise,
        "id": clean(case.case),
        "suite": case.suite,
        "before": case.before,
        "after": case.after,
    }


def _points(value: Fraction | None) -> float | None:
    return None if value is None else rounded(value)
