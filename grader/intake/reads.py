"""Which global names a piece of code reads: when it is run, and when what it defines is called."""

from __future__ import annotations

import dataclasses
import functools
import symtable
import warnings
from typing import Final

from grader.intake.syntax import Flaw, parse
from grader.intake.trees import loaded_names

_CACHED: Final = 4_096
_COMPREHENSIONS: Final = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclasses.dataclass(frozen=True, slots=True)
class Reads:
    """The global names that a piece reads.

    Parameters
    ----------
    now : frozenset of str
        Read when it is run: in expressions, class bodies, decorators and defaults.
    later : frozenset of str
        Read inside of its functions.
    """

    now: frozenset[str]
    later: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every name that is read at some time."""
        return self.now | self.later


@functools.lru_cache(maxsize=_CACHED)
def reads_of(code: str) -> Reads:
    """Find the global names that a piece reads; all names, where Python cannot say."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = symtable.symtable(code, "piece", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = parse(code)
        names = frozenset() if isinstance(tree, Flaw) else frozenset(loaded_names(tree))
        return Reads(names, names)
    now: set[str] = set()
    later: set[str] = set()
    waiting = [(top, False)]
    while waiting:
        table, inside = waiting.pop()
        (later if inside else now).update(
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (table is top or symbol.is_global())
        )
        for child in table.get_children():
            is_body = child.get_type() == "function" and child.get_name() not in _COMPREHENSIONS
            waiting.append((child, inside or is_body))
    return Reads(frozenset(now), frozenset(later))
