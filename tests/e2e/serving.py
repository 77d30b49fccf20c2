"""A service as a process of its own, clients that do not give up, and what a batch says of it.

Clients know their requests again by a key, as the documentation asks of them: a connection that
breaks, or a server that is not there for a while, is no answer.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.environment import OPTIONS, closed
from grader.gradebook import Gradebook

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_S: Final = 240.0
POLL_S: Final = 0.1
GRADER: Final = (sys.executable, *OPTIONS, "-m", "grader.cli")


class Service:
    """``grader serve`` of the assignment ``tiny`` below a folder.

    Parameters
    ----------
    root : Path
        The course.
    out : Path
        Where results go.
    *options : str
        More words of the command line.
    token : str
        What is set as the course's; else the service makes one.
    """

    def __init__(self, root: Path, out: Path, *options: str, token: str = "") -> None:
        self.root = root
        self.out = out
        self._options = options
        self._token = token
        self._process: subprocess.Popen[str] | None = None
        self._address: tuple[str, int] | None = None
        self.said: list[str] = []

    def __enter__(self) -> Service:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """End it, as an init system does."""
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it says where it is."""
        words = ["serve", "tiny", "-o", str(self.out), "--port", "0", "--root", str(self.root)]
        self._process = subprocess.Popen(
            [*GRADER, *words, *self._options],
            env=closed(os.environ | ({"GRADER_TOKEN": self._token} if self._token else {})),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line)
            found = re.fullmatch(r"http://([\d.]+):(\d+)\n", line)
            if found:
                self._address = found[1], int(found[2])
                break
        else:
            raise AssertionError("".join(self.said))
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            with process.stdout:
                self.said.extend(process.stdout)

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        process, self._process, self._address = self._process, None, None
        if process is None:
            return 0
        process.send_signal(number)
        return process.wait(PATIENCE_S)

    @property
    def token(self) -> str:
        """The course's token."""
        return self._token or (self.out / "token").read_text().strip()

    def proc(self, name: str) -> str:
        """Return what the kernel tells of the process that answers."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/{name}").read_text()

    @property
    def address(self) -> tuple[str, int]:
        """Where it is."""
        if self._address is None:
            raise ConnectionRefusedError
        return self._address

    def grading_pid(self) -> int | None:
        """Return the process that grades, if there is one at the moment."""
        if self._process is None:
            return None
        pid = self._process.pid
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            threads = Path(f"/proc/{pid}/task").iterdir()
            for thread in threads:
                children += (thread / "children").read_text().split()
            for child in children:
                if b"grader.service.grading" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        return None

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Ask once.

        Raises
        ------
        OSError, http.client.HTTPException
            When there is no answer.
        """
        if self._address is None:
            raise ConnectionRefusedError
        connection = http.client.HTTPConnection(*self._address, timeout=30)
        try:
            sent = {"authorization": f"Bearer {self.token}"} | {
                name.replace("_", "-"): value for name, value in headers.items()
            }
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            data = answer.read()
            is_json = "json" in answer.headers.get("content-type", "")
            return answer.status, json.loads(data) if is_json else data
        finally:
            connection.close()

    def hand_in(self, student: str, code: bytes) -> str:
        """Hand a file in until that is answered; return its id."""
        path = f"/v1/tiny/submissions?student={student}&file=answers.py"
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, told = self.ask("POST", path, code, idempotency_key=f"of {student}")
                if status == 202:
                    return str(told["id"])
                assert status in {429, 503}, told
            time.sleep(POLL_S)
        raise AssertionError(f"{student} got no answer: {''.join(self.said)}")

    def wait(self, upload: str) -> dict[str, Any]:
        """Wait until an upload is graded; return what is told of it."""
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, told = self.ask("GET", f"/v1/tiny/submissions/{upload}")
                assert status == 200, told
                if told["state"] not in {"queued", "running"}:
                    return dict(told)
            time.sleep(POLL_S)
        raise AssertionError(f"{upload} is not graded: {''.join(self.said)}")


class Crowd:
    """Many students who hand in at once.

    Parameters
    ----------
    service : Service
        May come and go meanwhile.
    codes : mapping of str to bytes
        What each hands in.
    """

    def __init__(self, service: Service, codes: Mapping[str, bytes]) -> None:
        self._service = service
        self.ids: dict[str, str] = {}
        self.failed: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._one, args=item, daemon=True) for item in codes.items()
        ]

    def _one(self, student: str, code: bytes) -> None:
        try:
            self.ids[student] = self._service.hand_in(student, code)
        except BaseException as error:  # noqa: BLE001 - told to the test
            self.failed.append(error)

    def begin(self) -> None:
        """Hand in."""
        for thread in self._threads:
            thread.start()

    def wait(self) -> dict[str, str]:
        """Wait until all are answered; return their ids."""
        for thread in self._threads:
            thread.join()
        assert self.failed == []
        return self.ids


def wait_until(what: Any) -> None:
    """Wait until something is so."""
    until_s = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until_s
        time.sleep(POLL_S / 5)


def in_a_batch(root: Path, codes: Mapping[str, bytes], out: Path) -> dict[str, Any]:
    """Have the same files graded by ``grader grade``; return what came of each."""
    folder = root / "submissions"
    for student, code in codes.items():
        (folder / student).mkdir(parents=True)
        (folder / student / "answers.py").write_bytes(code)
    words = ["grade", "tiny", str(folder), "-o", str(out), "--root", str(root), "--as", "many"]
    done = subprocess.run(
        [*GRADER, *words], env=closed(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with Gradebook.open(out / "gradebook.sqlite") as book:
        return {grade.id: outcome(grade) for grade in book.grades()}


def outcome(grade: Any) -> Any:
    """Return what of a grade has to be the same wherever it was made."""
    cases = [
        (case.id, case.verdict, case.message, case.weight)
        for result in grade.exercises
        for case in result.cases
    ]
    scores = [(result.id, result.score) for result in grade.exercises]
    return grade.conditions, grade.status, grade.score, scores, cases
