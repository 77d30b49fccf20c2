"""Where the gradebook of a folder of results is: a file in it, or a schema of a database.

A folder whose gradebook is in PostgreSQL has a note of it, without the password. The note and the
schema bear the same random id: what was received lies in the folder, so that a queue is of no use
to any other.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from grader.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "gradebook.sqlite"
NOTE: Final = "gradebook.toml"
DATABASE_VARIABLE: Final = "GRADER_DATABASE"
DRIVER: Final = "postgresql+psycopg"
_DRIVERS: Final = frozenset({DRIVER, "postgresql", "postgres"})
_SECRETS: Final = ("password", "sslpassword")
_HEAD: Final = "# Where this folder's gradebook is. The password is not here: see `grader serve`.\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Database:
    """A schema of a PostgreSQL database, which holds one gradebook.

    Parameters
    ----------
    url : URL
        Of the database, with the password if that is known.
    schema : str
        Which schema.
    folder : str
        The id of the folder of results that it belongs to.
    """

    url: URL = dataclasses.field(repr=False)
    schema: str
    folder: str

    def __str__(self) -> str:
        """Name it, without the password."""
        return f"schema {self.schema} of {_text(without_secrets(self.url))}"


class _Noted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    schema: str
    folder: str


def parse(text: str) -> URL:
    """Read the URL of a database.

    Raises
    ------
    UsageError
        When it is none of PostgreSQL; nothing of it is quoted, for a password may be in it.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _DRIVERS or not url.database:
        raise UsageError(
            f"a database is named as {DRIVER}://USER@HOST/NAME (with %40 for an @ in a password); "
            "without one, the gradebook is a file of SQLite in the folder of results"
        )
    return url.set(drivername=DRIVER)


def without_secrets(url: URL) -> URL:
    """Return a URL that may be shown."""
    query = url.difference_update_query(_SECRETS).query
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database, query)


def noted_in(out: Path) -> Database | None:
    """Return the database that a folder of results has a note of; None where there is none.

    Raises
    ------
    UsageError
        When the note cannot be read.
    """
    path = out / NOTE
    try:
        noted = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Noted)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:  # of TOML, UTF-8 and msgspec
        raise UsageError(f"{path} cannot be read ({error}); put a copy of it back") from error
    return Database(parse(noted.url), noted.schema, noted.folder)


def note(out: Path, place: Database) -> None:
    """Write a folder's note, so that it outlasts a power cut."""
    told = {"url": _text(without_secrets(place.url)), "schema": place.schema}
    told |= {"folder": place.folder}
    lines = [f"{name} = {msgspec.json.encode(value).decode()}\n" for name, value in told.items()]
    partial = out / f".{NOTE}.part"
    with partial.open("w", encoding="utf-8") as file:
        file.write("".join([_HEAD, *lines]))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(out / NOTE)
    folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def place_of(out: Path, url: str | None = None) -> Path | Database:
    """Return where the gradebook of a folder of results is, or would be made.

    Parameters
    ----------
    out : Path
        The folder.
    url : str or None
        The database with its password; None for what `DATABASE_VARIABLE` says. It is of use only
        where the folder has a note of the same database.
    """
    noted = noted_in(out)
    if noted is None:
        return out / FILE
    given = url or os.environ.get(DATABASE_VARIABLE)
    if given:
        whole = parse(given)
        if without_secrets(whole) == noted.url:
            return dataclasses.replace(noted, url=whole)
    return noted


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=True)
