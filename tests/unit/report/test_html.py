"""Feedback pages and the class report."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec
import pytest

from grader.model import Conditions, Exercise, Text, Verdict
from grader.report import feedback_html, file_name, index_html
from grader.report import html as html_module
from grader.report.overview import ROWS
from grader.texts import verdict_title

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.model import Grade

VOID = {"meta", "br", "rect", "path"}
ALLOWED = {"href": r"#[\w-]+|feedback/[\w.%-]+\.html"}
OURS = (Path(html_module.__file__).parent / "templates" / "tables.js").read_text("utf-8")
FETCHES = {"src", "srcset", "data", "action", "background", "poster", "style"}


class Page(HTMLParser):
    """Reads a page, and refuses what must not be in one: of scripts, all but ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check the nesting and attributes of an element."""
        assert tag not in {"iframe", "object", "embed", "link", "img", "base", "form"}
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in FETCHES
            if name in ALLOWED:
                assert re.fullmatch(ALLOWED[name], value or "")
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element that closes itself."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost element is closed."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text, that of the style sheet and of scripts aside."""
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.texts).split())

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def _style(text: str) -> str:
    found = re.search(r"<style>(.*)</style>", text, re.DOTALL)
    assert found is not None
    return found[1]


def _without_style(text: str) -> str:
    """Leave the styles out of golden files: they are looked at, not compared."""
    text = text.replace(_style(text), "").replace(OURS, "")
    return re.sub(r"'sha256-[^']+'", "'sha256-'", text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_feedback_matches_the_golden_file(
    assignment: Assignment, grade: Grade, golden: Callable[[str, str], None], lang: str
) -> None:
    """The whole page but its styles."""
    golden(f"feedback-{lang}.html", _without_style(feedback_html(assignment, grade, lang)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_class_report_matches_the_golden_file(
    assignment: Assignment, grades: list[Grade], golden: Callable[[str, str], None], lang: str
) -> None:
    """The whole page but its styles."""
    golden(f"index-{lang}.html", _without_style(index_html(assignment, grades, lang)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_are_well_formed_and_ask_for_nothing(
    assignment: Assignment, grades: list[Grade], lang: str
) -> None:
    """Every element is closed; no script but ours, no other resource, own links only."""
    for text, scripts in (
        (index_html(assignment, grades, lang), [OURS]),
        *((feedback_html(assignment, grade, lang), []) for grade in grades),
    ):
        page = Page(text)
        assert page.open == []
        assert page.scripts == scripts
        assert page.attributes("html")[0]["lang"] == {"en": "en", "zh": "zh-CN"}[lang]


def test_ids_are_unique_and_links_lead_somewhere(assignment: Assignment, grade: Grade) -> None:
    """Fragments and labels point at an id of the page."""
    page = Page(feedback_html(assignment, grade, "en"))

    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    fragments = [(each["href"] or "").removeprefix("#") for each in page.attributes("a")]
    labels = [each["aria-labelledby"] for _, each in page.tags if "aria-labelledby" in each]
    assert len(ids) == len(set(ids))
    assert {*fragments, *labels} <= set(ids)


def test_the_policy_allows_our_style_sheet_alone(assignment: Assignment, grade: Grade) -> None:
    """Its digest is that of the style element's text, as a browser computes it."""
    text = feedback_html(assignment, grade, "en")

    digest = base64.b64encode(hashlib.sha256(_style(text).encode()).digest()).decode()
    policy = Page(text).attributes("meta")[1]["content"]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_the_class_report_allows_our_script_by_its_digest(
    assignment: Assignment, grades: list[Grade]
) -> None:
    """And no other."""
    policy = Page(index_html(assignment, grades, "en")).attributes("meta")[1]["content"] or ""

    digest = base64.b64encode(hashlib.sha256(OURS.encode()).digest()).decode()
    assert f"; script-src 'sha256-{digest}';" in policy
    assert policy.count("script-src") == 1
    assert "unsafe" not in policy


def test_what_a_submission_says_is_text(assignment: Assignment, grade: Grade) -> None:
    """Markup in names, messages, source lines and printed text is shown, not obeyed."""
    page = Page(feedback_html(assignment, grade, "en"))

    for shown in (
        "Ada <Lovelace> & 张伟",
        "'<b>Wya</b>'",
        '"""</code></ol><script>alert(1)</script>"""',
        "<script>alert('printed')</script>",
        "A GRU cell <from scratch>",
    ):
        assert shown in page.text


def test_feedback_says_what_was_expected_and_how_to_see_it(
    assignment: Assignment, grade: Grade
) -> None:
    """The first failing case has values, element, inputs and the command that runs it again."""
    text = Page(feedback_html(assignment, grade, "en")).text

    for said in (
        "13.67 / 42.00 points",
        "['dWax'][3, 1]",
        "Expected 0.1 Yours 0.6273",
        "clip(gradients, 0.1)",
        "pytest 'assignments/hw8/test_clip.py::test_clips_every_gradient[0.1]' --submission FILE",
        "Hidden cases: 1 of 2 passed.",
        "hw8.ipynb, cell 5, line 3, in sample",
        "5.00 of these points were earned with our version of an earlier exercise",
        "grader hint clip",
        "9c1e44d07b21",
    ):
        assert said in text


def test_states_are_told_in_words(assignment: Assignment, grade: Grade) -> None:
    """Colour is never alone."""
    text = Page(feedback_html(assignment, grade, "en")).text

    for state in ("Some marks", "No marks yet", "Not written", "Full marks", "Skipped"):
        assert state in text


def test_an_ungraded_page_shows_no_number(
    assignment: Assignment, not_graded: Grade, unreadable: Grade
) -> None:
    """Where there is no score, the page says why, and that it is not a zero."""
    ours = Page(feedback_html(assignment, not_graded, "en")).text
    theirs = Page(feedback_html(assignment, unreadable, "en")).text

    assert "That is our fault and not a zero" in ours
    assert "not a zero: your instructor decides" in theirs
    assert "/ 42.00" not in ours + theirs


def test_the_class_report_counts_each_state(assignment: Assignment, grades: list[Grade]) -> None:
    """Statuses, mean of those graded, and what happened to each exercise."""
    text = Page(index_html(assignment, grades, "en")).text

    for said in (
        "Students 4 Graded 2 Unreadable 1 Not graded 1",
        "Mean 27.83 / 42.00",
        "Clip gradients by value clip 80 % \N{EN DASH} 1 1 0 2 6.00",
        f"A GRU cell <from scratch>: {verdict_title(Verdict.REFUSED, 'en')}",
    ):
        assert said in text


def test_the_class_report_links_to_every_feedback_page(
    assignment: Assignment, grades: list[Grade]
) -> None:
    """The links are the names under which a batch writes the pages."""
    page = Page(index_html(assignment, grades, "en"))

    links = {unquote(each["href"] or "") for each in page.attributes("a")}
    assert links == {f"feedback/{file_name(grade.id, '.html')}" for grade in grades}


def test_tables_have_headers(assignment: Assignment, grades: list[Grade]) -> None:
    """Every header cell says what it heads."""
    page = Page(index_html(assignment, grades, "en"))

    scopes = {each.get("scope") for each in page.attributes("th")}
    assert scopes == {"col", "row", "rowgroup"}


def test_rows_beyond_those_that_a_browser_lays_out_at_once_are_there_and_hidden(
    assignment: Assignment, grade: Grade
) -> None:
    """Only where there are more: the script and the style sheet show them."""
    pages = [
        index_html(
            assignment,
            [msgspec.structs.replace(grade, id=f"s{at:04}", student=None) for at in range(count)],
            "en",
        )
        for count in (ROWS, ROWS + 2)
    ]

    assert [page.count("<tr hidden>") for page in pages] == [0, 2]
    assert [f'data-rows="{ROWS}" data-all="Show all {ROWS + 2}"' in page for page in pages] == [
        False,
        True,
    ]
    assert all(f"feedback/s{ROWS - 1:04}.html" in page for page in pages)


def test_an_empty_class_has_a_page(assignment: Assignment) -> None:
    """Before the first grade there is nothing to divide by."""
    assert "no grades yet" in Page(index_html(assignment, [], "en")).text


@pytest.mark.parametrize("isolation", ["off", "process"])
def test_a_page_says_that_nothing_was_isolated(
    assignment: Assignment, grade: Grade, isolation: str
) -> None:
    """Such results are stamped, on both pages."""
    conditions = Conditions(isolation, "salt", "suite")
    exposed = msgspec.structs.replace(grade, conditions=conditions)

    assert "without a sandbox" in feedback_html(assignment, exposed, "en")
    assert "without a sandbox" in index_html(assignment, [exposed], "en")


def test_the_class_report_says_when_conditions_differ(
    assignment: Assignment, grade: Grade, perfect: Grade
) -> None:
    """Grades of two salts are not to be compared."""
    other = msgspec.structs.replace(perfect, conditions=Conditions("A", "other", "suite"))

    assert "under different conditions" in index_html(assignment, [grade, other], "en")


def test_a_hostile_title_is_text_too(assignment: Assignment, perfect: Grade) -> None:
    """Titles come from a file that a colleague may have written."""
    exercises = tuple(
        Exercise(each.id, each.module, each.points, Text("<i>t</i>", "x"), ())
        for each in assignment.exercises
    )
    hostile = msgspec.structs.replace(assignment, exercises=exercises)

    Page(feedback_html(hostile, perfect, "en"))
    assert "<i>" not in feedback_html(hostile, perfect, "en")


def test_templates_are_package_data() -> None:
    """Each template lies beside the module, with a suffix that is packaged."""
    templates = Path(html_module.__file__).parent / "templates"

    assert {path.suffix for path in templates.iterdir()} == {".html", ".css", ".js", ".svg"}


def test_where_there_is_no_hint_none_is_offered(assignment: Assignment, grade: Grade) -> None:
    """As for a notebook that does not run from the top."""
    without = tuple(msgspec.structs.replace(one, hints=()) for one in assignment.exercises)
    bare = msgspec.structs.replace(assignment, exercises=without)

    assert "grader hint clip" in feedback_html(assignment, grade, "en")
    assert "grader hint" not in feedback_html(bare, grade, "en")
