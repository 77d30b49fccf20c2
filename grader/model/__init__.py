"""The values that flow from suites to reports; frozen, and written to JSON as they stand."""

from grader.model.adjustments import Comment, Override
from grader.model.cases import CaseResult, Difference, Elements, Place, Recipe
from grader.model.declared import Demo, Exercise, Late, Limits, Notebook, Rule, inputs_module
from grader.model.diagnosis import Departure, Diagnosis, Explanation, Fault, Finding, Listing
from grader.model.results import Conditions, ExerciseResult, Grade, from_json, to_json
from grader.model.students import Attempt, Lateness, Owner, Student
from grader.model.texts import LANGUAGES, Message, Text
from grader.model.verdict import Status, Verdict, Visibility

__all__ = [
    "LANGUAGES",
    "Attempt",
    "CaseResult",
    "Comment",
    "Conditions",
    "Demo",
    "Departure",
    "Diagnosis",
    "Difference",
    "Elements",
    "Exercise",
    "ExerciseResult",
    "Explanation",
    "Fault",
    "Finding",
    "Grade",
    "Late",
    "Lateness",
    "Limits",
    "Listing",
    "Message",
    "Notebook",
    "Override",
    "Owner",
    "Place",
    "Recipe",
    "Rule",
    "Status",
    "Student",
    "Text",
    "Verdict",
    "Visibility",
    "from_json",
    "inputs_module",
    "to_json",
]
