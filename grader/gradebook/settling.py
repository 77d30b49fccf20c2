"""A folder of results is given a place for its gradebook, once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.gradebook.book import Gradebook
from grader.gradebook.places import FILE, Database, note, noted_in, parse, without_secrets

if TYPE_CHECKING:
    from pathlib import Path


def settle(out: Path, url: str, schema: str) -> None:
    """Have the gradebook of a folder of results in a database, from now on.

    Parameters
    ----------
    out : Path
        The folder, which exists.
    url : str
        Of a PostgreSQL database.
    schema : str
        Which schema of it; it is made where it is not there.

    Raises
    ------
    UsageError
        When the folder has its gradebook elsewhere, or there can be none.
    """
    place = Database(parse(url), schema, secrets.token_hex(16))
    noted = noted_in(out)
    if noted is not None:
        if (without_secrets(place.url), schema) != (noted.url, noted.schema):
            raise UsageError(
                f"{out} has its gradebook in {noted}, not in {place}; if it has been moved, change "
                "gradebook.toml there, else give another folder with -o"
            )
        return
    if (out / FILE).exists():
        raise UsageError(
            f"{out} has its gradebook in {FILE}; leave the database out, or give another folder "
            "with -o"
        )
    Gradebook.open(place).close()
    note(out, place)
