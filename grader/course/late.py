"""When an assignment is due, how late an attempt is, and which attempts may count. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from grader.course.times import parsed, settled, zone_of
from grader.model import Lateness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Attempt, Late

_DAY: Final = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Deadline:
    """The rules of an assignment, with the zone that its times are in.

    Parameters
    ----------
    rules : Late
        What exercises.toml declares.
    zone : tzinfo
        Of times that come without an offset.
    """

    rules: Late
    zone: datetime.tzinfo

    @classmethod
    def of(cls, rules: Late) -> Deadline:
        """Look the zone up; raises `CatalogError` where there is none of that name."""
        return cls(rules, zone_of(rules.zone))

    @property
    def due(self) -> datetime.datetime | None:
        """When it is due for the class."""
        return None if self.rules.due is None else settled(self.rules.due, self.zone)

    def moment(self, text: str) -> datetime.datetime | None:
        """Read a time; None where it is none."""
        found = parsed(text)
        return None if found is None else settled(found, self.zone)

    def written(self, text: str) -> str:
        """Write a time as ISO 8601 with its offset; empty for what is none."""
        found = self.moment(text)
        return "" if found is None else found.isoformat()

    def later(self, days: int = 0, hours: int = 0) -> datetime.datetime | None:
        """Return the due date, so many days of the calendar and then hours later."""
        if self.due is None:
            return None
        local = self.due.astimezone(self.zone).replace(tzinfo=None) + days * _DAY
        moment = settled(local, self.zone).astimezone(datetime.UTC)
        return (moment + datetime.timedelta(hours=hours)).astimezone(self.zone)

    def lateness(self, handed_in_at: str, due: datetime.datetime | None) -> Lateness | None:
        """Tell how late an attempt is.

        Parameters
        ----------
        handed_in_at : str
            When it was handed in; empty where nobody tells.
        due : datetime or None
            When it was due for its student; None for the class's date.

        Returns
        -------
        Lateness or None
            None where nothing is due, or nobody knows when it was handed in.
        """
        whole = self.due
        handed_in = self.moment(handed_in_at)
        due = due or whole
        if due is None or handed_in is None:
            return None
        late_s = int((handed_in - due).total_seconds())
        days = self._days(handed_in, due) if late_s > 60 * self.rules.grace_minutes else 0
        percent = min(
            days * Fraction(str(self.rules.penalty_percent)), Fraction(str(self.rules.cap_percent))
        )
        extended = whole is not None and due > whole
        return Lateness(due.isoformat(), extended, late_s, days, percent, self.rules.of)

    def _days(self, handed_in: datetime.datetime, due: datetime.datetime) -> int:
        """Count begun days; each ends when the clock shows the time of the due date again."""
        local = due.astimezone(self.zone).replace(tzinfo=None)
        days = max(1, (handed_in - due) // _DAY - 1)
        while settled(local + days * _DAY, self.zone) < handed_in:
            days += 1
        return days

    def chosen(self, attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
        """Say of each attempt whether it may count, in the order in which they were handed in.

        Where nobody tells when each of several was handed in, all may: then the best does.
        """
        if len(attempts) < 2:  # noqa: PLR2004 - several
            return tuple(attempts)
        moments = [self.moment(attempt.handed_in_at) for attempt in attempts]
        known = [moment for moment in moments if moment is not None]
        if len(known) < len(attempts):
            return tuple(_counting(attempt, counts=True) for attempt in attempts)
        order = sorted(range(len(attempts)), key=lambda at: (known[at], attempts[at].submission))
        ordered = [attempts[at] for at in order]
        if self.rules.attempts == "best":
            return tuple(_counting(attempt, counts=True) for attempt in ordered)
        in_time = [one for one in ordered if one.lateness is None or not one.lateness.days]
        last = ordered[-1]
        kept = in_time[-1] if in_time and self.rules.attempts == "newest" else last
        return tuple(_counting(one, counts=one is kept) for one in ordered)


def _counting(attempt: Attempt, *, counts: bool) -> Attempt:
    return msgspec.structs.replace(attempt, counts=counts)
