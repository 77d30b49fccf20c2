"""Choose between several definitions of one graded name in a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader import wire
from grader.model import Message
from grader.trees import reads_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.intake.pieces import Found


class Settled(msgspec.Struct, frozen=True):
    """The pieces of a module when each graded name has one definition."""

    pieces: tuple[wire.Piece, ...]
    shadowed: tuple[wire.LeftOut, ...]
    unwritten: tuple[str, ...]
    notes: tuple[Message, ...]


def settle(found: Sequence[Found], graded: Iterable[str], labels: Mapping[str, str]) -> Settled:
    """Keep the definition that counts of each graded name, and drop the others.

    Parameters
    ----------
    found : sequence of Found
        All pieces of the module, in order.
    graded : iterable of str
        Names that the assignment grades.
    labels : mapping of str to str
        How students know an origin, where that is not what tracebacks call it.

    Notes
    -----
    A written definition counts before a stub, one in the cell marked for the exercise before
    others, a later before an earlier one. A number or string of that name is no definition. An
    earlier definition on which the one that counts is built stays as well.
    """
    graded = list(graded)
    best = {name: _best(found, name) for name in graded}
    built_on = _built_on(found, {name: at for name, at in best.items() if at is not None})
    amended = {name for one in found for name in one.piece.amends}
    dropped: dict[int, int] = {}
    unwritten = []
    for name, at in best.items():
        if at is None:
            continue
        rivals = {other for other, one in enumerate(found) if _competes(one, name)}
        dropped.update((other, at) for other in rivals - built_on - {at})
        if found[at].unwritten and name not in amended:
            unwritten.append(name)
    return Settled(
        pieces=tuple(one.piece for at, one in enumerate(found) if at not in dropped),
        shadowed=tuple(
            _shadowed(found[at].piece, found[best].piece, labels)
            for at, best in sorted(dropped.items())
        ),
        unwritten=tuple(unwritten),
        notes=tuple(
            _note(found[at].piece, found[best].piece, labels)
            for at, best in sorted(dropped.items())
        ),
    )


def _best(found: Sequence[Found], name: str) -> int | None:
    rivals = [at for at, one in enumerate(found) if _competes(one, name)]
    return max(rivals, key=lambda at: (*_rank(found[at], name), at), default=None)


def _built_on(found: Sequence[Found], best: Mapping[str, int]) -> set[int]:
    """List the definitions on which one that counts is built: ``f = logged(f)``.

    That is, those whose name is read when something is run that stands between the two.
    """
    versions: dict[str, list[int]] = {}
    for at, one in enumerate(found):
        for name in best:
            if _competes(one, name):
                versions.setdefault(name, []).append(at)
    if all(len(several) == 1 for several in versions.values()):
        return set()
    rivals = {at for name, several in versions.items() for at in several if at != best[name]}
    built_on: set[int] = set()
    for at in range(len(found) - 1, -1, -1):
        if at in rivals and at not in built_on:
            continue
        for name in reads_of(found[at].piece.code).now & best.keys():
            earlier = [one for one in versions.get(name, ()) if one < at]
            if at <= best[name] and earlier and earlier[-1] != best[name]:
                built_on.add(earlier[-1])
    return built_on


def _competes(one: Found, name: str) -> bool:
    return one.piece.kind in {"definition", "constant"} and name in one.piece.names


def _rank(one: Found, name: str) -> tuple[bool, bool, bool]:
    return one.callable, not one.unwritten, name.casefold() in one.marked


def _shadowed(lost: wire.Piece, kept: wire.Piece, labels: Mapping[str, str]) -> wire.LeftOut:
    detail = f"{labels.get(kept.filename, kept.filename)}:{kept.line}"
    return wire.LeftOut(lost.names, lost.filename, lost.line, "shadowed", detail)


def _note(lost: wire.Piece, kept: wire.Piece, labels: Mapping[str, str]) -> Message:
    return Message(
        "intake_shadowed",
        {
            "name": ", ".join(lost.names),
            "kept": labels.get(kept.filename, kept.filename),
            "kept_line": kept.line,
            "dropped": labels.get(lost.filename, lost.filename),
            "dropped_line": lost.line,
        },
    )
