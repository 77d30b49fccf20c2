"""What the marks in a text stand for."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Spot:
    """An expression that has a mark, or a loop whose turns are counted.

    Parameters
    ----------
    number : int
        What it tells its values under.
    line : int
        Where it begins, from 1 in its text.
    statement : tuple of (int, int)
        First and last line of the statement that it stands in; of a loop's head, for one there.
    text : str
        The expression.
    parts : tuple of int
        Marked expressions that its value is made of, those next to it.
    computes : bool
        Whether it makes a value out of its parts and of nothing else, by means that are not the
        submission's own.
    name : str
        The name that it reads, if it is one; empty for others.
    loop : int or None
        The loop whose turns it is run in: the number of the spot that counts them.
    function : int
        Which function it stands in.
    operation : str
        ``+`` for a sum of several values, some with a minus, ``*`` for a product; empty for others.
    operands : tuple of (int, int)
        Their marks, each with its sign; empty if one of them has none.
    elsewhere : bool
        Whether its value may come from elsewhere: it calls what has marks inside, looks at what may
        have been changed, or draws.
    returned : bool
        Whether it is a result, or a part of one, as a whole.
    """

    number: int
    line: int
    statement: tuple[int, int]
    text: str
    parts: tuple[int, ...]
    computes: bool
    name: str
    loop: int | None
    function: int
    operation: str = ""
    operands: tuple[tuple[int, int], ...] = ()
    elsewhere: bool = False
    returned: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Marked:
    """The text of a definition with marks, and what they stand for.

    Parameters
    ----------
    code : str
        The text.
    spots : tuple of Spot
        In the order of their numbers.
    bound : tuple of (int, str, int)
        Function, name and line of each binding of a name that is no parameter.
    """

    code: str
    spots: tuple[Spot, ...]
    bound: tuple[tuple[int, str, int], ...]
