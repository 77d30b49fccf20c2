"""Control groups: what is written into them, what proves them, and that none is left.

The limits are looked at in a folder that only looks like a control group. That workers are moved
and that groups go again is tried in a real one where this machine lets root make it; a kernel whose
memory controller is taken by version 1 has no limits to try there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader.errors import CrashedError, SandboxError
from grader.model import Limits
from grader.sandbox import Client, ForkServer
from grader.sandbox.cgroups import COPIED_BYTES, Room, Rooms, own_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grader.worker.confine import Layers


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with the files of a group that is ours to divide."""
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    (tmp_path / "cgroup.subtree_control").write_text("memory pids\n")
    (tmp_path / "cgroup.procs").write_text("")
    return tmp_path


@pytest.fixture
def real() -> Iterator[Path]:
    """A real group made for this test, without limits."""
    try:
        folder = own_group() / f"grader-test-{os.getpid()}"
        folder.mkdir()
    except (OSError, SandboxError) as error:
        pytest.skip(f"no control group can be made here: {error}")
    yield folder
    folder.rmdir()


@pytest.fixture
def waiting() -> Iterator[int]:
    """The number of a process that waits."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def pidfd(waiting: int) -> Iterator[int]:
    """The same as a descriptor."""
    descriptor = os.pidfd_open(waiting)
    yield descriptor
    os.close(descriptor)


class TestLimits:
    """What the assignment says becomes what the kernel is told."""

    def test_a_room_has_the_assignments_limits(self, base: Path, waiting: int, pidfd: int) -> None:
        """Memory with the folder's, which is memory too; no swap; all ended together; threads."""
        room = Rooms(base).room(pidfd, Limits(memory_mib=100, scratch_mib=10))

        found = {path.name: path.read_text() for path in room.path.iterdir()}
        assert found == {
            "memory.max": str((110 << 20) + COPIED_BYTES),
            "memory.oom.group": "1",
            "pids.max": "128",
            "cgroup.procs": str(waiting),
        }

    def test_swap_is_forbidden_where_it_is_counted(self, base: Path, pidfd: int) -> None:
        """Else the bound on memory would only slow a worker down."""
        rooms = Rooms(base)
        room = rooms.room(pidfd, Limits())
        (room.path / "memory.swap.max").write_text("max")

        rooms._bound(room.path, 1, 1)  # noqa: SLF001 - the kernel makes that file, not we

        assert (room.path / "memory.swap.max").read_text() == "0"

    def test_the_controllers_are_passed_on(self, base: Path) -> None:
        """Without that, groups within would have no limits."""
        (base / "cgroup.subtree_control").write_text("")

        Rooms(base)

        assert (base / "cgroup.subtree_control").read_text() == "+memory +pids"
        (tree,) = [path for path in base.iterdir() if path.is_dir()]
        assert (tree / "cgroup.subtree_control").read_text() == "+memory +pids"

    def test_an_end_for_want_of_memory_is_known(self, tmp_path: Path) -> None:
        """By the kernel's own count."""
        room = Room(tmp_path)

        assert not room.was_full()
        (tmp_path / "memory.events").write_text("low 0\noom 3\noom_kill 0\n")
        assert not room.was_full()
        (tmp_path / "memory.events").write_text("low 0\noom 3\noom_kill 1\n")
        assert room.was_full()


class TestRefusals:
    """Where it would not hold it is not used, and the remedy is named."""

    def test_a_folder_that_only_looks_like_one_proves_nothing(self, base: Path) -> None:
        """A process in it takes what it likes: the probe sees that, and what it costs."""
        with pytest.raises(SandboxError, match=r"second thread.*256 MiB.*systemd-run"):
            Rooms(base).prove()

    def test_missing_controllers(self, base: Path) -> None:
        """As where version 1 holds them."""
        (base / "cgroup.controllers").write_text("hugetlb\n")

        with pytest.raises(SandboxError, match=r"memory and pids.*Delegate=yes"):
            Rooms(base)

    def test_no_group_at_all(self, tmp_path: Path) -> None:
        """Another file system."""
        with pytest.raises(SandboxError, match="Delegate=yes"):
            Rooms(tmp_path)

    def test_what_may_not_be_written(self, base: Path) -> None:
        """Not delegated."""
        (base / "cgroup.procs").unlink()

        with pytest.raises(SandboxError, match="may not be written"):
            Rooms(base)


class TestRealGroups:
    """On a file system of control groups."""

    def test_workers_are_moved_and_nothing_is_left(
        self, real: Path, layers: Layers, limits: Limits
    ) -> None:
        """Each in a group of its own, gone with the worker."""
        rooms = Rooms(real, controllers=())
        with ForkServer(torch=False, layers=layers, rooms=rooms) as server:
            workers = [server.worker(limits) for _ in range(3)]
            inside = [
                (path / "cgroup.procs").read_text().split()
                for path in sorted(real.glob("grader-*/*-*"))
            ]
            for worker in workers:
                worker.close()
            rooms.settle()
            left = list(real.glob("grader-*/*-*"))

        assert [len(processes) for processes in inside] == [1, 1, 1]
        assert left == []
        assert [path for path in real.iterdir() if path.is_dir()] == []

    def test_a_crash_leaves_nothing(
        self, real: Path, layers: Layers, limits: Limits, source: Callable[[str], Any]
    ) -> None:
        """And is told as before."""
        rooms = Rooms(real, controllers=())
        with ForkServer(torch=False, layers=layers, rooms=rooms) as server:
            client = Client(server.worker(limits), limits)
            loaded = source("import os\ndef f(): os.abort()")
            client.load(loaded, loaded, "answers")
            with pytest.raises(CrashedError, match="SIGABRT"):
                client.call("f", ())
            rooms.settle()

            assert list(real.glob("grader-*/*-*")) == []

    def test_the_end_of_a_room_is_the_end_of_what_is_in_it(self, real: Path, pidfd: int) -> None:
        """Even if nobody else had ended it."""
        rooms = Rooms(real, controllers=())
        room = rooms.room(pidfd, Limits())

        rooms.leave(room)
        rooms.settle()

        os.waitid(os.P_PIDFD, pidfd, os.WEXITED | os.WNOWAIT)
        assert not room.path.exists()
        rooms.close()

    def test_what_a_killed_grader_left_is_removed(self, real: Path) -> None:
        """By the next one, if no process has its number."""
        with subprocess.Popen([sys.executable, "-c", ""]) as ended:
            pass
        (real / f"grader-{ended.pid}" / "1-1").mkdir(parents=True)
        (real / f"grader-{ended.pid}-home").mkdir()

        Rooms(real, controllers=()).close()

        assert [path for path in real.iterdir() if path.is_dir()] == []

    def test_a_killed_server_leaves_nothing(
        self, real: Path, layers: Layers, limits: Limits
    ) -> None:
        """Its workers' groups go with those of the next."""
        rooms = Rooms(real, controllers=())
        with ForkServer(torch=False, layers=layers, rooms=rooms) as server:
            worker = server.worker(msgspec.structs.replace(limits, memory_mib=64))
            server.restart()
            worker.close()
            server.worker(limits).close()

        assert [path for path in real.iterdir() if path.is_dir()] == []
