"""Small edits of code: slips that people make, and what would put one right. Pure."""

from grader.edits.expressions import LAST_TIER
from grader.edits.naming import under_other_names
from grader.edits.repairs import Edit, edits_of

__all__ = ["LAST_TIER", "Edit", "edits_of", "under_other_names"]
