"""Whose something is, by what is known of people: numbers first, names last, and never by a guess.

A key that two people share tells nobody.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from grader.course.roster import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.model import Student

# Whose numbers of people are their own, and no school's.
FOREIGN: Final = frozenset({"Canvas", "Moodle"})
_MARKS: Final = frozenset({"Mn", "Mc"})


class Directory:
    """Finds people of a roster.

    Parameters
    ----------
    people : sequence of Person
        Everybody.
    """

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = people
        self._at: dict[tuple[str, str], set[int]] = {}
        for index, person in enumerate(people):
            for key in _keys(person):
                self._at.setdefault(key, set()).add(index)

    def find(
        self, *, number: str = "", email: str = "", name: str = "", platform: str = ""
    ) -> int | None:
        """Return the place of the one person whom all this is about; None for nobody.

        A number is the platform's, where one is named, or else any: a student's number, a login.
        """
        if not self._at:
            return None
        keys = [(f"of {platform}", _plain(number))] if platform and number else []
        keys += [("known", _plain(text)) for text in (number, email) if text]
        for key in keys:
            if key[1] and len(found := self._at.get(key, set())) == 1:
                return next(iter(found))
        names = [("name", form) for form in _forms(name)]
        names += [] if number else [("known", _plain(name))]
        for key in names:
            found = {
                index
                for index in self._at.get(key, set())
                if not _is_another(self._people[index], number, platform)
            }
            if key[1] and len(found) == 1:
                return next(iter(found))
        return None

    def find_entry(self, entry: str) -> int | None:
        """Find whose an entry of a folder is, which may be called after a login: ``hw8-ada``."""
        found = self.find(name=entry)
        if found is not None:
            return found
        ends = {
            index
            for (kind, text), indexes in self._at.items()
            if kind == "login" and re.search(rf"[-_]{re.escape(text)}$", _plain(entry))
            for index in indexes
        }
        return next(iter(ends)) if len(ends) == 1 else None


class Finder:
    """Finds students who have a row, by what a line of a table tells.

    Parameters
    ----------
    students : sequence of Student
        Everybody.
    """

    def __init__(self, students: Sequence[Student]) -> None:
        self._directory = Directory(
            [
                Person(
                    0,
                    number=student.number,
                    name=student.name,
                    email=student.email,
                    login=student.login or student.id,
                    numbers=_numbers(student),
                )
                for student in students
            ]
        )

    def find(self, person: Person) -> int | None:
        """Return the place of the one student whom a line is about; None for nobody."""
        find = self._directory.find
        tries = [
            *(find(number=number, platform=name) for name, number in person.numbers.items()),
            find(number=person.number, email=person.email),
            find(number=person.login),
        ]
        found = next((at for at in tries if at is not None), None)
        if found is not None:
            return found
        named = [
            find(name=person.name, number=number, platform=name)
            for name, number in person.numbers.items()
        ]
        return next(iter(named), None) if named else find(name=person.name)


def _numbers(student: Student) -> dict[str, str]:
    return {student.platform: student.platform_number} if student.platform_number else {}


def each_once(people: Sequence[Person]) -> tuple[list[Person], list[tuple[Person, Person]]]:
    """Tell who is on a roster: everybody once, and who stands there again, after the first line."""
    seen: dict[tuple[str, str], Person] = {}
    once, again = [], []
    for person in people:
        keys = [key for key in _keys(person) if key[0] not in {"name", "login"}]
        keys = keys or [("name", form) for form in _forms(person.name)]
        first = next((seen[key] for key in keys if key in seen), None)
        if first is not None:
            again.append((first, person))
            continue
        once.append(person)
        for key in keys:
            seen[key] = person
    return once, again


def _is_another(person: Person, number: str, platform: str) -> bool:
    """Tell whether a number says that somebody of a person's name is somebody else."""
    own = person.numbers.get(platform, "") or ("" if platform in FOREIGN else person.number)
    return bool(number and own) and _plain(number) != _plain(own)


def _keys(person: Person) -> Iterable[tuple[str, str]]:
    for platform, number in person.numbers.items():
        yield f"of {platform}", _plain(number)
    for text in (person.number, person.email, person.login):
        if text:
            yield "known", _plain(text)
    if person.login:
        yield "login", _plain(person.login)
    for form in _forms(person.name):
        yield "name", form


def _plain(text: str) -> str:
    """Return what texts are compared by: not their width or composition, nor what is not seen."""
    if text.isascii():
        return " ".join(text.lower().split())
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).casefold().split())


def _forms(name: str) -> set[str]:
    """Return a name without what parts its words, in the orders in which platforms have these.

    ``Doe, Jane`` is ``doejane`` to Canvas; elsewhere she is Jane Doe.
    """
    name = unicodedata.normalize("NFKC", name)  # a wide comma parts as well
    last, comma, first = name.partition(",")
    orders = [name, f"{first} {last}"] if comma else [name]
    words = name.split()
    if not comma and len(words) > 1:
        orders.append(f"{words[-1]} {' '.join(words[:-1])}")
    return {form for form in map(_bare, orders) if form}


def _bare(text: str) -> str:
    # the vowels of some scripts are marks
    return "".join(
        char for char in _plain(text) if char.isalnum() or unicodedata.category(char) in _MARKS
    )
