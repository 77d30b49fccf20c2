"""Downloads of course platforms: whose each entry is, told by how they name what they pack.

A platform is recognised by structure, never by one name that looks like it: by a marker that nobody
writes by chance (Moodle, Blackboard), or by names of one form throughout whose numbers agree with
each other (Canvas). Gradescope's export brings a file that says it; see `metadata`.

The end of a name is its author's choice, so the first marker in it is the platform's; a later one
would make a file somebody else's.
"""

from __future__ import annotations

import dataclasses
import os
import re
from typing import TYPE_CHECKING, Final

from grader.intake.kinds import is_beside, is_litter, stem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.intake.folders import Entry

# doejane_LATE_104_2231_hw8-2.ipynb: name, number of the person, number of the file. Both numbers
# count over a whole site, so short ones are somebody's own. A name may hold underscores, but Canvas
# takes numbers between such out of it; where it hides names, a code stands in their place.
_CANVAS: Final = re.compile(
    r"(?:(?P<name>.*?)(?P<late>_LATE)?_(?P<user>\d{2,})|(?P<hidden_late>LATE_)?anon_(?P<code>\w{5}))"
    r"_(?P<number>\d{3,})_(?P<file>.+)",
    re.DOTALL | re.ASCII,
)
# doejane_104_text.html, doejane_104_link.html: typed into Canvas, so without a number of a file.
_CANVAS_TEXT: Final = re.compile(
    r"(?P<name>.*?)(?P<late>_LATE)?_(?P<user>\d{2,})_(?:text|link)\.html", re.DOTALL | re.ASCII
)
# Jane Doe_2231_assignsubmission_file_, a folder; or with the name of a file behind it.
_MOODLE: Final = re.compile(
    r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(?P<plugin>[a-z]+)_?(?P<file>.*)", re.DOTALL
)
# Homework 8_jd123_attempt_2026-03-01-10-15-00_hw8.ipynb: title and name before the marker may both
# hold underscores; see `_named_in_blackboard`.
_BLACKBOARD: Final = re.compile(
    r"(?P<head>.+?_.+?)_attempt_(?P<stamp>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
_ATTEMPT: Final = re.compile(r"-(\d{1,3})$", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One entry of a download, as its author knows it.

    Parameters
    ----------
    entry : Entry
        What lies there.
    name : str
        What it is called in messages, with what the platform has put behind it.
    called : str
        What its author called it.
    attempt : int
        The higher, the later it was handed in; 0 where the platform does not tell.
    """

    entry: Entry
    name: str
    called: str
    attempt: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Student:
    """What one student handed in.

    Parameters
    ----------
    name : str
        As the platform has it.
    number : str
        What tells people of one name apart.
    members : tuple of Member
        One or more entries.
    late : bool
        Whether the platform calls it late.
    handed_in_at : str
        When, in the platform's own zone; empty where it does not tell.
    """

    name: str
    number: str
    members: tuple[Member, ...]
    late: bool = False
    handed_in_at: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class _Mark:
    """What one name says."""

    name: str
    number: str
    member: Member
    late: bool = False
    handed_in_at: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Download:
    """A platform's download.

    Parameters
    ----------
    platform : str
        Its name.
    students : tuple of Student
        By name and number; who has handed in at several times is there once for each.
    """

    platform: str
    students: tuple[Student, ...]


def recognise(entries: Sequence[Entry]) -> Download | None:
    """Tell which platform has packed a folder; None where its names do not say so together."""
    counted = [one for one in entries if not (is_litter(one.name) or is_beside(one.name))]
    for platform, read, believed in (
        ("Moodle", _moodle, any),
        ("Blackboard", _blackboard, any),
        ("Canvas", _canvas, _agree),
    ):
        marks = [mark for entry in entries if (mark := read(entry)) is not None]
        wanted: Callable[[Sequence[_Mark]], bool] = believed
        if not marks or not wanted(marks):
            continue
        if platform == "Canvas":
            marks += [mark for entry in entries if (mark := _canvas_text(entry)) is not None]
        if platform == "Blackboard":
            marks = _named_in_blackboard(marks)
        if 2 * len(marks) > len(counted):
            return Download(platform, _by_student(marks))
    return None


def _by_student(marks: Sequence[_Mark]) -> tuple[Student, ...]:
    found: dict[tuple[str, str, str], list[_Mark]] = {}
    for mark in marks:
        found.setdefault((mark.name, mark.number, mark.handed_in_at), []).append(mark)
    return tuple(
        Student(
            name, number, tuple(mark.member for mark in ones), any(mark.late for mark in ones), at
        )
        for (name, number, at), ones in sorted(found.items())
    )


def _canvas(entry: Entry) -> _Mark | None:
    found = None if entry.is_folder else _CANVAS.fullmatch(entry.name)
    if found is None:
        return None
    name, bare = found["file"], stem(found["file"])
    attempt = _ATTEMPT.search(bare)
    called = bare[: attempt.start()] + name[len(bare) :] if attempt and attempt.start() else name
    member = Member(entry, name, called, int(attempt[1]) if attempt else 0)
    late = bool(found["late"] or found["hidden_late"])
    if found["code"]:
        return _Mark(found["code"], "", member, late)
    return _Mark(found["name"], found["user"], member, late)


def _canvas_text(entry: Entry) -> _Mark | None:
    found = None if entry.is_folder else _CANVAS_TEXT.fullmatch(entry.name)
    if found is None:
        return None
    name = entry.name.rpartition("_")[2]
    return _Mark(found["name"], found["user"], Member(entry, name, name), bool(found["late"]))


def _agree(marks: Sequence[_Mark]) -> bool:
    """Tell whether each file has a number of its own, and each person one name."""
    matches = [_CANVAS.fullmatch(mark.member.entry.name) for mark in marks]
    numbers = {match["number"] for match in matches if match}
    people = {(mark.number, mark.name) for mark in marks if mark.number}
    return len(marks) > 1 and len(numbers) == len(marks) and len(dict(people)) == len(people)


def _moodle(entry: Entry) -> _Mark | None:
    found = _MOODLE.fullmatch(entry.name)
    if found is None or not (entry.is_folder or found["file"]):
        return None
    name = found["file"] or found["plugin"]
    return _Mark(found["name"], found["user"], Member(entry, name, name))


def _blackboard(entry: Entry) -> _Mark | None:
    found = None if entry.is_folder else _BLACKBOARD.fullmatch(entry.name)
    if found is None:
        return None
    name = found["file"] or "receipt.txt"
    day, clock = found["stamp"][:10], found["stamp"][11:].replace("-", ":")
    return _Mark(found["head"], "", Member(entry, name, name), handed_in_at=f"{day}T{clock}")


def _named_in_blackboard(marks: Sequence[_Mark]) -> list[_Mark]:
    """Take the title off names, which is what all in a download begin with.

    Where that tells nothing, a name is what stands behind the last underscore.
    """
    heads = sorted({mark.name for mark in marks})
    shared = os.path.commonprefix(heads)  # noqa: RUF071 - of characters, these are no paths
    title = shared.rpartition("_")[0] if len(heads) > 1 else ""
    return [
        dataclasses.replace(
            mark, name=mark.name[len(title) + 1 :] if title else mark.name.rpartition("_")[2]
        )
        for mark in marks
    ]
