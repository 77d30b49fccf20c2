"""Read, and now and then grade, folders that nobody would hand in, for a while.

    python tests/fuzz/folders.py [--seconds N] [--seed S]

Each folder is drawn from a number of its own, and read by a process of its own, without the powers
of root, within bounds of memory and time. What may not happen: an exception, a result that differs
when the same is read again, an entry that is neither a row nor named, a row without a reason, a
message that cannot be shown, a file written or changed, a process that does not end. Some of the
folders are graded besides by `grader grade` in a tiny course: it has to end with 0 or 2, with a row
for each submission, and with files in its results alone.

The first folder with which something is wrong ends it, with its number, which `--only` reads again.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import datetime
import os
import random
import resource
import select
import shutil
import signal
import stat
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if __package__ in {None, ""}:  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from grader import cli, wire
from grader.course import Deadline, join, read_roster
from grader.errors import UsageError
from grader.intake import shown
from grader.intake.collect import Collected, collect
from grader.intake.kinds import is_beside, is_litter
from grader.model import Late
from grader.texts import render
from grader.worker import kernel
from tests.fuzz import hostile
from tests.tiny import write_tiny

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Message

READ_S: Final = 60.0  # by the clock of a machine that has other work as well
GRADED_S: Final = 300.0
PROCESSOR_S: Final = 20
MEMORY_MIB: Final = 3072
GRADED_OF: Final = 40  # each so many-th folder is graded
MOST_ROWS: Final = 12
WANTED: Final[dict[str, Any]] = {
    "modules": ("dinos", "rnn_step"),
    "exercises": {"clip": ("clip",), "cell": ("GRUCell", "gru")},
    "assignment": "hw8",
}
DUE: Final = Deadline.of(Late(due=datetime.datetime(2026, 3, 1, 12), zone="Asia/Shanghai"))
LAYOUTS: Final = ("auto", "auto", "many", "one")
FINE: Final = {0, 2}


@dataclasses.dataclass(slots=True)
class Tried:
    """What has been tried."""

    folders: int = 0
    rows: int = 0
    unreadable: int = 0
    graded: int = 0


class WrongError(Exception):
    """What should never happen, in words."""


def main() -> None:
    """Fuzz until the time is up, then print how much was tried."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--only", type=int, help="read and grade the folder of this number alone")
    chosen = options.parse_args()
    print(f"seed {chosen.seed}")
    tried = Tried()
    with tempfile.TemporaryDirectory() as course:
        write_tiny(Path(course))
        numbers = [chosen.only] if chosen.only is not None else None
        draw = random.Random(chosen.seed)
        end_s = time.monotonic() + chosen.seconds
        while numbers or (numbers is None and time.monotonic() < end_s):
            number = numbers.pop() if numbers else draw.getrandbits(48)
            graded = numbers is not None or tried.folders % GRADED_OF == 0
            attempt(number, Path(course) if graded else None, tried)
    print(f"nothing found: {tried}")


def attempt(number: int, course: Path | None, tried: Tried) -> None:
    """Read the folder of a number, and grade it if there is a course.

    Raises
    ------
    SystemExit
        When something is wrong, with the number.
    """
    with tempfile.TemporaryDirectory(prefix="fuzz") as name:
        home = Path(name)
        folder = home / "in"
        folder.mkdir()
        try:
            hostile.write_folder(random.Random(number), os.fsencode(folder))
            before = _written(home)
            rows, unreadable = apart(lambda: _read(number, folder), READ_S, alone=True)
            _check_unchanged(before, home, set())
            tried.folders += 1
            tried.rows += rows
            tried.unreadable += unreadable
            if course is not None and rows <= MOST_ROWS:
                apart(lambda: _grade(folder, home, course), GRADED_S, alone=False)
                _check_unchanged(before, home, {"out", "said"})
                tried.graded += 1
        except WrongError as error:
            raise SystemExit(f"folder {number}: {error}") from error
        finally:
            _allow_all(home)


def apart(task: Callable[[], tuple[int, int]], limit_s: float, *, alone: bool) -> tuple[int, int]:
    """Do a task in a process of its own, bounded, and without rights if it does all alone.

    Raises
    ------
    WrongError
        When it raises, is ended, or does not end.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        os.setpgid(0, 0)
        try:
            if alone:
                _bound()
            said = " ".join(map(str, task()))
        except BaseException:  # noqa: BLE001 - whatever it is, it is told
            said = traceback.format_exc(limit=-8)[-3000:]
        os.write(writer, said.encode("utf-8", "backslashreplace"))
        os._exit(0)
    os.close(writer)
    said, in_time = _heard(reader, limit_s)
    if not in_time:
        os.killpg(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not in_time:
        raise WrongError(f"it does not end within {limit_s} s")
    numbers = said.split()
    if status or len(numbers) != 2 or not all(one.isdigit() for one in numbers):
        raise WrongError(said or f"ended with {status}")
    return int(numbers[0]), int(numbers[1])


def _heard(reader: int, limit_s: float) -> tuple[str, bool]:
    """Read a pipe to its end; also tell whether that came in time."""
    end_s, found = time.monotonic() + limit_s, b""
    with open(reader, "rb", buffering=0) as file:
        while (left_s := end_s - time.monotonic()) > 0:
            if select.select([file], [], [], left_s)[0]:
                if not (part := file.read(1 << 16)):
                    return found.decode("utf-8", "replace"), True
                found += part
    return found.decode("utf-8", "replace"), False


def _bound() -> None:
    """Take away rights, memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MIB << 20, MEMORY_MIB << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kernel.drop_capabilities()  # root then is a user as any other: what forbids reading counts


def _read(number: int, folder: Path) -> tuple[int, int]:
    """Read a folder twice, and check what is said of it."""
    layout: Any = LAYOUTS[number % len(LAYOUTS)]
    found = collect(folder, layout=layout, **WANTED)
    if found != collect(folder, layout=layout, **WANTED):
        raise WrongError("what is read twice differs")
    _check_rows(found)
    whole = any(one.path == folder for one in found.submissions)
    if not whole and "intake_platform" not in {note.key for note in found.notes}:
        _check_nothing_lost(found, folder)
    _check_joined(found, folder)
    return len(found.submissions), sum(one.source is None for one in found.submissions)


def _check_rows(found: Collected) -> None:
    ids = [one.id.casefold() for one in found.submissions]
    if len(set(ids)) != len(ids):
        raise WrongError("two rows share an id")
    for one in found.submissions:
        if not one.name.isprintable() or (one.source is None) == (one.problem is None):
            raise WrongError(
                f"row {one.name!r} has no code and no reason, or a name that shows badly"
            )
        if one.source is not None:
            load = wire.Load(nonce=1, source=one.source, given=wire.Source(()), home="dinos")
            if wire.unpack_request(wire.pack(load)) != load:
                raise WrongError("a source changes on its way to a worker")
    for told in _told(found):
        for lang in ("en", "zh"):
            if not render(told, lang).encode():
                raise WrongError(f"{told.key} says nothing")


def _told(found: Collected) -> list[Message]:
    each = [told for one in found.submissions for told in (*one.notes, one.problem)]
    return [*found.notes, *filter(None, each)]


def _check_nothing_lost(found: Collected, folder: Path) -> None:
    rows = {one.path.name for one in found.submissions}
    words = {
        part.partition("/")[0]
        for told in found.notes
        for value in told.fields.values()
        for part in [str(value), *str(value).split(", ")]
    }
    lost = [
        name
        for name in os.listdir(folder)  # noqa: PTH208 - with what is no text escaped
        if name not in rows and shown(name) not in rows | words
    ]
    lost = [name for name in lost if not (is_litter(name) or is_beside(name))] if lost else []
    if lost:
        raise WrongError(f"neither rows nor named: {lost}")


def _check_joined(found: Collected, folder: Path) -> None:
    """Whoever is on a roster, or has handed in, has one row."""
    people = []
    for path in sorted(folder.glob("*.csv")):
        if path.is_fifo():  # whoever names a pipe as roster waits for what comes through it
            continue
        try:
            people += read_roster(path)
        except UsageError:
            continue
    joined = join(found.submissions, DUE, people)
    owned = {attempt.submission for who in joined.students for attempt in who.attempts}
    if owned != {one.id for one in found.submissions}:
        raise WrongError("a submission is nobody's")


def _grade(folder: Path, home: Path, course: Path) -> tuple[int, int]:
    """Grade a folder, and check that each submission has its row."""
    said = os.open(home / "said", os.O_CREAT | os.O_WRONLY, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)
    out = home / "out"
    code = cli.main(
        ["grade", "tiny", str(folder), "-o", str(out), "--root", str(course), "-j", "1"]
    )
    text = (home / "said").read_text("utf-8", "replace")
    if code not in FINE or "Traceback" in text:
        raise WrongError(f"grade ended with {code}: {text[-2000:]}")
    if code:
        return 0, 0
    assignment: dict[str, Any] = {"modules": ("answers",), "assignment": "tiny"}
    names = {"double": ("double",), "total": ("total",)}
    expected = len(collect(folder, exercises=names, skip=(out,), **assignment).submissions)
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = len(list(csv.DictReader(file)))
    if rows != expected:
        raise WrongError(f"{expected} submissions and {rows} rows")
    return rows, 0


def _written(home: Path) -> dict[str, tuple[int, int, int]]:
    """Note what lies in a folder: kinds, sizes, and when it was changed."""
    found = {}
    for root, folders, files in os.walk(os.fsencode(home)):
        for each in (*folders, *files):
            about = os.lstat(os.path.join(root, each))  # noqa: PTH118 - bytes
            times = 0 if stat.S_ISDIR(about.st_mode) else about.st_mtime_ns
            found[os.fsdecode(os.path.join(root, each))] = (about.st_mode, about.st_size, times)  # noqa: PTH118
    return found


def _check_unchanged(before: dict[str, tuple[int, int, int]], home: Path, ours: set[str]) -> None:
    """Whatever there is besides is in our folders."""
    own = tuple(str(home / one) for one in ours)
    after = {
        name: what for name, what in _written(home).items() if not name.startswith(own or "\0")
    }
    if after != before:
        raise WrongError(
            f"files were written or changed: {set(after.items()) ^ set(before.items())}"
        )


def _allow_all(home: Path) -> None:
    """Let what has no rights be deleted."""
    for root, folders, _ in os.walk(os.fsencode(home)):
        for each in folders:
            path = os.path.join(root, each)  # noqa: PTH118 - bytes
            if not os.path.islink(path):  # noqa: PTH114
                os.chmod(path, 0o700)  # noqa: PTH101
    for ours in (home / "in", home / "out"):
        if ours.exists():
            shutil.rmtree(os.fsencode(ours))  # as bytes, for names that are no text


if __name__ == "__main__":
    main()
