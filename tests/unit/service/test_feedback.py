"""What a student reads of a grade, in which form and language."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from grader.service.negotiation import FEEDBACK, pick_lang, pick_type
from tests.unit.service.conftest import HOSTILE, OF_ADA, WHERE, Counter, hand_in

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("kind", FEEDBACK)
def test_feedback_comes_as_it_is_asked_for(counter: Counter, kind: str) -> None:
    """And hidden cases are told of as anywhere else: by their number."""
    upload = hand_in(counter.client())
    counter.finish(score=0)

    answer = counter.client(OF_ADA).get(f"{WHERE}/{upload}/feedback", headers={"accept": kind})

    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert "printed in open" in answer.text or kind == "text/markdown"
    assert "secret" not in answer.text
    assert "Accept-Language" in answer.headers["vary"]


def test_a_page_runs_nothing(counter: Counter) -> None:
    """What a submission says is text, and the policy allows no script and no form."""
    upload = hand_in(counter.client())
    counter.finish(score=0)

    answer = counter.client().get(f"{WHERE}/{upload}/feedback", headers={"accept": "text/html"})

    assert HOSTILE not in answer.text
    assert "&lt;script&gt;" in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "script-src" not in policy
    assert "form-action 'none'" in policy
    assert answer.headers.get_list("content-security-policy") == [policy]


def test_what_is_not_graded_has_no_feedback_yet(counter: Counter) -> None:
    """It is told to ask again."""
    upload = hand_in(counter.client())

    answer = counter.client().get(f"{WHERE}/{upload}/feedback")

    assert (answer.status_code, answer.json()["code"]) == (409, "service_not_yet")
    assert answer.headers["retry-after"] == "5"


def test_a_type_that_there_is_not_is_told(counter: Counter) -> None:
    """With those that there are."""
    upload = hand_in(counter.client())
    counter.finish()

    answer = counter.client().get(f"{WHERE}/{upload}/feedback", headers={"accept": "image/png"})

    assert answer.status_code == 406
    assert "text/markdown" in answer.json()["detail"]


def test_states_are_told_in_their_order(counter: Counter) -> None:
    """With how many are before it, and in the end the score."""
    client = counter.client()
    first, second = hand_in(client, "ada"), hand_in(client, "bob")
    waiting = client.get(f"{WHERE}/{second}").json()
    counter.book.uploads.claim(alone=True)
    running = client.get(f"{WHERE}/{first}").json()
    counter.book.uploads.requeue(forgive=True)
    counter.finish(score=3)
    done = client.get(f"{WHERE}/{first}").json()

    assert (waiting["state"], waiting["ahead"]) == ("queued", 1)
    assert running["state"] == "running"
    assert (done["state"], done["score"], done["max_score"]) == ("graded", 3.0, 4.0)
    assert client.get(done["feedback"]).status_code == 200


def test_a_mark_by_hand_is_told_where_it_counts(counter: Counter) -> None:
    """And not with an attempt that does not count."""
    client = counter.client()
    first = hand_in(client)
    counter.finish(score=1)
    second = hand_in(client)
    counter.finish(score=2)
    counter.book.by_hand.override("101", "double", Fraction(4), "it was right", "prof")

    told = [client.get(f"{WHERE}/{one}").json() for one in (first, second)]
    texts = [client.get(f"{WHERE}/{one}/feedback").text for one in (first, second)]

    assert [(one["score"], one["counts"]) for one in told] == [(1.0, False), (4.0, True)]
    assert ["it was right" in one for one in texts] == [False, True]


def test_being_late_costs_what_the_assignment_says(make_counter: Callable[..., Counter]) -> None:
    """By the time at which it was received."""
    for due, days, score in (
        ("2001-01-01 10:00:00", True, 2.0),
        ("2999-01-01 10:00:00", False, 4.0),
    ):
        counter = make_counter(due=due)
        upload = hand_in(counter.client())
        counter.finish(score=4)

        told = counter.client().get(f"{WHERE}/{upload}").json()

        assert (told["late_days"] > 0, told["score"]) == (days, score)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/plain;q=0.5, text/markdown;q=0.9", "text/markdown"),
        ("text/html;q=0, text/plain;q=0.1", "text/plain"),
        ("TEXT/PLAIN", "text/plain"),
        ("image/png", None),
        ("text/html;q=nonsense", None),
        ("*/*;q=0", None),
        (",;,;q=1", None),
    ],
)
def test_a_type_is_chosen_by_weight(accept: str, chosen: str | None) -> None:
    """As RFC 9110 has it."""
    assert pick_type(accept, tuple(FEEDBACK)) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("de", "en"), ("en;q=0.1, zh-TW;q=0.2", "zh"),
     ("en,zh", "en"), ("zh;q=0", "en")],
)  # fmt: skip
def test_a_language_is_chosen_by_weight(accept: str, chosen: str) -> None:
    """Else the service's own."""
    assert pick_lang(accept, "en") == chosen
