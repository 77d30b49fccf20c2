"""What must hold of the grade of an attack, and of all that a student or instructor reads of it."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any, Final

from grader.batch import write_reports
from grader.errors import GraderError
from grader.model import Status, to_json
from grader.report import FORMATS, Around, annotation_commands, feedback_html, file_name, grade_json
from tests.attacks.attack import GOTCHA, MARKUP, WITHHELD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Grade
    from tests.attacks.attack import Attack

# How long public cases took is told, and differs from run to run.
_TIMES: Final = re.compile(r'(?:"duration_s": |time=")[0-9.]+')
# What a right submission takes on a machine that has nothing else to do.
RIGHT_S = 0.3
STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\uff0b")


def write_all(
    assignment: Assignment, grades: Sequence[Grade], folder: Path
) -> tuple[dict[str, Mapping[str, str]], list[str]]:
    """Write every report; return the text of those a student may see, and what broke.

    Returns
    -------
    dict of str to mapping of str to str, list of str
        By id and format; problems.
    """
    pages: dict[str, Mapping[str, str]] = {}
    problems: list[str] = []
    out = folder / "results"
    for lang in ("en", "zh"):
        try:
            write_reports(assignment, grades, out, lang)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            problems.append(f"the reports in {lang} cannot be written: {error!r}")
    for made in grades:
        pages[made.id], broken = _student_pages(assignment, made)
        problems += [f"{made.id!r}: {text}" for text in broken]
        if not (out / "feedback" / file_name(made.id, ".html")).is_file():
            problems.append(f"{made.id!r} has no feedback page")
    problems += _overview_problems(out)
    return pages, problems


def full(made: Grade) -> list[str]:
    """Tell whether a right submission has kept its marks."""
    if made.score == made.max_score:
        return []
    lost = [
        f"{case.id} {case.verdict.value} {case.message}"
        for result in made.exercises
        for case in result.cases
        if case.verdict.value != "passed"
    ]
    return [f"a right submission has {made.score} of {made.max_score}: {lost[:2]}"]


def slowness(rights: Sequence[Grade]) -> float:
    """Tell how much longer than `RIGHT_S` a right submission took among the attacks, at least 1.

    Attacks are bounded in seconds of a machine that does nothing else. Where others are at work,
    their neighbours tell how much longer everything takes.
    """
    return max(1.0, *(made.duration_s / RIGHT_S for made in rights))


def attack(
    tried: Attack,
    made: Grade,
    pages: Mapping[str, str],
    secrets: Sequence[str],
    slowness: float = 1.0,
) -> list[str]:
    """List what is wrong with the grade of an attack and with what its author may read."""
    problems = _marks(tried, made)
    everything = to_json(made).decode()
    told = {"the grade": everything, **pages}
    for where, text in told.items():
        problems += [f"a secret is in {where}" for secret in secrets if secret in text]
        if GOTCHA in text:
            problems.append(f"the attack reports success in {where}")
        if where != "the grade" and _tells_withheld(where, text):
            problems.append(f"{where} tells of a hidden case what the worker made up")
        if where in {"html", "feedback"} and MARKUP in text:
            problems.append(f"{where} holds raw markup")
    due_s = tried.seconds * slowness
    if made.duration_s > due_s:
        problems.append(f"grading took {made.duration_s:.1f} s, at most {due_s:.1f} are due")
    return problems


def alike(name: str, pages: Mapping[str, str], other: str, others: Mapping[str, str]) -> list[str]:
    """List the formats in which two submissions read differently, but for names and durations."""
    mine, theirs = (
        {where: _TIMES.sub("", text.replace(one, "X")) for where, text in told.items()}
        for one, told in ((name, pages), (other, others))
    )
    return [
        f"{where} tells it from {other}, which differs in hidden cases alone"
        for where in mine
        if mine[where] != theirs[where]
    ]


def _marks(tried: Attack, made: Grade) -> list[str]:
    if tried.marks == "unreadable":
        return [] if made.status is Status.UNREADABLE else [f"it is {made.status.value}"]
    results = [result for result in made.exercises if result.id == tried.exercise]
    if made.status is Status.UNREADABLE or not results:
        return [f"it could not be read: {made.notes[:2]}"]
    (result,) = results
    problems = []
    if made.status is not Status.GRADED:
        failed = [
            f"{case.message.fields.get('text', '')}"
            for one in made.exercises
            for case in one.cases
            if case.verdict.value == "errored_grader"
        ]
        problems.append(f"the grader itself failed: {failed[:1]}")
    verdicts = sorted({case.verdict.value for case in result.cases})
    if not set(verdicts) <= {*tried.verdicts}:
        shown = next(c for c in result.cases if c.verdict.value not in tried.verdicts)
        problems.append(f"verdicts {verdicts}: {shown.message.key} {dict(shown.message.fields)}")
    earned = {
        "none": result.score == 0,
        "little": result.score is not None and 8 * result.score <= result.points,
        "part": result.score is not None and 0 < result.score < result.points,
        "full": result.score == result.points,
        "any": True,
    }
    if made.status is Status.GRADED and not earned[tried.marks]:
        problems.append(f"it earned {result.score} of {result.points}, due was {tried.marks}")
    return problems


def _student_pages(assignment: Assignment, made: Grade) -> tuple[dict[str, str], list[str]]:
    """Write what a student may read, in every format that a grade without a score has too."""
    pages: dict[str, str] = {}
    problems: list[str] = []
    for name in FORMATS:
        if name in {"autolab", "classroom50"}:
            continue  # made of scores alone
        if name in {"gradescope", "prairielearn"} and made.score is None:
            continue  # they get no file without one
        try:
            pages[name] = FORMATS[name].write(assignment, made, "en", Around()).decode()
        except (GraderError, ValueError, TypeError, KeyError, OverflowError) as error:
            problems.append(f"{name} cannot be written: {error!r}")
    pages["feedback"] = feedback_html(assignment, made, "zh")
    pages["annotations"] = annotation_commands(assignment, made, "en")
    pages["json"] = grade_json(made, "en", "student").decode()
    if not all(line.startswith("::") for line in pages["annotations"].splitlines()):
        problems.append("an annotation spreads over lines")
    return pages, problems


def _tells_withheld(where: str, text: str) -> bool:
    if WITHHELD in text or WITHHELD in html.unescape(text):
        return where not in {"gradescope"} or _visible_rows_tell(text)
    return False


def _visible_rows_tell(text: str) -> bool:
    rows: list[Any] = json.loads(text)["tests"]
    return any(WITHHELD in json.dumps(row) for row in rows)


def _overview_problems(out: Path) -> list[str]:
    table = (out / "grades.csv").read_text("utf-8")
    problems = [
        f"the table holds a formula: {line[:40]!r}"
        for line in table.splitlines()
        if line.startswith(STARTS_OF_FORMULAS) or '"=' in line or ",=" in line
    ]
    if MARKUP in (out / "index.html").read_text("utf-8"):
        problems.append("the class page holds raw markup")
    return problems
