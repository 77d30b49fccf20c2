"""`grader watch`, as somebody uses it who writes and saves: with a terminal and without one."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING, Final

import pytest

from tests.tiny import STUBS, write_tiny, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROWS, COLUMNS = 24, 100
WRONG, RIGHT, SUM = "return x + 1", "return 2 * x", "return double(x).sum()"
PATIENCE_S: Final = 60
COMMAND: Final = (sys.executable, "-m", "grader.cli", "watch", "tiny", "--lang")


class Watched:
    """A `grader watch` under way, and the file that somebody works on."""

    def __init__(self, root: Path, descriptor: int, pid: int, *, is_terminal: bool) -> None:
        self.file = root / "assignments" / "tiny" / "answers.py"
        self._descriptor = descriptor
        self.pid = pid
        self._is_terminal = is_terminal
        self._text = ""

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self._descriptor, key.encode())

    def shows(self, *wanted: str) -> str:
        """Wait until all of some texts are on the screen; return it, without colours."""
        return self.until(lambda text: all(one in text for one in wanted), wanted)

    def until(self, holds: Callable[[str], bool], wanted: object = "") -> str:
        """Wait until something holds for the screen."""
        while True:
            text = self._screen()
            if holds(text):
                return text
            ready, _, _ = select.select([self._descriptor], [], [], PATIENCE_S)
            assert ready, f"{wanted!r} did not come; there is {text}"
            self._text += os.read(self._descriptor, 1 << 16).decode()

    def forget(self) -> None:
        """Forget what was printed so far."""
        self._text = ""

    def _screen(self) -> str:
        last = self._text.rpartition("\x1b[2J")[2] if self._is_terminal else self._text
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", last).replace("\r", "")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course, as students have it."""
    root = tmp_path_factory.mktemp("course")
    write_tiny(root)
    return root


@pytest.fixture
def terminal(course: Path) -> Iterator[Watched]:
    """One that runs on a terminal."""
    (course / "assignments" / "tiny" / "answers.py").write_text(STUBS)
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, "en"], cwd=course, stdin=theirs, stdout=theirs, stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    yield Watched(course, ours, process.pid, is_terminal=True)
    process.kill()
    process.wait()
    os.close(ours)


@pytest.fixture
def plain(course: Path) -> Iterator[tuple[Watched, subprocess.Popen[bytes]]]:
    """One whose lines are read by a program."""
    (course / "assignments" / "tiny" / "answers.py").write_text(STUBS)
    # What a shell starts behind itself ignores Ctrl-C, and so does all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [*COMMAND, "zh"], cwd=course, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        assert process.stdout is not None
        yield Watched(course, process.stdout.fileno(), process.pid, is_terminal=False), process
        process.kill()


def test_one_exercise_after_the_other(terminal: Watched) -> None:
    """What is wrong stands on one screen; what passes makes room for the next."""
    terminal.shows("double is not written yet", "0 of 2", "n: next exercise")

    terminal.file.write_text(written(WRONG))
    text = terminal.shows("saved: answers.py", "double: double(", "0 of 2")
    assert len(text.splitlines()) <= ROWS

    terminal.file.write_text(written(WRONG).replace("def double(x)", "def double(x"))
    terminal.shows("answers.py, line", "is not valid Python", "double")

    new = terminal.file.with_suffix(".tmp")
    new.write_text(written(RIGHT))
    new.replace(terminal.file)  # as an editor saves
    terminal.shows("Now right: double", "total is not written yet", "1 of 2")

    terminal.file.write_text(written(RIGHT, SUM))
    terminal.shows("Every exercise is right.", "2 of 2")


def test_keys(terminal: Watched) -> None:
    """Hints one after the other, the next exercise, all again, and the end."""
    terminal.shows("double is not written yet", "0 of 2")
    terminal.press("h")
    terminal.shows("Hint 1 of 2: Two of them.")
    terminal.press("h")
    terminal.shows("Hint 2 of 2: Multiply.")
    terminal.press("n")
    assert "Hint" not in terminal.shows("total is not written yet")
    terminal.press("n")
    terminal.shows("double is not written yet")

    terminal.press("r")
    terminal.until(lambda text: "0 of 2 exercises are right\n" in text and "double" in text)
    terminal.press("q")
    _, status = os.waitpid(terminal.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.proof
def test_a_file_that_is_gone_and_a_loop_without_end(terminal: Watched) -> None:
    """Neither ends the watch; what is saved meanwhile is not kept waiting."""
    terminal.shows("double is not written yet", "0 of 2")
    terminal.file.unlink()
    terminal.shows("saved: answers.py")
    terminal.until(lambda text: "is not written yet" not in text)

    terminal.file.write_text(written("while True: pass"))
    terminal.shows("checking double ...")
    terminal.file.write_text(written(RIGHT))
    terminal.shows("1 of 2")


def test_plain_lines_without_a_terminal(
    plain: tuple[Watched, subprocess.Popen[bytes]],
) -> None:
    """No colours, no keys; each answer below the one before. Ctrl-C ends it."""
    watched, process = plain
    watched.shows("double 还没有写", "2 个练习中已有 0 个正确")
    watched.forget()
    watched.file.write_text(written(RIGHT))
    text = watched.shows("2 个练习中已有 1 个正确")

    assert "\x1b" not in text
    assert "n\uff1a" not in text
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 130


def test_what_is_not_there_is_not_watched(course: Path) -> None:
    """Told before anything is started."""
    done = subprocess.run(
        [*COMMAND, "en", "--submission", "nothing.py"], cwd=course, capture_output=True,
        text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "nothing.py" in done.stderr
