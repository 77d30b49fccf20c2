"""What the service costs beside a batch: submissions a second, of the same files, in one run.

    python -m tests.benchmarks.bench_service [--count N] [--jobs N] [--postgres] [--kill]

A tiny assignment, all handed in at once by as many clients. `taken in` is until the last one was
answered, `graded` until the last grade was there, both from the first request on; the batch's time
is that of ``grader grade`` of the same files, less its start, which the service has behind it.
With ``--postgres`` the gradebook is in a server that is started for it. With ``--kill`` the process
that grades, and then the service, are ended by signal 9 while submissions come in, and the service
is started again; every submission has to have one grade in the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from grader.environment import closed
from grader.gradebook import Gradebook
from tests.e2e.serving import GRADER, Crowd, Service, wait_until
from tests.postgres import server
from tests.tiny import write_tiny, written

CODE: Final = written(double="return 2 * x", total="return double(x).sum()")


def main() -> None:
    """Print what both did, and how they compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--postgres", action="store_true")
    options.add_argument("--kill", action="store_true")
    chosen = options.parse_args()
    codes = {f"s{number:04d}": f"{CODE}# {number}\n".encode() for number in range(chosen.count)}
    with contextlib.ExitStack() as opened:
        root = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        write_tiny(root / "course")
        words = ["--jobs", str(chosen.jobs)]
        if chosen.postgres:
            words += ["--database", opened.enter_context(server(safe=True)).url()]
        taken_in_s, graded_s = of_service(root, codes, words, kill=chosen.kill)
        batch_s = of_batch(root, codes, chosen.jobs)
    count = chosen.count
    print(f"service: taken in {count / taken_in_s:.1f} a second, graded {count / graded_s:.1f}")
    print(f"batch:   graded {count / batch_s:.1f} a second")
    print(f"the service takes {graded_s / batch_s:.2f} times as long as the batch")


def of_service(
    root: Path, codes: dict[str, bytes], words: list[str], *, kill: bool
) -> tuple[float, float]:
    """Have the service grade all of them; return seconds until all are in, and graded."""
    with Service(root / "course", root / "out", *words) as service:
        crowd = Crowd(service, codes)
        began_s = time.monotonic()
        crowd.begin()
        if kill:
            wait_until(lambda: len(crowd.ids) >= len(codes) // 6)
            grading = service.grading_pid()
            if grading is not None:
                os.kill(grading, signal.SIGKILL)
            wait_until(lambda: len(crowd.ids) >= len(codes) // 3)
            service.kill()
            service.start()
        ids = crowd.wait()
        taken_in_s = time.monotonic() - began_s
        service.wait(list(ids.values())[-1])
        while service.ask("GET", "/health")[1]["uploads"]["tiny"] != {"done": len(codes)}:
            time.sleep(0.05)
        graded_s = time.monotonic() - began_s
    with Gradebook.of(root / "out" / "tiny") as book:
        found = {one.student: one.id for one in book.uploads.done()}
        assert found == ids
        assert [one.grades for one in book.batches()] == [len(codes)]
    return taken_in_s, graded_s


def of_batch(root: Path, codes: dict[str, bytes], jobs: int) -> float:
    """Have a batch grade all of them; return seconds from its first event to its last grade."""
    folder = root / "submissions"
    folder.mkdir()
    for student, code in codes.items():
        (folder / f"{student}.py").write_bytes(code)
    words = [
        "grade",
        "tiny",
        str(folder),
        "-o",
        str(root / "batch"),
        "--root",
        str(root / "course"),
    ]
    began_s = last_s = 0.0
    with subprocess.Popen(
        [*GRADER, *words, "--json", "--jobs", str(jobs)],
        env=closed(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)["event"]
            began_s = began_s or time.monotonic()
            if event != "end":
                last_s = time.monotonic()
    return last_s - began_s


if __name__ == "__main__":
    main()
