"""Prove a tier by its effect: really try, from inside a worker, what must not work."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import grader
from grader import wire
from grader.errors import StudentError
from grader.model import Limits
from grader.sandbox.client import Client
from grader.worker.namespaces import python_needs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.sandbox.forkserver import ForkServer

LIMITS: Final = Limits(call_s=10.0, load_s=10.0, memory_mib=256)
SUCCEEDED: Final = "succeeded"
# How many folders of what is kept from workers, and files in each, one tries to read.
FOLDERS: Final = 50
FILES: Final = 5

# Each attempt is harmless where it succeeds. The worker reports; a lie could only come from a
# submission, and none is loaded here.
ATTEMPTS: Final = """
import os
import socket
import sys


def attempt(secret, folder, port, grader, theirs):
    # In a namespace a number of the grader's may happen to be this process' own.
    others = [pid for pid in (grader, os.getppid()) if pid != os.getpid()]

    def first_that_works(actions):
        reasons = []
        for action in actions:
            try:
                return action()
            except OSError as error:
                reasons.append(error)
        raise reasons[0]

    def read():
        with open(secret) as file:
            file.read()

    def read_theirs():
        def look_at(path):
            if os.path.isdir(path):
                os.listdir(path)
            else:
                with open(path, "rb") as file:
                    file.read(1)
            return path.decode("utf-8", "backslashreplace")

        if theirs:
            return first_that_works([lambda path=path: look_at(path) for path in theirs])
        raise FileNotFoundError("nothing was named")

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
        first_that_works([lambda pid=pid: os.kill(pid, 0) for pid in others])

    def look():
        def open_one(path):
            with open(path, "rb") as file:
                file.read(1)

        names = ("environ", "mem", "maps", "auxv")
        paths = [f"/proc/{pid}/{name}" for pid in others for name in names]
        folders = [f"/proc/{pid}/fd" for pid in others]
        first_that_works([
            *(lambda path=path: open_one(path) for path in paths),
            *(lambda path=path: os.listdir(path) for path in folders),
        ])

    results = {}
    for action in (read, read_theirs, write, connect, listen, fork, run, signal, look):
        try:
            which = action()
            results[action.__name__] = f"succeeded: {which}" if which else "succeeded"
        except Exception as error:
            results[action.__name__] = f"{type(error).__name__}: {error}"
    return results
"""
MEANINGS: Final = {
    "read": "read a file beside the submissions",
    "read_theirs": "read what is kept from students",
    "write": "write a file there",
    "connect": "connect to a port of this machine",
    "listen": "open a port",
    "fork": "start a process by fork",
    "run": "start a program",
    "signal": "signal another process",
    "look": "look into another process",
}


def attempts(server: ForkServer, kept: Sequence[Path] = ()) -> dict[str, str]:
    """Try what a hostile submission would try first.

    Parameters
    ----------
    server : ForkServer
        A running fork server.
    kept : sequence of Path
        Files and folders that no worker may read: solutions, gradebook, submissions.

    Returns
    -------
    dict of str to str
        For each attempt ``succeeded``, with what if that matters, or the error that stopped it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="grader-selftest-") as name,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        folder = Path(name)
        folder.chmod(0o777)
        inner = folder / "inner"
        inner.mkdir()
        secret = inner / "secret"
        secret.write_text("secret")
        # By owner and mode alone only that can be kept from a worker which has such a mode.
        secret.chmod(0o600 if server.layers.other_user else 0o666)
        inner.chmod(0o700 if server.layers.other_user else 0o777)
        port = listener.getsockname()[1]
        client = Client(server.worker(LIMITS), LIMITS)
        piece = wire.Piece(ATTEMPTS, "selftest.py", 1, "definition", ("attempt",))
        module = wire.Module(name="selftest", origin="selftest.py", pieces=(piece,))
        try:
            client.load(wire.Source((module,)), wire.Source(()), "selftest")
            # As bytes: a student's file may have a name that is no text.
            theirs = [os.fsencode(path) for path in samples(kept)]
            args = (str(secret), str(folder), port, os.getpid(), theirs)
            found = client.call("attempt", args).value
        except StudentError as error:
            return dict.fromkeys(MEANINGS, f"the self-test broke: {error}")
        finally:
            client.close()
    return {name: str(found.get(name, "not tried")) for name in MEANINGS}


def samples(kept: Sequence[Path]) -> list[str]:
    """List some of what lies at and below the paths: folders and files, the outermost first.

    What Python needs is left out where it lies below, as an environment in a folder of submissions
    may; a path that lies below what Python needs is not, since every worker can read it.
    """
    needed = {os.path.realpath(path) for path in python_needs(Path(grader.__file__).parent)}
    found = []
    for path in kept:
        if path.is_file():
            found.append(str(path.absolute()))
            continue
        for number, (folder, inner, names) in enumerate(os.walk(os.path.realpath(path))):
            if number == FOLDERS:
                break
            inner[:] = sorted(name for name in inner if f"{folder}/{name}" not in needed)
            if not any(other.startswith(f"{folder}/") for other in needed):
                found.append(folder)  # else a root of their own shows that it is there
            found += [f"{folder}/{name}" for name in sorted(names)[:FILES]]
    return found
