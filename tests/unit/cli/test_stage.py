"""What a demo is told about the code that it runs, and what it can say."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.console import Console

from grader.cli.stage import Code, Screen, Show
from grader.intake import read_submission
from grader.wire import Source
from grader.worker.namespace import Namespace

if TYPE_CHECKING:
    from pathlib import Path

DOUBLED = """
import numpy as np

def double(number, times=2):
    return number * times

def both(first, second):
    return double(first) + double(number=second, times=10)

def drawn():
    np.random.seed(3)
    double(1)
    return np.random.random()
"""


@pytest.fixture
def code(tmp_path: Path) -> Code:
    """A small submission, loaded."""
    path = tmp_path / "doubled.py"
    path.write_text(DOUBLED, "utf-8")
    read = read_submission(path, modules=("doubled",), exercises={})
    assert read.source is not None
    return Code(Namespace(read.source, Source(()), "doubled"), "doubled.py")


def test_a_watched_function_tells_arguments_and_results(code: Code) -> None:
    """By position, however they were passed, and before and after the call."""
    told: list[object] = []

    with code.watched("double", before=lambda *args: told.append(args), after=told.append):
        result = code.both(1, 2)

    assert result == 22
    assert told == [(1,), 2, (2, 10), 20]


class Closed(io.StringIO):
    """A pipe that nobody reads from any more."""

    def write(self, _text: str) -> int:
        """Refuse."""
        raise BrokenPipeError


def test_that_nobody_reads_is_not_the_codes_doing() -> None:
    """It ends the demo as it ends any other command; rich would raise SystemExit."""
    show = Show(Screen(file=Closed()), "en")

    with pytest.raises(BrokenPipeError):
        show.say("a line")


def test_watching_ends(code: Code) -> None:
    """Also when what was watched has raised."""
    told: list[object] = []

    with pytest.raises(ZeroDivisionError), code.watched("double", after=told.append):
        1 / code.double(0)
    code.both(1, 2)

    assert told == [0]


def test_what_is_not_there_cannot_be_watched(code: Code) -> None:
    """Code that does the work of a function elsewhere runs all the same."""
    with code.watched("treble", after=pytest.fail):
        assert code.both(1, 2) == 22


def test_random_numbers_drawn_aside_change_nothing(code: Code) -> None:
    """What the code draws does not depend on who watches it."""

    def disturb(_result: object) -> None:
        with code.aside():
            np.random.seed(8)
            np.random.random(100)

    undisturbed = code.drawn()
    with code.watched("double", after=disturb):
        assert code.drawn() == undisturbed


def said(lang: str, en: str, zh: str | None = None) -> str:
    """Let a show say something; return what it printed."""
    file = io.StringIO()
    with Show(Console(file=file), lang) as show:
        show.say(en, zh)
    return file.getvalue()


def test_lines_are_in_the_readers_language() -> None:
    """One that is the same in both is given once."""
    assert [said(lang, "loss", "损失") for lang in ("en", "zh")] == ["loss\n", "损失\n"]
    assert [said(lang, "a -> b") for lang in ("en", "zh")] == ["a -> b\n"] * 2


def test_names_cannot_steer_the_terminal() -> None:
    """A user's own text may hold anything; what looks like markup stays as it is."""
    assert said("en", "\x1b[2Ja[red]b") == "a[red]b\n"


def test_a_long_line_stays_one_line() -> None:
    """The terminal breaks it; a file that the output goes to keeps it."""
    assert said("en", "name, " * 100).count("\n") == 1
