"""The life of one worker: read requests off a socket, answer each, until the socket closes."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, Final, NoReturn

from grader import wire
from grader.wire.stream import ClosedError
from grader.worker.host import Host
from grader.worker.output import Output

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from types import FrameType

TELL_S: Final = 0.5  # how often a worker that loads for long says where it is


def serve(sock: socket.socket, output_chars: int, limits: wire.Limits) -> NoReturn:
    """Serve until the trusted side hangs up, then end the process.

    Parameters
    ----------
    sock : socket.socket
        The connection to the trusted side.
    output_chars : int
        How much of what a call prints is kept.
    limits : Limits
        Bounds on values.
    """
    stream = wire.Stream(sock)
    output = Output(output_chars)
    sys.stdin, sys.stdout, sys.stderr = open(os.devnull, encoding="utf-8"), output, output  # noqa: SIM115, PTH123

    asking = False

    def ask(question: wire.Asked) -> wire.Supplied:
        nonlocal asking
        asking = True
        stream.send(wire.pack(question))
        answer = wire.unpack_request(stream.receive())
        if not isinstance(answer, wire.Supplied):
            os._exit(70)
        asking = False
        return answer

    host = Host(ask, output, limits)

    def tell(nonce: int, frame: FrameType | None) -> None:
        place = None if asking else host.place(traceback.walk_stack(frame))
        if place is not None:
            stream.send(wire.pack(wire.Loading(nonce=nonce, place=place)))

    while True:
        try:
            request = wire.unpack_request(stream.receive())
        except ClosedError:
            os._exit(0)
        if isinstance(request, wire.Supplied):
            os._exit(70)
        try:
            with _telling(request, tell):
                reply = host.serve(request)
        except BaseException as error:  # noqa: BLE001 - a class of the submission's own making
            name = wire.type_name(error)[:200]
            reply = wire.Raised(nonce=request.nonce, exception=name, text="", frames=())
        stream.send(wire.pack(reply))


@contextlib.contextmanager
def _telling(
    request: wire.Requests, tell: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    """Have a worker interrupt what it loads now and then, and tell where it is."""
    if not isinstance(request, wire.Load):
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda _, frame: tell(request.nonce, frame))
    signal.setitimer(signal.ITIMER_REAL, TELL_S, TELL_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
