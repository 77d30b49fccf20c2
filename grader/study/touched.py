"""Which exercises a change touches: digests of all that each of them may depend on.

Pure, and rather too much than too little: a definition counts as used by whatever reads its name,
and where code may look names up in other ways, by whatever has the name in its text.
"""

from __future__ import annotations

import functools
import hashlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.trees import reads_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader import wire
    from grader.model import Exercise

_WORD: Final = re.compile(r"[^\W\d]\w*")
# Ways to a name that do not read it.
_ASIDE: Final = re.compile(
    r"\b(?:__import__|eval|exec|getattr|globals|importlib|locals|setattr|sys|vars)\b"
)


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
    reads = _Reads(source)
    found: dict[str, Touch] = {}
    for exercise in exercises:
        used = [found[name] for name in exercise.uses]
        graded = frozenset(exercise.names)
        wanted = reads.closure(graded)
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
        if _counts(piece, wanted, graded):
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


def _counts(piece: wire.Piece, wanted: frozenset[str], graded: frozenset[str]) -> bool:
    """Tell whether a piece is run for some names; one that binds none may be for any of them."""
    if piece.needed_by:
        return not graded.isdisjoint(piece.needed_by)
    bound = {*piece.names, *piece.amends}
    return not bound or not wanted.isdisjoint(bound)


class _Reads:
    """Which names the definitions of a source read."""

    def __init__(self, source: wire.Source) -> None:
        siblings = {module.name for module in source.modules}
        pieces = [piece for module in source.modules for piece in module.pieces]
        whole = any(_imports_whole(piece, siblings) for piece in pieces)
        self._of: dict[str, set[str]] = {}
        self._always: set[str] = set()
        for piece in pieces:
            aside = whole or _ASIDE.search(piece.code)
            read = _words(piece.code) if aside else reads_of(piece.code).all
            bound = {*piece.names, *piece.amends}
            if not bound and not piece.needed_by:
                self._always |= read
            for name in bound:
                self._of.setdefault(name, set()).update(read)
        for mentioned in self._of.values():
            mentioned.intersection_update(self._of)

    def closure(self, names: frozenset[str]) -> frozenset[str]:
        """Add to names those that their definitions read, and what these read in turn."""
        wanted: set[str] = set()
        waiting = [*names, *(self._always & self._of.keys())]
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting += self._of.get(name, ())
        return frozenset(wanted)


def _imports_whole(piece: wire.Piece, siblings: set[str]) -> bool:
    """Tell whether a file of the submission is imported as a module: ``import utils as u``."""
    if piece.kind != "import" or not siblings & _words(piece.code):
        return False
    return not piece.code.lstrip().startswith("from")


@functools.lru_cache(maxsize=4096)
def _words(code: str) -> frozenset[str]:
    return frozenset(_WORD.findall(code))


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
