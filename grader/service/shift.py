"""A shift: everything that waits is graded, a few at a time, and then the reports are written."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import traceback
from typing import TYPE_CHECKING, Final

from grader import clock
from grader.batch.assembling import errored, unreadable
from grader.batch.engine import Task
from grader.errors import HarnessError, UnreachableError, UsageError
from grader.gradebook import ResultsLock
from grader.intake import Submission

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.batch.engine import Crew
    from grader.gradebook import Gradebook, Upload
    from grader.model import Conditions, Grade
    from grader.service.bench import Bench
    from grader.suite.session import Suites

TRIES: Final = 3
QUIET_S: Final = 3.0  # without anything to do, until reports are written
POLL_S: Final = 2.0
FIRST_PAUSE_S: Final = 0.1  # of those in which a database is waited for
PIPE_BYTES: Final = 1 << 16


class AnotherBatchError(HarnessError):
    """Somebody has begun another batch; under which conditions, only a new process finds out."""


class Shifts:
    """Grades whatever is queued, until whoever started this process is gone.

    Parameters
    ----------
    bench : Bench
        Begun.
    book : Gradebook
        Has the queue.
    suites : Suites
        What was collected.
    conditions : Conditions
        What grades are made under.
    told : int
        A descriptor: something comes when there is work, and it ends with whoever writes to it.
    beat : callable
        Called again and again.
    """

    def __init__(
        self,
        bench: Bench,
        book: Gradebook,
        suites: Suites,
        conditions: Conditions,
        told: int,
        beat: Callable[[], None],
    ) -> None:
        self._bench = bench
        self._uploads = book.uploads
        self._suites = suites
        self._conditions = conditions
        self._exercises = [exercise.id for exercise in suites.assignment.marked]
        self._told = told
        self._beat = beat
        self._ended = False
        self._open: dict[str, Upload] = {}
        self._alone = False
        self._pause_s = FIRST_PAUSE_S

    def work(self, crew: Crew, out: Path) -> None:
        """Begin a shift whenever there is something to do, and nobody else is at work in a folder.

        Raises
        ------
        AnotherBatchError
            When grades would be made that nobody sees.
        """
        while not self._ended:
            try:
                self._look(crew, out)
            except UnreachableError as error:
                self._outlast(error)

    def _look(self, crew: Crew, out: Path) -> None:
        is_due = self._bench.has_news or self._open or self._uploads.tally().get("queued")
        if not is_due:
            self._listen(POLL_S)
            return
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(ResultsLock(out))
            except UsageError:  # `grader regrade`, or somebody's reports
                self._listen(POLL_S)
            else:
                self._one(crew)

    def _outlast(self, error: UnreachableError) -> None:
        """Wait until the database answers; take back what it may have given out unheard."""
        print(f"{error}; it is asked again and again", file=sys.stderr)
        while not self._ended:
            self._listen(self._pause_s)
            self._pause_s = min(2 * self._pause_s, POLL_S)
            with contextlib.suppress(UnreachableError):
                numbers = [upload.number for upload in self._open.values()]
                self._uploads.requeue(forgive=True, but=numbers)
                return

    def _one(self, crew: Crew) -> None:
        if not self._bench.is_present():
            raise AnotherBatchError("another batch was begun in this gradebook")
        quiet_s = clock.monotonic() + QUIET_S
        while not self._ended:
            self._begin_some(crew)
            if not crew.is_idle:
                for submission, grade in crew.finished():
                    self._end(submission, grade)
                self._listen(0.0)
                quiet_s = clock.monotonic() + QUIET_S
            elif clock.monotonic() < quiet_s:
                self._listen(quiet_s - clock.monotonic())
            else:
                break
        if self._bench.has_news:
            self._bench.report()

    def _begin_some(self, crew: Crew) -> None:
        """Begin as much as there is room for; what was lost before has no company."""
        while crew.has_room and (crew.is_idle or not self._alone):
            upload = self._uploads.claim(alone=crew.is_idle)
            if upload is None:
                return
            self._alone = upload.tries > 1
            self._begin(crew, upload)

    def _begin(self, crew: Crew, upload: Upload) -> None:
        if upload.tries > TRIES:
            self._give_up(upload, f"the grading process ended {TRIES} times while at it")
            return
        try:
            submission = self._bench.read(upload)
        except Exception:  # noqa: BLE001 - one submission of many
            traceback.print_exc()
            self._give_up(upload, "it could not be read, by our fault")
            return
        if submission.source is None:
            self._end_of(
                upload,
                submission,
                unreadable(self._suites.assignment, submission, self._conditions),
            )
            return
        self._open[submission.id] = upload
        crew.begin(Task(submission, self._exercises))

    def _end(self, submission: Submission, grade: Grade) -> None:
        self._end_of(self._open[submission.id], submission, grade)

    def _end_of(self, upload: Upload, submission: Submission, grade: Grade) -> None:
        try:
            self._finish(upload, submission, grade)
        except UnreachableError:
            raise
        except HarnessError as error:
            print(f"{upload.id}: {error}", file=sys.stderr)
            self._give_up(upload, "its grade could not be stored")

    def _give_up(self, upload: Upload, why: str) -> None:
        """Let an upload end without a score, and without the content that may be to blame."""
        path = self._bench.path(upload)
        nothing = Submission(upload.submission, upload.student, path, None)
        grade = errored(self._suites, nothing, self._exercises, self._conditions, why)
        self._finish(upload, nothing, grade)

    def _finish(self, upload: Upload, submission: Submission, grade: Grade) -> None:
        """Record a grade, however often the database has to be asked."""
        self._open[upload.submission] = upload
        again = False
        while True:
            try:
                self._bench.finish(upload, submission, grade, again=again)
            except UnreachableError as error:
                if self._ended:
                    raise
                self._outlast(error)
                again = True
            else:
                del self._open[upload.submission]
                self._pause_s = FIRST_PAUSE_S
                return

    def _listen(self, seconds: float) -> None:
        """Wait until there is news, or for so long; note when there will never be any more."""
        self._beat()
        if select.select([self._told], [], [], seconds)[0]:
            self._ended = not os.read(self._told, PIPE_BYTES)
