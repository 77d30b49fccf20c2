"""A trusted grader at work on one submission, in a process of its own."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import struct
import sys
import warnings
from typing import TYPE_CHECKING, Final

import msgspec

from grader import clock
from grader.errors import NoDiagnosisWarning
from grader.model import CaseResult, Diagnosis, Message, Verdict, from_json, to_json
from grader.suite.outcome import passed
from grader.suite.run import News, run_submission
from grader.suite.running import Access
from grader.worker.confine import limit_address_space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.intake import Submission
    from grader.model import Limits
    from grader.sandbox import ForkServer
    from grader.suite.case import Case
    from grader.suite.session import RunSettings, Session
    from grader.suite.timing import Timing

_LENGTH: Final = struct.Struct("<I")
GRACE_S: Final = 120.0  # on top of the submission's own time, before a trusted grader is given up
OUT_OF_MEMORY: Final = 71  # how a trusted grader ends that a submission's values were too much for
PIPE_BYTES: Final = 1 << 20


class Child:
    """A trusted grader as its parent sees it.

    Parameters
    ----------
    submission : Submission
        What it grades.
    exercises : sequence of str
        The ids of the exercises that it is graded on.
    pid, pipe : int
        The process, and where its news come from.
    limits : Limits
        What the submission may use.
    began_s : float
        When it was started, on `clock.monotonic`.
    """

    def __init__(
        self,
        submission: Submission,
        exercises: Sequence[str],
        pid: int,
        pipe: int,
        limits: Limits,
        began_s: float,
    ) -> None:
        self.submission = submission
        self.exercises = exercises
        self.pid = pid
        self.pipe = pipe
        self._limits = limits
        self._used_up = False
        self._began_s = began_s
        self._data = bytearray()

    @classmethod
    def start(
        cls,
        session: Session,
        settings: RunSettings,
        submission: Submission,
        exercises: Sequence[str],
        server: ForkServer,
        timing: Timing,
    ) -> Child:
        """Fork a grader for a submission; what it is given of connections is closed here."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            gc.freeze()  # a collector that looks through what was inherited would copy all of it
            os.close(reading)
            _grade_here(session, settings, submission, exercises, server, timing, writing)
        os.close(writing)
        server.detach()
        timing.detach()
        limits = session.assignment.limits
        return cls(submission, exercises, pid, reading, limits, clock.monotonic())

    def read(self) -> bool:
        """Take in what there is; tell whether that was the end."""
        part = os.read(self.pipe, PIPE_BYTES)
        self._data += part
        return not part

    def is_overdue(self) -> bool:
        """Tell whether the process must be given up; the last net, below all other bounds.

        It bounds its submission by itself, and is given far longer than that: by processor time,
        which only the submission's values can have used up; by the wall, if it hangs.
        """
        given_s = self._limits.submission_s + self._limits.diagnosis_s + GRACE_S
        with contextlib.suppress(OSError):
            self._used_up = clock.process_cpu_s(self.pid) > given_s
        return self._used_up or self.duration_s() > clock.patience_s(given_s)

    def duration_s(self) -> float:
        """Return for how long it has been at work."""
        return clock.monotonic() - self._began_s

    def kill(self) -> None:
        """Give it up; it is still to be waited for by `end`."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Wait for the process; return its exit code."""
        os.close(self.pipe)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def results(
        self, cases: Sequence[Case], code: int
    ) -> tuple[list[CaseResult], dict[str, Diagnosis]]:
        """Decode what came in from a process that ended with a code.

        Parameters
        ----------
        cases : sequence of Case
            What it was to run. One that it did not report gets a result that says why.
        code : int
            Its exit code.

        Returns
        -------
        list of CaseResult, dict of str to Diagnosis
            A result for each case, and why exercises lost points.
        """
        found: dict[str, CaseResult] = {}
        diagnoses: dict[str, Diagnosis] = {}
        at = 0
        while at + _LENGTH.size <= len(self._data):
            (length,) = _LENGTH.unpack_from(self._data, at)
            at += _LENGTH.size + length
            if at > len(self._data):
                break
            news = from_json(bytes(self._data[at - length : at]), News)
            if news.case is not None:
                found[news.case.id] = news.case
            if news.diagnosis is not None:
                diagnoses[news.exercise] = news.diagnosis
        return [found.get(case.id) or self._lost(case, code) for case in cases], diagnoses

    def _lost(self, case: Case, code: int) -> CaseResult:
        """Build the result of a case that the process did not report."""
        verdict = Verdict.ERRORED_GRADER
        message = Message("errored_grader", {"text": f"the grading process ended with code {code}"})
        if self._used_up:
            verdict = Verdict.TIMED_OUT
            message = Message("submission_timed_out", {"seconds": f"{self._limits.submission_s:g}"})
        elif code == OUT_OF_MEMORY:
            verdict = Verdict.CRASHED
            message = Message("out_of_memory", {"mib": self._limits.memory_mib})
        return msgspec.structs.replace(passed(case), verdict=verdict, message=message)


def _grade_here(
    session: Session,
    settings: RunSettings,
    submission: Submission,
    exercises: Sequence[str],
    server: ForkServer,
    timing: Timing,
    pipe: int,
) -> None:
    """Grade one submission in this forked process and end it."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        warnings.simplefilter("ignore")  # about a submission's values; nobody reads them here
        warnings.simplefilter("default", NoDiagnosisWarning)
        # What a submission sends, and an upstream computes from it, stays within bounds.
        limit_address_space(session.assignment.limits.memory_mib << 20, for_good=False)
        if submission.source is None:
            raise ValueError("there is nothing to run")
        run_submission(
            session,
            settings,
            submission.source,
            Access(server.worker, timing),
            exercises=exercises,
            tell=lambda news: _send(pipe, news),
        )
        timing.close()
        server.__exit__(None, None, None)  # which ends one that had to be started here
        code = 0
    except MemoryError:  # its suites have run on the reference within far less
        code = OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 - one submission of a batch, in its own process
        print(f"{submission.id}: {type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(code)


def _send(pipe: int, news: News) -> None:
    data = to_json(news)
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        view = view[os.write(pipe, view) :]
