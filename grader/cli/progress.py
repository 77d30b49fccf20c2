"""How far a batch is: a bar on a terminal, a line now and then elsewhere, or events as JSON."""

from __future__ import annotations

import heapq
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, Self

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from grader import clock
from grader.model import Verdict
from grader.texts import verdict_title, words_of

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from grader.model import Grade

LINE_S: Final = 20.0  # between two lines where nothing is drawn over
SLOWEST: Final = 5  # submissions named in the end
MINUTE_S: Final = 60.0
HOUR_MIN: Final = 60


class Slow(msgspec.Struct, frozen=True):
    """A submission, and the seconds that it took."""

    id: str
    duration_s: float


class Begun(msgspec.Struct, frozen=True, tag_field="event", tag="begun"):
    """A batch is about to grade; how many, and how many need not be graded again."""

    version: Literal[1]
    assignment: str
    total: int
    kept: int


class GradedEvent(msgspec.Struct, frozen=True, tag_field="event", tag="graded"):
    """A submission is graded, and its grade is kept.

    Parameters
    ----------
    id, status : str
        The submission's.
    score : float or None
        Points, rounded to two decimals; None where there is no score.
    max_score : float
        What could be earned.
    verdicts : dict of str to int
        How many of its cases ended how.
    duration_s : float
        Seconds that it took.
    done, total : int
        How many are graded by now, of how many.
    rate_per_minute : float
        How many a minute, since the batch began.
    left_s : float
        Seconds until all are, at that rate.
    """

    id: str
    status: str
    score: float | None
    max_score: float
    verdicts: dict[str, int]
    duration_s: float
    done: int
    total: int
    rate_per_minute: float
    left_s: float


class Ended(msgspec.Struct, frozen=True, tag_field="event", tag="ended"):
    """All is graded, and the reports are written.

    Parameters
    ----------
    graded, kept : int
        How many were graded now, and how many before.
    elapsed_s : float
        Seconds since the command began its work.
    verdicts : dict of str to int
        How many cases of those graded now ended how.
    slowest : tuple of Slow
        The longest first.
    out : str
        The folder of the results.
    code : int
        What the command ends with.
    """

    graded: int
    kept: int
    elapsed_s: float
    verdicts: dict[str, int]
    slowest: tuple[Slow, ...]
    out: str
    code: int


class Pace:
    """How far a batch is, and how fast it gets on.

    Parameters
    ----------
    total : int
        How many are to be graded.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.verdicts: Counter[Verdict] = Counter()
        self._began_s = clock.monotonic()
        self._slowest: list[tuple[float, str]] = []

    def advance(self, made: Grade) -> Counter[Verdict]:
        """Take in a grade; return how many of its cases ended how."""
        self.done += 1
        verdicts = Counter(case.verdict for result in made.exercises for case in result.cases)
        self.verdicts += verdicts
        heapq.heappush(self._slowest, (made.duration_s, made.id))
        if len(self._slowest) > SLOWEST:
            heapq.heappop(self._slowest)
        return verdicts

    @property
    def rate(self) -> float:
        """Submissions a second since the beginning; 0 before there is one."""
        elapsed_s = clock.monotonic() - self._began_s
        return self.done / elapsed_s if elapsed_s > 0 else 0.0

    @property
    def left_s(self) -> float:
        """Seconds until all are graded, at that rate."""
        return (self.total - self.done) / self.rate if self.rate > 0 else 0.0

    @property
    def slowest(self) -> tuple[Slow, ...]:
        """The submissions that took longest."""
        ordered = sorted(self._slowest, key=lambda one: (-one[0], one[1]))
        return tuple(Slow(name, round(duration_s, 3)) for duration_s, name in ordered)


class Reporter:
    """Tells how far a batch is; this one tells nobody, and only counts.

    Parameters
    ----------
    lang : str
        ``en`` or ``zh``.
    """

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self.pace = Pace(0)

    def __enter__(self) -> Self:
        """Return it; nothing is shown yet."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Leave what is shown as it stands."""

    def begin(self, assignment: str, total: int, kept: int) -> None:
        """Take note of how much there is to do."""
        self.pace = Pace(total)
        self._show_begin(assignment, kept)

    def advance(self, made: Grade) -> None:
        """Move on by one."""
        self._show(made, self.pace.advance(made))

    def words(self) -> str:
        """Say in a few words how fast it goes, and for how long still."""
        words = words_of("progress", self._lang)
        rate = words("rate", rate=round(self.pace.rate * MINUTE_S))
        left = words("left", left=time_in_words(self.pace.left_s, self._lang))
        return words["comma"].join((rate, left))

    def _show_begin(self, assignment: str, kept: int) -> None:
        """Show that it begins."""

    def _show(self, made: Grade, verdicts: Counter[Verdict]) -> None:
        """Show that one is done."""


class Bar(Reporter):
    """A bar on the terminal's standard error."""

    def __init__(self, lang: str, console: Console) -> None:
        super().__init__(lang)
        self._progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[words]}"),
            TextColumn("{task.fields[last]}"),
            console=console,
            auto_refresh=False,  # a refreshing thread would be lost in every fork
        )

    def __exit__(self, *exc: object) -> None:
        """Leave it as it stands."""
        self._progress.stop()

    def _show_begin(self, assignment: str, kept: int) -> None:  # noqa: ARG002 - others tell it
        if self.pace.total:
            self._progress.add_task("", total=self.pace.total, words="", last="")
            self._progress.start()

    def _show(self, made: Grade, verdicts: Counter[Verdict]) -> None:  # noqa: ARG002 - the same
        for task in self._progress.task_ids:
            words = escape(self.words())
            self._progress.update(task, advance=1, words=words, last=escape(made.id))
        self._progress.refresh()


class Lines(Reporter):
    """A line on standard error now and then, where that is a file or a pipe."""

    def __init__(self, lang: str, stream: TextIO, every_s: float = LINE_S) -> None:
        super().__init__(lang)
        self._stream = stream
        self._every_s = every_s
        self._told_s = clock.monotonic()

    def _show(self, made: Grade, verdicts: Counter[Verdict]) -> None:  # noqa: ARG002 - others tell
        now_s = clock.monotonic()
        if now_s - self._told_s >= self._every_s and self.pace.done < self.pace.total:
            self._told_s = now_s
            pace = self.pace
            line = words_of("progress", self._lang)("line", done=pace.done, total=pace.total)
            counted = counts_in_words(pace.verdicts, self._lang)
            print(f"{line}{self.words()}; {counted}", file=self._stream, flush=True)


class Events(Reporter):
    """One JSON object a line on standard output, for programs."""

    def __init__(self, lang: str, stream: TextIO) -> None:
        super().__init__(lang)
        self._stream = stream

    def end(self, out: Path, code: int, *, kept: int, elapsed_s: float) -> None:
        """Tell that all is done, reports included."""
        self._write(
            Ended(
                graded=self.pace.done,
                kept=kept,
                elapsed_s=round(elapsed_s, 3),
                verdicts=named(self.pace.verdicts),
                slowest=self.pace.slowest,
                out=str(out),
                code=code,
            )
        )

    def _show_begin(self, assignment: str, kept: int) -> None:
        self._write(Begun(1, assignment, self.pace.total, kept))

    def _show(self, made: Grade, verdicts: Counter[Verdict]) -> None:
        pace = self.pace
        self._write(
            GradedEvent(
                id=made.id,
                status=made.status.value,
                score=None if made.score is None else round(float(made.score), 2),
                max_score=round(float(made.max_score), 2),
                verdicts=named(verdicts),
                duration_s=round(made.duration_s, 3),
                done=pace.done,
                total=pace.total,
                rate_per_minute=round(pace.rate * MINUTE_S, 1),
                left_s=round(pace.left_s, 1),
            )
        )

    def _write(self, event: Begun | GradedEvent | Ended) -> None:
        self._stream.write(msgspec.json.encode(event).decode() + "\n")
        self._stream.flush()


def reporter(lang: str, *, json: bool) -> Reporter:
    """Choose how a batch tells how far it is."""
    if json:
        return Events(lang, sys.stdout)
    console = Console(stderr=True)
    return Bar(lang, console) if console.is_terminal else Lines(lang, sys.stderr)


def named(verdicts: Counter[Verdict]) -> dict[str, int]:
    """Return counts by the verdicts' names, in their order, without those that are 0."""
    return {verdict.value: verdicts[verdict] for verdict in Verdict if verdicts[verdict]}


def counts_in_words(verdicts: Counter[Verdict], lang: str) -> str:
    """Say how many cases ended how."""
    words = words_of("progress", lang)
    parts = [f"{verdict_title(one, lang)} {verdicts[one]}" for one in Verdict if verdicts[one]]
    return words["cases"] + words["comma"].join(parts)


def slowest_in_words(slowest: tuple[Slow, ...], lang: str) -> str:
    """Name the submissions that took longest."""
    words = words_of("progress", lang)
    return words["slowest"] + words["comma"].join(
        f"{one.id} {one.duration_s:.1f} s" for one in slowest
    )


def time_in_words(seconds: float, lang: str) -> str:
    """Say how long something takes."""
    words = words_of("progress", lang)
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= HOUR_MIN:
        return words("hours", hours=minutes // 60, minutes=f"{minutes % 60:02}")
    if minutes:
        return words("minutes", minutes=minutes, seconds=f"{rest:02}")
    return words("seconds", seconds=rest)
