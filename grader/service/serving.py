"""The server of the service: one address, bounds on connections, an end that loses nothing."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, Final

import uvicorn

from grader.errors import UsageError
from grader.service.patience import protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from starlette.types import ASGIApp

    from grader.service.quota import Quota

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
CONNECTIONS: Final = 1000
BACKLOG: Final = 1024
IDLE_S: Final = 5
GRACE_S: Final = 10
HEAD_BYTES: Final = 16 << 10


def listen(host: str, port: int) -> socket.socket:
    """Take an address.

    Raises
    ------
    UsageError
        When it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise UsageError(f"{host}, port {port}, cannot be used: {error.strerror}") from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Return what a socket is reached by, such as ``127.0.0.1:8000``."""
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def hosts_of(listening: socket.socket, allowed: frozenset[str]) -> frozenset[str]:
    """List what the server may be called; nothing where that is not known."""
    host, port = listening.getsockname()[:2]
    own = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    if host in LOOPBACK:
        return frozenset(own | {name.lower() for name in allowed})
    return frozenset(own | {name.lower() for name in allowed}) if allowed else frozenset()


def end_when_told() -> None:
    """Let SIGTERM end this process in order, from now on.

    The first process of a container would not end of it at all otherwise. Once the server runs, it
    hands the signal on when it has ended, and the rest is still to be put in order.
    """
    signal.signal(signal.SIGTERM, _end)


def serve(app: ASGIApp, listening: socket.socket, quota: Quota, tell: Callable[[], None]) -> None:
    """Serve until interrupted or ended; what is being received then may still come in.

    Parameters
    ----------
    app : callable
        Answers.
    listening : socket
        See `listen`.
    quota : Quota
        How long a request's head may take.
    tell : callable
        Called before the first answer.
    """
    config = uvicorn.Config(
        app,
        http=protocol(quota.header_s),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    tell()
    uvicorn.Server(config).run(sockets=[listening])


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
