"""Small edits of code: slips that people make, and what would put one right. Pure.

`operators` says what could stand in the place of a piece of code, with the help of `neighbours`;
`mutants` makes each such change of right code, `repairs` of a student's; `merging` makes two of
the latter at once, and `pairs` puts two known mistakes into one text.
"""

from grader.edits.expressions import LAST_TIER
from grader.edits.merging import Patch, merged, patch_of
from grader.edits.mutants import Mutant, mutants_of
from grader.edits.naming import under_other_names
from grader.edits.pairs import pair
from grader.edits.repairs import Edit, edits_of, unedited

__all__ = [
    "LAST_TIER",
    "Edit",
    "Mutant",
    "Patch",
    "edits_of",
    "merged",
    "mutants_of",
    "pair",
    "patch_of",
    "under_other_names",
    "unedited",
]
