"""Which statements of a submission are needed for some of its names.

Rather too many than too few: a definition counts as used by whatever reads its name, and where code
may look names up in other ways, by whatever has the name in its text.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

import msgspec

from grader.trees import reads_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader import wire

_WORD: Final = re.compile(r"[^\W\d]\w*")
# Ways to a name that do not read it.
_ASIDE: Final = re.compile(
    r"\b(?:__import__|eval|exec|getattr|globals|importlib|locals|setattr|sys|vars)\b"
)


class Needs:
    """Which names the statements of a source read.

    Parameters
    ----------
    source : Source
        A submission.
    """

    def __init__(self, source: wire.Source) -> None:
        siblings = {module.name for module in source.modules}
        pieces = [piece for module in source.modules for piece in module.pieces]
        whole = any(_imports_whole(piece, siblings) for piece in pieces)
        self._of: dict[str, set[str]] = {}
        self._always: set[str] = set()
        self._put_off: list[tuple[frozenset[str], frozenset[str]]] = []
        for piece in pieces:
            aside = whole or _ASIDE.search(piece.code)
            read = _words(piece.code) if aside else reads_of(piece.code).all
            bound = {*piece.names, *piece.amends}
            if piece.needed_by:
                self._put_off.append((frozenset(piece.needed_by), frozenset(read)))
            elif not bound:
                self._always |= read
            for name in bound:
                self._of.setdefault(name, set()).update(read)
        for mentioned in self._of.values():
            mentioned.intersection_update(self._of)

    def closure(self, names: Collection[str]) -> frozenset[str]:
        """Add to names those that their definitions read, and what these read in turn."""
        read = self._always.union(
            *(read for needed_by, read in self._put_off if not needed_by.isdisjoint(names))
        )
        wanted: set[str] = set()
        waiting = [*names, *(read & self._of.keys())]
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting += self._of.get(name, ())
        return frozenset(wanted)


def is_run_for(piece: wire.Piece, wanted: frozenset[str], graded: Collection[str]) -> bool:
    """Tell whether a statement is run for some names; one that binds none may be for any of them.

    Parameters
    ----------
    piece : Piece
        A statement.
    wanted : frozenset of str
        The closure of the names.
    graded : collection of str
        The names themselves.
    """
    if piece.needed_by:
        return not set(piece.needed_by).isdisjoint(graded)
    bound = {*piece.names, *piece.amends}
    return not bound or not wanted.isdisjoint(bound)


def narrowed(source: wire.Source, names: Collection[str]) -> wire.Source:
    """Leave out the statements of a submission that some names do not need."""
    wanted = Needs(source).closure(names)
    modules = (
        msgspec.structs.replace(
            module,
            pieces=tuple(piece for piece in module.pieces if is_run_for(piece, wanted, names)),
        )
        for module in source.modules
    )
    return msgspec.structs.replace(source, modules=tuple(modules))


def _imports_whole(piece: wire.Piece, siblings: set[str]) -> bool:
    """Tell whether a file of the submission is imported as a module: ``import utils as u``."""
    if piece.kind != "import" or not siblings & _words(piece.code):
        return False
    return not piece.code.lstrip().startswith("from")


@functools.lru_cache(maxsize=4096)
def _words(code: str) -> frozenset[str]:
    return frozenset(_WORD.findall(code))
