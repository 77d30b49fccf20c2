"""Which statements that do work are run, and for whom.

A statement at the top of a file that calls the student's own code, or draws, is no definition; most
such statements try things out. Run are those that something graded needs: a graded definition
reads the name that they set, itself or by way of what it calls. Each then runs only where that
name is asked for. Not run, even so, is what reads files or the like, what trains, and what calls
something that is graded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.intake.effects import RANDOM
from grader.trees import reads_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from grader.intake.pieces import Found

MAX_WORK: Final = 300  # statements of one file that may be worth running; each is followed up


def settle_work(
    found: Sequence[Found], graded: Collection[str]
) -> tuple[list[Found], list[wire.LeftOut]]:
    """Say for whom each statement is run that does work; leave out what nobody needs.

    Parameters
    ----------
    found : sequence of Found
        All statements of a module that may be run, in order.
    graded : collection of str
        Names that the assignment grades.

    Returns
    -------
    list of Found, list of wire.LeftOut
        What is run, in order, and what is not.
    """
    if not any(one.works for one in found):
        return list(found), []
    return _Work(found, graded).settled()


class _Work:
    def __init__(self, found: Sequence[Found], graded: Collection[str]) -> None:
        self._found = found
        self._reads = [reads_of(one.piece.code) for one in found]
        self._providers: dict[str, list[int]] = {}
        for at, one in enumerate(found):
            for name in (*one.piece.names, *one.changes):
                self._providers.setdefault(name, []).append(at)
        self._graded = [name for name in graded if self._defines(name)]
        self._excluded: dict[int, str] = {}
        works = [at for at, one in enumerate(found) if one.works]
        excluded = dict.fromkeys(works[MAX_WORK:], "call")
        excluded |= {at: self._why_not(at) for at in works[:MAX_WORK]}
        self._excluded = excluded
        self._put_off = {at for at, why in self._excluded.items() if not why}
        self._spread()

    def settled(self) -> tuple[list[Found], list[wire.LeftOut]]:
        needed: dict[int, list[str]] = {}
        roots = self._graded or [name for name in self._providers if self._defines(name)]
        for name in roots:
            for at in self._reached([name]):
                needed.setdefault(at, []).append(name)
        kept: list[Found] = []
        left_out: list[wire.LeftOut] = []
        for at, one in enumerate(self._found):
            if one.works and (self._excluded[at] or at not in needed):
                left_out.append(_left(one, self._excluded[at] or "call"))
            elif at in self._put_off and at in needed and self._graded:
                piece = msgspec.structs.replace(one.piece, needed_by=tuple(needed[at]))
                kept.append(msgspec.structs.replace(one, piece=piece))
            else:
                kept.append(one)
        return kept, left_out

    def _defines(self, name: str) -> bool:
        return any(
            self._found[at].piece.kind == "definition" and name in self._found[at].piece.names
            for at in self._providers.get(name, ())
        )

    def _why_not(self, at: int) -> str:
        """Say why a statement is not run even if it is needed; nothing if it may be."""
        one = self._found[at]
        reached = {*self._reached(self._reads[at].now), at}
        called = {name for other in reached for name in self._found[other].piece.names}
        if any(self._found[other].outside for other in reached):
            return "outside"
        tries = any(name in called for name in self._graded if name not in one.piece.names)
        if tries or any(self._found[other].trains for other in reached):
            return "tries"
        return ""

    def _spread(self) -> None:
        """Put off what reads, when it is run, a name that is set by something put off."""
        late: set[str] = set()
        for at, one in enumerate(self._found):
            is_run_later = one.piece.kind in {"constant", "definition"}
            if is_run_later and at not in self._excluded and self._reads[at].now & late:
                self._put_off.add(at)
            if at in self._put_off:
                late.update(one.piece.names, one.changes)

    def _reached(self, names: Iterable[str]) -> set[int]:
        """List all that provides some names, with what it needs in turn."""
        reached: set[int] = set()
        waiting = list(names)
        seen = set(waiting)
        while waiting:
            for at in self._providers.get(waiting.pop(), ()):
                if at in reached or self._excluded.get(at):
                    continue  # what is not run needs nothing
                reached.add(at)
                one = self._found[at]
                needs = {*self._reads[at].all, *one.changes}
                if one.draws:
                    needs.add(RANDOM)
                waiting.extend(needs - seen)
                seen |= needs
        return reached


def _left(one: Found, reason: str) -> wire.LeftOut:
    return wire.LeftOut(one.piece.names, one.piece.filename, one.piece.line, reason, one.detail)
