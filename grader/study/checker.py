"""The checker as the one who asks sees it: a process to start, to ask, and to start again."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from grader import environment
from grader.errors import HarnessError
from grader.model import from_json, to_json
from grader.study.messages import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.study.messages import Ask, Page

ROOT: Final = Path(__file__).parents[2]
# Whatever Python finds this package by, the checker finds it too, last of all.
RUN: Final = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from grader.study.serve import main; sys.exit(main(sys.argv[1:]))"
)
END_S: Final = 3.0
LOOK_S: Final = 0.2  # on Windows nothing interrupts a wait that has no end


class Checker:
    """A process that checks.

    Parameters
    ----------
    folder : Path
        The assignment's.
    tell : callable
        Gets each reply, on another thread, with the number of the process that it is from; None for
        the end of that one.
    """

    def __init__(self, folder: Path, tell: Callable[[int, Reply | None], None]) -> None:
        self._folder = folder
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self.number = 0

    def start(self) -> None:
        """Start a process; the one before it is ended, whatever it is at."""
        self.stop(0.0)
        self.number += 1
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-c", RUN, str(ROOT), str(self._folder)],
            env=environment.closed(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for the one who asks.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        reading = threading.Thread(
            target=_read, args=(self._process.stdout, self.number, self._tell), daemon=True
        )
        reading.start()

    def ask(self, ask: Ask) -> None:
        """Put a question, to a new process where there is none."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        process = self._process
        if process is None or process.stdin is None:
            raise HarnessError("the checker has not been started")
        with contextlib.suppress(OSError):  # it has ended, which is told as well
            process.stdin.write(to_json(ask) + b"\n")
            process.stdin.flush()

    def stop(self, patience_s: float = END_S) -> None:
        """End the process, at the latest after so many seconds; its workers end with it."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _read(lines: IO[bytes] | None, number: int, tell: Callable[[int, Reply | None], None]) -> None:
    if lines is not None:
        with lines:
            for line in lines:
                tell(number, from_json(line, Reply))
    tell(number, None)


class Asking:
    """A checker that one asks and waits for.

    Parameters
    ----------
    folder : Path
        The assignment's.
    """

    def __init__(self, folder: Path) -> None:
        self._replies: queue.SimpleQueue[tuple[int, Reply | None]] = queue.SimpleQueue()
        self._checker = Checker(folder, lambda *reply: self._replies.put(reply))

    def start(self) -> None:
        """Start it, and wait for nothing."""
        self._checker.start()

    def close(self) -> None:
        """End it."""
        self._checker.stop()

    def ask(self, ask: Ask, show: Callable[[Page], None] | None = None) -> list[Reply]:
        """Put a question and wait for the answer.

        Parameters
        ----------
        ask : Ask
            The question.
        show : callable or None
            Gets what there is to read before all is known.

        Returns
        -------
        list of Reply
            The last of them is the end of the answer, or says why there is none; without one of
            either, the process has ended meanwhile.

        Raises
        ------
        KeyboardInterrupt
            When somebody does not want to wait any longer; what was at work is ended.
        """
        self._checker.ask(ask)
        try:
            replies = self._answer(show)
        except KeyboardInterrupt:
            self._checker.start()
            raise
        last = replies[-1] if replies else Reply()
        if not last.failed and (last.ended is None or last.ended.used_up):
            self._checker.start()  # for the next question
        return replies

    def _answer(self, show: Callable[[Page], None] | None) -> list[Reply]:
        replies: list[Reply] = []
        while True:
            try:
                number, reply = self._replies.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if number != self._checker.number:
                continue  # of a process that is given up
            if reply is None:
                return replies
            if reply.page is not None and show is not None:
                show(reply.page)
            if not reply.ready:
                replies.append(reply)
            if reply.ended is not None or reply.failed:
                return replies
