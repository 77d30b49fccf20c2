"""Who may hand in, and whose an upload is."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from grader.course.matching import Directory, each_once
from grader.model import Owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course import Person

_ID: Final = re.compile(r"\w[\w.@+-]{0,63}")


class People:
    """Turns what a client calls a student into the one key of that student.

    Parameters
    ----------
    roster : sequence of Person or None
        Who takes the course; without one, everybody who has an id may hand in.
    """

    def __init__(self, roster: Sequence[Person] | None = None) -> None:
        self._people = None if roster is None else each_once(roster)[0]
        self._directory = Directory(self._people or ())

    def key(self, text: str) -> str | None:
        """Return the key of a student; None for nobody.

        On a roster that is the person's number, or what there is in its place, whichever of number,
        login and address was given. Without one it is the id itself, in small letters.
        """
        person = self._person(text)
        if self._people is None:
            plain = unicodedata.normalize("NFKC", text).strip().casefold()
            return plain if _ID.fullmatch(plain) else None
        return None if person is None else (person.number or person.login or person.email or None)

    def owner(self, key: str) -> Owner:
        """Return what stands in a submission about whose it is."""
        person = self._person(key)
        return Owner("" if person is None else person.label, key)

    def together(self, one: str, other: str) -> bool:
        """Tell whether two keys are one student's, or of two who hand in together."""
        if one == other:
            return True
        first, second = self._person(one), self._person(other)
        return bool(first and second and first.group and first.group == second.group)

    def _person(self, text: str) -> Person | None:
        if self._people is None:
            return None
        at = self._directory.find(number=text)
        return None if at is None else self._people[at]
