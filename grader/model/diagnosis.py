"""What is known about why an exercise lost points."""

from __future__ import annotations

import msgspec

from grader.model.cases import Place  # noqa: TC001 - msgspec reads these
from grader.model.texts import Message, Text  # noqa: TC001 - msgspec reads these


class Explanation(msgspec.Struct, frozen=True):
    """What is said of a known mistake.

    Parameters
    ----------
    id : str
        The mistake, unique within its exercise.
    did : Text
        What the student's code does.
    ask : Text
        The question that leads to the repair.
    """

    id: str
    did: Text
    ask: Text


class Listing(msgspec.Struct, frozen=True):
    """A part of a submission's own text, as it stands there.

    Parameters
    ----------
    file : str
        The file's name.
    line : int
        Number of the first line of the part, from 1.
    lines : tuple of str
        The lines, cut where they are very long.
    cell : int or None
        The cell that lines are counted in; None for a .py file.
    marked : tuple of int
        Numbers of the lines at which it went wrong in cases that the student may see.
    above, below : int
        How many lines of the same definition were left out on either side.
    """

    file: str
    line: int
    lines: tuple[str, ...]
    cell: int | None = None
    marked: tuple[int, ...] = ()
    above: int = 0
    below: int = 0


class Finding(msgspec.Struct, frozen=True):
    """Something that the numbers of a failing case show.

    Parameters
    ----------
    message : Message
        What.
    case : str
        The case.
    suite : str
        ``public`` or ``hidden``; of a hidden case's finding a student reads no number.
    """

    message: Message
    case: str
    suite: str


class Departure(msgspec.Struct, frozen=True):
    """Where the values of a failing case leave those of the solution.

    All that goes into the value is right, and with the right value in its place, and the rest as it
    is, so are the results of every case that a student may see.

    Parameters
    ----------
    text : str
        The expression whose value is the first that is no step of the solution.
    right : tuple of str
        Names whose values before that are steps of the solution.
    lines : tuple of int
        First and last line in which these get their values; empty without any.
    turn, loop : int
        In which turn of which loop, by its line, the value first comes; 0 for no loop, or the first
        turn.
    """

    text: str
    right: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    turn: int = 0
    loop: int = 0


class Fault(msgspec.Struct, frozen=True):
    """Where an exercise goes wrong: something small there, and the rest as it is, puts it right.

    Parameters
    ----------
    places : tuple of Place
        The line; several, if an edit in any one of them does.
    kinds : tuple of str
        What such edits change, by the keys of its texts.
    cases : int
        How many cases pass after each of them: all that a student may see.
    formulas : tuple of str
        What the handout has for the names that these lines set.
    together : bool
        Whether it takes two edits, one in each of the places, or both in the only one; neither of
        them does alone.
    departure : Departure or None
        The value that is wrong there, if it is values that tell, and not edits.
    """

    places: tuple[Place, ...]
    kinds: tuple[str, ...]
    cases: int
    formulas: tuple[str, ...] = ()
    together: bool = False
    departure: Departure | None = None


class Diagnosis(msgspec.Struct, frozen=True):
    """What is known about why an exercise lost points.

    Parameters
    ----------
    mistakes : tuple of Explanation
        One, if a known mistake agrees with the submission on every case and no other does; several,
        if these remain; none, if the mistake is not a known one.
    findings : tuple of Finding
        What the numbers show, where no mistake could be named.
    place : Place or None
        Where the submission defines the function that went wrong.
    certain : bool
        Whether the answers tell enough to leave no room for another cause. Errors, zeros and a few
        small numbers do not.
    code : Listing or None
        The student's text of that function, or of the one in which the case that is shown went
        wrong. It depends on no hidden case.
    together : bool
        Whether the mistakes were made at once, rather than one of them.
    fault : Fault or None
        Where it goes wrong, if that was found and no known mistake is certain. It depends on no
        hidden case.
    """

    mistakes: tuple[Explanation, ...] = ()
    findings: tuple[Finding, ...] = ()
    place: Place | None = None
    certain: bool = True
    code: Listing | None = None
    together: bool = False
    fault: Fault | None = None
