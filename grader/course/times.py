"""Dates and times as platforms, tables and exercises.toml write them."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import TYPE_CHECKING, Final

from grader.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Sunday, 1 March 2026, 10:15 PM; Sonntag, 1. März 2026, 22:15; domingo, 1 de marzo de 2026, 22:15;
# with or without the weekday, commas, or the half of the day.
_MOODLE: Final = re.compile(
    r"(?:[^\W\d]+\.?,?\s*)?(?P<day>\d{1,2})(?:er|\.|º)?\s+(?:de\s+)?(?P<month>[^\W\d]+)\.?\s+"
    r"(?:de\s+)?(?P<year>\d{4}),?\s+(?:(?:à|um|a las)\s+)?"
    r"(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?:\s*(?P<half>[AP]M|Uhr))?",
    re.IGNORECASE,
)
# Sunday, March 1, 2026, 10:15 PM
_AMERICAN: Final = re.compile(
    r"(?:[^\W\d]+,\s*)?(?P<month>[^\W\d]+)\s+(?P<day>\d{1,2}),\s*(?P<year>\d{4}),?\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s*(?P<half>[AP]M))?",
    re.IGNORECASE,
)
# 2026年03月1日 星期日 22:15, or with 下午 10:15
_CHINESE: Final = re.compile(
    r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日[,，]?\s*"
    r"(?:[(（]?(?:星期|周|週)[一二三四五六日天][)）]?[,，]?\s*)?"
    r"(?P<half>[上下]午)?\s*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s*(?P<after>[上下]午|[AP]M))?",
    re.IGNORECASE,
)
_MONTHS: Final = (
    ("january", "januar", "jänner", "janvier", "enero"),
    ("february", "februar", "février", "febrero"),
    ("march", "märz", "mars", "marzo"),
    ("april", "avril", "abril"),
    ("may", "mai", "mayo"),
    ("june", "juni", "juin", "junio"),
    ("july", "juli", "juillet", "julio"),
    ("august", "août", "agosto"),
    ("september", "septembre", "septiembre", "setiembre"),
    ("october", "oktober", "octobre", "octubre"),
    ("november", "novembre", "noviembre"),
    ("december", "dezember", "décembre", "diciembre"),
)
_AFTERNOON: Final = frozenset({"PM", "下午"})
_HALVES: Final = _AFTERNOON | {"AM", "上午"}
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
    """Read a date with its time; None for what is none.

    ISO 8601, or as Moodle writes it in English, Chinese, German, French or Spanish.
    """
    text = " ".join(text.split())
    for form in (_MOODLE, _AMERICAN, _CHINESE):
        found = form.fullmatch(text)
        if found is not None:
            return _of_words(found.groupdict())
    try:
        moment = datetime.datetime.fromisoformat(text) if ":" in text else None
    except ValueError:
        return None
    return moment if moment is not None and moment.year in _YEARS else None


def _of_words(found: Mapping[str, str | None]) -> datetime.datetime | None:
    month = _month(found["month"] or "")
    year, day, hour, minute = (int(found[part] or 0) for part in ("year", "day", "hour", "minute"))
    half = (found["half"] or found.get("after") or "").upper()
    if half in _HALVES:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half in _AFTERNOON else 0)
    if month is None or year not in _YEARS:
        return None
    try:
        return datetime.datetime(year, month, day, hour, minute)
    except ValueError:
        return None


def _month(text: str) -> int | None:
    """Tell a month by its number, its name, or the three letters that it begins with in English."""
    if text.isdigit():
        return int(text)
    name = text.casefold()
    named = [names for names in _MONTHS if name in names]
    named = named or [names for names in _MONTHS if len(name) == 3 and names[0].startswith(name)]  # noqa: PLR2004 - letters
    return _MONTHS.index(named[0]) + 1 if named else None


def settled(moment: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    """Give a time without an offset that of its zone: of two readings the later.

    Where clocks are set back, an hour is there twice; where they are set forward, one is missing,
    and a time in it is taken for that much after the jump.
    """
    if moment.tzinfo is not None:
        return moment
    readings = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return max(one.astimezone(datetime.UTC) for one in readings).astimezone(zone)
