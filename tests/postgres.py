"""A PostgreSQL server of the tests' own, where its programs are installed: one a session.

It listens on the loopback interface, and its files are gone with it. One of its users is asked for
a password, which takes time to check.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import URL, NullPool, create_engine, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

NAME: Final = "grader"
GUARDED: Final = "guarded"
PASSWORD: Final = "p@ss/word of:tests"  # noqa: S105 - of a server that nobody else reaches
DEBIAN: Final = Path("/usr/lib/postgresql")


class Server:
    """A cluster in a folder of its own, run by somebody who is not root.

    Parameters
    ----------
    programs : Path
        The folder of ``initdb`` and ``pg_ctl``.
    folder : Path
        Empty.
    safe : bool
        Whether what is committed outlasts a power cut, which takes time.
    """

    def __init__(self, programs: Path, folder: Path, *, safe: bool) -> None:
        self._programs = programs
        self._safe = safe
        self._data = folder / "data"
        self._log = folder / "log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        user = _user()
        if user:
            shutil.chown(folder, user)
        self._run(
            "initdb", "-D", str(self._data), "-U", NAME, "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"host all {GUARDED} all scram-sha-256\nhost all all all trust\n")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
        settings += (
            f"-c fsync={'on' if self._safe else 'off'} -c shared_buffers=16MB -c max_connections=60"
        )
        self._run(
            "pg_ctl", "-D", str(self._data), "-l", str(self._log), "-w", "-o", settings, "start"
        )

    def stop(self) -> None:
        """End it at once, with all connections."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    def url(self, database: str = NAME, user: str = NAME, password: str | None = None) -> str:
        """Return the URL of a database of it."""
        made = URL.create("postgresql+psycopg", user, password, "127.0.0.1", self.port, database)
        return made.render_as_string(hide_password=False)

    def engine(self, database: str = NAME) -> Engine:
        """Return what opens connections, each statement of which is a transaction."""
        return create_engine(self.url(database), poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def execute(
        self, statement: str, database: str = NAME, schema: str = "public"
    ) -> list[tuple[object, ...]]:
        """Have a statement done as an administrator would; return the rows."""
        with self.engine(database).connect() as connection:
            quoted = schema.replace('"', '""')
            connection.execute(text(f'SET search_path = "{quoted}"'))
            done = connection.execute(text(statement))
            return [tuple(row) for row in done] if done.returns_rows else []

    def hang_up(self) -> None:
        """End every connection but this one's own."""
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'grader' AND pid <> pg_backend_pid()"
        )

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self._programs / program, *words],
            cwd="/",
            user=_user(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout or self._log.read_text()


def programs() -> Path | None:
    """Return the folder of the server's programs, where it is installed."""
    found = shutil.which("initdb")
    there = [Path(found)] if found else sorted(DEBIAN.glob("*/bin/initdb"))
    return there[-1].parent if there else None


@contextlib.contextmanager
def server(*, safe: bool = False) -> Iterator[Server]:
    """Start a server; skip the test where there is none, or nothing to speak to it with."""
    there = programs()
    if there is None:
        pytest.skip("PostgreSQL's initdb is not installed")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    # Not below pytest's own folder, which is closed to anybody else.
    folder = Path(tempfile.mkdtemp(prefix="grader-postgres-"))
    with _gone_with_us(there, folder):
        made = Server(there, folder, safe=safe)
        made.start()
        made.execute(f"CREATE DATABASE {NAME}", "postgres")
        made.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
        made.execute(f"GRANT CREATE ON DATABASE {NAME} TO {GUARDED}")
        yield made


@contextlib.contextmanager
def _gone_with_us(there: Path, folder: Path) -> Iterator[None]:
    """End a server and take its folder away when the block is left, or this process is killed."""
    ending = 'cat; "$1" -D "$2/data" -m immediate -w stop; rm -rf "$2"'
    with subprocess.Popen(
        ["/bin/sh", "-c", ending, "sh", there / "pg_ctl", folder],
        cwd="/",
        user=_user(),
        stdin=subprocess.PIPE,  # which is at its end when nobody holds the other end
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ):
        yield


def _user() -> str | None:
    """Return who runs the server, which refuses to be root; None for whoever runs the tests."""
    return "nobody" if os.geteuid() == 0 else None
