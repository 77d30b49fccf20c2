"""Pages for people: feedback for a student, the class report for the instructor.

A page is one file that asks for nothing else: its style sheet is in it, and in the
class report a script of ours that sorts tables, without which it reads as well. The
Content-Security-Policy allows these by their digests and nothing else. Everything that comes from a
submission is escaped by the template engine.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from grader.model import Message
from grader.report.feedback import exercise_view, feedback_view
from grader.report.overview import Overview
from grader.report.plain import clean
from grader.report.scoped import scoped
from grader.texts import render, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.catalog import Assignment
    from grader.model import ExerciseResult, Grade
    from grader.report.feedback import ExerciseView

PART: Final = "grader-check"
SCOPE: Final = 3 * f".{PART}"  # so that no rule of a notebook's own page is more specific
# Tiers in which submitted code could reach nothing that it should not.
_ISOLATED: Final = frozenset({"A", "B", "C-bubblewrap", "C-user"})


def feedback_html(assignment: Assignment, grade: Grade, lang: str) -> str:
    """Write the page that a student reads.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    str
        HTML. Of cases that are not visible it tells how many there are and how many passed.
    """
    return page(
        "feedback.html",
        lang,
        title=assignment.title.in_language(lang),
        view=feedback_view(assignment, grade, lang),
        conditions=grade.conditions,
        isolation_words=_isolation_words(grade.conditions.isolation, lang),
    )


def index_html(assignment: Assignment, grades: Iterable[Grade], lang: str) -> str:
    """Write the page that an instructor reads about the class.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grades : iterable of Grade
        In any order.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    str
        HTML with links to ``feedback/NAME``, the names those of `grader.report.files.file_name`.
    """
    overview = Overview(assignment, lang)
    for grade in grades:
        overview.add(grade)
    return overview_html(assignment, overview, lang)


def overview_html(assignment: Assignment, overview: Overview, lang: str) -> str:
    """Write the same page of grades that were gathered one by one."""
    view = overview.view()
    exposed = [each for each in view.conditions if each.isolation not in _ISOLATED]
    return page(
        "index.html",
        lang,
        title=assignment.title.in_language(lang),
        exercises=[(each.id, each.title.in_language(lang)) for each in assignment.marked],
        view=view,
        scripts=("tables.js",),
        isolation_words=_isolation_words(exposed[0].isolation, lang) if exposed else "",
    )


def check_html(
    assignment: Assignment,
    results: Sequence[ExerciseResult],
    lang: str,
    *,
    listed: bool = False,
    notes: Iterable[str] = (),
    problem: str = "",
) -> str:
    """Write what a notebook shows of exercises that a student has had checked.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    results : sequence of ExerciseResult
        How they went, without hidden cases.
    lang : str
        ``en`` or ``zh``.
    listed : bool
        Whether each is a row of a table, rather than told as on the feedback page.
    notes : iterable of str
        What else there is to say.
    problem : str
        Why nothing could be checked.

    Returns
    -------
    str
        A part of a page, with a style sheet that concerns nothing else of it.
    """
    number = {exercise.id: at for at, exercise in enumerate(assignment.marked, start=1)}
    views = [
        _in_notebook(exercise_view(assignment.exercise(result.id), number[result.id], result, lang))
        for result in results
    ]
    environment = _environment()
    words = words_of("reports", lang)
    part = environment.get_template("check.html").render(
        words=words, exercises=views, listed=listed, notes=tuple(notes), problem=problem
    )
    style = scoped(_source("style.css") + _source("check.css"), SCOPE, part)
    return (
        f'<div class="{PART}" lang="{words["html_lang"]}"><style>\n{style}\n</style>\n{part}</div>'
    )


def _in_notebook(view: ExerciseView) -> ExerciseView:
    """Have an exercise checked again where it is read."""
    if view.first is None or not view.first.again:
        return view
    first = dataclasses.replace(view.first, again=f"%check {view.id}")
    return dataclasses.replace(view, first=first)


def _isolation_words(isolation: str, lang: str) -> str:
    if isolation in _ISOLATED:
        return render(Message("isolated_note", {"tier": isolation}), lang)
    return render(Message("not_isolated_note"), lang)


def page(template: str, lang: str, *, scripts: tuple[str, ...] = (), **values: object) -> str:
    """Fill a template in; the page allows its own style sheet, its own script and nothing else.

    Parameters
    ----------
    template : str
        Its name.
    lang : str
        ``en`` or ``zh``.
    scripts : tuple of str
        Names of our scripts that are put into the page.
    **values : object
        What the template shows; texts are escaped. With ``desk`` it may send forms to, and ask,
        where it came from.
    """
    style = _source("style.css")
    script = "".join(map(_source, scripts))
    values.setdefault("desk", None)
    return (
        _environment()
        .get_template(template)
        .render(
            words=words_of("reports", lang),
            style=Markup(style),  # noqa: S704 - our own file
            style_digest=_digest(style),
            script=Markup(script),  # noqa: S704 - our own file
            script_digest=_digest(script) if script else "",
            **values,
        )
    )


def _digest(text: str) -> str:
    """Return the digest by which a Content-Security-Policy allows a text."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@functools.cache
def _source(name: str) -> str:
    """Return a style sheet or a script of ours."""
    environment = _environment()
    return environment.loader.get_source(environment, name)[0]  # type: ignore[union-attr]  # it has one


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("grader.report"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_final,
    )


def _final(value: Any) -> Any:
    """Clean what a page shows; `Markup` is our own."""
    return clean(value) if type(value) is str else value
