"""One run at a time in a folder of results."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from grader.errors import UsageError
from grader.gradebook import ResultsLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Hold = Callable[..., tuple[subprocess.Popen[str], int]]

HOLDER = """
import os, sys
from pathlib import Path
from grader.gradebook import ResultsLock

with ResultsLock(Path(sys.argv[1])):
    child = os.fork() if "fork" in sys.argv else 1
    if child == 0:
        sys.stdout.close()
        os.read(0, 1)
        os._exit(0)
    print(child, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    """Start another run; return it, and the process that it has forked, if it was told to."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> tuple[subprocess.Popen[str], int]:
        other = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(other)
        assert other.stdout is not None
        return other, int(other.stdout.readline())

    yield start
    for other in started:
        other.kill()
        other.communicate()


def test_names_the_other_run(tmp_path: Path, hold: Hold) -> None:
    """Which process, on which machine, since when, and what to do."""
    other, _ = hold()

    with pytest.raises(UsageError) as caught, ResultsLock(tmp_path):
        pass

    told = str(caught.value)
    assert f"process {other.pid} on {socket.gethostname()}, since 2" in told
    assert str(tmp_path) in told
    assert "give another folder with -o" in told


def test_ends_with_the_process_that_holds_it(tmp_path: Path, hold: Hold) -> None:
    """Killed, it can release nothing; the kernel does. Its forked processes do not hold it."""
    other, child = hold("fork")
    other.send_signal(signal.SIGKILL)
    other.wait()
    os.kill(child, 0)  # it is there still

    with ResultsLock(tmp_path):
        pass


def test_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither after a run nor after one that failed; each can be followed by another."""
    for _ in range(2):
        with ResultsLock(tmp_path):
            assert [path.name for path in tmp_path.iterdir()] == [".lock"]
    with pytest.raises(ZeroDivisionError), ResultsLock(tmp_path):
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_left_behind_means_nothing(tmp_path: Path) -> None:
    """As after a power cut, with longer words in it than those of the present run."""
    (tmp_path / ".lock").write_text("process 1 on another machine, since long ago\n" * 9)

    with ResultsLock(tmp_path):
        told = (tmp_path / ".lock").read_text()

    assert told.startswith(f"process {os.getpid()} on ")
    assert told.count("\n") == 1


def test_a_refused_run_leaves_the_lock_to_its_holder(tmp_path: Path, hold: Hold) -> None:
    """However often it is tried."""
    hold()

    for _ in range(3):
        with pytest.raises(UsageError, match="another run is at work"), ResultsLock(tmp_path):
            pass

    assert (tmp_path / ".lock").exists()


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that is not there, or where the file's name is taken by a folder."""
    (tmp_path / ".lock").mkdir()
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError, match=r"cannot be written to: .* -o"), ResultsLock(folder):
            pass
