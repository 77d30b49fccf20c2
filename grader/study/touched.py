"""Which exercises a change touches: digests of all that each of them may depend on.

Pure, and rather too much than too little; `grader.intake.needs` says what counts as used.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from grader.intake.needs import Needs, is_run_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader import wire
    from grader.model import Exercise


class Touch(NamedTuple):
    """What an exercise was checked on.

    Parameters
    ----------
    code : str
        Digest of the code that it may depend on, that of the exercises it uses included.
    place : str
        Digest of where that code stands. Reports name lines, so what is wrong is told again when
        they move.
    """

    code: str
    place: str


def touches(source: wire.Source, exercises: Sequence[Exercise]) -> dict[str, Touch]:
    """Describe what each exercise depends on.

    Parameters
    ----------
    source : Source
        A submission.
    exercises : sequence of Exercise
        All of an assignment, each after those that it uses.

    Returns
    -------
    dict of str to Touch
        By id. Of two sources that agree on an exercise, the one answers as the other does.
    """
    needs = Needs(source)
    found: dict[str, Touch] = {}
    for exercise in exercises:
        used = [found[name] for name in exercise.uses]
        graded = frozenset(exercise.names)
        wanted = needs.closure(graded)
        own = [part for module in source.modules for part in _parts(module, wanted, graded)]
        found[exercise.id] = Touch(
            _digest([*(one[0] for one in own), *(one.code for one in used)]),
            _digest([*(one[1] for one in own), *(one.place for one in used)]),
        )
    return found


def _parts(
    module: wire.Module, wanted: frozenset[str], graded: frozenset[str]
) -> Iterator[tuple[object, object]]:
    for piece in module.pieces:
        if is_run_for(piece, wanted, graded):
            code = (piece.kind, piece.names, piece.needed_by, piece.amends, piece.code)
            yield (module.name, *code), (module.origin, piece.filename, piece.line)
    for left in module.left_out:
        if not wanted.isdisjoint(left.names):
            yield (
                (module.name, left.names, left.reason, left.detail),
                (module.origin, left.filename, left.line),
            )
    unwritten = sorted(wanted.intersection(module.unwritten))
    if unwritten:
        yield (module.name, unwritten), ""


def _digest(parts: Iterable[object]) -> str:
    return hashlib.blake2b(repr(list(parts)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def is_stale(known: Touch | None, now: Touch, *, right: bool) -> bool:
    """Tell whether an exercise has to be checked again.

    Parameters
    ----------
    known : Touch or None
        What it was last checked on.
    now : Touch
        What there is.
    right : bool
        Whether it was right then: of such a one no report names a line.
    """
    return known is None or known.code != now.code or (known.place != now.place and not right)
