"""Regrades that are begun from the desk: the very command, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Final

import msgspec

from grader.environment import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LAST_LINES: Final = 5
_LINE_CHARACTERS: Final = 300


class _Event(msgspec.Struct):
    """What is read of an event of ``--json``; see `grader.cli.progress`."""

    event: str
    done: int = 0
    total: int = 0


class Runs:
    """One regrade at a time.

    Parameters
    ----------
    before, after : sequence of str
        The words of the command line around those that say who is meant.
    """

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        self._before = tuple(before)
        self._after = tuple(after)
        self._process: subprocess.Popen[str] | None = None
        self._threads: list[threading.Thread] = []
        self._done, self._total = 0, 0
        self._told: list[str] = []

    def begin(self, where: Sequence[str]) -> None:
        """Begin a regrade; see ``grader regrade``."""
        words = [word for one in where for word in ("--where", one)]
        command = [
            sys.executable,
            *OPTIONS,
            "-m",
            "grader.cli",
            *self._before,
            *words,
            *self._after,
        ]
        self._done, self._total, self._told = 0, 0, []
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and package
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._threads = [
            threading.Thread(target=read, args=(self._process,), daemon=True)
            for read in (self._read_events, self._read_errors)
        ]
        for thread in self._threads:
            thread.start()

    def progress(self) -> tuple[int, int] | None:
        """Return how many of how many are graded by now; None where no run is at work."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._done, self._total

    def failed(self) -> tuple[int, str] | None:
        """Return the exit code of the last run, and what it said last, where it was not 0."""
        code = None if self._process is None else self._process.poll()
        return None if not code else (code, " ".join(self._told))

    def wait(self) -> None:
        """Wait until a run that is at work has ended, and all that it says is read."""
        if self._process is not None:
            self._process.wait()
            for thread in self._threads:
                thread.join()

    def stop(self) -> None:
        """End a run that is at work; what was graded is kept."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    def _read_events(self, process: subprocess.Popen[str]) -> None:
        for line in _lines(process.stdout):
            try:
                event = msgspec.json.decode(line, type=_Event)
            except msgspec.MsgspecError:
                continue
            if event.total:
                self._done, self._total = event.done, event.total

    def _read_errors(self, process: subprocess.Popen[str]) -> None:
        for line in _lines(process.stderr):
            self._told = [*self._told, line.strip()[:_LINE_CHARACTERS]][-_LAST_LINES:]


def _lines(pipe: IO[str] | None) -> Iterator[str]:
    """Yield what comes through a pipe, and close it when nothing more does."""
    if pipe is not None:
        with pipe:
            yield from pipe
