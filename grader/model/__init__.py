"""The values that flow from suites to reports; frozen, and written to JSON as they stand."""

from grader.model.adjustments import Comment, Override
from grader.model.declared import Demo, Exercise, Limits, Rule
from grader.model.results import (
    CaseResult,
    Conditions,
    Diagnosis,
    Difference,
    Elements,
    ExerciseResult,
    Explanation,
    Finding,
    Grade,
    Listing,
    Place,
    Recipe,
    from_json,
    to_json,
)
from grader.model.texts import LANGUAGES, Message, Text
from grader.model.verdict import Status, Verdict, Visibility

__all__ = [
    "LANGUAGES",
    "CaseResult",
    "Comment",
    "Conditions",
    "Demo",
    "Diagnosis",
    "Difference",
    "Elements",
    "Exercise",
    "ExerciseResult",
    "Explanation",
    "Finding",
    "Grade",
    "Limits",
    "Listing",
    "Message",
    "Override",
    "Place",
    "Recipe",
    "Rule",
    "Status",
    "Text",
    "Verdict",
    "Visibility",
    "from_json",
    "to_json",
]
