"""Who may read what of a case.

Inputs of hidden cases, the values expected there, what the student's code printed and the texts of
its exceptions may all carry a secret, since the code under test has seen the inputs. Whatever a
student reads comes through this module. Names of functions and lines of source in a `Place` are
withheld too: a worker reports them, and code can be compiled under any name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from grader.diagnose import explain, render, verdict_title
from grader.model import Message, Place, Verdict, Visibility
from grader.report.labels import labels

if TYPE_CHECKING:
    from grader.model import CaseResult, Difference, ExerciseResult, Recipe

Audience = Literal["student", "instructor"]

# Messages that name nothing but the verdict; their fields are dropped all the same.
_TELL_NOTHING: Final = frozenset({"wrong_value_hidden", "property_failed_hidden"})
# What a student reads of a hidden case in place of these.
_TOLD_AS: Final = {"too_slow": "too_slow_hidden", "work_left_running": "too_slow_hidden"}
_BY_VERDICT: Final = {Verdict.PASSED: "passed", Verdict.FAILED: "wrong_value_hidden"}


def is_open(case: CaseResult, audience: Audience) -> bool:
    """Tell whether the audience may see what happened in a case, beyond its verdict."""
    return audience == "instructor" or case.visibility is Visibility.VISIBLE


def is_repeatable(case: CaseResult, audience: Audience) -> bool:
    """Tell whether the audience may see the inputs and what was printed: public suites only."""
    return audience == "instructor" or (is_open(case, audience) and case.suite == "public")


def message_text(case: CaseResult, lang: str, audience: Audience) -> str:
    """Return what is wrong; of a withheld case what is true of any case with that verdict."""
    if is_open(case, audience):
        return render(case.message, lang)
    key = _BY_VERDICT.get(case.verdict)
    if key is None:
        title = verdict_title(case.verdict, lang)
        return f"{title}{labels(lang).colon}{render(Message('hidden'), lang)}"
    if case.message.key in _TELL_NOTHING:
        key = case.message.key
    return render(Message(_TOLD_AS.get(case.message.key, key)), lang)


def difference_of(case: CaseResult, audience: Audience) -> Difference | None:
    """Return how the values differ, if the audience may know."""
    return case.difference if is_open(case, audience) else None


def recipe_of(case: CaseResult, audience: Audience) -> Recipe | None:
    """Return how to make the inputs again, if the audience may know."""
    return case.recipe if is_repeatable(case, audience) else None


def output_of(case: CaseResult, audience: Audience) -> str:
    """Return what was printed, if the audience may know."""
    return case.output if is_repeatable(case, audience) else ""


def duration_of(case: CaseResult, audience: Audience) -> float | None:
    """Return how long a case took, in seconds, if the audience may know.

    Code under test can take its time by what it sees, so inputs that are withheld would show in it.
    """
    return case.duration_s if is_repeatable(case, audience) else None


def place_of(case: CaseResult, audience: Audience) -> Place | None:
    """Return where it happened; of a withheld case only file, cell and line."""
    if case.place is None or is_open(case, audience):
        return case.place
    return Place(file=case.place.file, line=case.place.line, cell=case.place.cell)


def diagnosis_lines(result: ExerciseResult, lang: str, audience: Audience) -> tuple[str, ...]:
    """Say why an exercise lost points; numbers found in hidden cases are for instructors."""
    if result.diagnosis is None:
        return ()
    return tuple(explain(result.diagnosis, lang, to_student=audience == "student"))


def case_names(exercise: ExerciseResult, audience: Audience) -> tuple[str, ...]:
    """Return a name for each case; withheld ones are numbered, as a pytest id holds parameters."""
    names: list[str] = []
    withheld = 0
    for case in exercise.cases:
        if is_open(case, audience):
            names.append(case.id)
        else:
            withheld += 1
            names.append(f"{exercise.id}::hidden-{withheld}")
    return tuple(names)
