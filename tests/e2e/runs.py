"""Run batches one after the other, each in a process that is forked from here and may be killed.

Commands come on standard input, a JSON object a line: ``arguments`` of ``grader``, ``kill_after_s``
(or null), ``events``, the file that gets what the run prints, and ``file_bytes``, how large a file
may become (or null). The answer is a line with the exit status, or the negative signal.

What all of them import is imported here, once: a run that is killed after a moment costs little
more than that.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import Any

from grader.cli import main


def serve() -> None:
    """Run what is asked for until nothing more is."""
    for line in sys.stdin:
        print(run(json.loads(line)), flush=True)


def run(wanted: dict[str, Any]) -> int:
    """Fork a run, kill it when its time has come, and return how it ended."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = command(wanted)
        finally:
            os._exit(code)
    ended = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    after_s = wanted["kill_after_s"]
    if not poll.poll(None if after_s is None else 1000 * after_s):
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(ended)
    return status


def command(wanted: dict[str, Any]) -> int:
    """Be a run of the command."""
    if wanted["file_bytes"] is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (wanted["file_bytes"], hard))
    with Path(wanted["events"]).open("w", encoding="utf-8") as told:
        os.dup2(told.fileno(), 1)
        os.dup2(told.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)
    return main(wanted["arguments"])


if __name__ == "__main__":
    serve()
