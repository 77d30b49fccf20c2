"""The fork server: a clean process that has numpy (and torch) warm and forks workers.

It is started as ``python -m grader.worker.server FD LIBRARY LAYERS`` with an empty environment and
knows nothing of solutions, hidden suites or expected values. Trusted processes talk to it over
control sockets, one message a datagram; it never reads a byte that comes from a worker.
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
from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

from grader import wire
from grader.errors import SandboxError
from grader.worker import compiler, confine, kernel, landlock, namespaces, pages
from grader.worker.folders import empty, size_bytes
from grader.worker.host import Host
from grader.worker.output import Output
from grader.worker.serve import serve

if TYPE_CHECKING:
    from types import FrameType

MESSAGE_BYTES: Final = 4096
READY: Final = b"ready "  # and its folder, where it has one on disk
CONFINED: Final = b"confined"  # a worker's first message, once every layer is in place
UNCONFINED: Final = 70  # exit code of a worker that could not confine itself
WATCH_S: Final = 0.2
REHEARSED: Final = "def same(x):\n    return x\n"


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
    layers : Layers
        What confines the workers.
    readable : tuple of str
        What Landlock lets them read.
    """

    def __init__(
        self, control: socket.socket, layers: confine.Layers, readable: tuple[str, ...]
    ) -> None:
        self._first = control
        self._layers = layers
        self._readable = readable
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._status: dict[int, int | None] = {}
        self._owned: dict[socket.socket, set[int]] = {}
        # With namespaces each worker mounts a folder of its own instead, in memory.
        self.folder = None if layers.namespaces else Path(tempfile.mkdtemp(prefix="grader-"))
        self._folders: dict[int, Path] = {}
        self._bounds = confine.Bounds()

    def run(self) -> None:
        """Serve until the first control socket closes."""
        while True:
            for key, _ in self._selector.select(WATCH_S if self._folders else None):
                control = key.fileobj
                if isinstance(control, socket.socket) and not self._handle(control):
                    if control is self._first:
                        return
                    self._hang_up(control)
            self._watch()

    def close(self) -> None:
        """End every worker and remove their folders."""
        for pid in list(self._status):
            self._end(pid)
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self.folder.rmdir()

    def _hang_up(self, control: socket.socket) -> None:
        """End the workers of a trusted process that has gone."""
        for pid in self._owned.pop(control, set()):
            self._end(pid)
        self._selector.unregister(control)
        control.close()

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
                self._owned.get(control, set()).discard(command.pid)
                status = self._end(command.pid)
                if command.answer:
                    control.send(str(status).encode())
        return True

    def _fork(self, control: socket.socket, command: Fork, descriptor: int) -> None:
        self._reap()
        folder = None if self.folder is None else Path(tempfile.mkdtemp(dir=self.folder))
        pid = os.fork()
        if pid == 0:
            self._become_worker(command, descriptor, folder or Path("/"))
        self._status[pid] = None
        self._owned.setdefault(control, set()).add(pid)
        if folder is not None:
            self._folders[pid] = folder
            self._bounds = command.bounds
        os.close(descriptor)
        pidfd = os.pidfd_open(pid)
        message = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [pidfd]))]
        control.sendmsg([str(pid).encode()], message)
        os.close(pidfd)

    def _become_worker(self, command: Fork, descriptor: int, folder: Path) -> NoReturn:
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            sock = socket.socket(fileno=descriptor)
            try:
                confine.confine(command.bounds, self._layers, descriptor, folder, self._readable)
            except Exception as error:  # noqa: BLE001 - whatever it is, nothing may run unconfined
                wire.Stream(sock).send(f"not confined: {type(error).__name__}: {error}".encode())
                os._exit(UNCONFINED)
            wire.Stream(sock).send(CONFINED)
            serve(sock, command.output_chars, wire.Limits(*command.limits))
        finally:
            os._exit(UNCONFINED)

    def _watch(self) -> None:
        """Kill a worker whose folder on disk, or number of threads, has grown past its bound."""
        for pid, folder in self._folders.items():
            if self._status[pid] is None and (
                size_bytes(folder) > self._bounds.scratch_bytes
                or (not self._layers.device and _threads(pid) > self._bounds.threads)
            ):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

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
        if pid in self._folders:
            with contextlib.suppress(OSError):
                empty(self._folders.pop(pid))
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
            listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
            strangers = [int(pid) for pid in listed if int(pid) not in self._status]
            if not strangers:
                return
            for pid in strangers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def warm_up(*, with_torch: bool, device: bool) -> None:
    """Import what submissions import and run it once, on one thread.

    Autograd would start CUDA where it finds a GPU, and CUDA does not survive a fork.
    """
    gc.disable()  # all of this is needed to the end
    import numpy as np  # noqa: PLC0415 - the environment must hold the thread counts first

    (np.ones((8, 8)) @ np.ones((8, 8))).sum()
    if with_torch:
        import torch  # noqa: PLC0415

        torch.set_num_threads(1)
        layer = torch.nn.GRUCell(4, 4)
        result = layer(torch.randn(1, 4)).sum()
        if not device:
            result.backward()
        # Nothing can be written where workers are: a folder that is there will do.
        compiler.put_off(os.sep)
        torch.optim.SGD(layer.parameters(), lr=0.1).step()
    rehearse()
    gc.collect()
    gc.freeze()
    gc.enable()
    pages.enlarge()


def rehearse() -> None:
    """Serve a call as a worker does: what is imported at first use is then there before the fork.

    ``numpy.random`` alone would take a worker longer than all that confines it.
    """
    import numpy as np  # noqa: PLC0415 - as above

    piece = wire.Piece(REHEARSED, "rehearsal.py", 1, "definition", ("same",))
    source = wire.Source((wire.Module("rehearsal", "rehearsal.py", (piece,)),))
    host = Host(_refuse, Output(0))
    load = wire.Load(nonce=1, source=source, given=wire.Source(()), home="rehearsal")
    call = wire.Call(nonce=2, target="same", args_payload=wire.encode((np.ones(1),)), after=(0,))
    for request in (load, call):
        wire.unpack_reply(wire.pack(host.serve(wire.unpack_request(wire.pack(request)))))


def _refuse(question: wire.Asked) -> wire.Supplied:
    raise SandboxError(f"nobody supplies {question.name}")


def main(arguments: list[str]) -> None:
    """Run the fork server.

    Parameters
    ----------
    arguments : list of str
        The control descriptor, ``torch`` or ``numpy``, and the layers: their names, joined by
        commas.
    """
    descriptor, library, names = arguments
    layers = confine.Layers(**{name: True for name in names.split(",") if name})
    confine.die_with_parent()
    control = socket.socket(fileno=int(descriptor))
    readable = namespaces.python_needs(Path(__file__).parents[1])
    try:
        if layers.namespaces:
            namespaces.build_root(namespaces.enter(readable))
        elif layers.landlock and not landlock.version():
            raise SandboxError("the kernel has no Landlock")
        confine.adopt_orphans()
        warm_up(with_torch=library == "torch", device=layers.device)
        confine.drop_root(to_nobody_elses=layers.other_user)
        # No process of the same user may look into this one.
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        server = Server(control, layers, tuple(readable))
    except (SandboxError, OSError) as error:
        control.send(f"cannot: {error}".encode())
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which then hangs up
    control.send(READY + os.fsencode(server.folder or ""))
    try:
        server.run()
    finally:
        server.close()


def _threads(pid: int) -> int:
    """Count the threads of a process: its folder of them has so many folders within."""
    try:
        return os.stat(f"/proc/{pid}/task").st_nlink - 2  # noqa: PTH116 - five times a second
    except OSError:
        return 0


if __name__ == "__main__":
    main(sys.argv[1:])
