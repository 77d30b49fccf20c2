"""A batch that was cut short goes on where it was; in the end the table is the same."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from grader.author.new import write_new
from grader.environment import OPTIONS, closed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., tuple[int, list[dict[str, Any]]]]

HERE: Final = Path(__file__).parent
COUNT: Final = 6
WRONG: Final = (
    "import numpy as np\n\ndef softmax(scores):\n    powers = np.exp(scores)\n    return powers\n"
)
HOG: Final = (
    "import numpy as np\n\ndef softmax(scores):\n    return np.ones(1 << 40)\n"  # what is not there
)
LIMITS: Final = "\n[limits]\ncall_s = 5.0\nload_s = 5.0\nsubmission_s = 20.0\nmemory_mib = 256\n"


class Course:
    """A small assignment with submissions: right, wrong, not written, and one that takes memory.

    Parameters
    ----------
    root : Path
        An empty folder.
    runs : Popen
        Of ``runs.py``.
    """

    def __init__(self, root: Path, runs: subprocess.Popen[str]) -> None:
        self.root = root
        self._runs = runs
        write_new("tiny", root)
        exercises = root / "assignments" / "tiny" / "exercises.toml"
        exercises.write_text(exercises.read_text("utf-8") + LIMITS, "utf-8")
        right = (root / "solutions" / "tiny" / "probabilities.py").read_text("utf-8")
        (root / "submissions").mkdir()
        for number in range(COUNT):
            text = (right, WRONG, HOG)[2 if number == COUNT // 2 else number % 2]
            (root / "submissions" / f"s{number:02}.py").write_text(f"{text}\n# {number}\n", "utf-8")
        (root / "submissions" / "unreadable.py").write_bytes(b"\xff\xfe\xff")

    def arguments(self, out: Path) -> list[str]:
        """Return what grades them into a folder."""
        paths = [str(self.root / "submissions"), "--root", str(self.root), "-o", str(out)]
        return ["grade", "tiny", *paths, "-j", "2", "--json", "--lang", "en"]

    def grade(
        self, out: str, kill_after_s: float | None = None, file_bytes: int | None = None
    ) -> tuple[int, list[dict[str, Any]]]:
        """Grade them, up to a moment; return how that ended, and the events."""
        told = self.root / "events"
        wanted = {
            "arguments": self.arguments(self.root / out),
            "kill_after_s": kill_after_s,
            "events": str(told),
            "file_bytes": file_bytes,
        }
        assert self._runs.stdin is not None
        assert self._runs.stdout is not None
        self._runs.stdin.write(json.dumps(wanted) + "\n")
        self._runs.stdin.flush()
        status = int(self._runs.stdout.readline())
        return status, events(told.read_text("utf-8"))

    def table(self, out: str) -> bytes:
        """Return grades.csv."""
        return (self.root / out / "grades.csv").read_bytes()

    def kept(self, out: str) -> set[str]:
        """Return whose grades are in the gradebook, and would not be made again."""
        book = self.root / out / "gradebook.sqlite"
        query = "SELECT id FROM submission WHERE status != 'not_graded'"
        with (
            contextlib.suppress(sqlite3.OperationalError),  # it was killed before there was a table
            contextlib.closing(sqlite3.connect(book)) as connection,
        ):
            return {name for (name,) in connection.execute(query)}
        return set()


def events(text: str) -> list[dict[str, Any]]:
    """Return the events among what a run has printed; the last line may be cut off."""
    found = []
    for line in text.splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            event = json.loads(line)
            found += [event] if isinstance(event, dict) else []
    return found


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    """A course, and the process that its batches are forked from."""
    command = [sys.executable, *OPTIONS, str(HERE / "runs.py")]
    with subprocess.Popen(
        command, env=closed(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as runs:
        yield Course(tmp_path, runs)
        runs.communicate()


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers, of a seed that a failing test shows."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    return random.Random(seed)


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.proof)])
def test_kill_9_at_any_moment_costs_nothing(
    course: Course, chance: random.Random, kills: int
) -> None:
    """Each run goes on with what the one before has kept, until all is there.

    A grade that was told of is kept, is in the next run's count, and is never made again.
    """
    began = time.monotonic()
    status, told = course.grade("undisturbed")
    whole_s = time.monotonic() - began
    assert status == 0, told
    wanted, chains = course.table("undisturbed"), 0

    while kills:
        chains += 1
        out, made, status = f"chain{chains}", set[str](), -signal.SIGKILL
        while status == -signal.SIGKILL:
            before = course.kept(out)
            after_s = chance.uniform(0, 1.1 * whole_s) if kills else None
            status, told = course.grade(out, after_s)
            kills -= status == -signal.SIGKILL
            names = [event["id"] for event in told if event["event"] == "graded"]
            begun = [event["kept"] for event in told if event["event"] == "begun"]
            assert not made & set(names)
            assert begun in ([], [len(before)])
            assert before | set(names) <= course.kept(out)
            made |= set(names)
        assert status == 0, told
        assert course.table(out) == wanted


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_full_disk_loses_nothing_that_was_kept(course: Course, share: float) -> None:
    """The run ends with a line that says so; the next one, with room, makes what is missing."""
    assert course.grade("undisturbed")[0] == 0
    size = (course.root / "undisturbed" / "gradebook.sqlite").stat().st_size

    status, told = course.grade("full", file_bytes=int(share * size))
    text = (course.root / "events").read_text("utf-8")
    kept = course.kept("full")
    again, more = course.grade("full")

    assert status in {2, 3}, text  # where there is not even room for the tables, it is 2
    assert {event["id"] for event in told if event["event"] == "graded"} <= kept
    assert len(kept) < COUNT + 1
    assert again == 0
    assert more[0]["kept"] == len(kept)
    assert not kept & {event["id"] for event in more if event["event"] == "graded"}
    assert course.table("full") == course.table("undisturbed")


@pytest.mark.proof
def test_a_disk_in_memory_that_is_full_loses_nothing_either(course: Course) -> None:
    """A real one, of 100 KiB; where a test may mount nothing, it is skipped."""
    assert course.grade("undisturbed")[0] == 0
    disk, saved = course.root / "disk", course.root / "saved"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=100k none "$1" || exit 99; cd "$1"; shift; "$@"; s=$?; '
    script += f'mkdir "{saved}"; cp -a results/. "{saved}"; exit $s'
    command = [sys.executable, *OPTIONS, "-m", "grader.cli", *course.arguments(disk / "results")]
    unshare = shutil.which("unshare") or pytest.skip("there is no unshare")

    done = subprocess.run(
        [unshare, "-m", "sh", "-c", script, "sh", str(disk), *command],
        env=closed(os.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode in {1, 99}:
        pytest.skip(f"nothing can be mounted here: {done.stderr}")
    kept = course.kept("saved")
    again, more = course.grade("saved")

    assert done.returncode in {2, 3}, done.stderr
    assert {event["id"] for event in events(done.stdout) if event["event"] == "graded"} <= kept
    assert len(kept) < COUNT + 1
    assert (again, more[0]["kept"]) == (0, len(kept))
    assert course.table("saved") == course.table("undisturbed")


@pytest.mark.parametrize("kills", [1, pytest.param(8, marks=pytest.mark.proof)])
def test_what_the_kernel_kills_for_memory_is_made_up_for(
    course: Course, chance: random.Random, kills: int
) -> None:
    """Whichever process it takes: a worker, its server, a trusted grader.

    A submission that it takes twice has no score; the next run gives it one.
    """
    assert course.grade("undisturbed")[0] == 0
    command = [sys.executable, *OPTIONS, "-m", "grader.cli"]
    for number in range(kills):
        out = course.root / f"killed{number}"
        with subprocess.Popen(
            [*command, *course.arguments(out)], env=closed(os.environ), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as run:  # fmt: skip
            assert run.stdout is not None
            first = json.loads(run.stdout.readline())
            assert first["event"] == "begun"
            time.sleep(chance.uniform(0, 0.5))
            victims = descendants(run.pid)
            if victims:
                with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                    os.kill(chance.choice(victims), signal.SIGKILL)
            _, told = run.communicate()
        status, _ = course.grade(out.name)

        assert run.returncode in {0, 3}, told
        assert status == 0
        assert course.table(out.name) == course.table("undisturbed")


def descendants(pid: int) -> list[int]:
    """List the processes that one has started, and what these have."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found
