"""What the desk shows and does."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from grader.errors import GraderError
from grader.gradebook import Gradebook, ResultsLock
from grader.model import Attempt, Lateness, Student
from tests.unit.desk.conftest import CONDITIONS, HOST, HOSTILE, TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from httpx2 import Response
    from starlette.testclient import TestClient

    from grader.desk import Desk
    from tests.unit.desk.conftest import FakeRuns

PAGES = (
    "",
    "groups",
    "log",
    "similar",
    "similar/bob/eve",
    "feedback/ada.html",
    "feedback/bob.html",
)


def send(client: TestClient, act: str, back: str = "", **fields: object) -> Response:
    """Send a form as the page does that has it."""
    page = client.get(back).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("feedback/bob.html").text)
    assert page
    assert csrf is not None
    return client.post(
        act, data={"csrf": csrf[1], "back": back, **fields}, headers={"origin": f"http://{HOST}"}
    )


@pytest.mark.parametrize("page", PAGES)
def test_what_submissions_say_is_text(client: TestClient, page: str) -> None:
    """In names, messages, code, notes and printed text; ours are the only scripts."""
    client_page = client.get(page)

    assert client_page.status_code == 200
    assert client_page.headers["content-type"] == "text/html; charset=utf-8"
    body = client_page.text.partition("</style>")[2]
    assert "<img" not in body
    assert body.count("<script") == 1
    assert "alert(" not in body.partition("<script>")[2].partition("</script>")[0]
    assert "unsafe" not in client_page.text


@pytest.mark.parametrize("page", PAGES)
def test_results_that_are_gone_are_missed_and_found_again(
    client: TestClient, out: Path, page: str
) -> None:
    """While the folder is away, each page says so; nothing need be started anew."""
    out.rename(out.parent / "away")

    missed = client.get(page)

    (out.parent / "away").rename(out)
    assert missed.status_code in {404, 503}
    assert "gradebook" in missed.text
    assert client.get(page).status_code == 200


def test_a_student_is_shown_beside_the_reference_with_all_that_happened(
    client: TestClient,
) -> None:
    """Hidden cases too: this page is the instructor's."""
    page = client.get("feedback/bob.html").text

    assert "<h3>Handed in</h3>" in page
    assert "bob.py" in page
    assert "probabilities.py" in page  # the reference
    assert "test_softmax.py::test_hidden" in page
    assert "alert(&#39;hidden&#39;)" in page


def test_each_attempt_is_shown_with_what_it_earned(client: TestClient, out: Path) -> None:
    """One that does not count as well, if it was graded; a single one needs no table."""
    late = Lateness("2026-03-01T00:00", False, 3600, 1, Fraction(50))
    attempts = (
        Attempt("bob", "2026-02-28T10:00"),
        Attempt("ada", "2026-03-01T01:00", lateness=late, counts=False),
        Attempt(HOSTILE.format("third"), "2026-03-02T01:00", counts=False),
    )
    with Gradebook.open(out / "gradebook.sqlite") as book:
        book.begin("tiny", CONDITIONS, [Student("bob", "Bob", attempts=attempts)])

    page = client.get("feedback/bob.html").text

    table = page.partition('<table aria-label="Attempts">')[2].partition("</table>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr>")[2:]]
    assert rows == [
        ["2026-02-28 10:00", "\N{EN DASH}", "0.00", "counts"],
        ["2026-03-01 01:00", "1", "5.00", "does not count"],
        ["2026-03-02 01:00", "\N{EN DASH}", "\N{EN DASH}", "does not count, not graded"],
    ]
    assert "<img" not in table


def test_a_mark_is_set_and_undone_by_a_click(client: TestClient, desk: Desk, out: Path) -> None:
    """The reports follow."""
    answer = send(
        client, "override", "feedback/bob.html",
        student="bob", exercise="softmax", points="7.5", because="half <right>",
    )  # fmt: skip

    assert (answer.status_code, answer.headers["location"]) == (303, f"/{TOKEN}/feedback/bob.html")
    page = client.get("feedback/bob.html").text
    assert "mark · softmax: 7.50" in page
    assert "half &lt;right&gt;" in page
    assert "7.50 points were set by hand" in page
    assert ",7.50," in (out / "grades.csv").read_text()
    assert "half &lt;right&gt;" in (out / "feedback" / "bob.html").read_text()
    assert not (out / "feedback" / "ada.html").exists()  # nothing has changed there
    assert send(client, "undo", "log", entry=1).status_code == 303
    assert ",7.50," not in (out / "grades.csv").read_text()
    assert [one.who for one in desk.log()] == ["prof", "prof"]


def test_what_is_said_in_any_script_stays_as_it_is(client: TestClient, out: Path) -> None:
    """Emoji, what joins and parts letters, the direction of writing; and it moves nothing else."""
    said = "شكرا! می\u200cخوام 👩\u200d💻 e\u0301 \uff21\u200f"  # noqa: RUF001 - meant

    send(client, "comment", "feedback/ada.html", where="student=ada", exercise="", text=said)

    assert f"<bdi>{said}</bdi>" in client.get("feedback/ada.html").text
    assert f"<bdi>{said}</bdi>" in client.get("log").text
    assert f"<bdi>{said}</bdi>" in (out / "feedback" / "ada.html").read_text("utf-8")


def test_a_comment_is_said_to_a_whole_group(client: TestClient, out: Path) -> None:
    """As the page of groups sends it."""
    page = client.get("groups").text
    words = re.findall(r'name="where" value="([^"]+)"', page)

    answer = send(client, "comment", "groups", where=words[:1], exercise="softmax", text="Sum up.")

    assert words[:1] == ["mistake=softmax/no_sum"]
    assert answer.status_code == 303
    with Gradebook.open(out / "gradebook.sqlite") as book:
        assert [one.student for one in book.by_hand.log()] == ["bob", "eve"]


def test_a_regrade_is_begun_with_the_words_of_the_command(
    client: TestClient, runs: FakeRuns
) -> None:
    """And of nobody there is none."""
    assert send(client, "regrade", "groups", where="mistake=softmax/no_sum").status_code == 303
    assert send(client, "regrade", "groups", where="student=nobody").status_code == 400
    assert runs.begun == [["mistake=softmax/no_sum"]]


def test_progress_is_told_of_a_run_from_here_or_elsewhere(
    client: TestClient, runs: FakeRuns
) -> None:
    """And on every page."""
    silent = client.get("progress").json()
    runs.at = (3, 8)

    assert silent == {"running": False, "text": ""}
    assert client.get("progress").json() == {
        "running": True,
        "text": "A run is at work: 3 of 8 graded.",
    }
    assert "3 of 8 graded" in client.get("").text


def test_a_run_that_came_to_nothing_is_told(client: TestClient, runs: FakeRuns) -> None:
    """With what it said."""
    runs.ended = (2, "the salt file <x> is not there")

    assert "ended with code 2: the salt file &lt;x&gt;" in client.get("").text


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        (
            "override",
            {"student": "bob", "exercise": "softmax", "points": "99", "because": "x"},
            "0 to 10",
        ),
        (
            "override",
            {"student": "bob", "exercise": "softmax", "points": "1", "because": " "},
            "empty",
        ),
        ("override", {"student": "zed", "exercise": "total", "points": "1", "because": "x"}, "zed"),
        ("override", {}, "no number of points"),
        ("comment", {"text": "x"}, "say who is meant"),
        ("comment", {"where": "colour=red", "text": "x"}, "selects nothing"),
        ("undo", {"entry": "1"}, "no entry 1"),
        ("undo", {"entry": "\u0661"}, "no number of an entry"),
    ],
)
def test_what_makes_no_sense_is_told_on_the_page(
    client: TestClient, desk: Desk, act: str, fields: dict[str, str], told: str
) -> None:
    """And does nothing."""
    answer = send(client, act, "feedback/bob.html", **fields)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert told in answer.text
    assert desk.log() == []


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "../x", "log\r\nx: y"])
def test_a_form_leads_back_to_the_desk_alone(client: TestClient, back: str) -> None:
    """Wherever it asks to be led."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("feedback/bob.html").text)
    assert csrf is not None

    answer = client.post(
        "comment",
        data={"csrf": csrf[1], "back": back, "where": "student=ada", "text": "x"},
        headers={"origin": f"http://{HOST}"},
    )

    assert answer.headers["location"] == f"/{TOKEN}/"


def test_who_shares_passages_is_shown_side_by_side(client: TestClient) -> None:
    """Only pairs that are listed, and no page calls it more than a number."""
    listed = client.get("similar").text
    pair = client.get("similar/bob/eve").text

    assert 'href="/token-that-nobody-guesses/similar/bob/eve"' in listed
    assert "A number is no verdict." in listed
    assert pair.count('class="same"') > 100
    assert client.get("similar/bob/ada").status_code == 404
    assert client.get("similar/eve/bob").status_code == 404


@pytest.mark.parametrize("page", ["feedback/nobody.html", "feedback/..%2f..%2fx", "x", "static/x"])
def test_there_is_nothing_else(client: TestClient, page: str) -> None:
    """No files are served."""
    assert client.get(page).status_code == 404


def test_a_form_has_a_bound(client: TestClient) -> None:
    """Whatever its length says."""
    answer = client.post("comment", content=b"x" * (1 << 17), headers={"origin": f"http://{HOST}"})

    assert answer.status_code == 413


def test_reports_are_left_to_a_run_that_is_at_work(desk: Desk, out: Path) -> None:
    """It writes them all when it ends; the log has the entry at once."""
    desk.override("bob", "softmax", "1", "x")

    desk.renew(["bob"])

    assert (out / "grades.csv").exists()
    with ResultsLock(out):
        pass


def test_grades_are_read_again_when_they_have_changed(desk: Desk) -> None:
    """And not otherwise."""
    before = desk.grades()
    again = desk.grades()
    desk.override("bob", "softmax", "1", "x")

    assert again is before
    assert [str(one.score) for one in desk.grades()] == ["10", "1", "0"]


def test_reading_ahead_finds_what_the_page_will_show(desk: Desk, out: Path) -> None:
    """Once; what is wrong with the file is told when somebody looks, and ends nothing before."""
    desk.read_ahead()
    first = desk.grades()

    assert desk.grades() is first
    (out / "gradebook.sqlite").write_bytes(b"no database" * 100)
    desk.read_ahead()
    with pytest.raises(GraderError):
        desk.grades()
