"""Gradescope's submission_metadata.yml: who handed in which folder, and when.

The file is gone through event by event: nothing is built of it but the few texts wanted, so that
neither nesting nor references within it cost anything.
"""

from __future__ import annotations

import calendar
import dataclasses
import re
from typing import TYPE_CHECKING, Any, Final

from grader.intake.kinds import TELLING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = TELLING[0]
MAX_BYTES: Final = 64 << 20
MAX_EVENTS: Final = 5_000_000
MAX_TEXT: Final = 200
_TIME: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*(?:Z|([+-])(\d\d):?(\d\d))?"
)
_WANTED: Final = (":name", ":sid", ":email")


@dataclasses.dataclass(frozen=True, slots=True)
class Submitter:
    """A person; what is not known is empty."""

    name: str = ""
    sid: str = ""
    email: str = ""


@dataclasses.dataclass(slots=True)
class Handed:
    """What is said about one folder.

    Parameters
    ----------
    submitters : list of Submitter
        Several where students work together.
    created_s : int
        When it was handed in, in seconds since 1970; 0 where that is not told.
    """

    submitters: list[Submitter] = dataclasses.field(default_factory=list)
    created_s: int = 0

    def date(self, created_s: int) -> None:
        """Note when it was handed in."""
        self.created_s = created_s


class MalformedError(Exception):
    """The file does not say who handed in what. Never leaves this package."""


def read_metadata(data: bytes) -> dict[str, Handed]:
    """Read who handed in which folder.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    dict of str to Handed
        By folder.

    Raises
    ------
    MalformedError
        When it is no such file, or larger than any.
    """
    import yaml  # noqa: PLC0415 - a student's installation has it not, nor such a file

    found: dict[str, Handed] = {}
    people: dict[tuple[str, int], dict[str, str]] = {}
    try:
        for path, text in _texts(data):
            match path:
                case (str(folder), ":submitters", int(number), str(key)) if key in _WANTED:
                    people.setdefault((folder, number), {})[key[1:]] = text[:MAX_TEXT].strip()
                case (str(folder), ":created_at"):
                    found.setdefault(folder, Handed()).date(_seconds(text))
                case (str(folder), *_):
                    found.setdefault(folder, Handed())
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise MalformedError(" ".join(str(error).split())[:MAX_TEXT]) from error
    for (folder, _), fields in people.items():
        if fields.get("name") or fields.get("email"):
            found.setdefault(folder, Handed()).submitters.append(Submitter(**fields))
    if not any(one.submitters for one in found.values()):
        raise MalformedError("it names nobody")
    return found


def _texts(data: bytes) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every text with its place: the keys and numbers that lead to it."""
    import yaml  # noqa: PLC0415 - as above

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    places: list[_Level] = []
    text = data.decode("utf-8-sig")
    for count, event in enumerate(yaml.parse(text, Loader=loader)):
        if count > MAX_EVENTS:
            raise MalformedError("it is larger than anybody's")
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if places:
                places[-1].step(None)
            places.append(_Level(isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            places.pop()
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) and places:
            value = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if places[-1].step(value) and len(places) <= len(_WANTED) + 1:
                yield tuple(level.at for level in places), value


@dataclasses.dataclass(slots=True)
class _Level:
    """Where in a mapping or a list the parser is."""

    mapping: bool
    at: Any = -1
    awaits_key: bool = True

    def step(self, value: str | None) -> bool:
        """Go on by one node, None for one with parts; tell whether it is a value."""
        if not self.mapping:
            self.at += 1
            return True
        if self.awaits_key:
            self.at = "" if value is None else value
        self.awaits_key = not self.awaits_key
        return self.awaits_key


def _seconds(text: str) -> int:
    """Turn a time with its offset into seconds; 0 for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return 0
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    offset_s = 60 * (60 * int(found[8] or 0) + int(found[9] or 0)) * (-1 if found[7] == "-" else 1)
    try:
        return calendar.timegm((year, month, day, hour, minute, second)) - offset_s
    except ValueError:
        return 0
