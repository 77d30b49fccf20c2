"""Who a client is, by the token that it sends: the course's own page, or one student."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import secrets
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.service.people import People

LEAST_CHARACTERS: Final = 20
MOST_CHARACTERS: Final = 500
_MOST_FILE_BYTES: Final = 1 << 20
_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Parameters
    ----------
    student : str or None
        Whose token it is; None for the course's, which may name any student.
    """

    student: str | None = None


class Keys:
    """The tokens, of which nothing but digests is kept.

    A token is looked up by a digest under a key that is new in each process, so that how long that
    takes tells nothing of how much of a guess is right.

    Parameters
    ----------
    course : str
        The course's token.
    students : mapping of str to str
        Whose the other tokens are.
    """

    def __init__(self, course: str, students: Mapping[str, str] | None = None) -> None:
        self._secret = secrets.token_bytes(32)
        self._callers = {self._digest(course): Caller()}
        for token, student in (students or {}).items():
            self._callers[self._digest(token)] = Caller(student)

    def caller(self, authorization: str) -> Caller | None:
        """Return who sends a header ``Authorization``; None for nobody."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or len(token) > MOST_CHARACTERS:
            return None
        return self._callers.get(self._digest(token.strip()))

    def _digest(self, token: str) -> bytes:
        data = token.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._secret, digest_size=32).digest()


def course_token(path: Path) -> str:
    """Read the course's token from a file that its owner alone may read.

    Raises
    ------
    UsageError
        When it cannot be read, others can read it, or it could be guessed.
    """
    return checked_token(_private_text(path), str(path))


def checked_token(text: str, where: str) -> str:
    """Return a token without what is around it.

    Raises
    ------
    UsageError
        When it is no single word, or could be guessed.
    """
    token = text.strip()
    if not token.isascii() or any(char.isspace() for char in token):
        raise UsageError(f"{where}: a token is one word of letters, digits and signs")
    if not LEAST_CHARACTERS <= len(token) <= MOST_CHARACTERS:
        raise UsageError(
            f"{where}: a token has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters, lest it be "
            "guessed; `openssl rand -hex 32` makes one"
        )
    return token


def new_token(path: Path) -> None:
    """Write a file with a token that is drawn now, for its owner alone."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(file, "w", encoding="ascii") as stream:  # noqa: PTH123 - a descriptor
        stream.write(f"{secrets.token_urlsafe(32)}\n")
        stream.flush()
        os.fsync(stream.fileno())


def student_tokens(path: Path, everybody: Sequence[People]) -> dict[str, str]:
    """Read a table of students' tokens: columns ``student`` and ``token``.

    Returns
    -------
    dict of str to str
        Each student's key, by token.

    Raises
    ------
    UsageError
        When it is no such table, others can read it, or two students have one token.
    """
    table = csv.DictReader(io.StringIO(_private_text(path)))
    if not {"student", "token"} <= set(table.fieldnames or ()):
        raise UsageError(f"{path} needs the columns student and token in its first line")
    found: dict[str, str] = {}
    for line, row in enumerate(table, start=2):
        where = f"{path}, line {line}"
        token = checked_token(row["token"] or "", where)
        keys = {key for people in everybody if (key := people.key(row["student"] or ""))}
        if len(keys) != 1:
            raise UsageError(f"{where}: there is no student {row['student']!r} on the roster")
        if token in found:
            raise UsageError(f"{where}: this token is another student's already")
        (found[token],) = keys
    return found


def _private_text(path: Path) -> str:
    """Read a file that nobody but its owner may read."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(file, "rb") as stream:  # noqa: PTH123 - a descriptor
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                raise UsageError(f"{path} is no plain file")
            if found.st_mode & _OTHERS:
                raise UsageError(f"{path} can be read by others: `chmod 600 {path}`")
            return stream.read(_MOST_FILE_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8") from error
