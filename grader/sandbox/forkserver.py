"""Start the fork server and get workers from it; start it again where it has died."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from grader import wire
from grader.environment import ONE_THREAD
from grader.errors import SandboxError, ServerLostError
from grader.sandbox.bubblewrap import command_prefix
from grader.sandbox.transport import refuse_to_supply
from grader.sandbox.worker import ANSWER_S, Worker
from grader.worker.confine import Bounds, Layers
from grader.worker.folders import empty
from grader.worker.namespaces import NOBODY
from grader.worker.server import READY, Attach, Commands, End, Fork

with contextlib.suppress(ImportError):  # on Windows, where no server is started
    import resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from grader.model import Limits
    from grader.sandbox.cgroups import Rooms
    from grader.sandbox.transport import Supply

START_S: Final = 600.0  # on a busy machine, with torch on a cold disk
REPLY_BYTES: Final = 8 << 20  # what is in a reply besides values: what was printed, above all
OUTPUT_CHARS: Final = (1 << 20) - 100  # what a reply has room for
REVIVALS: Final = 5  # of one grader's server; each costs the import of torch
# Nothing of ours, one thread each, and equal hashes: sets then iterate alike on every run. Threads
# that a submission starts share a heap: one for each would map 64 MiB of what it may map.
ENVIRONMENT: Final = {
    **ONE_THREAD,
    "LC_ALL": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "PYTHONHASHSEED": "0",
}
# A server that autograd has started CUDA in could no longer fork; no submission needs a GPU.
NO_GPU: Final = {"CUDA_VISIBLE_DEVICES": ""}
# What a server for a GPU is told of the caller's environment.
GPU_VARIABLES: Final = ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH")
GPU_DESCRIPTORS: Final = 1024
NO_LAYERS: Final = Layers()
_encoder: Final = msgspec.msgpack.Encoder()


class ForkServer:
    """A clean process that forks workers on demand.

    Parameters
    ----------
    torch : bool
        Whether it imports torch before it forks; else only numpy.
    layers : Layers
        What confines its workers, besides the bounds that always do.
    tier : str
        What reports call that.
    control : socket.socket or None
        A control socket to a server that runs already; None until one is started.
    rooms : Rooms or None
        Makes a control group for each worker; closed with the server, by the process that made it.
    reasons : sequence of str
        Why no stronger tier is in force, where several were tried.
    """

    def __init__(
        self,
        *,
        torch: bool = True,
        layers: Layers = NO_LAYERS,
        tier: str = "",
        control: socket.socket | None = None,
        rooms: Rooms | None = None,
        reasons: Sequence[str] = (),
    ) -> None:
        self._rooms = rooms
        self._torch = torch
        self._layers = layers
        self.tier = tier
        self.reasons = tuple(reasons)
        self._process: subprocess.Popen[bytes] | None = None
        self._control = control
        self._errors: IO[bytes] | None = None
        self._folder: Path | None = None
        self._lost = False
        self._revivals = 0
        # Workers of a server that has died must not be taken for those of the next one, whose
        # numbers may be the same.
        self.generation = 0

    def __enter__(self) -> ForkServer:
        """Start the process, unless it runs already, and wait until it is warm."""
        if self._control is None:
            with _all_memory():
                self._start()
        return self

    def _start(self) -> None:
        prefix: list[str] = []
        user: dict[str, Any] = {}
        if self._layers.bubblewrap:
            prefix = command_prefix()
            if os.geteuid() == 0:
                user = {"user": NOBODY, "group": NOBODY, "extra_groups": ()}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [
                *prefix, sys.executable, "-P", "-s", "-m", "grader.worker.server",
                str(theirs.fileno()), "torch" if self._torch else "numpy", self._layer_names(),
            ],
            env=self._environment(),
            cwd="/",
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            start_new_session=True,
            **user,
        )  # fmt: skip
        theirs.close()
        self._control = ours
        try:
            answer, _ = self._answer(START_S)
            if not answer.startswith(READY):
                raise SandboxError(f"no fork server with {self._layer_names()}: {answer.decode()}")
            folder = answer.removeprefix(READY)
            # What it has for itself, in a root of its own, goes with it in any case.
            if folder and not self._layers.bubblewrap:
                self._folder = Path(os.fsdecode(folder))
        except SandboxError:
            self.stop()
            raise

    @property
    def layers(self) -> Layers:
        """What confines its workers, besides the bounds."""
        return self._layers

    @property
    def pid(self) -> int | None:
        """The process that was started here; None for a twin, whose server another one started."""
        return None if self._process is None else self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process that was started here still runs."""
        return self._process is not None and self._process.poll() is None

    def restart(self) -> None:
        """Start the process again after it has ended; a twin then has a server of its own."""
        self._lose()
        self.stop()
        self._control, self._process, self._lost = None, None, False
        self.__enter__()

    def _lose(self) -> None:
        """Note that the server is gone, and every worker with it."""
        if not self._lost:
            self._lost = True
            self.generation += 1

    def _revive(self) -> None:
        """Restart a server that was lost, a few times; what fails ever again has another cause."""
        if self._revivals == REVIVALS:
            raise SandboxError(f"the fork server has died {REVIVALS + 1} times")
        self._revivals += 1
        self.restart()

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in GPU_VARIABLES if name in os.environ}
        return {**ENVIRONMENT, **(kept if self._layers.device else NO_GPU)}

    def _layer_names(self) -> str:
        return ",".join(name for name, on in msgspec.structs.asdict(self._layers).items() if on)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up, which ends the process and its workers."""
        self.stop()
        if self._rooms is not None:
            self._rooms.close()

    def stop(self) -> None:
        """Hang up, and keep the control groups for another server."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            if self._lost:
                self._process.kill()  # it may hang
            try:
                self._process.wait(ANSWER_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._errors is not None:
            self._errors.close()
        if self._folder is not None and self._folder.exists():
            empty(self._folder)  # it was killed, and its workers with it

    def attach(self) -> ForkServer:
        """Open a control socket of its own, for a process that is about to be forked from this."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._command(Attach(), theirs)
            except SandboxError:
                ours.close()
                raise
        return ForkServer(
            torch=self._torch, layers=self._layers, tier=self.tier, control=ours, rooms=self._rooms
        )

    def detach(self) -> None:
        """Close this control socket; the server runs on for the others."""
        if self._control is not None:
            self._control.close()
            self._control = None

    def worker(
        self, limits: Limits, supply: Supply = refuse_to_supply, *, processor: int = -1
    ) -> Worker:
        """Fork a fresh worker, from a fresh server if the last one was lost.

        Parameters
        ----------
        limits : Limits
            What it may use.
        supply : callable
            Computes an upstream that is put in.
        processor : int
            The one that it shall run on; -1 takes any.

        Returns
        -------
        Worker
            Ready for `Load`.

        Raises
        ------
        ServerLostError
            When the fork server is gone or does not answer; the next call starts another one.
        SandboxError
            When none can be started.
        """
        if self._lost:
            self._revive()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        value_limits = wire.Limits(size_bytes=limits.result_mib << 20)
        command = Fork(
            bounds=Bounds(
                memory_bytes=limits.memory_mib << 20,
                cpu_s=int(limits.submission_s) + 60,
                scratch_bytes=limits.scratch_mib << 20,
                descriptors=GPU_DESCRIPTORS if self._layers.device else Bounds().descriptors,
                processor=processor,
            ),
            output_chars=min(limits.output_kib << 10, OUTPUT_CHARS),
            limits=(value_limits.size_bytes, value_limits.nodes, value_limits.depth),
        )
        with theirs:
            try:
                data, descriptors = self._command(command, theirs)
            except SandboxError:
                ours.close()
                raise
        stream = wire.Stream(ours, value_limits.size_bytes + REPLY_BYTES)
        worker = Worker(self, stream, int(data), descriptors[0], supply, self._rooms)
        try:
            worker.enter(limits)
        except SandboxError:
            worker.close()
            raise
        return worker

    def end(self, pid: int) -> int:
        """Kill a worker with all it started; return its exit status, negative for a signal."""
        return int(self._command(End(pid))[0])

    def discard(self, pid: int) -> None:
        """Have a worker ended with all it started, without waiting for it."""
        self._send(End(pid, answer=False))

    def _command(
        self, command: Commands, sent: socket.socket | None = None
    ) -> tuple[bytes, list[int]]:
        self._send(command, sent)
        return self._answer(ANSWER_S)

    def _send(self, command: Commands, sent: socket.socket | None = None) -> None:
        if self._control is None:
            raise SandboxError("the fork server is not running")
        descriptors = [] if sent is None else [sent.fileno()]
        try:
            socket.send_fds(self._control, [_encoder.encode(command)], descriptors)
        except OSError as error:
            self._lose()
            raise ServerLostError(f"the fork server is gone: {self._last_words()}") from error

    def _answer(self, timeout_s: float) -> tuple[bytes, list[int]]:
        if self._control is None:
            raise SandboxError("the fork server is not running")
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if not poll.poll(timeout_s * 1000):
            self._lose()  # an answer that comes late would be taken for the next one
            raise ServerLostError(f"the fork server gave no answer for {timeout_s} s")
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        except OSError as error:
            self._lose()
            raise ServerLostError(f"the fork server is gone: {self._last_words()}") from error
        if not data:
            self._lose()
            raise ServerLostError(f"the fork server ended: {self._last_words()}")
        return data, list(descriptors)

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        with contextlib.suppress(OSError, ValueError):
            self._errors.seek(0)
            return self._errors.read()[-2000:].decode("utf-8", "replace").strip()
        return ""


@contextlib.contextmanager
def _all_memory() -> Iterator[None]:
    """Lift what this process has bound itself to, so that a server started now is not bound too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
