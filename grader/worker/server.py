"""The fork server: a clean process that has numpy (and torch) warm and forks workers.

It is started by ``python -I -m grader.worker.server FD`` with an empty environment and knows
nothing of solutions, hidden suites or expected values. Trusted processes talk to it over control
sockets, one message a datagram; it never reads a byte that comes from a worker.
"""

from __future__ import annotations

import array
import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.worker import confine
from grader.worker.serve import serve

if TYPE_CHECKING:
    from types import FrameType

MESSAGE_BYTES: Final = 4096


class Fork(msgspec.Struct, frozen=True, tag=True):
    """Fork a worker that serves on the socket sent along; answered by its process id and pidfd."""

    bounds: confine.Bounds
    output_chars: int
    limits: tuple[int, int, int]


class Attach(msgspec.Struct, frozen=True, tag=True):
    """Listen to one more control socket, sent along; answered by 0."""


class End(msgspec.Struct, frozen=True, tag=True):
    """Kill a worker and everything it started.

    If asked to answer, it tells the exit status; a negative one is a signal's number, as
    `subprocess` has it.
    """

    pid: int
    answer: bool = True


Commands = Fork | Attach | End
_decoder: Final = msgspec.msgpack.Decoder(Commands)


class Server:
    """Forks workers and ends them again.

    Parameters
    ----------
    control : socket.socket
        The first control socket; the server ends when it closes.
    """

    def __init__(self, control: socket.socket) -> None:
        self._first = control
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._status: dict[int, int | None] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        self._folders: dict[int, Path] = {}

    def run(self) -> None:
        """Serve until the first control socket closes."""
        while True:
            for key, _ in self._selector.select():
                control = key.fileobj
                if isinstance(control, socket.socket) and not self._handle(control):
                    if control is self._first:
                        return
                    self._selector.unregister(control)
                    control.close()

    def close(self) -> None:
        """End every worker and remove their folders."""
        for pid in list(self._status):
            self._end(pid)
        with contextlib.suppress(OSError):
            self._folder.rmdir()

    def _handle(self, control: socket.socket) -> bool:
        """Carry out one command; False when the other side has hung up."""
        try:
            data, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 1)
        except ConnectionError:
            return False
        if not data:
            return False
        command = _decoder.decode(data)
        match command:
            case Fork():
                self._fork(control, command, descriptors[0])
            case Attach():
                self._selector.register(socket.socket(fileno=descriptors[0]), selectors.EVENT_READ)
                control.send(b"0")
            case End():
                status = self._end(command.pid)
                if command.answer:
                    control.send(str(status).encode())
        return True

    def _fork(self, control: socket.socket, command: Fork, descriptor: int) -> None:
        self._reap()
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        pid = os.fork()
        if pid == 0:
            self._become_worker(command, descriptor, folder)
        self._status[pid] = None
        self._folders[pid] = folder
        os.close(descriptor)
        pidfd = os.pidfd_open(pid)
        message = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [pidfd]))]
        control.sendmsg([str(pid).encode()], message)
        os.close(pidfd)

    def _become_worker(self, command: Fork, descriptor: int, folder: Path) -> None:
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            confine.confine(command.bounds, descriptor, folder)
            gc.enable()
            size, nodes, depth = command.limits
            serve(
                socket.socket(fileno=descriptor),
                command.output_chars,
                wire.Limits(size, nodes, depth),
            )
        finally:
            os._exit(70)

    def _end(self, pid: int) -> int:
        """Kill a worker's group, wait for it, then kill what it left behind."""
        if pid not in self._status:
            return 0
        if self._status[pid] is None:
            # Until it is waited for, its number belongs to nobody else.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self._note(*os.waitpid(pid, 0))
        self._reap()
        self._end_orphans()
        _empty(self._folders.pop(pid))
        return self._status.pop(pid) or 0

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._note(pid, status)

    def _note(self, pid: int, status: int) -> None:
        if pid in self._status:
            self._status[pid] = os.waitstatus_to_exitcode(status)

    def _end_orphans(self) -> None:
        """Kill children that are no workers: processes that a worker started and left."""
        for _ in range(100):  # each round may hand over the next generation
            listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            strangers = [int(pid) for pid in listed if int(pid) not in self._status]
            if not strangers:
                return
            for pid in strangers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def warm_up(*, with_torch: bool) -> None:
    """Import what submissions import and run it once, on one thread."""
    import numpy as np  # noqa: PLC0415 - the environment must hold the thread counts first

    (np.ones((8, 8)) @ np.ones((8, 8))).sum()
    if with_torch:
        import torch  # noqa: PLC0415

        torch.set_num_threads(1)
        layer = torch.nn.GRUCell(4, 4)
        layer(torch.randn(1, 4)).sum().backward()
    gc.collect()
    gc.freeze()


def main(arguments: list[str]) -> None:
    """Run the fork server; the arguments are the control descriptor and ``torch`` or ``numpy``."""
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"
    confine.die_with_parent()
    confine.adopt_orphans()
    control = socket.socket(fileno=int(arguments[0]))
    warm_up(with_torch=arguments[1] == "torch")
    server = Server(control)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which then hangs up
    control.send(b"ready")
    try:
        server.run()
    finally:
        server.close()


def _empty(folder: Path) -> None:
    """Remove a worker's folder, whatever modes and depths it has left there."""
    for root, folders, files in os.walk(folder, topdown=False):
        for name in files + folders:
            path = Path(root, name)
            with contextlib.suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    path.rmdir()
                else:
                    path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


if __name__ == "__main__":
    main(sys.argv[1:])
