"""Pages in a real browser: nothing hostile runs, everybody can read them, and clicks act."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader.batch import write_reports
from grader.gradebook import Gradebook
from grader.model import Attempt, Lateness, Student
from grader.report import index_html
from grader.report.overview import ROWS
from tests.unit.desk.conftest import CONDITIONS, HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from grader.catalog import Assignment

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        CHROMIUM is None, reason="there is no chromium here: apt-get install chromium"
    ),
]
DESK = ("", "groups", "log", "similar", "similar/bob/eve", "feedback/bob.html", "feedback/eve.html")
FILES = ("index.html", "feedback/bob.html")
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 360, "height": 800},
        "color_scheme": "light",
        "has_touch": True,
    },
}
LANGS = {"light": "en", "dark": "zh", "phone": "zh"}
# Short texts that a narrow column breaks after every letter or two.
SQUEEZED = """
[...document.querySelectorAll("th, td")].filter(cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  const tops = [...range.getClientRects()].filter(one => one.width).map(one => one.top);
  const lines = new Set(tops.map(top => Math.round(top / 8))).size;
  return cell.innerText.trim() && lines > 3 && cell.innerText.length / lines < 4;
}).map(cell => cell.innerText)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, and only needed here

    with sync_playwright() as started:
        # As root, as in a container, Chromium has no sandbox of its own.
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def lang() -> str:
    """Return the language of a desk; a test may ask for another."""
    return "en"


@pytest.fixture
def address(out: Path, prepared: Path, lang: str) -> Iterator[str]:
    """Serve the desk with the command that serves it."""
    command = [sys.executable, "-m", "grader.cli", "desk", str(out), "--root", str(prepared)]
    with subprocess.Popen(
        [*command, "--by", "prof", "--lang", lang], stdout=subprocess.PIPE, text=True
    ) as served:
        assert served.stdout is not None
        yield served.stdout.readline().strip()
        served.terminate()
        served.stdout.read()


@pytest.fixture
def overview_of(assignment: Assignment, out: Path, tmp_path: Path) -> Callable[[int], Path]:
    """Write the report of a class of so many, all with one grade."""

    def write(count: int) -> Path:
        with Gradebook.open(out / "gradebook.sqlite") as book:
            grade = next(iter(book.grades()))
        ids = [f"s{number:05}" for number in range(count)]
        grades = [msgspec.structs.replace(grade, id=name, name=name, student=None) for name in ids]
        path = tmp_path / "class.html"
        path.write_text(index_html(assignment, grades, "en"), "utf-8")
        return path

    return write


class Watched:
    """A page of which everything is noted that must not happen."""

    def __init__(self, browser: Browser, look: str) -> None:
        self.context = browser.new_context(**LOOKS[look])  # type: ignore[arg-type]  # a table of them
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.origin = ""

    def open(self, address: str) -> Page:
        """Open a page."""
        self.origin = address[: address.index("/", 8)] if "://" in address else ""
        self.page.goto(address)
        return self.page

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith(self.origin):
            self.wrong.append(f"request: {request.url}")


def faults(page: Page) -> list[str]:
    """Ask axe-core what keeps people from reading a page; the serious ones."""
    found = find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    page.evaluate((Path(found.origin).parent / "axe.min.js").read_text("utf-8"))
    told = json.loads(page.evaluate("axe.run().then(told => JSON.stringify(told.violations))"))
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])})"
        for one in told
        if one["impact"] in {"serious", "critical"}
    ]


def check(watched: Watched, look: str) -> None:
    """Check a page that is open."""
    assert watched.wrong == []
    assert watched.page.locator("h1").count() == 1
    assert watched.page.evaluate("document.querySelectorAll('img, iframe, object').length") == 0
    assert faults(watched.page) == []
    assert (watched.page.get_attribute("html", "lang") or "")[:2] == LANGS[look]
    if look == "phone":
        assert watched.page.evaluate(SQUEEZED) == []
        width = watched.page.evaluate("document.documentElement.scrollWidth")
        assert width <= LOOKS[look]["viewport"]["width"]  # type: ignore[index]  # as above


def hand_in_again(out: Path) -> None:
    """Let bob have handed in several times, and be told so in another script."""
    late = Lateness("2026-03-01T00:00", False, 3600, 1, Fraction(50))
    attempts = (
        Attempt("bob", "2026-02-28T10:00:00+01:00"),
        Attempt("ada", "2026-03-01T01:00:00+01:00", lateness=late, counts=False),
        Attempt("third", "2026-03-02T01:00", counts=False),
    )
    bob = Student("bob", HOSTILE.format("bob"), attempts=attempts)
    students = [Student.of_submission("ada"), bob, Student.of_submission("eve", "محمد علي")]
    with Gradebook.open(out / "gradebook.sqlite") as book:
        book.begin("tiny", CONDITIONS, students)
        book.by_hand.comment(["bob"], "softmax", "شكرا! 👩\u200d💻 请来办公室。", "prof")


@pytest.mark.parametrize(("look", "lang"), LANGS.items())
def test_the_desk_is_safe_and_can_be_read(
    browser: Browser, out: Path, address: str, look: str, tmp_path: Path
) -> None:
    """Every page, with a hostile name, output and notebook; light, dark, on a phone, in Chinese."""
    hand_in_again(out)
    for number, path in enumerate(DESK):
        watched = Watched(browser, look)
        page = watched.open(address + path)
        page.screenshot(path=tmp_path / f"desk-{look}-{number}.png", full_page=True)
        check(watched, look)
        watched.context.close()


@pytest.mark.parametrize(("look", "lang"), LANGS.items())
def test_files_are_safe_and_can_be_read(
    browser: Browser, assignment: Assignment, out: Path, look: str, lang: str, tmp_path: Path
) -> None:
    """The class report and a page of feedback, opened from a disk."""
    with Gradebook.open(out / "gradebook.sqlite") as book:
        write_reports(assignment, book.grades(), out, lang)
    for number, path in enumerate(FILES):
        watched = Watched(browser, look)
        page = watched.open((out / path).as_uri())
        page.screenshot(path=tmp_path / f"file-{look}-{number}.png", full_page=True)
        check(watched, look)
        watched.context.close()


@pytest.mark.parametrize("path", ["", "feedback/bob.html"])
def test_what_is_printed_has_no_forms_and_fits(browser: Browser, address: str, path: str) -> None:
    """Paper cannot be clicked or scrolled, and a picture of few students is no poster."""
    watched = Watched(browser, "dark")
    page = watched.open(address + path)

    page.emulate_media(media="print")
    page.set_viewport_size({"width": 681, "height": 1010})  # of A4, within the margins

    assert page.locator("form:visible, button.all:visible").count() == 0
    assert page.locator("header nav:visible").count() == 0
    assert page.locator("h1:visible").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 681
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    pictures = page.locator("svg.heat").all()
    assert len(pictures) == (path == "")
    for picture in pictures:
        assert picture.evaluate("one => one.clientWidth - one.getAttribute('width')") <= 0
    watched.context.close()


def test_tables_sort_and_filter_by_keys_and_clicks(browser: Browser, address: str) -> None:
    """And say so to who cannot see it."""
    watched = Watched(browser, "light")
    page = watched.open(address)
    table = page.locator("table.filtered")
    score = table.locator("thead button").nth(2)

    score.focus()
    page.keyboard.press("Enter")
    up = table.locator("tbody td.amount").all_inner_texts()
    page.keyboard.press("Enter")
    down = table.locator("tbody td.amount").all_inner_texts()
    sorted_by = table.locator("thead th").nth(2).get_attribute("aria-sort")
    page.locator(".filter input").fill("ADA")

    assert [float(text) for text in up] == [0, 0, 10]
    assert [float(text) for text in down] == [10, 0, 0]
    assert sorted_by == "descending"
    assert table.locator("tbody tr:visible").count() == 1
    assert watched.wrong == []
    watched.context.close()


def test_a_large_class_is_shown_in_part_until_somebody_asks(
    browser: Browser, overview_of: Callable[[int], Path]
) -> None:
    """A filter finds everybody, sorting sorts all, and without scripts all rows are there."""
    address = overview_of(ROWS + 40).as_uri()
    watched = Watched(browser, "light")
    page = watched.open(address)
    rows = page.locator("table.filtered tbody tr:visible")
    names = page.locator("table.filtered tbody tr:visible th")

    at_first = rows.count()
    page.locator("table.filtered thead button").first.press("Enter")
    page.locator("table.filtered thead button").first.press("Enter")
    last, sorted_count = names.first.inner_text(), rows.count()
    page.locator(".filter input").fill("S00539")
    found = names.all_inner_texts()
    page.locator(".filter input").fill("")
    page.locator("button.all").click()
    after, button = rows.count(), page.locator("button.all").is_visible()
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address)

    assert (at_first, sorted_count, after, button) == (ROWS, ROWS, ROWS + 40, False)
    assert last == "s00539"
    assert found == ["s00539"]
    assert plain.locator("table.filtered tbody tr:visible").count() == ROWS + 40
    assert watched.wrong == []
    plain.context.close()
    watched.context.close()


def test_a_mark_is_set_and_taken_back(browser: Browser, address: str) -> None:
    """With forms that the policy lets through, and with the origin that a browser sends."""
    watched = Watched(browser, "light")
    page = watched.open(f"{address}feedback/bob.html")

    form = page.locator("form[action$=override]")
    form.locator("select").select_option("softmax")
    form.locator("[name=points]").fill("7.5")
    form.locator("[name=because]").fill("<b>half</b> right")
    form.locator("button").click()
    told = page.locator("table[aria-label=Log]").inner_text()
    page.locator("table[aria-label=Log] button").click()
    page.goto(f"{address}log")

    assert "softmax: 7.50" in told
    assert "<b>half</b> right" in told
    assert "undone" in page.locator("table").inner_text()
    assert watched.wrong == []
    watched.context.close()


def test_a_page_of_another_origin_gets_nothing(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    """Neither by a form, nor by asking, nor in a frame, even with the address."""
    (tmp_path / "evil.html").write_text(
        f'<form method="post" action="{address}undo"><input name="entry" value="1"></form>'
        f'<iframe src="{address}"></iframe>'
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto((tmp_path / "evil.html").as_uri())

    read = page.evaluate(f"fetch('{address}progress').then(() => 'read', () => 'refused')")
    with page.expect_response(lambda answer: answer.url.endswith("undo")) as sent:
        page.evaluate("document.querySelector('form').submit()")

    assert read == "refused"
    assert sent.value.status == 403
    context.close()
