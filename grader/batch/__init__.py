"""Many submissions -> grades: collect the suites once, fork a trusted grader per submission."""

from grader.batch.conditions import conditions_of, source_digest, suite_hash
from grader.batch.golden import golden_bytes, is_golden_stale
from grader.batch.known import known_mistakes, stale_mistakes
from grader.batch.local import BatchOptions, grade_all
from grader.batch.output import write_reports
from grader.batch.session import prove, prove_under, with_collected

__all__ = [
    "BatchOptions",
    "conditions_of",
    "golden_bytes",
    "grade_all",
    "is_golden_stale",
    "known_mistakes",
    "prove",
    "prove_under",
    "source_digest",
    "stale_mistakes",
    "suite_hash",
    "with_collected",
    "write_reports",
]
