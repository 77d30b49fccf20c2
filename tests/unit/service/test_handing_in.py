"""What comes in is kept as it is, under names of our own, and within bounds."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import TYPE_CHECKING, Any

import pytest

from grader.gradebook import Gradebook
from grader.service import Quota
from grader.service.receiving import safe_file
from tests.unit.service.conftest import CODE, OF_ADA, QUOTA, WHERE, Counter, hand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.testclient import TestClient


def code_of(answer: Any) -> tuple[int, str]:
    """Return the status of an answer, and the problem that it names."""
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    return answer.status_code, told["code"]


def test_a_file_is_kept_queued_and_told_where(counter: Counter) -> None:
    """Before the answer is sent, the row is committed and the file is there, byte by byte."""
    answer = counter.client().post(
        WHERE, params={"student": "101", "file": "hw 8.ipynb"}, content=CODE
    )

    told = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == told["self"] == f"{WHERE}/{told['id']}"
    assert (told["state"], told["ahead"], told["student"]) == ("queued", 0, "101")
    with Gradebook.of(counter.out) as book:
        row = book.uploads.get(told["id"])
    assert row is not None
    assert row.sha256 == told["sha256"] == hashlib.sha256(CODE).hexdigest()
    assert (counter.out / "received" / row.id / "hw_8.ipynb").read_bytes() == CODE
    assert counter.woken == 1


def test_a_form_brings_the_same(counter: Counter) -> None:
    """As a page of the course sends it."""
    answer = counter.client().post(
        WHERE, data={"student": "ada@x.org"}, files={"file": ("answers.py", CODE)}
    )

    told = answer.json()
    assert (answer.status_code, told["student"], told["bytes"]) == (202, "101", len(CODE))
    assert counter.kept() == [told["id"], f"{told['id']}/answers.py"]


def test_a_student_need_not_say_who_it_is(counter: Counter) -> None:
    """The token does."""
    answer = counter.client(OF_ADA).post(WHERE, params={"file": "a.py"}, content=CODE)

    assert answer.json()["student"] == "101"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\evil.py", "evil.py"),
        ("/etc/cron.d/x.py", "x.py"),
        ("..", "submission"),
        (".", "submission"),
        ("a\0b.py", "a_b.py"),
        ("con.py", "_con.py"),
        (".bashrc", "bashrc"),
        ("作业 8.ipynb", "作业_8.ipynb"),
        ("x" * 300 + ".tar.gz", "x" * 120 + ".tar.gz"),
        ("hw8.py.txt", "hw8.py.txt"),
        ("a.py;rm -rf", "a.py_rm_-rf"),
        ("-rf.py", "rf.py"),
        ("$(id).py", "id.py"),
    ],
)
def test_no_name_of_a_client_leads_anywhere(counter: Counter, name: str, kept: str) -> None:
    """What tells the kind of a file stays; the rest is made safe."""
    assert safe_file(name) == kept

    answer = counter.client().post(WHERE, params={"student": "ada", "file": name}, content=CODE)

    told = answer.json()
    assert (answer.status_code, told["file"]) == (202, kept)
    assert counter.kept() == [told["id"], f"{told['id']}/{kept}"]


def test_a_folder_is_called_by_what_nobody_can_guess(counter: Counter) -> None:
    """Not by the student, nor by a number."""
    ids = [hand_in(counter.client(), student) for student in ("ada", "bob")]

    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("params", "content", "problem"),
    [
        ({"file": "a.py"}, CODE, (400, "service_no_student")),
        ({"student": "", "file": "a.py"}, CODE, (400, "service_no_student")),
        ({"student": "eve", "file": "a.py"}, CODE, (403, "service_unknown_student")),
        ({"student": "ada"}, CODE, (400, "service_no_file_name")),
        ({"student": "ada", "file": "a.py"}, b"", (400, "service_empty")),
        (
            {"student": "ada", "file": "a.py"},
            b"x" * (QUOTA.size_bytes + 1),
            (413, "service_too_large"),
        ),
        ({"student": "ada", "file": "a.py"}, b"x" * 1_000_000, (413, "service_too_large")),
    ],
)
def test_what_is_refused_leaves_nothing(
    counter: Counter, params: dict[str, str], content: bytes, problem: tuple[int, str]
) -> None:
    """No row, no file, and a sentence that says what to do."""
    answer = counter.client().post(WHERE, params=params, content=content)

    assert code_of(answer) == problem
    assert counter.kept() == []
    assert counter.reception.tally() == {}


def test_a_body_without_a_length_is_bounded_as_well(counter: Counter) -> None:
    """It is cut off where it is too much, wherever it would have ended."""
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(10):
            sent += 1
            yield b"x" * 10_000

    answer = counter.client().post(WHERE, params={"student": "ada", "file": "a.py"}, content=body())

    assert code_of(answer) == (413, "service_too_large")
    assert counter.kept() == []


@pytest.mark.parametrize("length", ["-1", "9" * 400, "1e3", "٣"])
def test_a_length_that_is_none_is_refused(counter: Counter, length: str) -> None:
    """Before anything is read."""
    answer = counter.client().post(
        WHERE,
        params={"student": "ada", "file": "a.py"},
        content=CODE,
        headers={b"content-length": length.encode()},
    )

    assert code_of(answer) == (413, "service_too_large")


@pytest.mark.parametrize(
    "form",
    [
        {"files": {"other": ("a.py", CODE)}},
        {"files": [("file", ("a.py", CODE)), ("file", ("b.py", CODE))]},
        {"files": {"file": ("", CODE)}},
        {"files": {"file": ("a.py", CODE)}, "data": {"student": "x" * 5000}},
        {"files": {"file": ("a.py", CODE)}, "data": {f"f{n}": "x" for n in range(9)}},
        {"data": {"student": "ada", "file": "text"}, "files": {"x": ("", b"")}},
    ],
)
def test_a_form_that_is_none_is_refused(counter: Counter, form: dict[str, Any]) -> None:
    """Without the file, with two, with fields that go on for ever."""
    answer = counter.client().post(WHERE, params={"student": "ada"}, **form)

    assert code_of(answer) == (400, "service_form")
    assert counter.kept() == []


def test_a_form_without_a_boundary_is_refused(counter: Counter) -> None:
    """Or with a broken one."""
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        answer = counter.client().post(
            WHERE, params={"student": "ada"}, content=b"--y\r\n", headers={"content-type": kind}
        )

        assert code_of(answer) == (400, "service_form")


def test_a_form_that_is_too_large_is_told_so(counter: Counter) -> None:
    """The file alone, or with what is around it."""
    for size in (QUOTA.size_bytes + 1, 10 * QUOTA.size_bytes):
        answer = counter.client().post(
            WHERE, params={"student": "ada"}, files={"file": ("a.py", b"x" * size)}
        )

        assert code_of(answer) == (413, "service_too_large")
        assert counter.kept() == []


class TestLimits:
    """A student can have so many waiting, and so many a day."""

    def test_what_waits_is_bounded(self, counter: Counter) -> None:
        """Until one is graded."""
        client = counter.client()
        for _ in range(2):
            hand_in(client)

        refused = client.post(WHERE, params={"student": "ada", "file": "a.py"}, content=CODE)
        other = client.post(WHERE, params={"student": "bob", "file": "a.py"}, content=CODE)
        counter.finish()
        later = client.post(WHERE, params={"student": "ada", "file": "a.py"}, content=CODE)

        assert code_of(refused) == (429, "service_waiting")
        assert int(refused.headers["retry-after"]) > 0
        assert (other.status_code, later.status_code) == (202, 202)

    def test_a_day_has_so_many(self, counter: Counter) -> None:
        """It is told when the next one is taken."""
        client = counter.client()
        for _ in range(4):
            hand_in(client)
            counter.finish()

        refused = client.post(WHERE, params={"student": "ada", "file": "a.py"}, content=CODE)

        assert code_of(refused) == (429, "service_a_day")
        assert 24 * 3600 - 60 < int(refused.headers["retry-after"]) <= 24 * 3600 + 1
        assert "4 submissions in 24 hours" in refused.json()["detail"]

    def test_a_student_under_two_names_is_one(self, counter: Counter) -> None:
        """Number, login and address are the same person's."""
        client = counter.client()
        ids = [hand_in(client, name) for name in ("101", "ADA ")]

        refused = client.post(WHERE, params={"student": "ada@x.org", "file": "a"}, content=CODE)

        assert code_of(refused)[0] == 429
        listed = client.get(WHERE, params={"student": "101"}).json()["submissions"]
        assert [one["id"] for one in listed] == ids

    def test_everything_together_is_bounded(self, make_counter: Callable[..., Counter]) -> None:
        """So that the disk does not fill."""
        client = make_counter(quota=Quota(everybody=1)).client()
        hand_in(client)

        refused = client.post(WHERE, params={"student": "bob", "file": "a.py"}, content=CODE)

        assert code_of(refused) == (503, "service_busy")


class TestRetries:
    """A client that got no answer asks again, and nothing counts twice."""

    def test_the_same_request_has_the_same_answer(self, counter: Counter) -> None:
        """And is no second submission."""
        client = counter.client()
        first = hand_in(client, idempotency_key="k1")
        again = hand_in(client, idempotency_key="k1")

        assert first == again
        assert counter.reception.tally() == {"queued": 1}
        assert counter.kept() == [first, f"{first}/answers.py"]

    def test_it_is_answered_beyond_every_limit(self, counter: Counter) -> None:
        """What is there already takes up no more room."""
        client = counter.client()
        first = hand_in(client, idempotency_key="k1")
        hand_in(client)

        assert hand_in(client, idempotency_key="k1") == first

    def test_another_file_under_the_same_key_is_refused(self, counter: Counter) -> None:
        """Nobody knows which of them was meant."""
        client = counter.client()
        first = hand_in(client, idempotency_key="k1")

        answer = client.post(
            WHERE,
            params={"student": "ada", "file": "answers.py"},
            content=CODE + b"\n",
            headers={"idempotency-key": "k1"},
        )

        assert code_of(answer) == (422, "service_key_used")
        assert counter.kept() == [first, f"{first}/answers.py"]

    def test_two_students_may_have_the_same_key(self, counter: Counter) -> None:
        """It is each one's own."""
        client = counter.client()

        assert hand_in(client, "ada", idempotency_key="1") != hand_in(
            client, "bob", idempotency_key="1"
        )

    @pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "ключ"])
    def test_a_key_that_is_none_is_refused(self, client: TestClient, key: str) -> None:
        """Rather than taken for none at all."""
        answer = client.post(
            WHERE,
            params={"student": "ada", "file": "a.py"},
            content=CODE,
            headers={b"idempotency-key": key.encode()},
        )

        assert code_of(answer) == (400, "service_key_form")

    @pytest.fixture
    def client(self, counter: Counter) -> TestClient:
        """Return a client."""
        return counter.client()


def test_what_came_in_by_halves_goes_at_the_next_start(counter: Counter) -> None:
    """And nothing else does, whoever has put it there."""
    kept = hand_in(counter.client())
    folder = counter.out / "received"
    (folder / f".part-{secrets.token_hex(16)}").mkdir()
    promised_nobody = folder / secrets.token_hex(16)
    promised_nobody.mkdir()
    (promised_nobody / "a.py").write_bytes(CODE)
    (folder / "notes of the instructor").mkdir()

    counter.reception.clean()

    assert counter.kept() == sorted([kept, f"{kept}/answers.py", "notes of the instructor"])


def test_a_full_disk_is_our_fault_and_leaves_nothing(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    """The client is told to try again."""
    folder = counter.out / "received"
    folder.rmdir()
    folder.write_text("no folder")

    answer = counter.client().post(WHERE, params={"student": "ada", "file": "a.py"}, content=CODE)

    assert code_of(answer) == (503, "service_ours")
    assert "NotADirectoryError" in capsys.readouterr().err
    assert counter.reception.tally() == {}


def test_a_problem_is_told_in_the_readers_language(counter: Counter) -> None:
    """By Accept-Language."""
    answer = counter.client().post(
        WHERE,
        params={"student": "ada"},
        content=CODE,
        headers={"accept-language": "zh-CN,en;q=0.5"},
    )

    assert answer.headers["content-language"] == "zh"
    assert "文件名" in json.loads(answer.content)["detail"]
