"""The pages of the desk: what an instructor reads and does about a class that is graded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from grader.analysis import groups
from grader.report.beside import beside_view, shared_view
from grader.report.feedback import feedback_view
from grader.report.files import feedback_href
from grader.report.html import page
from grader.report.overview import Overview, group_text
from grader.report.plain import one_line
from grader.texts import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.catalog import Assignment
    from grader.model import Grade
    from grader.report.attempts import Tried
    from grader.report.beside import Beside
    from grader.similarity import Part, Similarity

_SCRIPTS = ("tables.js", "desk.js")


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry of the log, as it is shown.

    Parameters
    ----------
    id : int
        Its number.
    at, who, kind, student, exercise, text : str
        As in the log.
    points : str
        Of an override; else empty.
    undoes : int or None
        The entry that it takes back.
    undone : bool
        Whether it is taken back.
    """

    id: int
    at: str
    who: str
    kind: str
    student: str
    exercise: str
    points: str
    text: str
    undoes: int | None
    undone: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the desk a page is, and what it needs to act.

    Parameters
    ----------
    root : str
        The path of the desk, token included, with a slash at its end.
    here : str
        The page below it; empty for the class.
    csrf : str
        What a form has to send along.
    running : str
        How far a run is that is at work; empty if none is.
    problem : str
        Why something was not done; empty if nothing went wrong.
    """

    root: str
    here: str
    csrf: str
    running: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    root: str
    here: str
    back: str
    csrf: str
    running: str
    problem: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Deed:
    id: int
    at: str
    who: str
    what: str
    student: str
    href: str
    text: str
    can_undo: bool
    undone: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    share: int
    one: str
    one_href: str
    other: str
    other_href: str
    href: str


@dataclass(frozen=True, slots=True)
class _Group:
    id: str
    exercise: str
    text: str
    words: tuple[str, ...]
    students: tuple[tuple[str, str], ...]


def class_page(assignment: Assignment, grades: Iterable[Grade], place: Place, lang: str) -> str:
    """Write the class at a glance."""
    overview = Overview(assignment, lang)
    for grade in grades:
        overview.add(grade)
    return _page(
        "desk_class.html",
        assignment,
        place,
        lang,
        words_of("reports", lang)("class_report"),
        view=overview.view(),
        exercises=[(each.id, each.title.in_language(lang)) for each in assignment.marked],
    )


def student_page(
    assignment: Assignment,
    grade: Grade,
    attempts: Sequence[Tried],
    code: Sequence[Beside],
    deeds: Iterable[Deed],
    place: Place,
    lang: str,
) -> str:
    """Write what there is about one student: marks, attempts, code beside the reference, feedback.

    Other than the student's own page it tells of hidden cases what happened in them.
    """
    results = {result.id: result for result in grade.exercises}
    sides = [
        beside_view(assignment, results[one.exercise], one, lang)
        for one in code
        if one.exercise in results
    ]
    return _page(
        "desk_student.html",
        assignment,
        place,
        lang,
        one_line(grade.name),
        view=feedback_view(assignment, grade, lang),
        attempts=attempts,
        sides=sides,
        entries=[_deed(one, lang) for one in deeds],
    )


def groups_page(assignment: Assignment, grades: Iterable[Grade], place: Place, lang: str) -> str:
    """Write who has made the same mistake, with what can be done about all of them at once."""
    found = [
        _Group(
            group.exercise,
            assignment.exercise(group.exercise).title.in_language(lang),
            group_text(group, lang),
            group.words,
            tuple((name, feedback_href(whose)) for whose, name in group.students),
        )
        for group in groups(grades, [each.id for each in assignment.marked])
    ]
    title = words_of("reports", lang)("groups")
    return _page("desk_groups.html", assignment, place, lang, title, groups=found)


def log_page(assignment: Assignment, deeds: Iterable[Deed], place: Place, lang: str) -> str:
    """Write what was done by hand, the last first."""
    entries = [_deed(one, lang) for one in deeds][::-1]
    title = words_of("reports", lang)("log")
    return _page("desk_log.html", assignment, place, lang, title, entries=entries)


def similar_page(
    assignment: Assignment,
    found: Similarity,
    share: float,
    common: int,
    place: Place,
    lang: str,
) -> str:
    """Write which students share passages; a share is a part of 1."""
    pairs = [
        _Pair(
            round(100 * pair.share),
            pair.one,
            feedback_href(pair.one),
            pair.other,
            feedback_href(pair.other),
            f"similar/{quote(pair.one, safe='')}/{quote(pair.other, safe='')}",
        )
        for pair in found.pairs
    ]
    return _page(
        "desk_similar.html",
        assignment,
        place,
        lang,
        words_of("reports", lang)("similar"),
        pairs=pairs,
        compared=found.compared,
        median=round(100 * found.median),
        share=round(100 * share),
        common=common,
        left_out=found.left_out,
    )


def pair_page(
    assignment: Assignment,
    sides: Sequence[tuple[str, Iterable[Part]]],
    place: Place,
    lang: str,
) -> str:
    """Write the code of two students side by side, with what they share marked."""
    shown = [(name, [shared_view(part) for part in parts]) for name, parts in sides]
    title = words_of("reports", lang)("similar")
    return _page("desk_pair.html", assignment, place, lang, title, sides=shown)


def running_text(done: int, total: int, lang: str) -> str:
    """Say how far a run is."""
    return words_of("reports", lang)("running", done=done, total=total)


def failed_text(code: int, told: str, lang: str) -> str:
    """Say that a run came to nothing, and what it said last."""
    return words_of("reports", lang)("run_failed", code=code, told=told)


def _page(
    template: str, assignment: Assignment, place: Place, lang: str, title: str, **values: object
) -> str:
    words = words_of("reports", lang)
    links = (
        ("", words("class_report")),
        ("groups", words("groups")),
        ("similar", words("similar")),
        ("log", words("log")),
    )
    desk = _Desk(
        place.root, place.here, place.here, place.csrf, place.running, place.problem, links
    )
    return page(
        template,
        lang,
        scripts=_SCRIPTS,
        desk=desk,
        title=assignment.title.in_language(lang),
        page_title=title,
        **values,
    )


def _deed(one: Deed, lang: str) -> _Deed:
    words = words_of("reports", lang)
    titles = {
        "override": words("did_override"),
        "comment": words("did_comment"),
        "regrade": words("did_regrade"),
    }
    what = titles.get(one.kind) or words("did_undo", entry=one.undoes or 0)
    if one.student:
        what += f" · {one.exercise or words('total')}"
    if one.points:
        what += f"{words('colon')}{one.points}"
    return _Deed(
        id=one.id,
        at=one.at,
        who=one.who,
        what=what,
        student=one.student,
        href=feedback_href(one.student) if one.student else "",
        text=one.text,
        can_undo=one.kind in {"override", "comment"} and not one.undone,
        undone=one.undone,
    )
