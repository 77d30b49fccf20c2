"""A control group (version 2) for each worker, where the machine has given us some to make.

The trusted side makes the groups and puts workers in, before they are given a line of the
submission; neither the fork server nor a worker ever sees the file system of control groups.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import SandboxError
from grader.worker.confine import Bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.model import Limits

CONTROLLERS: Final = ("memory", "pids")
REMEDY: Final = (
    "start it in a group of its own: systemd-run --user --scope -p Delegate=yes grader ... "
    "(as root: systemd-run --scope -p Delegate=yes grader ...)"
)
# Pages of the warm libraries that a worker changes and so gets copies of.
COPIED_BYTES: Final = 64 << 20
GOING_MS: Final = 2000  # how long the processes of a group that was killed may take to go
PROBE_S: Final = 20.0
# Waits to be put into its group, then tries what the group forbids.
PROBE: Final = """
import sys, threading
sys.stdin.read(1)
try:
    threading.Thread(target=print, args=("a second thread",)).start()
except RuntimeError:
    pass
bytearray(b"x") * (256 << 20)
print("256 MiB")
"""


class Room(msgspec.Struct, frozen=True):
    """The group of one worker.

    Parameters
    ----------
    path : Path
        Its folder.
    memory_mib : int
        What a worker is told that it may have.
    """

    path: Path
    memory_mib: int = 0

    def was_full(self) -> bool:
        """Whether the kernel has ended something in it for want of memory."""
        with contextlib.suppress(OSError):
            for line in (self.path / "memory.events").read_text().splitlines():
                if line.split()[0] == "oom_kill":
                    return line.split()[1] != "0"
        return False

    def empty(self) -> None:
        """End whatever is in it."""
        with contextlib.suppress(OSError):
            _write(self.path / "cgroup.kill", "1")

    def remove(self) -> bool:
        """Remove it, if nothing is in it any more; tell whether it is gone."""
        try:
            self.path.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def wait(self) -> None:
        """Wait until nothing is in it."""
        with contextlib.suppress(OSError), (self.path / "cgroup.events").open("rb") as events:
            poll = select.poll()
            poll.register(events, select.POLLPRI)
            while b"populated 1" in os.pread(events.fileno(), 4096, 0):
                if not poll.poll(GOING_MS):
                    return


class Rooms:
    """Makes groups for workers below the group that this process was started in.

    Parameters
    ----------
    base : Path
        The folder of that group.
    controllers : tuple of str
        What must work in it.

    Raises
    ------
    SandboxError
        When it is not ours to divide; says why, and what to do.
    """

    def __init__(self, base: Path, controllers: tuple[str, ...] = CONTROLLERS) -> None:
        self._base = base
        self._controllers = controllers
        self._owner = os.getpid()
        self._tree = base / f"grader-{self._owner}"
        self._home = base / f"grader-{self._owner}-home"
        self._moved = self._enabled = False
        self._numbers = itertools.count()
        self._leaving: list[Room] = []
        there = set(_words(base / "cgroup.controllers"))
        lacking = [name for name in controllers if name not in there]
        if lacking:
            raise SandboxError(f"{base} has no controller for {' and '.join(lacking)}; {REMEDY}")
        if not os.access(base / "cgroup.procs", os.W_OK):
            raise SandboxError(f"{base} may not be written to; {REMEDY}")
        self._remove_abandoned()
        try:
            self._tree.mkdir()
            self._enable()
        except OSError as error:
            self.close()
            raise SandboxError(f"{base} cannot be divided: {error.strerror}; {REMEDY}") from error

    def _enable(self) -> None:
        """Have the controllers pass their work on to groups within."""
        change = " ".join(f"+{name}" for name in self._controllers)
        if set(self._controllers) - set(_words(self._base / "cgroup.subtree_control")):
            try:
                _write(self._base / "cgroup.subtree_control", change)
            except OSError as error:
                if error.errno != errno.EBUSY:
                    raise
                # A group that is divided holds no process itself: this one moves into a part.
                self._home.mkdir()
                _write(self._home / "cgroup.procs", str(self._owner))
                self._moved = True
                _write(self._base / "cgroup.subtree_control", change)
            self._enabled = True
        _write(self._tree / "cgroup.subtree_control", change)

    def room(self, pidfd: int, limits: Limits) -> Room:
        """Make a group with an assignment's limits, and put a worker into it.

        Parameters
        ----------
        pidfd : int
            The worker, which has started nothing yet.
        limits : Limits
            What it may use.

        Raises
        ------
        SandboxError
            When that does not work, though it did at the start.
        """
        self._leaving = [room for room in self._leaving if not room.remove()]
        path = self._tree / f"{os.getpid()}-{next(self._numbers)}"
        memory_bytes = (limits.memory_mib + limits.scratch_mib << 20) + COPIED_BYTES
        try:
            path.mkdir(exist_ok=True)  # one of a grader that was killed may still lie there
            self._bound(path, memory_bytes, Bounds().threads)
            _write(path / "cgroup.procs", str(number_of(pidfd)))
        except OSError as error:
            with contextlib.suppress(OSError):
                path.rmdir()
            raise SandboxError(f"{path}: {error.strerror}") from error
        return Room(path, limits.memory_mib)

    def _bound(self, path: Path, memory_bytes: int, processes: int) -> None:
        if "memory" in self._controllers:
            _write(path / "memory.max", str(memory_bytes))
            _write(path / "memory.oom.group", "1")
            if (path / "memory.swap.max").exists():  # not where the kernel counts no swap
                _write(path / "memory.swap.max", "0")
        if "pids" in self._controllers:
            _write(path / "pids.max", str(processes))

    def leave(self, room: Room) -> None:
        """Give a room up; it goes once its last process has."""
        room.empty()
        if not room.remove():
            self._leaving.append(room)

    def prove(self) -> None:
        """Put a process into a group, and have it try what the group forbids.

        Raises
        ------
        SandboxError
            When it succeeds.
        """
        path = self._tree / "probe"
        path.mkdir()
        room = Room(path)
        try:
            self._bound(path, 64 << 20, 1)
            with subprocess.Popen(  # noqa: S603 - our own interpreter and text
                [sys.executable, "-I", "-S", "-c", PROBE],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            ) as process:  # fmt: skip
                try:
                    _write(path / "cgroup.procs", str(process.pid))
                    done, _ = process.communicate(b"1", PROBE_S)
                except (OSError, subprocess.TimeoutExpired) as error:
                    process.kill()
                    raise SandboxError(f"{path}: {error}; {REMEDY}") from error
            if done or process.returncode != -signal.SIGKILL:
                had = ", ".join(done.decode().splitlines()) or "an end of its own"
                raise SandboxError(f"a process in {path} could have {had}; {REMEDY}")
        except OSError as error:
            raise SandboxError(f"{path}: {error.strerror}; {REMEDY}") from error
        finally:
            room.empty()
            room.wait()
            room.remove()

    def settle(self) -> None:
        """Wait until the rooms that were given up are empty, and remove them."""
        for room in self._leaving:
            room.wait()
            room.remove()
        self._leaving = []

    def close(self) -> None:
        """Remove every group again, and go back to where this process was started."""
        self.settle()
        if os.getpid() != self._owner:
            return
        for path in _folders(self._tree):
            room = Room(path)
            room.empty()
            room.wait()
            room.remove()
        with contextlib.suppress(OSError):
            self._tree.rmdir()
        change = " ".join(f"-{name}" for name in self._controllers)
        with contextlib.suppress(OSError):
            if self._enabled:
                _write(self._base / "cgroup.subtree_control", change)
        with contextlib.suppress(OSError):
            if self._moved:
                _write(self._base / "cgroup.procs", str(self._owner))
                self._home.rmdir()

    def _remove_abandoned(self) -> None:
        """Remove what a grader that was killed has left here."""
        for path in _folders(self._base):
            prefix, _, number = path.name.removesuffix("-home").rpartition("-")
            if prefix == "grader" and number.isdigit() and not Path(f"/proc/{number}").exists():
                for inner in _folders(path):
                    Room(inner).remove()
                Room(path).remove()


def own_group() -> Path:
    """Find the folder of the group that this process is in.

    Raises
    ------
    SandboxError
        Where no file system of version 2 shows it.
    """
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
        group = next(line[3:] for line in lines if line.startswith("0::"))
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            fields, _, kind = line.partition(" - ")
            root, mounted = fields.split()[3:5]
            if kind.startswith("cgroup2 ") and Path(group).is_relative_to(root):
                return Path(mounted) / Path(group).relative_to(root)
    raise SandboxError("no control groups of version 2 are mounted; boot with cgroup v2")


def open_rooms() -> Rooms:
    """Make ready to give each worker a group; raises `SandboxError` where that has no effect."""
    rooms = Rooms(own_group())
    try:
        rooms.prove()
    except SandboxError:
        rooms.close()
        raise
    return rooms


def number_of(pidfd: int) -> int | None:
    """Return the number of a process as this process knows it; None when it has ended."""
    text = Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="utf-8")
    found = re.search(r"^Pid:\s*([0-9]+)$", text, re.MULTILINE)
    return None if found is None else int(found[1])


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise SandboxError(f"{path} cannot be read: {error.strerror}; {REMEDY}") from error


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)


def _folders(path: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from sorted(entry for entry in path.iterdir() if entry.is_dir())
