"""Record the golden values that a student's copy replays, and tell when they are stale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from grader import wire
from grader.compare import Tolerances, compare
from grader.errors import CatalogError
from grader.suite.collecting import collected
from grader.suite.golden import Golden
from grader.suite.session import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.catalog import Assignment
    from grader.compare.kinds import Numbers

TOLERANCES: Final = "tolerances"


def golden_bytes(assignment: Assignment) -> bytes:
    """Run the public suites on the reference and return its answers as a file's content."""
    return _record(assignment).to_bytes()


def is_golden_stale(assignment: Assignment) -> list[str]:
    """Say what of the stored golden values is out of date; see `renewed_golden`."""
    return renewed_golden(assignment)[0]


def renewed_golden(assignment: Assignment) -> tuple[list[str], bytes]:
    """Compare the stored golden values with fresh ones.

    Values may differ by rounding between machines, so they are compared, not their bytes.

    Returns
    -------
    list of str, bytes
        One line for each case that differs, is missing, or is no longer there; and what is to be
        stored, which is what is stored already if there is no such case.
    """
    fresh = _record(assignment)
    try:
        stored = Golden.read(assignment.golden)
    except CatalogError as error:
        return [str(error)], fresh.to_bytes()
    problems = _differences(stored, fresh)
    return problems, fresh.to_bytes() if problems else assignment.golden.read_bytes()


def _differences(stored: Golden, fresh: Golden) -> list[str]:
    problems = [
        f"golden values of {case}" for case in sorted(set(fresh.cases()) ^ set(stored.cases()))
    ]
    problems += [
        f"golden values of {case}"
        for case in sorted(set(fresh.cases()) & set(stored.cases()))
        if not _alike(stored.answers(case), fresh.answers(case))
    ]
    return problems


def _alike(stored: Sequence[tuple[str, Any]], fresh: Sequence[tuple[str, Any]]) -> bool:
    if [label for label, _ in stored] != [label for label, _ in fresh]:
        return False
    # No nearer than the case itself asks for: what is ill-conditioned differs between processors.
    found = [one for label, one in stored if label == TOLERANCES]
    widest = max((most for one in found for most in one.values()), default=0.0)
    return all(
        label == TOLERANCES or _equal(old, new, _Widest({}, widest))
        for (label, old), (_, new) in zip(stored, fresh, strict=True)
    )


class _Widest(Tolerances, frozen=True):
    """The widest tolerance of a case, at each of its paths."""

    widest: float = 0.0

    def at(self, path: str, expected: Numbers) -> float:
        """Return it; what is counted is exact."""
        default = super().at(path, expected)
        return max(default, self.widest) if default else default


def _equal(stored: Any, fresh: Any, tolerances: Tolerances) -> bool:
    """Compare two answers part by part; an object's handle is a mere number."""
    if isinstance(stored, wire.Handle) or isinstance(fresh, wire.Handle):
        return bool(stored == fresh)
    if isinstance(stored, tuple) and isinstance(fresh, tuple) and len(stored) == len(fresh):
        return all(_equal(old, new, tolerances) for old, new in zip(stored, fresh, strict=True))
    return compare(stored, fresh, tolerances) is None


def _record(assignment: Assignment) -> Golden:
    with collected(assignment, hidden=False) as suites:
        grading, _ = record(suites, "")
    return grading.reference.golden
