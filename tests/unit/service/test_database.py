"""A database that is lost for a while costs nobody a submission, and no submission a try."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, event

from tests.unit.service.conftest import CODE, WHERE, hand_in
from tests.unit.service.test_shift import Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from tests.postgres import Server
    from tests.unit.service.conftest import Counter


@pytest.fixture
def counter(make_counter: Callable[..., Counter], postgres: Server) -> Counter:
    """Return a counter whose gradebook is in PostgreSQL."""
    return make_counter(database=postgres.url())


@contextlib.contextmanager
def unheard(every: int) -> Iterator[None]:
    """Lose the connection just when something is written: of so many commits, after each last."""
    count = 0

    def lose(connection: Connection) -> None:
        nonlocal count
        if connection.get_execution_options().get("writes"):
            count += 1
            if count % every == 0:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.commit()
                driver.close()

    event.listen(Engine, "commit", lose)
    try:
        yield
    finally:
        event.remove(Engine, "commit", lose)
    assert count


def test_what_was_written_unheard_is_there_when_it_is_asked_for_again(counter: Counter) -> None:
    """Row and file, under the same key; the first time it is told when to ask again."""
    client = counter.client()
    headers = {"idempotency-key": "k", "accept-language": "zh"}
    where = {"student": "ada", "file": "answers.py"}

    with unheard(1):
        lost = client.post(WHERE, params=where, content=CODE, headers=headers)
    again = client.post(WHERE, params=where, content=CODE, headers=headers)

    assert (lost.status_code, lost.headers["retry-after"]) == (503, "5")
    assert lost.headers["content-type"] == "application/problem+json"
    assert json.loads(lost.text)["code"] == "service_no_database"
    assert "Idempotency-Key" in lost.json()["detail"]
    assert again.status_code == 202
    assert counter.reception.tally() == {"queued": 1}
    upload = again.json()["id"]
    assert counter.kept() == [upload, f"{upload}/answers.py"]
    counter.reception.clean()
    assert counter.kept() == [upload, f"{upload}/answers.py"]


def test_connections_that_are_cut_off_are_made_again(counter: Counter, postgres: Server) -> None:
    """As when the server is started anew between two requests."""
    client = counter.client()
    hand_in(client)

    postgres.hang_up()
    hand_in(client)

    assert counter.reception.tally() == {"queued": 2}


def test_what_is_graded_meanwhile_has_one_grade_and_one_try(counter: Counter) -> None:
    """Whether it was its claim or its end of which nothing was heard, or both."""
    shop = Shop(counter)
    for student in ("ada", "bob", "cy"):
        hand_in(counter.client(), student)

    with unheard(3):  # an end, a claim, an end
        shop.work()

    done = counter.book.uploads.done()
    assert {one.student: (one.status, one.tries) for one in done} == {
        "101": ("graded", 1), "102": ("graded", 1), "103": ("graded", 1),
    }  # fmt: skip
    pages = sorted(path.name for path in (counter.out / "feedback").iterdir())
    assert pages == ["101.html", "102.html", "103.html"]
