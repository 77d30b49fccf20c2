"""`Desk`: a gradebook, what is done to it, and the run that was begun from here."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from grader.analysis import Selection
from grader.batch import with_present_texts
from grader.batch.comparing import comparison_of, groups_of
from grader.batch.renewing import renew_reports
from grader.errors import GraderError, UsageError
from grader.gradebook import Gradebook, at_work, state_of
from grader.report import file_name
from grader.report.attempts import tried
from grader.scoring import points_of, two_decimals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.desk.runs import Runs
    from grader.gradebook import ByHand, Entry
    from grader.intake import Submission
    from grader.model import Grade
    from grader.report.attempts import Tried
    from grader.similarity import Comparison, Similarity

TOTAL: Final = "total"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: whether one is at work, and how many of how many are graded."""

    running: bool
    done: int
    total: int


@dataclass(slots=True)
class _Seen:
    """Grades as they were read, and the state of the file that they were read from."""

    state: tuple[int, int] = (0, 0)
    grades: list[Grade] = field(default_factory=list)


class Desk:
    """What the pages show and do. Each act is the one of the command of that name.

    Parameters
    ----------
    assignment : Assignment
        What the gradebook is of.
    out : Path
        The folder of results.
    lang : str
        ``en`` or ``zh``.
    who : str
        Who is at the keyboard; stands in the log.
    runs : Runs
        Begins regrades.
    """

    def __init__(self, assignment: Assignment, out: Path, lang: str, who: str, runs: Runs) -> None:
        self.assignment = assignment
        self.lang = lang
        self._out = out
        self._who = who
        self._runs = runs
        self._seen = _Seen()
        self._reading = threading.Lock()
        self._renewing = threading.Lock()
        self._comparing = threading.Lock()
        self._compared: tuple[tuple[int, int], Comparison, Similarity] | None = None

    def grades(self) -> list[Grade]:
        """Return everybody's grades; read again only when the file has changed."""
        state = self._state()
        with self._reading:
            if self._seen.state != state:
                with self._book() as book:
                    grades = list(with_present_texts(self.assignment, book.grades()))
                self._seen = _Seen(state, grades)
            return self._seen.grades

    def read_ahead(self) -> None:
        """Read what the first page will ask for; what is wrong with it is told there."""
        with contextlib.suppress(GraderError, OSError):
            self.grades()

    def grade(self, page: str) -> Grade:
        """Return the grade of the student whose feedback page has a name.

        Raises
        ------
        UsageError
            When there is none.
        """
        found = next((one for one in self.grades() if file_name(one.id, ".html") == page), None)
        if found is None:
            raise UsageError("nobody who has a row here has this page")
        return found

    def submission(self, grade: Grade) -> Submission | None:
        """Return what a grade was made of, where that was kept."""
        attempt = grade.attempt
        with self._book() as book:
            return None if attempt is None else book.submission(attempt.submission)

    def attempts(self, grade: Grade) -> list[Tried]:
        """List all attempts of the student whose grade it is, with what each of them earned."""
        made = grade.student.attempts if grade.student else ()
        with self._book() as book:
            scores = book.scores([one.submission for one in made])
        return [tried(grade, one, scores) for one in made]

    def log(self, student: str | None = None) -> list[Entry]:
        """List what was done by hand."""
        with self._book() as book:
            return book.by_hand.log(student)

    def comparison(self) -> tuple[Comparison, Similarity]:
        """Compare what was handed in; again only when the file has changed.

        Raises
        ------
        UsageError
            When there is nothing to compare, or nothing to compare it with.
        """
        state = self._state()
        with self._comparing:
            if self._compared is None or self._compared[0] != state:
                self._compared = (state, *self._compare())
            return self._compared[1:]

    def _compare(self) -> tuple[Comparison, Similarity]:
        try:
            with self._book() as book:
                found, _ = comparison_of(self.assignment, book)
                same = groups_of(book)
        except ModuleNotFoundError as error:
            raise UsageError(
                f"this needs the package {error.name}, which is not installed; install it, in a "
                "checkout: pip install '.[similar]'"
            ) from error
        if found is None:
            raise UsageError("there are no two submissions to compare")
        return found, found.similarity(same=same)

    def override(self, student: str, exercise: str, points: str, because: str) -> list[str]:
        """Set a mark; return whose reports have changed."""
        mark, value = "" if exercise == TOTAL else exercise, points_of(points)
        return self._act(
            lambda hand: [hand.override(student, mark, value, because, self._who)], [student]
        )

    def comment(self, where: Sequence[str], exercise: str, text: str) -> list[str]:
        """Say something to all who are meant; return who they are."""
        students = self._meant(where)
        return self._act(lambda hand: hand.comment(students, exercise, text, self._who), students)

    def undo(self, entry: int) -> list[str]:
        """Take an entry back; return whose reports have changed."""
        whose = [one.student for one in self.log() if one.id == entry]
        return self._act(lambda hand: hand.undo([entry], self._who), whose)

    def regrade(self, where: Sequence[str]) -> list[str]:
        """Begin to grade again who is meant.

        Raises
        ------
        UsageError
            When nobody is meant, or a run is at work already.
        """
        self._meant(where)
        if at_work(self._out) is not None:
            raise UsageError("a run is at work in this folder; wait until it has ended")
        self._runs.begin(Selection.parse(where).words())
        return []

    def renew(self, students: Sequence[str]) -> None:
        """Write reports again; two of them never at once."""
        if students:
            with self._renewing:
                renew_reports(self.assignment, self.grades(), self._out, self.lang, students)

    def progress(self) -> Progress:
        """Tell how far a run is, begun here or elsewhere."""
        begun = self._runs.progress()
        if begun is not None:
            return Progress(running=True, done=begun[0], total=begun[1])
        if at_work(self._out) is None:
            return Progress(running=False, done=0, total=0)
        with self._book() as book:
            return Progress(True, book.present().grades, len(book.handed_in()))  # noqa: FBT003 - named by the class

    def failed(self) -> tuple[int, str] | None:
        """Return how the last run that was begun here ended, where it came to nothing."""
        return self._runs.failed()

    def _act(self, act: Callable[[ByHand], object], students: list[str]) -> list[str]:
        """Do something by hand; of grades that are known, only those that change are read again."""
        with self._reading, self._book() as book:
            known = self._seen.state == self._state()
            act(book.by_hand)
            if known:
                changed = with_present_texts(self.assignment, book.grades(students=set(students)))
                new = {grade.id: grade for grade in changed}
                grades = [new.get(grade.id, grade) for grade in self._seen.grades]
                self._seen = _Seen(self._state(), grades)
        return students

    def _state(self) -> tuple[int, int]:
        """Tell one state of the gradebook from another."""
        return state_of(self._out)

    def _meant(self, where: Sequence[str]) -> list[str]:
        if not where:
            raise UsageError("say who is meant")
        students = Selection.parse(where).of(self.grades())
        if not students:
            raise UsageError(f"nobody is meant by {' '.join(where)}")
        return students

    def _book(self) -> Gradebook:
        return Gradebook.of(self._out)


def shown_points(entry: Entry) -> str:
    """Return an entry's points in words; empty where it has none."""
    return "" if entry.points is None else two_decimals(entry.points)
