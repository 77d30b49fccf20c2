"""What is said between the one who asks and the checker: a line of JSON each.

What a submission has given is in an answer as text and numbers only; nothing of it is evaluated.
"""

from __future__ import annotations

import msgspec

from grader.model import ExerciseResult, Message  # noqa: TC001 - msgspec reads these annotations


class Checked(msgspec.Struct, frozen=True):
    """An exercise, and what it was checked on.

    Parameters
    ----------
    code, place : str
        Digests of all that it may depend on, and of where that stands; see `touched.Touch`.
    result : ExerciseResult
        How it went.
    """

    code: str
    place: str
    result: ExerciseResult


class Ran(msgspec.Struct, frozen=True):
    """A text that was run in a notebook.

    Parameters
    ----------
    count : int
        The number in ``In [count]``.
    text : str
        As it was typed, magics included.
    cell : str
        What the notebook calls its cell; empty where that is not known.
    """

    count: int
    text: str
    cell: str = ""


class Ask(msgspec.Struct, frozen=True):
    """A question to the checker.

    Parameters
    ----------
    path : str
        What is checked: a file, a notebook or a folder.
    cells : tuple of Ran, or None
        What was run of a notebook, which is checked as if it were saved now; `path` need then not
        be there. None for what lies at the path.
    exercises : tuple of str
        Which, by id or by what students write for them; all if empty. Those that they use are
        checked before them.
    first : str
        The one that somebody waits for; empty for none.
    known : tuple of Checked
        What is known from before. What a change does not concern is not checked again.
    page : str
        The language of a page that the answer closes with; empty for none.
    """

    path: str
    cells: tuple[Ran, ...] | None = None
    exercises: tuple[str, ...] = ()
    first: str = ""
    known: tuple[Checked, ...] = ()
    page: str = ""


class Page(msgspec.Struct, frozen=True):
    """What there is to read about the exercises that were asked for, in HTML and as plain text."""

    html: str
    text: str


class Ended(msgspec.Struct, frozen=True):
    """The end of an answer.

    Parameters
    ----------
    notes : tuple of Message
        What was found when the submission was read.
    problem : Message or None
        Why nothing could be read.
    page : Page or None
        If one was asked for.
    used_up : bool
        Whether the submission ran in the checker's own process, which is then of no further use.
    """

    notes: tuple[Message, ...] = ()
    problem: Message | None = None
    page: Page | None = None
    used_up: bool = False


class Reply(msgspec.Struct, frozen=True):
    """One line from the checker: one of these.

    Parameters
    ----------
    ready : bool
        It can be asked.
    begins : str
        The exercise that is being checked from now on, by id.
    checked : Checked or None
        An exercise that was just checked.
    page : Page or None
        What there is to read before it is known why something is wrong.
    ended : Ended or None
        The end of an answer.
    failed : str
        Why there is none.
    """

    ready: bool = False
    begins: str = ""
    checked: Checked | None = None
    page: Page | None = None
    ended: Ended | None = None
    failed: str = ""
