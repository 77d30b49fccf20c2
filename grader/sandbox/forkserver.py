"""Start the fork server, get workers from it, and end them."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import msgspec

from grader import clock, wire
from grader.errors import CrashedError, SandboxError, TimedOutError, WireError
from grader.sandbox.transport import refuse_to_supply
from grader.wire.stream import ClosedError, DeadlinePassedError
from grader.worker.confine import Bounds, Layers
from grader.worker.server import CONFINED, READY, Attach, Commands, End, Fork

if TYPE_CHECKING:
    from types import TracebackType

    from grader.model import Limits
    from grader.sandbox.transport import Supply

START_S: Final = 120.0
OUTPUT_CHARS: Final = (1 << 20) - 100  # what a reply has room for
ANSWER_S: Final = 60.0
# Nothing of ours, one thread each, and equal hashes: sets then iterate alike on every run.
ENVIRONMENT: Final = {
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
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
    """

    def __init__(
        self,
        *,
        torch: bool = True,
        layers: Layers = NO_LAYERS,
        tier: str = "",
        control: socket.socket | None = None,
    ) -> None:
        self._torch = torch
        self._layers = layers
        self.tier = tier
        self._process: subprocess.Popen[bytes] | None = None
        self._control = control
        self._errors: IO[bytes] | None = None

    def __enter__(self) -> ForkServer:
        """Start the process, unless it runs already, and wait until it is warm."""
        if self._control is not None:
            return self
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [
                sys.executable, "-P", "-s", "-m", "grader.worker.server",
                str(theirs.fileno()), "torch" if self._torch else "numpy", self._layer_names(),
            ],
            env=self._environment(),
            cwd="/",
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            start_new_session=True,
        )  # fmt: skip
        theirs.close()
        self._control = ours
        try:
            answer, _ = self._answer(START_S)
            if answer != READY:
                raise SandboxError(f"no fork server with {self._layer_names()}: {answer.decode()}")
        except SandboxError:
            self.__exit__(None, None, None)
            raise
        return self

    @property
    def alive(self) -> bool:
        """Whether the process that was started here still runs."""
        return self._process is not None and self._process.poll() is None

    def restart(self) -> None:
        """Start the process again after it has ended."""
        self.__exit__(None, None, None)
        self._control, self._process = None, None
        self.__enter__()

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
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(ANSWER_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._errors is not None:
            self._errors.close()

    def attach(self) -> ForkServer:
        """Open a control socket of its own, for a process that is about to be forked from this."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._command(Attach(), theirs)
            except SandboxError:
                ours.close()
                raise
        return ForkServer(torch=self._torch, layers=self._layers, tier=self.tier, control=ours)

    def detach(self) -> None:
        """Close this control socket; the server runs on for the others."""
        if self._control is not None:
            self._control.close()
            self._control = None

    def worker(
        self, limits: Limits, supply: Supply = refuse_to_supply, *, processor: int = -1
    ) -> Worker:
        """Fork a fresh worker.

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
        SandboxError
            When the fork server is gone or does not answer.
        """
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
        return Worker(self, wire.Stream(ours), int(data), descriptors[0], supply)

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
            raise SandboxError(f"the fork server is gone: {self._last_words()}") from error

    def _answer(self, timeout_s: float) -> tuple[bytes, list[int]]:
        if self._control is None:
            raise SandboxError("the fork server is not running")
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if not poll.poll(timeout_s * 1000):
            self.detach()  # an answer that comes late would be taken for the next one
            raise SandboxError(f"the fork server gave no answer for {timeout_s} s")
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        except OSError as error:
            raise SandboxError(f"the fork server is gone: {self._last_words()}") from error
        if not data:
            raise SandboxError(f"the fork server ended: {self._last_words()}")
        return data, list(descriptors)

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        with contextlib.suppress(OSError, ValueError):
            self._errors.seek(0)
            return self._errors.read()[-2000:].decode("utf-8", "replace").strip()
        return ""


class Worker:
    """A transport to one forked worker."""

    def __init__(
        self, server: ForkServer, stream: wire.Stream, pid: int, pidfd: int, supply: Supply
    ) -> None:
        self._server = server
        self._stream = stream
        self._stream.watch(pidfd)
        self._pid = pid
        self._pidfd = pidfd
        self._supply = supply
        self._confined = False
        self.alive = True

    def request(self, request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:
        """Send a request and wait for its reply; see `Transport.request`."""
        if not self.alive:
            raise SandboxError("the worker has ended")
        deadline = clock.monotonic() + timeout_s
        try:
            if self._confined and self._stream.pending():
                raise WireError("bytes that nobody asked for")
            self._stream.send(wire.pack(request), deadline)
            self._await_confinement()
            reply = wire.unpack_reply(self._stream.receive(deadline))
            while isinstance(reply, wire.Asked):
                self._stream.send(wire.pack(self._supply(reply)), deadline)
                reply = wire.unpack_reply(self._stream.receive(deadline))
            if reply.nonce != getattr(request, "nonce", None):
                raise WireError("a reply to another request")
        except DeadlinePassedError:
            self.close()
            raise TimedOutError("timed_out", name=what, seconds=f"{timeout_s:g}") from None
        except ClosedError:
            raise CrashedError("crashed", name=what, reason=_reason(self._finish())) from None
        except WireError as error:
            self.close()
            raise CrashedError("crashed", name=what, reason=f"broken message: {error}") from None
        except Exception:
            self.close()  # it waits for an answer that nobody will give
            raise
        return reply

    def cpu_s(self) -> float:
        """Return the processor time that the worker has used, as the kernel counts it."""
        return clock.process_cpu_s(self.process_id())

    def process_id(self) -> int:
        """Return the worker's number in this process' namespace, where it may have another.

        Raises
        ------
        SandboxError
            When it has ended.
        """
        text = Path(f"/proc/self/fdinfo/{self._pidfd}").read_text() if self.alive else ""
        found = re.search(r"^Pid:\s*([0-9]+)$", text, re.MULTILINE)
        if found is None:
            raise SandboxError("the worker has ended")
        return int(found[1])

    def _await_confinement(self) -> None:
        """Read the first message; a worker that is not confined is no fault of the student."""
        if self._confined:
            return
        try:
            first = self._stream.receive(clock.monotonic() + ANSWER_S)
        except WireError as error:
            first = str(error).encode()
        if first != CONFINED:
            self.close()
            raise SandboxError(first.decode("utf-8", "replace"))
        self._confined = True

    def close(self) -> None:
        """End the worker and everything it started."""
        if self.alive:
            self.alive = False
            self._stream.close()
            os.close(self._pidfd)
            self._server.discard(self._pid)

    def _finish(self) -> int:
        self.alive = False
        self._stream.close()
        try:
            return self._server.end(self._pid)
        except SandboxError:
            # The server is gone; its end has taken the workers along, this makes sure.
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            raise
        finally:
            os.close(self._pidfd)


def _reason(status: int) -> str:
    if status < 0:
        known = {number.value: number.name for number in signal.Signals}
        return f"killed by {known.get(-status, f'signal {-status}')}"
    return f"the process ended itself with exit code {status}"
