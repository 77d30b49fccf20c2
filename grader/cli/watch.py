"""``grader watch``: check what a saved file touches, and show what there is to work on."""

from __future__ import annotations

import os
import queue
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from grader.catalog import find_assignment
from grader.errors import UsageError
from grader.study.checker import Checker
from grader.study.files import Files
from grader.study.keys import keys
from grader.study.messages import Ask
from grader.study.screen import Screen, View
from grader.study.standing import Standing
from grader.suite.summary import Rerun, seen_from
from grader.texts import pick_language, render, words_of

if TYPE_CHECKING:
    import argparse

    from grader.catalog import Assignment
    from grader.study.messages import Ended, Reply

LOOK_S: Final = 0.025
INTERRUPTED: Final = 130
# What intake notes of a statement that no Python, or not this one, can read.
BROKEN: Final = frozenset({"intake_syntax", "intake_newer"})


def watch(options: argparse.Namespace) -> int:
    """Watch until somebody quits; see ``grader watch --help``."""
    lang = pick_language(options.lang, os.environ)
    assignment = find_assignment(options.assignment, options.root)
    path: Path = options.submission or assignment.folder
    if not path.exists():
        raise UsageError(f"there is no {path} to watch")
    folder = seen_from(Path.cwd(), assignment.folder)
    rerun = Rerun(folder, "" if options.submission is None else str(path))
    watching = Watching(assignment, path, lang, Screen(assignment, rerun, lang, Console()))
    try:
        with keys(watching.press):
            watching.run()
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        watching.close()
    return 0


class Watching:
    """A student at work on an assignment.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    path : Path
        What is watched and checked.
    lang : str
        ``en`` or ``zh``.
    screen : Screen
        Where it is shown.
    """

    def __init__(self, assignment: Assignment, path: Path, lang: str, screen: Screen) -> None:
        self._assignment = assignment
        self._path = path
        self._lang = lang
        self._screen = screen
        self._events: queue.SimpleQueue[str | tuple[int, Reply | None]] = queue.SimpleQueue()
        self._checker = Checker(assignment.folder, lambda *reply: self._events.put(reply))
        self._standing = Standing(assignment.exercises)
        self._saved: tuple[str, ...] = ()
        self._hints = 0
        self._problem = ""
        self._busy: str | None = None

    def press(self, key: str) -> None:
        """Take a key, on whichever thread."""
        self._events.put(key)

    def run(self) -> None:
        """Check everything, then what each saved file touches, until ``q`` is pressed."""
        files = Files(self._path)
        self._ask()
        self._show()
        while True:
            try:
                event = self._events.get(timeout=LOOK_S)
            except queue.Empty:
                if saved := files.saved():
                    self._on_save(saved)
                continue
            if isinstance(event, tuple):
                self._on_reply(*event)
            elif event.lower() == "q":
                return
            else:
                self._on_key(event.lower())

    def close(self) -> None:
        """End the checker."""
        self._checker.stop()

    def _on_save(self, saved: list[str]) -> None:
        self._saved, self._hints = tuple(saved), 0
        if self._busy is not None:  # with what is out of date by now, and may never come to an end
            self._checker.start()
        self._ask()

    def _on_key(self, key: str) -> None:
        if key == "n":
            self._standing.pass_over()
            self._hints = 0
        elif key == "h":
            self._hints += 1
        elif key == "r":
            self._saved, self._hints = (), 0
            self._standing.forget()
            self._checker.start()  # it has read suites and stored values when it was started
            self._ask()
        self._show()

    def _on_reply(self, number: int, reply: Reply | None) -> None:
        if number != self._checker.number or self._busy is None:
            return  # of a process that is given up, or of one that nobody has asked
        if reply is None:
            self._busy, self._problem = None, words_of("study", self._lang)("ended")
        elif reply.failed:
            self._busy, self._problem = None, reply.failed
        elif reply.begins:
            self._busy = reply.begins
        elif reply.checked is not None:
            self._standing.add(reply.checked)
        elif reply.ended is not None:
            self._busy = None
            self._problem = "\n".join(self._problems(reply.ended))
            if reply.ended.used_up:
                self._checker.start()
        self._show()

    def _problems(self, ended: Ended) -> list[str]:
        """Say what has to be mended before anything that was saved can be checked."""
        broken = [note for note in ended.notes if note.key in BROKEN]
        told = broken if ended.problem is None else [ended.problem, *broken]
        return [render(message, self._lang) for message in told]

    def _ask(self) -> None:
        self._busy, self._problem = "", ""
        self._standing.begin()
        shown = self._standing.shown
        first = "" if shown is None else shown.id
        self._checker.ask(Ask(str(self._path), first=first, known=self._standing.known))

    def _show(self) -> None:
        view = View(self._standing, self._saved, self._hint(), self._problem, self._busy)
        self._screen.show(view)

    def _hint(self) -> str:
        shown = self._standing.shown
        if shown is None or not self._hints:
            return ""
        hints = self._assignment.exercise(shown.id).hints
        number = min(self._hints, len(hints))
        text = hints[number - 1].in_language(self._lang)
        words = words_of("study", self._lang)
        return words("hint", number=number, count=len(hints), text=text)
