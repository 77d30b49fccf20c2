"""Many submissions -> grades: collect the suites once, fork a trusted grader per submission."""

from grader.batch.conditions import changes, conditions_of, submission_digest
from grader.batch.golden import golden_bytes, is_golden_stale, renewed_golden
from grader.batch.grade import BatchOptions, Plan, grade_all, local_engine
from grader.batch.kept import KeptRun
from grader.batch.known import known_mistakes, renewed_mistakes, stale_mistakes
from grader.batch.output import with_present_texts, write_reports
from grader.batch.partial import PartialRun
from grader.batch.proofs import cache_folder
from grader.batch.returned import write_feedback_zip
from grader.batch.secret import kept_from_workers

__all__ = [
    "BatchOptions",
    "KeptRun",
    "PartialRun",
    "Plan",
    "cache_folder",
    "changes",
    "conditions_of",
    "golden_bytes",
    "grade_all",
    "is_golden_stale",
    "kept_from_workers",
    "known_mistakes",
    "local_engine",
    "renewed_golden",
    "renewed_mistakes",
    "stale_mistakes",
    "submission_digest",
    "with_present_texts",
    "write_feedback_zip",
    "write_reports",
]
