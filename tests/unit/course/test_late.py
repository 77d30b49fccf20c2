"""When something is due, how late it came in, and which attempt counts."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest

from grader.course.late import Deadline
from grader.course.times import parsed
from grader.errors import CatalogError
from grader.model import Attempt, Late

BERLIN = "Europe/Berlin"


def deadline(due: str = "2026-03-01T23:59:00", zone: str = BERLIN, **rules: Any) -> Deadline:
    """Make a deadline."""
    rules = {"penalty_percent": 10.0, **rules}
    return Deadline.of(Late(due=datetime.datetime.fromisoformat(due), zone=zone, **rules))


def days(due: str, handed_in_at: str, **rules: Any) -> int:
    """Count the days that are charged."""
    found = deadline(due, **rules).lateness(handed_in_at, None)
    assert found is not None
    return found.days


@pytest.mark.parametrize(
    ("handed_in_at", "late"),
    [
        ("2026-03-01T22:59:00+00:00", 0),  # on the minute, in another zone
        ("2026-03-01 23:59", 0),  # the clock's in the assignment's zone
        ("2026-03-01T22:59:01+00:00", 1),
        ("2026-03-02T22:59:00+00:00", 1),
        ("2026-03-02T22:59:01+00:00", 2),
        ("Monday, 2 March 2026, 11:59 PM", 1),
        ("Tuesday, March 3, 2026, 12:00 AM", 2),
        ("2026-02-01T00:00:00Z", 0),
    ],
)
def test_each_begun_day_is_charged(handed_in_at: str, late: int) -> None:
    """Whoever writes the time, and in whichever zone."""
    assert days("2026-03-01T23:59:00", handed_in_at) == late


@pytest.mark.parametrize(
    ("due", "handed_in_at", "late"),
    [
        # The night of 28 to 29 March has 23 hours in Berlin: the day ends by the clock.
        ("2026-03-28T23:59:00", "2026-03-29T21:59:00+00:00", 1),
        ("2026-03-28T23:59:00", "2026-03-29T22:00:00+00:00", 2),
        # That of 24 to 25 October has 25.
        ("2026-10-24T23:59:00", "2026-10-25T22:59:00+00:00", 1),
        ("2026-10-24T23:59:00", "2026-10-25T23:00:00+00:00", 2),
        # 02:30 is there twice on 25 October: the later one counts.
        ("2026-10-25T02:30:00", "2026-10-25T01:30:00+00:00", 0),
        ("2026-10-25T02:30:00", "2026-10-25T01:30:01+00:00", 1),
        # It is not there on 29 March: as much after the jump.
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00+00:00", 0),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:01+00:00", 1),
    ],
)
def test_days_follow_the_clock_where_it_is_changed(due: str, handed_in_at: str, late: int) -> None:
    """Nobody gains or loses an hour by daylight saving."""
    assert days(due, handed_in_at) == late


def test_a_due_date_may_bring_its_own_offset() -> None:
    """Then the zone says nothing about it."""
    assert days("2026-03-01T23:59:00-08:00", "2026-03-02T07:59:00Z") == 0
    assert days("2026-03-01T23:59:00-08:00", "2026-03-02T07:59:01Z") == 1


def test_within_the_grace_nothing_is_late() -> None:
    """Beyond it, days count from the due date itself."""
    rules = {"grace_minutes": 15}

    assert days("2026-03-01T23:59:00", "2026-03-02 00:14", **rules) == 0
    assert days("2026-03-01T23:59:00", "2026-03-02 00:15", **rules) == 1
    assert days("2026-03-01T23:59:00", "2026-03-03 00:00", **rules) == 2


@pytest.mark.parametrize(
    ("rules", "percent"),
    [
        ({"penalty_percent": 12.5}, Fraction(75, 2)),
        ({"penalty_percent": 0.1}, Fraction(3, 10)),
        ({"penalty_percent": 20.0, "cap_percent": 50.0}, Fraction(50)),
        ({"penalty_percent": 60.0}, Fraction(100)),
        ({"penalty_percent": 0.0}, Fraction(0)),
    ],
)
def test_penalties_are_exact_and_capped(rules: dict[str, Any], percent: Fraction) -> None:
    """Three days late, as fractions."""
    found = deadline(**rules).lateness("2026-03-04T00:00:00+01:00", None)

    assert found is not None
    assert (found.days, found.percent) == (3, percent)


def test_an_extension_is_another_due_date() -> None:
    """In calendar days, whose length may differ, and in hours, whose length may not."""
    class_s = deadline("2026-03-28T23:59:00")

    found = class_s.lateness("2026-03-29 23:59", class_s.later(days=1))

    assert found is not None
    assert (found.extended, found.days, found.late_s) == (True, 0, 0)
    assert found.due_at == "2026-03-29T23:59:00+02:00"
    later = class_s.later(hours=24)
    assert later is not None
    assert later.isoformat() == "2026-03-30T00:59:00+02:00"


@pytest.mark.parametrize("text", ["", "-", "never", "2026-13-01 10:00", "25:00", "2026-03-01",
                                  "1 Foo 2026, 10:00", "31 February 2026, 10:00 AM",
                                  "1 March 2026, 13:00 PM", "0001-01-01T00:00:00"])  # fmt: skip
def test_what_is_no_time_makes_nothing_late(text: str) -> None:
    """It is unknown, which is told elsewhere."""
    assert parsed(text) is None
    assert deadline().lateness(text, None) is None


def test_without_a_due_date_nothing_is_late() -> None:
    """Nor can anything be extended."""
    free = Deadline.of(Late())

    assert free.lateness("2026-03-01 10:00", None) is None
    assert (free.due, free.later(days=1)) == (None, None)


def test_utc_needs_no_table_of_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small container may be without one, and nothing is due there."""
    monkeypatch.setattr("zoneinfo.TZPATH", ())

    assert Deadline.of(Late()).zone is datetime.UTC


def test_an_unknown_zone_is_told() -> None:
    """Before anything is graded."""
    with pytest.raises(CatalogError, match="no time zone 'Europe/Atlantis'"):
        Deadline.of(Late(zone="Europe/Atlantis"))


@pytest.mark.parametrize(
    ("attempts", "counting"),
    [("newest", ["b"]), ("last", ["c"]), ("best", ["a", "b", "c"])],
)
def test_which_attempt_counts(attempts: str, counting: list[str]) -> None:
    """All are kept, in the order in which they were handed in."""
    rules = deadline(attempts=attempts)
    handed = [
        Attempt(name, at, lateness=rules.lateness(at, None))
        for name, at in (
            ("c", "2026-03-02T10:00:00Z"), ("a", "2026-02-27T10:00:00Z"),
            ("b", "2026-03-01T10:00:00Z"),
        )
    ]  # fmt: skip

    chosen = rules.chosen(handed)

    assert [one.submission for one in chosen] == ["a", "b", "c"]
    assert [one.submission for one in chosen if one.counts] == counting


def test_if_all_are_late_the_newest_counts() -> None:
    """And pays for it."""
    rules = deadline()
    handed = [
        Attempt(at, at, lateness=rules.lateness(at, None))
        for at in ("2026-03-03T10:00:00Z", "2026-03-02T10:00:00Z")
    ]

    assert [one.counts for one in rules.chosen(handed)] == [False, True]


def test_where_nobody_tells_when_any_may_count() -> None:
    """Nothing is left out by a guess."""
    handed = [Attempt("a", "2026-03-03T10:00:00Z"), Attempt("b")]

    assert all(one.counts for one in deadline().chosen(handed))
