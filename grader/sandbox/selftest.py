"""Prove a tier by its effect: really try, from inside a worker, what must not work."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader import wire
from grader.errors import StudentError
from grader.model import Limits
from grader.sandbox.client import Client

if TYPE_CHECKING:
    from grader.sandbox.forkserver import ForkServer

LIMITS: Final = Limits(call_s=10.0, load_s=10.0, memory_mib=256)
SUCCEEDED: Final = "succeeded"

# Each attempt is harmless where it succeeds. The worker reports; a lie could only come from a
# submission, and none is loaded here.
ATTEMPTS: Final = """
import os
import socket
import sys


def attempt(secret, folder, port, parent):
    def read():
        with open(secret) as file:
            file.read()

    def write():
        with open(os.path.join(folder, "written"), "w") as file:
            file.write("x")

    def connect():
        socket.create_connection(("127.0.0.1", port), timeout=2).close()

    def listen():
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.close()

    def fork():
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)

    def run():
        os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})

    def signal():
        os.kill(parent, 0)

    def look():
        with open(f"/proc/{os.getppid()}/environ", "rb") as file:
            file.read()

    results = {}
    for action in (read, write, connect, listen, fork, run, signal, look):
        try:
            action()
            results[action.__name__] = "succeeded"
        except Exception as error:
            results[action.__name__] = f"{type(error).__name__}: {error}"
    return results
"""
MEANINGS: Final = {
    "read": "read a file beside the submissions",
    "write": "write a file there",
    "connect": "connect to a port of this machine",
    "listen": "open a port",
    "fork": "start a process by fork",
    "run": "start a program",
    "signal": "signal another process",
    "look": "look into another process",
}


def attempts(server: ForkServer) -> dict[str, str]:
    """Try what a hostile submission would try first.

    Parameters
    ----------
    server : ForkServer
        A running fork server.

    Returns
    -------
    dict of str to str
        For each attempt ``succeeded``, or the error that stopped it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="grader-selftest-") as name,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        folder = Path(name)
        folder.chmod(0o777)
        secret = folder / "secret"
        secret.write_text("secret")
        secret.chmod(0o666)
        port = listener.getsockname()[1]
        client = Client(server.worker(LIMITS), LIMITS)
        piece = wire.Piece(ATTEMPTS, "selftest.py", 1, "definition", ("attempt",))
        module = wire.Module(name="selftest", origin="selftest.py", pieces=(piece,))
        try:
            client.load(wire.Source((module,)), wire.Source(()), "selftest")
            args = (str(secret), str(folder), port, os.getpid())
            found = client.call("attempt", args).value
        except StudentError as error:
            return dict.fromkeys(MEANINGS, f"the self-test broke: {error}")
        finally:
            client.close()
    return {name: str(found.get(name, "not tried")) for name in MEANINGS}
