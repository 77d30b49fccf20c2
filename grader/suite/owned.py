"""What of a submission belongs to one exercise, and sources in which that is another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.trees import reads_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from grader.catalog import Assignment
    from grader.model import Exercise

MOST_HELPERS: Final = 6


def mark(number: int) -> str:
    """Return what the names of a copy of an exercise's definitions end in; 0 is for drafts."""
    return f"__grader_{number}"


class Owned(msgspec.Struct, frozen=True):
    """The definitions of one exercise in a submission.

    Parameters
    ----------
    source : Source
        The submission.
    module : Module
        The file that holds them.
    pieces : tuple of Piece
        They: what is graded, then the submission's own helpers that nothing else graded is.
    users : tuple of Piece
        What calls them and is not graded, such as what is handed out to the tests. It has copies,
        which call the copies.
    graded : int
        How many of the pieces are graded.
    """

    source: wire.Source
    module: wire.Module
    pieces: tuple[wire.Piece, ...]
    users: tuple[wire.Piece, ...]
    graded: int

    @property
    def copied(self) -> tuple[wire.Piece, ...]:
        """All that has copies."""
        return (*self.pieces, *self.users)

    @property
    def names(self) -> frozenset[str]:
        """What they define, and what calls that."""
        return frozenset(name for piece in self.copied for name in piece.names)

    def with_code(self, codes: Mapping[int, str]) -> wire.Source:
        """Return the submission with other code in the place of some of the pieces, by number."""
        changed = {id(self.pieces[number]): code for number, code in codes.items()}
        pieces = tuple(
            msgspec.structs.replace(piece, code=changed[id(piece)])
            if id(piece) in changed
            else piece
            for piece in self.module.pieces
        )
        return self._with_pieces(pieces)

    def with_copies(self, copies: Iterable[Sequence[str]]) -> wire.Source:
        """Return the submission with copies beside the pieces: the code of each, names marked."""
        last = max(self.module.pieces.index(piece) for piece in self.pieces)
        added = [
            wire.Piece(code, piece.filename, piece.line, "definition", (f"{name}{mark(number)}",))
            for number, copy in enumerate(copies, start=1)
            for piece, code in zip(self.copied, copy, strict=True)
            for name in piece.names
        ]
        before, after = self.module.pieces[: last + 1], self.module.pieces[last + 1 :]
        return self._with_pieces((*before, *added, *after))

    def _with_pieces(self, pieces: tuple[wire.Piece, ...]) -> wire.Source:
        changed = msgspec.structs.replace(self.module, pieces=pieces)
        return wire.Source(
            tuple(changed if module is self.module else module for module in self.source.modules)
        )


def owned(
    assignment: Assignment, source: wire.Source, given: wire.Source, exercise: Exercise
) -> Owned | None:
    """Find the definitions of an exercise in a submission.

    Parameters
    ----------
    assignment : Assignment
        The assignment; what other exercises grade is theirs.
    source, given : Source
        The submission, and what the assignment hands out.
    exercise : Exercise
        The exercise.

    Returns
    -------
    Owned or None
        None where it cannot be told which definition counts, or they are spread over files.
    """
    taken = {name for other in assignment.exercises for name in other.names} - {*exercise.names}
    for module in sorted(source.modules, key=lambda one: one.name != exercise.module):
        pieces = _definitions(module)
        graded = [name for name in exercise.names if name in pieces]
        if not graded:
            continue
        found = _with_helpers(graded, pieces, taken)
        handed = [one for one in given.modules if one.name == exercise.module]
        around = {name: piece for one in handed for name, piece in _definitions(one).items()}
        users = _users(found, {**around, **pieces}, taken)
        if not _are_alone(module, found):
            return None
        return Owned(source, module, found, users, len(graded))
    return None


def _definitions(module: wire.Module) -> dict[str, wire.Piece]:
    return {
        name: piece
        for piece in module.pieces
        if piece.kind == "definition" and len(piece.names) == 1
        for name in piece.names
    }


def _users(
    found: Sequence[wire.Piece], pieces: Mapping[str, wire.Piece], taken: Collection[str]
) -> tuple[wire.Piece, ...]:
    names = {name for piece in found for name in piece.names}
    return tuple(
        piece
        for name, piece in pieces.items()
        if name not in names and name not in taken and names & reads_of(piece.code).all
    )


def _with_helpers(
    graded: Sequence[str], pieces: Mapping[str, wire.Piece], taken: Collection[str]
) -> tuple[wire.Piece, ...]:
    found = {name: pieces[name] for name in graded}
    waiting = list(graded)
    while waiting:
        read = sorted(reads_of(pieces[waiting.pop(0)].code).all & pieces.keys())
        for name in read:
            if name not in found and name not in taken and len(found) < len(graded) + MOST_HELPERS:
                found[name] = pieces[name]
                waiting.append(name)
    return tuple(found.values())


def _are_alone(module: wire.Module, pieces: Sequence[wire.Piece]) -> bool:
    """Tell whether each is all that its file says of its name."""
    names = {name for piece in pieces for name in piece.names}
    others = [piece for piece in module.pieces if not any(piece is one for one in pieces)]
    return all(names.isdisjoint((*piece.names, *piece.amends)) for piece in others)
