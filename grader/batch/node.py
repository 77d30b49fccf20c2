"""A node's grader: a process that grades with an engine of its own what it is told through a pipe.

It is started afresh in an environment of its own, has one thread, and makes its session itself from
what it is told first: where the assignment is, the salt, the settings. What comes in afterwards are
submissions as intake has read them, what goes out are grades; both are data of `grader.wire` and
`grader.model`, and nothing else crosses. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import os
import select
import struct
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from grader import wire  # noqa: TC001 - msgspec reads the annotations
from grader.batch.conditions import changes, conditions_of
from grader.batch.engine import LocalEngine, Task
from grader.batch.proofs import cache_folder, proven
from grader.batch.secret import kept_from_workers
from grader.catalog import load_assignment
from grader.errors import GraderError, UsageError
from grader.intake import Submission
from grader.model import Conditions, Message, to_json
from grader.sandbox import CONFINED_TIERS, HIDDEN_REFUSED, open_server
from grader.suite.collecting import collected
from grader.suite.notebook import with_notebook
from grader.suite.session import RunSettings  # noqa: TC001 - as above
from grader.suite.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.engine import Crew

Value = TypeVar("Value")

PIPE_BYTES: Final = 1 << 20
IDLE_S: Final = 600.0
GATHER_S: Final = 0.5  # for so long grades are gathered, so that few messages are sent
_LENGTH: Final = struct.Struct("<I")


class Ground(msgspec.Struct, frozen=True):
    """What a node makes its session from.

    Parameters
    ----------
    folder : str
        The assignment's, as the node finds it.
    isolation : str
        See `grader.sandbox.open_server`.
    salt : str
        What hidden suites' seeds are derived from.
    timing : str
        The device on which speed is measured; ``off`` for none.
    settings : RunSettings
        How each submission is run.
    conditions : Conditions
        What the node's own must be equal to.
    kept : tuple of str
        Paths besides solutions that no submission may read, where they are there.
    jobs : int
        Submissions at a time.
    """

    folder: str
    isolation: str
    salt: str
    timing: str
    settings: RunSettings
    conditions: Conditions
    kept: tuple[str, ...]
    jobs: int


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The session is made, and the same as that of who asked."""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """It is not, and why."""

    reason: str


class Job(msgspec.Struct, frozen=True):
    """A task as it crosses.

    Parameters
    ----------
    id, name, path, source, notes
        As in `Submission`; the path in the file system's own bytes.
    exercises : tuple of str
        The ids of the exercises that it is graded on.
    """

    id: str
    name: str
    path: bytes
    source: wire.Source
    notes: tuple[Message, ...]
    exercises: tuple[str, ...]

    @classmethod
    def of(cls, task: Task) -> Job:
        """Take a task apart."""
        submission = task.submission
        if submission.source is None:
            raise ValueError("there is nothing to run")
        path, source = os.fsencode(submission.path), submission.source
        return cls(
            submission.id, submission.name, path, source, submission.notes, tuple(task.exercises)
        )

    def task(self) -> Task:
        """Put the task together again."""
        path = Path(os.fsdecode(self.path))
        return Task(Submission(self.id, self.name, path, self.source, self.notes), self.exercises)


class Graded(msgspec.Struct, frozen=True, tag=True):
    """A grade as it crosses: the submission's id, and JSON of `grader.model`."""

    id: str
    grade: bytes


class Reply(msgspec.Struct, frozen=True):
    """What became of an exchange with a node's grader.

    Parameters
    ----------
    graded : tuple of Graded
        What has come in.
    taken : bool
        Whether it has taken the jobs that it was given.
    ended : str
        Why there is no such grader any more; empty while there is.
    """

    graded: tuple[Graded, ...] = ()
    taken: bool = True
    ended: str = ""


Answers = Ready | Refused | Graded


def pack(value: msgspec.Struct) -> bytes:
    """Write a value of this module as bytes."""
    return msgspec.msgpack.encode(value)


def unpack(data: bytes, kind: type[Value]) -> Value:
    """Read a value of this module; raises `msgspec.DecodeError` for anything else."""
    return msgspec.msgpack.decode(data, type=kind)


def framed(data: bytes) -> bytes:
    """Put the length before some bytes."""
    return _LENGTH.pack(len(data)) + data


class Frames:
    """Takes a stream apart into what `framed` has put into it."""

    def __init__(self) -> None:
        self._data = bytearray()

    def take(self, part: bytes) -> list[bytes]:
        """Add what has come in; return the frames that are whole by now."""
        self._data += part
        frames, at = [], 0
        while len(self._data) - at >= _LENGTH.size:
            end = at + _LENGTH.size + _LENGTH.unpack_from(self._data, at)[0]
            if end > len(self._data):
                break
            frames.append(bytes(self._data[at + _LENGTH.size : end]))
            at = end
        del self._data[:at]
        return frames


def main() -> None:
    """Serve whoever started this process."""
    told, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # whatever a library prints is no answer
    frames = Frames()
    waiting: deque[bytes] = deque()
    while not waiting and (part := os.read(told, PIPE_BYTES)):
        waiting.extend(frames.take(part))
    if not waiting:
        return
    ground = unpack(waiting.popleft(), Ground)
    try:
        with _opened(ground) as engine, engine.crew(told) as crew:
            _write(answers, pack(Ready()))
            _serve(crew, told, answers, frames, waiting)
    except BrokenPipeError:  # nobody is there any more
        return
    except GraderError as error:
        _write(answers, pack(Refused(str(error))))


@contextlib.contextmanager
def _opened(ground: Ground) -> Iterator[LocalEngine]:
    """Make the session, and open an engine on it.

    Raises
    ------
    GraderError
        When that cannot be done here, or what grades would be made under is not as it was told.
    """
    assignment = load_assignment(Path(ground.folder))
    torch = any(exercise.torch for exercise in assignment.exercises)
    proofs = cache_folder(os.environ)
    kept = kept_from_workers(assignment, proofs, *map(Path, ground.kept))
    with open_server(ground.isolation, torch=torch, kept=kept) as server:
        timing = Timing(ground.timing, confined=server.tier in CONFINED_TIERS)
        timing.start()  # before the first fork
        try:
            with collected(assignment, hidden=server.tier != HIDDEN_REFUSED) as found_suites:
                suites = with_notebook(found_suites)
                found = conditions_of(
                    assignment,
                    suites.cases,
                    ground.salt,
                    server.tier,
                    ground.timing,
                    live=assignment.solution.is_dir(),
                )
                if found != ground.conditions:
                    told = ", ".join(changes(ground.conditions, found))
                    raise UsageError(f"it would grade under other conditions: {told}")
                session = proven(suites, ground.salt, found, timing, proofs)
                yield LocalEngine(session, ground.settings, found, server, timing, ground.jobs)
        finally:
            timing.close()


def _serve(crew: Crew, told: int, answers: int, frames: Frames, waiting: deque[bytes]) -> None:
    """Grade what is told until nothing more is, or has been for long: somebody was killed."""
    while True:
        while waiting and crew.has_room:
            crew.begin(unpack(waiting.popleft(), Job).task())
        if not crew.is_idle:
            for submission, grade in crew.finished():
                _write(answers, pack(Graded(submission.id, to_json(grade))))
        if waiting and crew.is_idle:
            continue
        if select.select([told], [], [], IDLE_S if crew.is_idle else 0)[0]:
            part = os.read(told, PIPE_BYTES)
            if not part:
                return
            waiting.extend(frames.take(part))
        elif crew.is_idle:
            return


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(framed(data))
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    main()
