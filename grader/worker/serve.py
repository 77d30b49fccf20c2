"""The life of one worker: read requests off a socket, answer each, until the socket closes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from grader import wire
from grader.wire.stream import ClosedError
from grader.worker.host import Host, Output

if TYPE_CHECKING:
    import socket


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
    sys.stdin, sys.stdout, sys.stderr = open(os.devnull), output, output  # noqa: SIM115, PTH123

    def ask(question: wire.Asked) -> wire.Supplied:
        stream.send(wire.pack(question))
        answer = wire.unpack_request(stream.receive())
        if not isinstance(answer, wire.Supplied):
            os._exit(70)
        return answer

    host = Host(ask, output, limits)
    while True:
        try:
            request = wire.unpack_request(stream.receive())
        except ClosedError:
            os._exit(0)
        if isinstance(request, wire.Supplied):
            os._exit(70)
        try:
            reply = host.serve(request)
        except BaseException as error:  # noqa: BLE001 - a class of the submission's own making
            name = wire.type_name(error)[:200]
            reply = wire.Raised(nonce=request.nonce, exception=name, text="", frames=())
        stream.send(wire.pack(reply))
