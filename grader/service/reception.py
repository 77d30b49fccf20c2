"""`Reception`: what comes in for an assignment is kept; how far it is, and what has come of it."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from typing import TYPE_CHECKING, Final

import msgspec

from grader import clock
from grader.batch import with_present_texts
from grader.errors import UnreachableError
from grader.gradebook import Gradebook, Upload
from grader.report import FORMATS, Around
from grader.service.problems import Problem
from grader.service.receiving import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.gradebook import Counts
    from grader.model import Grade
    from grader.service.people import People
    from grader.service.quota import Quota
    from grader.service.receiving import Received

RECEIVED: Final = "received"
DAY_S: Final = 24 * 60 * 60
BUSY_S: Final = 30
_PARTIAL: Final = ".part-"
_ID: Final = re.compile(r"[0-9a-f]{32}")


class Reception:
    """Where an assignment is handed in.

    Parameters
    ----------
    assignment : Assignment
        Which.
    out : Path
        The folder of its results.
    people : People
        Who may hand in.
    quota : Quota
        How much.
    wake : callable
        Called when there is something to grade.
    database : str or None
        With its password, where the gradebook is in one; see `grader.gradebook.place_of`.
    """

    def __init__(
        self,
        assignment: Assignment,
        out: Path,
        people: People,
        quota: Quota,
        wake: Callable[[], None],
        database: str | None = None,
    ) -> None:
        self.assignment = assignment
        self.people = people
        self._quota = quota
        self._folder = out / RECEIVED
        self._folder.mkdir(exist_ok=True)
        self._book = Gradebook.of(out, database, pooled=True)
        self._wake = wake
        self._writing = threading.Lock()  # threads that wait for a database's own wait for long

    def close(self) -> None:
        """Let go of the gradebook."""
        self._book.close()

    def clean(self) -> None:
        """Take away what came in by halves, or was never promised to be kept."""
        known = self._book.uploads.ids()
        for path in self._folder.iterdir():
            ours = _ID.fullmatch(path.name.removeprefix(_PARTIAL))
            if path.is_dir() and ours and path.name not in known:
                shutil.rmtree(path)

    def open_folder(self) -> Path:
        """Make a folder for something that is about to come in."""
        folder = self._folder / f"{_PARTIAL}{secrets.token_hex(16)}"
        folder.mkdir(mode=0o700)
        return folder

    def check(self, student: str, retry_key: str | None) -> None:
        """Raise `Problem` where a student has handed in too much for now; nothing is promised."""
        if self._book.uploads.of_key(student, retry_key) is None:
            now_s = clock.utc_now().timestamp()
            self._check(self._book.uploads.counts(student, _time(now_s - DAY_S)), now_s)

    def keep(self, folder: Path, received: Received, student: str, retry_key: str | None) -> Upload:
        """Queue what has come in; when this returns, it outlasts a power cut.

        Raises
        ------
        Problem
            When it is too much, or another file came in under the same key. The folder is then
            gone.
        """
        try:
            return self._keep(folder, received, student, retry_key)
        finally:
            if folder.exists():
                shutil.rmtree(folder)

    def _keep(
        self, folder: Path, received: Received, student: str, retry_key: str | None
    ) -> Upload:
        upload_id = folder.name.removeprefix(_PARTIAL)
        kept = self._folder / upload_id
        folder.rename(kept)
        sync_folder(self._folder)
        is_kept = False
        try:
            with self._writing:
                now_s = clock.utc_now().timestamp()
                new = Upload(
                    0,
                    upload_id,
                    student,
                    _time(now_s),
                    received.file,
                    received.size,
                    received.sha256,
                    retry_key,
                )
                found = self._book.uploads.add(
                    new, _time(now_s - DAY_S), lambda counts: self._check(counts, now_s)
                )
            is_kept = found.id == upload_id
        except UnreachableError:
            is_kept = True  # the row may be there; `clean` takes away what has none
            raise
        finally:
            if not is_kept:
                shutil.rmtree(kept)
        if found.sha256 != received.sha256:
            raise Problem(422, "service_key_used")
        self._wake()
        return found

    def _check(self, counts: Counts, now_s: float) -> None:
        quota = self._quota
        if counts.everybody >= quota.everybody:
            raise Problem(503, "service_busy", BUSY_S)
        if counts.open >= quota.waiting:
            raise Problem(429, "service_waiting", BUSY_S, count=counts.open)
        if len(counts.since) >= quota.a_day:
            first_s = clock.seconds_of(counts.since[len(counts.since) - quota.a_day])
            left_s = max(1, int(first_s + DAY_S - now_s) + 1)
            raise Problem(429, "service_a_day", left_s, most=quota.a_day, minutes=-(-left_s // 60))

    def get(self, upload_id: str) -> Upload | None:
        """Return an upload, where there is one."""
        return self._book.uploads.get(upload_id) if _ID.fullmatch(upload_id) else None

    def of_student(self, student: str) -> list[Upload]:
        """List a student's uploads, the first one first."""
        return self._book.uploads.of_student(student)

    def ahead_of(self, upload: Upload) -> int:
        """Count what is graded before an upload."""
        return self._book.uploads.ahead_of(upload)

    def tally(self) -> dict[str, int]:
        """Count uploads by state."""
        return self._book.uploads.tally()

    def grade(self, upload: Upload) -> Grade | None:
        """Return the grade of an upload as its student has it; None while there is none.

        Where it is the attempt that counts, marks by hand and comments are in it.
        """
        if upload.batch_id is None:
            return None
        row = next(
            (
                (student, attempt)
                for student in self._book.students()
                for attempt in student.attempts
                if attempt.submission == upload.submission
            ),
            None,
        )
        if row is not None:
            counting = self._book.row(row[0].id)
            told = None if counting is None else counting.attempt
            if counting is not None and told is not None and told.submission == upload.submission:
                return counting
        made = self._book.grade(upload.submission)
        made = made or self._book.grade(upload.submission, upload.batch_id)
        if made is None or row is None:
            return made
        student, attempt = row
        return msgspec.structs.replace(
            made, id=student.id, name=student.name, student=student, attempt=attempt
        )

    def feedback(self, grade: Grade, form: str, lang: str) -> bytes:
        """Write what the student may read of a grade, in one of `grader.report.FORMATS`."""
        (told,) = with_present_texts(self.assignment, [grade])
        return FORMATS[form].write(self.assignment, told, lang, Around())


def _time(seconds: float) -> str:
    """Write a time so that texts are in the order of times."""
    return clock.utc_exact(seconds)
