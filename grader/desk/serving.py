"""The server behind the desk: on this machine alone, at an address that nobody guesses."""

from __future__ import annotations

import secrets
import socket
import threading
from typing import TYPE_CHECKING, Final

import uvicorn

from grader.desk.app import make_app
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.desk.desk import Desk

LOOPBACK: Final = "127.0.0.1"


def serve(desk: Desk, port: int, tell: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    desk : Desk
        What is shown and done.
    port : int
        Where; 0 for one that is free.
    tell : callable
        Called with the address when the server listens there.

    Raises
    ------
    UsageError
        When the port is taken.
    """
    token = secrets.token_urlsafe(24)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
        except OSError as error:
            raise UsageError(f"port {port} cannot be used: {error.strerror}") from error
        chosen = listening.getsockname()[1]
        hosts = frozenset({f"{LOOPBACK}:{chosen}", f"localhost:{chosen}"})
        app = make_app(desk, token, hosts)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
        )
        listening.listen()
        # A class of hundreds takes seconds to read; that need not wait for who looks at it.
        threading.Thread(target=desk.read_ahead, daemon=True).start()
        tell(f"http://{LOOPBACK}:{chosen}/{token}/")
        uvicorn.Server(config).run(sockets=[listening])
