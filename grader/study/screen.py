"""What `grader watch` shows: one screen on a terminal, plain lines elsewhere."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from rich.text import Text

from grader.model import Verdict
from grader.scoring import lost, state_of, two_decimals
from grader.suite.summary import explained, rows_of
from grader.texts import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from grader.catalog import Assignment
    from grader.scoring import State
    from grader.study.standing import Standing
    from grader.suite.summary import Rerun

BAR: Final = 20
NARROWEST: Final = 20
COLOURS: Final[Mapping[State, str]] = {
    "full": "green",
    "partial": "yellow",
    "zero": "red",
    "ungraded": "bold red",
}


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """What there is to show.

    Parameters
    ----------
    standing : Standing
        What is known.
    saved : tuple of str
        Files that were saved last.
    hint : str
        A hint for the exercise that is shown; empty for none.
    problem : str
        Why nothing could be checked; empty if all is well.
    busy : str or None
        What is being checked, as far as that is known; None when all is done.
    """

    standing: Standing
    saved: tuple[str, ...] = ()
    hint: str = ""
    problem: str = ""
    busy: str | None = None


class Screen:
    """Shows views, one in the place of another on a terminal, else one below the other.

    Parameters
    ----------
    assignment : Assignment
        What is worked on.
    rerun : Rerun
        How a case is run again.
    lang : str
        ``en`` or ``zh``.
    console : Console
        Where.
    """

    def __init__(self, assignment: Assignment, rerun: Rerun, lang: str, console: Console) -> None:
        self._assignment = assignment
        self._rerun = rerun
        self._lang = lang
        self._words = words_of("study", lang)
        self._console = console
        self._last = ""

    @property
    def is_terminal(self) -> bool:
        """Whether a view takes the place of the one before."""
        return self._console.is_terminal

    def show(self, view: View) -> None:
        """Show a view; on a terminal not again what is there already."""
        rows, width = self._console.height, max(self._console.width, NARROWEST)
        # Without a terminal a screen is as high as that of a report.
        parts = self.parts(view, rows=rows if self.is_terminal else None, width=width)
        if not self.is_terminal and view.busy is not None:
            return  # what is shown stays where it is, so the end is waited for
        text = Text("\n").join(parts)
        if self.is_terminal and text.plain == self._last:
            return
        self._last = text.plain
        if self.is_terminal:
            self._console.clear()
        self._console.print(text, soft_wrap=True, highlight=False)

    def parts(self, view: View, *, rows: int | None, width: int) -> list[Text]:
        """Return the lines of a view.

        Parameters
        ----------
        view : View
            What to show.
        rows : int or None
            How many rows there are; None for no bound.
        width : int
            Of the screen, in columns.
        """
        head = [Text(self._words("watching", path=self._rerun.submission or self._rerun.folder))]
        if view.saved:
            head[0].append("  " + self._words("saved", files=", ".join(view.saved)), "dim")
        foot = [self._progress(view)]
        if rows is not None:
            foot.append(Text(self._words("keys"), "dim"))
        if view.standing.just_right:
            right = ", ".join(view.standing.just_right)
            head.append(Text(self._words("just_right", exercises=right), "green"))
        hint = [Text(view.hint, "cyan")] if view.hint else []
        taken = rows_of([line.plain for line in (*head, *hint, *foot)], width) + 2
        room = None if rows is None else max(1, rows - taken - 1)
        middle = self._middle(view, room, width)
        return [*head, Text(""), *middle, *hint, *foot]

    def _middle(self, view: View, room: int | None, width: int) -> list[Text]:
        if view.problem:
            return [Text(view.problem, "red"), Text("")]
        shown = view.standing.shown
        if shown is None:
            if view.busy is not None or not view.standing.is_done:
                return []
            right, of = view.standing.count
            key = "all_right" if right == of else "rest_skipped"
            return [Text(self._words(key), "green"), Text("")]
        title = self._assignment.exercise(shown.id).title.in_language(self._lang)
        points = two_decimals(lost(shown))
        lines = [self._words("exercise", id=shown.id, title=title, points=points)]
        styles = ["bold"]
        state = state_of(shown)
        bound = {} if room is None else {"rows": room - 1}
        told = explained(self._rerun, shown, self._lang, lambda text, _: text, **bound)
        if state == "unwritten" and shown.cases[0].verdict is Verdict.MISSING:
            told = told[:1]  # there is no case to run again
        lines += told
        styles += [COLOURS.get(state, ""), *[""] * len(told)]
        kept = lines if room is None else _cut(lines, room, width)
        return [Text(line, style) for line, style in zip(kept, styles, strict=False)]

    def _progress(self, view: View) -> Text:
        right, of = view.standing.count
        text = Text()
        if self.is_terminal:
            done = BAR * right // max(of, 1)
            text.append("█" * done, "green").append("░" * (BAR - done), "dim").append(" ")
        text.append(self._words("count", right=right, of=of))
        if view.busy is not None:
            text.append("  " + self._words("busy", exercise=view.busy), "yellow")
        return text


def _cut(lines: Sequence[str], room: int, width: int) -> list[str]:
    """Leave out the last lines of what does not fit on the screen."""
    kept = list(lines)
    while len(kept) > 1 and rows_of(kept, width) > room:
        kept.pop()
    return kept
