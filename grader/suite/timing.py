"""Whether a run measures speed, on which device, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from _pytest.outcomes import Skipped

from grader.errors import HarnessError, SandboxError, UsageError
from grader.model import Message
from grader.sandbox import has_gpu
from grader.texts import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox import ForkServer

    OpenServer = Callable[..., ForkServer]

AUTO: Final = "auto"
CPU: Final = "cpu"
CUDA: Final = "cuda"
OFF: Final = "off"
MODES: Final = (AUTO, CPU, CUDA, OFF)


class SkippedError(Skipped):
    """A case that is not judged, with a message for the student.

    Parameters
    ----------
    message : Message
        Why.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(render(message, "en"))
        self.message = message


def device_of(mode: str, *, gpu: bool | None = None) -> str:
    """Return the device that speed is measured on: ``cpu``, ``cuda``, or ``off`` for none.

    Parameters
    ----------
    mode : str
        One of `MODES`; ``auto`` takes a GPU if there is one, never the processor.
    gpu : bool or None
        Whether there is a GPU; None looks.

    Raises
    ------
    UsageError
        When a GPU is asked for where there is none, or for another word.
    """
    if mode not in MODES:
        raise UsageError(f"--timing takes {', '.join(MODES)}, not {mode}")
    if mode in {CPU, OFF}:
        return mode
    if has_gpu() if gpu is None else gpu:
        return CUDA
    if mode == CUDA:
        raise UsageError("--timing cuda: there is no GPU here; leave the option out, or take cpu")
    return OFF


def _open_device_server(*, confined: bool) -> ForkServer:
    from grader.sandbox import open_device_server  # noqa: PLC0415 - few runs measure speed

    return open_device_server(confined=confined)


class Timing:
    """What one run needs in order to measure speed.

    Parameters
    ----------
    mode : str
        One of `MODES`.
    confined : bool
        Whether student code is confined in this run; it is then so on a GPU too, or not run there.
    gpu : bool or None
        Whether there is a GPU; None looks.
    open_server : callable
        Starts what workers with a GPU come from.
    """

    def __init__(
        self,
        mode: str = OFF,
        *,
        confined: bool = False,
        gpu: bool | None = None,
        open_server: OpenServer = _open_device_server,
    ) -> None:
        self._mode = mode
        self.device = device_of(mode, gpu=gpu)
        self._confined = confined
        self._open_server = open_server
        self._server: ForkServer | None = None
        self._unusable = ""

    def start(self) -> None:
        """Start the workers' server, if one is needed; not being able to is no error."""
        if self.device != CUDA or self._server is not None or self._unusable:
            return
        try:
            self._server = self._open_server(confined=self._confined)
        except SandboxError as error:
            self._unusable = str(error)

    def refusal(self) -> Message | None:
        """Return why nothing is measured, or None if it is; starts the server."""
        if self.device == OFF:
            return Message("timing_off") if self._mode == OFF else Message("skipped_gpu")
        self.start()
        if self._unusable:
            return Message("timing_gpu_unusable", {"reason": self._unusable})
        return None

    @property
    def server(self) -> ForkServer | None:
        """Where workers with a GPU come from; None where they are not needed."""
        return self._server

    def attach(self) -> Timing:
        """Return a twin with a connection of its own, for a process that is about to be forked."""
        twin = Timing(OFF)
        twin._mode, twin.device, twin._unusable = self._mode, self.device, self._unusable
        if self._server is not None:
            twin._server = self._server.attach()
        elif self.device == CUDA and not self._unusable:
            raise HarnessError("a server for a GPU must be started before a process is forked")
        return twin

    def detach(self) -> None:
        """Close this connection; the server runs on for the others."""
        if self._server is not None:
            self._server.detach()
            self._server = None

    def close(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.__exit__(None, None, None)
            self._server = None
