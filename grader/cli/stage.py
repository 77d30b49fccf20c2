"""What a demo gets: the functions of the exercises by name, and something to print and plot on."""

from __future__ import annotations

import contextlib
import inspect
import traceback
from typing import TYPE_CHECKING, Any, Final, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.model import Message, Text
from grader.report.chart import Chart, Point, Series
from grader.report.plain import clean
from grader.worker.randomness import kept_generators
from grader.worker.reasons import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from grader.errors import Field
    from grader.worker.namespace import Namespace

    Hook = Callable[..., None]

Words = tuple[str, str]
NO_WORDS: Final = ("", "")


class StoppedError(Exception):
    """Raised by `Show.stop`, with what a reader is told."""


class Screen(Console):
    """What a demo is shown on; where nobody reads it any more, that is told as elsewhere."""

    def on_broken_pipe(self) -> None:
        """Let the error out, where rich would end the process."""
        raise BrokenPipeError


class Code:
    """The functions and classes of a submission, or of the reference, as attributes.

    Parameters
    ----------
    namespace : Namespace
        Where they are looked up; it is entered by whoever runs the demo.
    name : str
        What people call the code: a path.
    """

    def __init__(self, namespace: Namespace, name: str) -> None:
        self._namespace = namespace
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Look a function, class or ready-made value up."""
        return self._namespace.find(name)

    @contextlib.contextmanager
    def watched(
        self, name: str, *, before: Hook | None = None, after: Hook | None = None
    ) -> Iterator[None]:
        """Be told of each call that the code makes of one of its own functions.

        Parameters
        ----------
        name : str
            The function; where there is none of that name, nothing is told.
        before : callable or None
            Called first, with the function's arguments by position.
        after : callable or None
            Called with what the function has returned.
        """
        try:
            function = self._namespace.find(name)
        except Unavailable:
            yield  # the code may do that function's work in another place
            return
        signature = inspect.signature(function)

        def watching(*args: Any, **named: Any) -> Any:
            if before is not None:
                before(*signature.bind(*args, **named).args)
            result = function(*args, **named)
            if after is not None:
                after(result)
            return result

        self._namespace.supply(name, watching)
        try:
            yield
        finally:
            self._namespace.supply(name, function)

    def aside(self) -> AbstractContextManager[None]:
        """Let the demo draw random numbers without a change to those that the code draws later."""
        return kept_generators()

    def explain(self, error: BaseException, demo: Path) -> Message:
        """Say what kept a demo from going on, as far as it is the code's doing.

        Parameters
        ----------
        error : BaseException
            What was raised.
        demo : Path
            The demo's own file.

        Returns
        -------
        Message
            To be rendered in the reader's language.
        """
        if isinstance(error, StoppedError):
            return Message("demo_says", {"text": str(error)})
        if isinstance(error, Unavailable):
            if error.key == "missing":
                return Message("demo_missing", {"name": error.fields["name"], "code": self._name})
            return Message(error.key, dict(error.fields))
        text = "" if error.args == (None,) else str(error)  # as exit() has it
        fields: dict[str, Field] = {"exception": type(error).__name__, "text": text}
        lines = self._namespace.lines
        for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
            filename = frame.f_code.co_filename
            if filename in lines:
                place: dict[str, Field] = {
                    "where": f"{self._namespace.origin(filename)}:{line}",
                    "function": frame.f_code.co_qualname,
                    "line": lines[filename].get(line, "").strip(),
                }
                return self._explain_at(error, fields | place)
            if filename == str(demo):
                return Message("demo_unusable", fields | {"where": f"{demo.name}:{line}"})
        return Message("demo_unusable", fields | {"where": demo.name})

    def _explain_at(self, error: BaseException, fields: dict[str, Field]) -> Message:
        """Say why the code itself stopped."""
        if isinstance(error, NotImplementedError):
            return Message("demo_not_written", {"name": fields["function"]})
        if isinstance(error, NameError) and error.name is not None:
            known = self._namespace.why_global_missing(error.name)
            if known is not None:
                return Message(known.key, dict(known.fields))
        return Message("demo_stopped", fields)


class Show:
    """What a demo prints and plots on.

    Parameters
    ----------
    console : Console
        Where lines go; a bar shows up only if it is a terminal.
    lang : str
        ``en`` or ``zh``.
    iterations, seed : int
        What the demo trains for, and starts from; 0 where that means nothing.
    text : str
        Path of the text that it reads, or empty.
    data : str
        Where data of one's own is, or empty.

    Notes
    -----
    Words for people come as two texts, in English and in Chinese; one that needs no translation is
    given once.
    """

    def __init__(
        self,
        console: Console,
        lang: str,
        *,
        iterations: int = 0,
        seed: int = 0,
        text: str = "",
        data: str = "",
    ) -> None:
        self.iterations = iterations
        self.seed = seed
        self.text = text
        self.data = data
        self._console = console
        self._lang = lang
        self._axes: dict[str, str] = {}
        self._log = False
        self._series: dict[Words, list[Point]] = {}
        self._progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[what]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Show:
        """Begin."""
        self._progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Take the bar away."""
        self._progress.stop()

    def pick(self, en: str, zh: str) -> str:
        """Choose the reader's language."""
        return Text(en, zh).in_language(self._lang)

    def say(self, en: str, zh: str | None = None) -> None:
        """Print a line; without a Chinese text, the same in both languages."""
        text = en if zh is None else self.pick(en, zh)
        self._console.print(clean(text), markup=False, highlight=False, soft_wrap=True)

    def stop(self, en: str, zh: str) -> NoReturn:
        """End the demo, and say what has to be done before it can go on."""
        raise StoppedError(self.pick(en, zh))

    def start(self, total: int) -> None:
        """Show a bar for so many iterations."""
        self._progress.add_task("", total=total, what="")

    def done(self, count: int) -> None:
        """Tell how many iterations are done."""
        for task in self._progress.task_ids:
            self._progress.update(task, completed=count)

    def axes(
        self, *, title: Words = NO_WORDS, x: Words = NO_WORDS, y: Words = NO_WORDS,
        log: bool = False,
    ) -> None:  # fmt: skip
        """Name the parts of the plot, and say whether its vertical axis is logarithmic."""
        self._axes = {
            "title": self.pick(*title),
            "x_label": self.pick(*x),
            "y_label": self.pick(*y),
        }
        self._log = log

    def point(self, series: Words, x: float, y: float) -> None:
        """Add a point to a curve."""
        self._series.setdefault(series, []).append((float(x), float(y)))

    def chart(self) -> Chart | None:
        """Return what there is to plot so far, if anything."""
        if not self._axes:
            return None
        series = tuple(
            Series(self.pick(*words), tuple(points)) for words, points in self._series.items()
        )
        return Chart(**self._axes, series=series, log=self._log)
