"""Pages for people: feedback for a student, the class report for the instructor.

A page is one file that asks for nothing else: styles are in it, scripts are not, and its
Content-Security-Policy allows only that style sheet, by its digest. Everything that comes from a
submission is escaped by the template engine.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from grader.model import Message
from grader.report.feedback import feedback_view
from grader.report.overview import Overview
from grader.report.plain import clean
from grader.texts import render, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.catalog import Assignment
    from grader.model import Grade

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
    return _page(
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
    return _page(
        "index.html",
        lang,
        title=assignment.title.in_language(lang),
        exercises=[(each.id, each.title.in_language(lang)) for each in assignment.exercises],
        view=view,
        isolation_words=_isolation_words(exposed[0].isolation, lang) if exposed else "",
    )


def _isolation_words(isolation: str, lang: str) -> str:
    if isolation in _ISOLATED:
        return render(Message("isolated_note", {"tier": isolation}), lang)
    return render(Message("not_isolated_note"), lang)


def _page(template: str, lang: str, **values: object) -> str:
    environment = _environment()
    style = environment.loader.get_source(environment, "style.css")[0]  # type: ignore[union-attr]  # it has one
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(template).render(
        words=words_of("reports", lang),
        style=Markup(style),  # noqa: S704 - our own file
        style_digest=digest,
        **values,
    )


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
