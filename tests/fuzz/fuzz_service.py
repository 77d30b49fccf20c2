"""Send damaged requests, and whole ones with damaged files, to a service for a while.

    python -m tests.fuzz.fuzz_service [--seconds N] [--seed S]

Ends with the seed and the request that did it, if the server dies or says that it is at fault, an
answer takes longer than a bound, memory grows past a bound, or an upload that was accepted is not
graded in the end. Requests are valid ones with bytes changed, cut, doubled and joined.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import re
import socket
import tempfile
import time
from pathlib import Path
from typing import Final

from grader.gradebook import Gradebook
from tests.e2e.serving import Service
from tests.fuzz.fuzz import damaged, notebooks, scripts, tars, zips
from tests.tiny import write_tiny, written

ANSWER_S: Final = 60.0
SILENCE_S: Final = 0.5
GRADED_S: Final = 600.0
MEMORY_MIB: Final = 400
FILES: Final = (
    "answers.py",
    "hw.ipynb",
    "hw.zip",
    "hw.tar",
    "a.py.txt",
    "../x.py",
    "%00.py",
    "%E4%BD%9C.zip",
)
HEADERS: Final = (
    b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Content-Length: -1", b"Host: evil",
    b"Expect: 100-continue", b"Authorization: Bearer x", b"Upgrade: h2c", b"Connection: Upgrade",
    b"Content-Type: multipart/form-data; boundary=b", b"Idempotency-Key: " + b"k" * 300,
    b"Range: bytes=0-", b"Accept: " + b"text/html;q=0.1," * 300, b"X: " + b"y" * 20_000,
    b"Content-Encoding: gzip", b"Accept-Language: zh;q=\xff", b" folded", b"Cookie: \0",
)  # fmt: skip


def main() -> None:
    """Fuzz until the time is up, then print how much was tried."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=30.0)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    print(f"seed {chosen.seed}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_tiny(root / "course")
        words = ("--jobs", "1", "--most-a-day", "1000000", "--most-bytes", "200000")
        with Service(root / "course", root / "out", *words, "--most-waiting", "4") as service:
            Fuzz(service, random.Random(chosen.seed)).run(chosen.seconds)


class Fuzz:
    """One run against a service.

    Parameters
    ----------
    service : Service
        Running.
    generator : Random
        Of what is sent.
    """

    def __init__(self, service: Service, generator: random.Random) -> None:
        self._service = service
        self._random = generator
        self._corpus = [*scripts(), *notebooks(), *zips(), *tars(), written().encode()]
        self._statuses: dict[str, int] = {}
        self._accepted: set[str] = set()

    def run(self, seconds: float) -> None:
        """Fuzz, and see in the end that nothing was lost."""
        before_mib = self._memory_mib()
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            sent, is_whole = self._request(), self._random.random() < 0.5
            if not is_whole:
                sent = damaged(self._random, [sent])
            began_s = time.monotonic()
            # What is damaged may be a request of which the server waits for the rest.
            answer = self._exchange(sent, ANSWER_S if is_whole else SILENCE_S)
            if is_whole and not answer:
                raise SystemExit(f"no answer to {sent[:3000]!r}")
            if found := re.search(rb'"id":"([0-9a-f]{32})"', answer):
                self._accepted.add(found[1].decode())
            status = (re.match(rb"HTTP/1\.1 (\d+)", answer) or [b"", b"none"])[1].decode()
            self._statuses[status] = self._statuses.get(status, 0) + 1
            if status in {"500", "501", "502"} or b"service_ours" in answer:
                raise SystemExit(f"{status} from {sent[:3000]!r}: {answer[:1000]!r}")
            if time.monotonic() - began_s > ANSWER_S:
                raise SystemExit(f"too slow on {sent[:3000]!r}")
            if self._service.token.encode() in answer:
                raise SystemExit(f"a token is said after {sent[:3000]!r}")
            if self._memory_mib() - before_mib > MEMORY_MIB:
                raise SystemExit(f"memory grew from {before_mib} to {self._memory_mib()} MiB")
        counts = self._end()
        said = "".join(self._service.said)
        if "Traceback" in said or "begins again" in said:
            raise SystemExit(said[-5000:])
        print(
            f"nothing crashed, hung or was lost: answers {dict(sorted(self._statuses.items()))}, "
            f"grades {counts}; memory {before_mib} -> {self._memory_mib()} MiB"
        )

    def _request(self) -> bytes:
        """Write a request: to hand in as it is meant, or to ask for something."""
        pick = self._random.choice
        token = self._service.token if self._random.random() < 0.9 else "wrong"
        head = [b"Host: 127.0.0.1", f"Authorization: Bearer {token}".encode()]
        host, port = self._service.address
        head[0] = f"Host: {host}:{port}".encode()
        if self._random.random() < 0.2:
            head.append(pick(HEADERS))
        student = pick((*"abcdefghij", "", "x" * 90, "%2e%2e", "a/b", "%E5%BC%A0%E4%BC%9F", "张伟"))
        if self._random.random() < 0.3:
            where = pick(("/health", "/v1/tiny/submissions", "/v1/tiny/submissions/" + "0" * 32,
                          "/v1/none/submissions", "/", "/v1/tiny/../..", "//", "*"))  # fmt: skip
            return self._joined("GET", f"{where}?student={student}", head, b"")
        data = damaged(self._random, self._corpus)[:220_000]
        where = f"/v1/tiny/submissions?student={student}&file={pick(FILES)}"
        if self._random.random() < 0.3:
            where = "/v1/tiny/submissions"
            head.append(b"Content-Type: multipart/form-data; boundary=bnd")
            data = (
                f'--bnd\r\nContent-Disposition: form-data; name="student"\r\n\r\n{student}\r\n'
                f'--bnd\r\nContent-Disposition: form-data; name="file"; filename="{pick(FILES)}"'
                "\r\n\r\n"
            ).encode() + data + b"\r\n--bnd--\r\n"  # fmt: skip
        head.append(f"Idempotency-Key: {self._random.randrange(1 << 30)}".encode())
        return self._joined("POST", where, head, data)

    @staticmethod
    def _joined(method: str, where: str, head: list[bytes], body: bytes) -> bytes:
        lines = [f"{method} {where} HTTP/1.1".encode(), *head, b"Connection: close"]
        if body:
            lines.append(f"Content-Length: {len(body)}".encode())
        return b"\r\n".join([*lines, b"", body])

    def _exchange(self, sent: bytes, patience_s: float) -> bytes:
        """Send a request, and read until the server closes the connection, or says nothing."""
        answer = bytearray()
        with socket.create_connection(self._service.address, timeout=patience_s) as connection:
            with contextlib.suppress(ConnectionError, TimeoutError):
                # What is refused need not be read to its end.
                connection.sendall(sent)
            with contextlib.suppress(ConnectionError, TimeoutError):
                while part := connection.recv(1 << 16):
                    answer += part
        return bytes(answer)

    def _end(self) -> dict[str, int]:
        """Wait until everything that was accepted is graded; return how it ended."""
        until_s = time.monotonic() + GRADED_S
        while True:
            tally = self._service.ask("GET", "/health")[1]["uploads"]["tiny"]
            if not {"queued", "running"} & tally.keys():
                break
            if time.monotonic() > until_s:
                raise SystemExit(f"not graded in the end: {tally}")
            time.sleep(0.5)
        counts: dict[str, int] = {}
        with Gradebook.open(self._service.out / "tiny" / "gradebook.sqlite") as book:
            for upload in book.uploads.done():
                kept = self._service.out / "tiny" / "received" / upload.id / upload.file
                if kept.stat().st_size != upload.bytes or book.grade(upload.submission) is None:
                    raise SystemExit(f"lost: {upload}")
                counts[str(upload.status)] = counts.get(str(upload.status), 0) + 1
            done = {upload.id for upload in book.uploads.done()}
        if not self._accepted or self._accepted - done:
            raise SystemExit(f"of {len(self._accepted)} accepted, {len(done)} are graded")
        return counts

    def _memory_mib(self) -> int:
        """Return what the process that answers holds."""
        found = re.search(r"VmRSS:\s+(\d+)", self._service.proc("status"))
        return int(found[1]) >> 10 if found else 0


if __name__ == "__main__":
    main()
