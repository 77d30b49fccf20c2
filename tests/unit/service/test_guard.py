"""Who is turned away, and what every answer has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.service.conftest import (
    CODE,
    COURSE,
    OF_ADA,
    OF_BOB,
    OF_CY,
    WHERE,
    Counter,
    hand_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG = ["", "Bearer", "Bearer ", f"Basic {COURSE}", f"Bearer {COURSE}x", f"Bearer {COURSE[:-1]}",
         f"Bearer {COURSE} {COURSE}", COURSE, "Bearer " + "x" * 100_000]  # fmt: skip


@pytest.mark.parametrize("authorization", WRONG)
def test_without_a_token_nothing_is_told(counter: Counter, authorization: str) -> None:
    """Whatever is asked for, there or not: the same answer, to the byte."""
    there = hand_in(counter.client())
    client = counter.client("")
    headers = {"authorization": authorization} if authorization else {}
    paths = [WHERE, f"{WHERE}/{there}", f"{WHERE}/{there}/feedback", "/v1/none/submissions",
             "/", "/openapi.json", f"{WHERE}/{'0' * 32}"]  # fmt: skip

    answers = [
        client.request(method, path, headers=headers)
        for path in paths
        for method in ("GET", "POST", "DELETE", "TRACE")
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}


def test_health_is_told_to_anybody_and_its_details_to_the_course(counter: Counter) -> None:
    """What watches a service needs no token."""
    hand_in(counter.client())
    for token in ("", "wrong", OF_ADA):
        answer = counter.client(token).get("/health")
        assert (answer.status_code, answer.content) == (204, b"")

    told = counter.client().get("/health").json()

    assert told == {"uploads": {"tiny": {"queued": 1}}, "grading": {"tiny": {"ready": True}}}


def test_a_student_names_nobody_else(counter: Counter) -> None:
    """Neither in the address nor in a form, and nothing is kept."""
    client = counter.client(OF_ADA)

    answers = [
        client.post(WHERE, params={"student": "bob", "file": "a.py"}, content=CODE),
        client.post(WHERE, data={"student": "bob"}, files={"file": ("a.py", CODE)}),
        client.post(
            WHERE,
            params={"student": "ada"},
            data={"student": "bob"},
            files={"file": ("a.py", CODE)},
        ),
        client.get(WHERE, params={"student": "bob"}),
    ]

    assert [one.status_code for one in answers] == [403, 403, 202, 403]
    assert answers[2].json()["student"] == "101"  # what the address says, which was checked first
    assert counter.reception.of_student("102") == []


def test_what_is_anothers_is_not_there(counter: Counter) -> None:
    """A student cannot even tell that there is such a submission."""
    ours = hand_in(counter.client(), "bob")
    counter.finish()
    client = counter.client(OF_ADA)

    for page in ("", "/feedback"):
        theirs = client.get(f"{WHERE}/{ours}{page}")
        nobodys = client.get(f"{WHERE}/{'0' * 32}{page}")

        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.content == nobodys.content


def test_who_hands_in_together_reads_together(counter: Counter) -> None:
    """As the roster says."""
    ours = hand_in(counter.client(), "bob")
    counter.finish()

    assert counter.client(OF_BOB).get(f"{WHERE}/{ours}/feedback").status_code == 200
    assert counter.client(OF_CY).get(f"{WHERE}/{ours}/feedback").status_code == 200


@pytest.mark.parametrize(
    "upload", ["..", "%2e%2e", "x", "0" * 31, "0" * 33, "G" * 32, "%00", "a/b"]
)
def test_an_id_that_is_none_leads_nowhere(counter: Counter, upload: str) -> None:
    """Nothing of it reaches the disk."""
    assert counter.client().get(f"{WHERE}/{upload}").status_code in {404, 405}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("DELETE", WHERE, 405), ("GET", "/v1/none/submissions", 404),
     ("GET", f"{WHERE}/", 404), ("PUT", "/health", 405), ("GET", "/v1/tiny/../tiny", 404)],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_like_any_other(
    counter: Counter, method: str, path: str, status: int
) -> None:
    """In the same form."""
    answer = counter.client().request(method, path)

    assert answer.status_code == status
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    "doubled",
    [
        [("authorization", f"Bearer {OF_BOB}")],
        [("host", "evil.example")],
        [("idempotency-key", "1"), ("idempotency-key", "2")],
        [("content-length", "3"), ("content-length", "4")],
        [("transfer-encoding", "chunked"), ("content-length", "3")],
        [("content-type", "text/plain"), ("content-type", "multipart/form-data; boundary=x")],
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(
    counter: Counter, doubled: list[tuple[str, str]]
) -> None:
    """A proxy in front might have read the other one."""
    headers = [("host", "x"), ("authorization", f"Bearer {OF_ADA}"), *doubled]
    status, told = raw(counter, headers)

    assert (status, told["code"]) == (400, "service_two_readings")


def raw(counter: Counter, headers: list[tuple[str, str]]) -> tuple[int, dict[str, object]]:
    """Ask the application itself, with headers that a client would put in order."""
    import asyncio  # noqa: PLC0415 - here alone

    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": WHERE, "raw_path": WHERE.encode(),
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }  # fmt: skip
    asyncio.run(counter.client().app(scope, receive, send))  # type: ignore[arg-type]
    body = b"".join(message.get("body", b"") for message in sent[1:])  # type: ignore[misc]
    return sent[0]["status"], json.loads(body)  # type: ignore[return-value]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", ""])
def test_another_host_is_turned_away(counter: Counter, host: str) -> None:
    """A name of somebody else's that leads here."""
    client = counter.client(hosts=frozenset({"localhost:8000"}))

    assert client.get("/health", headers={"host": host}).status_code == 421
    assert client.get("/health", headers={"host": "LOCALHOST:8000"}).status_code == 200


def test_every_answer_keeps_others_out(counter: Counter) -> None:
    """Pages, refusals and what is not there."""
    client = counter.client()
    answers = [client.get("/health"), client.get("/x"), counter.client("").get("/x"),
               client.post(WHERE), client.get(WHERE, params={"student": "ada"})]  # fmt: skip

    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in answer.headers


def test_no_token_is_ever_said(
    counter: Counter, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in an answer nor in what is logged, right or wrong."""
    folder = counter.out / "received"
    said = ""
    for token in (COURSE, OF_ADA, "wrong-token-of-somebody"):
        client = counter.client(token)
        answers = [
            client.get("/health"),
            client.get(WHERE),
            client.post(WHERE, params={"file": "a.py", "student": "ada"}, content=CODE),
            client.get("/nowhere"),
        ]
        said += "".join(answer.text + str(answer.headers) for answer in answers)
    for path in folder.rglob("*"):
        said += path.name
    out, err = capfd.readouterr()

    for token in (COURSE, OF_ADA, "wrong-token-of-somebody"):
        assert token not in said + out + err + caplog.text
    assert COURSE.encode() not in (counter.out / "gradebook.sqlite").read_bytes()


def test_without_a_roster_ids_do_not_cross(make_counter: Callable[..., Counter]) -> None:
    """Ids that come to the same name on disk are two students' all the same."""
    counter = make_counter(roster=None)
    client = counter.client()
    ids = {name: hand_in(client, name) for name in ("a@b", "a_b", "a+b", "张伟")}
    for _ in ids:
        counter.finish()

    told = {
        name: [
            one["id"] for one in client.get(WHERE, params={"student": name}).json()["submissions"]
        ]
        for name in ids
    }

    assert told == {name: [one] for name, one in ids.items()}
    rows = {student.id: student for student in counter.book.students()}
    assert len(rows) == 4
    assert all(len(row.attempts) == 1 for row in rows.values())


@pytest.mark.parametrize("student", ["../x", "a b", "a/b", "", "-x", "x" * 65, "a\0", "<b>"])
def test_without_a_roster_an_id_is_one_word(
    make_counter: Callable[..., Counter], student: str
) -> None:
    """Of letters, digits and a few signs."""
    answer = (
        make_counter(roster=None)
        .client()
        .post(WHERE, params={"student": student, "file": "a.py"}, content=CODE)
    )

    assert answer.status_code in {400, 403}
