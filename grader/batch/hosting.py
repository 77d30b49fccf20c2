"""What a Dask worker does: it hosts a node's grader, and hands tasks and grades through.

The worker has threads, so it forks nothing. It starts `grader.batch.node` afresh, once for a batch,
and knows what crosses as bytes only: neither a submission nor a value of one is an object here.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Final

import msgspec
from distributed import WorkerPlugin, get_worker

from grader import clock
from grader.batch.node import (
    GATHER_S,
    PIPE_BYTES,
    Answers,
    Frames,
    Graded,
    Ground,
    Ready,
    Refused,
    Reply,
    framed,
    pack,
    unpack,
)
from grader.environment import OPTIONS, closed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distributed import Worker

STOP_S: Final = 5.0


class Host(WorkerPlugin):
    """Keeps the grader of one batch on a worker.

    Parameters
    ----------
    name : str
        Tells this batch from others in the same cluster.
    ground : bytes
        A `Ground`, packed. Where it says 0 jobs, there are as many as the worker has threads.
    """

    def __init__(self, name: str, ground: bytes) -> None:
        self.name = name
        self._ground = ground
        self._grader: Grader | None = None

    def setup(self, worker: Worker) -> None:
        """Learn how much the worker may do; the grader is started when it is asked for."""
        ground = unpack(self._ground, Ground)
        self.jobs = ground.jobs or worker.state.nthreads
        self._ground = pack(msgspec.structs.replace(ground, jobs=self.jobs))

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """End the grader."""
        if self._grader is not None:
            self._grader.stop()

    def begin(self) -> Ready | Refused:
        """Start the grader, in the place of an earlier one, and wait for its session."""
        if self._grader is not None:
            self._grader.stop()
        self._grader = Grader(self._ground)
        return self._grader.begun()

    def exchange(self, jobs: Sequence[bytes]) -> Reply:
        """Give the grader some jobs, and wait for grades."""
        if self._grader is None:  # the worker has been started anew meanwhile
            return Reply(taken=False, ended="it was started again")
        return self._grader.exchange(jobs)


class Grader:
    """A process of `grader.batch.node`, as the host sees it.

    Parameters
    ----------
    ground : bytes
        A `Ground`, packed.
    """

    def __init__(self, ground: bytes) -> None:
        command = [sys.executable, *OPTIONS, "-m", "grader.batch.node"]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=closed(os.environ)
        )
        self._answers: queue.SimpleQueue[Answers | None] = queue.SimpleQueue()
        self._open = 0
        ended = os.pidfd_open(self._process.pid)
        # Somebody must always be reading, or the two would wait for one another.
        threading.Thread(target=self._listen, args=[ended], daemon=True).start()
        self._tell([ground])

    def begun(self) -> Ready | Refused:
        """Wait until the session is made."""
        answer = self._answers.get()
        if isinstance(answer, Ready | Refused):
            return answer
        self._process.wait()
        return Refused(self._last_words())

    def exchange(self, jobs: Sequence[bytes]) -> Reply:
        """Give jobs; wait for a grade, and gather what else comes in."""
        if not self._tell(jobs):
            return Reply(taken=False, ended=self._last_words())
        self._open += len(jobs)
        graded: list[Graded] = []
        until_s = None
        while self._open:
            left_s = None if until_s is None else max(0.0, until_s - clock.monotonic())
            try:
                answer = self._answers.get(timeout=left_s)
            except queue.Empty:
                break
            if not isinstance(answer, Graded):
                ended = answer.reason if isinstance(answer, Refused) else self._last_words()
                self.stop()
                return Reply(tuple(graded), ended=ended)
            self._open -= 1
            graded.append(answer)
            until_s = until_s or clock.monotonic() + GATHER_S
        return Reply(tuple(graded))

    def stop(self) -> None:
        """End it and all that it has started."""
        with contextlib.suppress(BrokenPipeError):
            self._input.close()  # upon which it ends its own processes
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _tell(self, messages: Sequence[bytes]) -> bool:
        try:
            for message in messages:
                self._input.write(framed(message))
            self._input.flush()
        except (BrokenPipeError, ValueError):  # ValueError: it was stopped
            return False
        return True

    def _listen(self, ended: int) -> None:
        """Take in answers until the process ends, which its own processes may outlive."""
        output, frames = self._output.fileno(), Frames()
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._output)
            stack.callback(os.close, ended)
            poll = select.poll()
            poll.register(output, select.POLLIN)
            poll.register(ended, select.POLLIN)
            while any(descriptor == output for descriptor, _ in poll.poll()):
                part = os.read(output, PIPE_BYTES)
                if not part:
                    break
                for frame in frames.take(part):
                    self._answers.put(unpack(frame, Answers))  # type: ignore[arg-type]  # a union
        self._answers.put(None)

    def _last_words(self) -> str:
        return f"its grader ended with code {self._process.wait()}; the node's log may say why"

    @property
    def _input(self) -> IO[bytes]:
        return _there(self._process.stdin)

    @property
    def _output(self) -> IO[bytes]:
        return _there(self._process.stdout)


def begin(name: str) -> bytes:
    """Have the worker that runs this start the grader of a batch; return a packed answer."""
    return pack(_host(name).begin())


def exchange(name: str, jobs: Sequence[bytes]) -> bytes:
    """Have it take jobs and give grades; return a packed `Reply`."""
    return pack(_host(name).exchange(jobs))


def _host(name: str) -> Host:
    host = get_worker().plugins[name]
    if not isinstance(host, Host):
        raise TypeError(f"{name} is no host of a grader")
    return host


def _there(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("a pipe is missing")
    return stream
