"""`Grading`: the process that grades, started, woken, watched, and begun again when it dies."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Final

import msgspec

from grader import clock
from grader.environment import OPTIONS
from grader.errors import UsageError
from grader.service.job import BEAT_S, Job, Told

if TYPE_CHECKING:
    from collections.abc import Callable

SILENT_S: Final = 60 * BEAT_S
STOP_S: Final = 60.0
LOOK_S: Final = 0.2
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 60.0


class Grading:
    """Sees to it that what is queued for an assignment is graded.

    Parameters
    ----------
    name : str
        Of the assignment.
    job : Job
        What the process is told.
    tell : callable
        Called with a sentence when something is amiss.
    """

    def __init__(self, name: str, job: Job, tell: Callable[[str], None]) -> None:
        self._name = name
        self._job = job
        self._tell = tell
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()
        self._begun = threading.Event()
        self._ready = False
        self._heard_s = 0.0
        self._refused = ""
        self._begun_again = 0
        self.tier = ""
        self.reason = ""

    def start(self) -> None:
        """Begin; `wait` tells what comes of it."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until submissions can be graded.

        Raises
        ------
        UsageError
            When they cannot.
        """
        self._begun.wait()
        if not self.tier:
            raise UsageError(f"{self._name} cannot be graded: {self._refused or 'see above'}")

    def wake(self) -> None:
        """Let it look whether there is something to do."""
        process = self._process
        # A pipe that is full wakes it as well; one that has died looks when it begins again.
        with contextlib.suppress(OSError, ValueError):
            if process is not None and process.stdin is not None:
                os.write(process.stdin.fileno(), b"\n")

    def stop(self) -> None:
        """Let it end; what it was at is queued again, and what it graded is in the reports."""
        self._ended.set()
        process = self._process
        if process is not None:
            if not self._ready:  # it listens to nothing yet, and is at nothing
                process.terminate()
            with contextlib.suppress(OSError):
                if process.stdin is not None:
                    process.stdin.close()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._thread.is_alive():
            self._thread.join()

    def health(self) -> dict[str, object]:
        """Tell how it is, for whoever runs the service."""
        return {
            "ready": self._ready,
            "tier": self.tier,
            "begun_again": self._begun_again,
            "reason": self._refused,
        }

    @property
    def pid(self) -> int | None:
        """The process; None where there is none at the moment."""
        return None if self._process is None else self._process.pid

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._ended.is_set():
            code, was_ready = self._once()
            self._ready = False
            if self._ended.is_set():
                break
            if not self._begun.is_set():  # the first time, it is the one who starts us to know
                break
            pause_s = FIRST_PAUSE_S if was_ready else min(2 * pause_s, LONGEST_PAUSE_S)
            self._tell(
                f"{self._name}: grading has ended with code {code}"
                f"{f' ({self._refused})' if self._refused else ''}; it begins again"
            )
            self._begun_again += 1
            self._ended.wait(pause_s)
        self._begun.set()

    def _once(self) -> tuple[int, bool]:
        """Have it grade until it ends; return its exit code, and whether it was ready."""
        self._refused, self._heard_s = "", clock.monotonic()
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *OPTIONS, "-m", "grader.service.grading"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        if process.stdin is None or process.stdout is None:
            raise ValueError("a pipe was asked for")
        with contextlib.suppress(OSError):
            process.stdin.write(msgspec.json.encode(self._job) + b"\n")
        os.set_blocking(process.stdin.fileno(), False)
        self._process = process
        reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        reader.start()
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(LOOK_S)
                break
            if self._ready and clock.monotonic() - self._heard_s > SILENT_S:
                self._tell(f"{self._name}: grading has said nothing for {SILENT_S:.0f} s")
                process.kill()
        reader.join(1.0)  # one that it forked may hold the pipe for a little longer
        with contextlib.suppress(OSError):
            process.stdin.close()
        return code, self._ready

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                self._heard_s = clock.monotonic()
                try:
                    told = msgspec.json.decode(line, type=Told)
                except msgspec.MsgspecError:
                    continue
                if told.event == "refused":
                    self._refused = told.reason
                elif told.event == "ready":
                    self.tier, self.reason = told.tier, told.reason
                    self._ready = True
                    self._begun.set()
