"""Many submissions -> grades: collect the suites once, fork a trusted grader per submission."""

from grader.batch.conditions import conditions_of, source_digest, suite_hash
from grader.batch.local import BatchOptions, grade_all
from grader.batch.output import write_reports

__all__ = [
    "BatchOptions",
    "conditions_of",
    "grade_all",
    "source_digest",
    "suite_hash",
    "write_reports",
]
