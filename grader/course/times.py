"""Dates and times as platforms, tables and exercises.toml write them."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import Final

from grader.errors import CatalogError

# Sunday, 1 March 2026, 10:15 PM, or without the weekday, the comma, or the half of the day.
_MOODLE: Final = re.compile(
    r"(?:[^\W\d]+,\s*)?(?P<day>\d{1,2})\s+(?P<month>[^\W\d]+)\s+(?P<year>\d{4}),?\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s*(?P<half>[AP]M))?",
    re.IGNORECASE,
)
# Sunday, March 1, 2026, 10:15 PM
_AMERICAN: Final = re.compile(
    r"(?:[^\W\d]+,\s*)?(?P<month>[^\W\d]+)\s+(?P<day>\d{1,2}),\s*(?P<year>\d{4}),?\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s*(?P<half>[AP]M))?",
    re.IGNORECASE,
)
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_NOON: Final = 12
_YEARS: Final = range(1970, 3000)


def zone_of(name: str) -> datetime.tzinfo:
    """Return a time zone by its name; UTC needs no table of zones, which a system may be without.

    Raises
    ------
    CatalogError
        When there is none of that name.
    """
    if name == "UTC":
        return datetime.UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CatalogError(
            f"exercises.toml: there is no time zone {name!r}; write one such as Europe/Berlin"
        ) from error


def parsed(text: str) -> datetime.datetime | None:
    """Read a date with its time: ISO 8601, or as Moodle writes it in English; None for neither."""
    text = " ".join(text.split())
    for form in (_MOODLE, _AMERICAN):
        found = form.fullmatch(text)
        if found is not None:
            return _of_words(found)
    try:
        moment = datetime.datetime.fromisoformat(text) if ":" in text else None
    except ValueError:
        return None
    return moment if moment is not None and moment.year in _YEARS else None


def _of_words(found: re.Match[str]) -> datetime.datetime | None:
    named = [month for month in _MONTHS if month.startswith(found["month"].casefold()[:3])]
    hour, half = int(found["hour"]), (found["half"] or "").upper()
    if half and not 1 <= hour <= _NOON:
        return None
    if half:
        hour = hour % _NOON + (_NOON if half == "PM" else 0)
    if not named:
        return None
    month = _MONTHS.index(named[0]) + 1
    year, day, minute = (int(found[part]) for part in ("year", "day", "minute"))
    try:
        return datetime.datetime(year, month, day, hour, minute) if year in _YEARS else None
    except ValueError:
        return None


def settled(moment: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    """Give a time without an offset that of its zone: of two readings the later.

    Where clocks are set back, an hour is there twice; where they are set forward, one is missing,
    and a time in it is taken for that much after the jump.
    """
    if moment.tzinfo is not None:
        return moment
    readings = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return max(one.astimezone(datetime.UTC) for one in readings).astimezone(zone)
