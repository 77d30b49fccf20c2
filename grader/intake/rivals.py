"""Which file counts where several of one submission define the same graded name.

The order: a file in the assignment's own folder before one outside of it; a file that the
assignment names, modules before the notebook; the newest by the platform's number of the attempt; a
file before its copies; the highest number at the end of a name, as in ``attempt2`` or ``hw (2)``;
and then by name. Times of files tell nothing: copying, packing and unpacking change them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from grader.intake.kinds import stem
from grader.intake.notes import MAX_NOTES, note, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader import wire
    from grader.intake.kinds import Wanted
    from grader.intake.walk import File
    from grader.model import Message

_NUMBER: Final = re.compile(r"(?:^|\D)(\d{1,9})\s*\)?\s*$", re.ASCII)
_COPY: Final = re.compile(
    r"(?:^|[-_ (])cop(?:y|ie|ia)[\s_-]*(?:\d*|\(\d+\))\)?$|^copy[ _]of[ _]|副本|复制",
    re.IGNORECASE,
)
# Why one file comes before another: the keys, in the order in which files are compared.
_REASONS: Final = (
    "intake_rivals_folder", "intake_rivals_own", "intake_rivals_attempt", "intake_rivals_copy",
    "intake_rivals_number",
)  # fmt: skip
_BY_NAME: Final = "intake_rivals_name"
_OWN: Final = 1  # where in a rank it stands whether the assignment names the file


class Version(msgspec.Struct, frozen=True):
    """A file of a submission, the module that was read of it, and those that its cells write."""

    file: File
    module: wire.Module
    written: tuple[wire.Module, ...] = ()


def rank(file: File, wanted: Wanted) -> tuple[int, int, int, bool, int, str, bool, str]:
    """Return what files of a submission are sorted by: what counts comes first."""
    bare = stem(file.called)
    number = _NUMBER.search(bare)
    return (
        file.outside,
        _own_rank(bare, wanted),
        -file.attempt,
        _COPY.search(bare) is not None,
        -int(number[1]) if number else 0,
        bare.casefold(),
        file.called.lower().endswith(".ipynb"),  # a script keeps the name as a module
        file.origin,
    )


def _own_rank(bare: str, wanted: Wanted) -> int:
    if bare in wanted.modules:
        return wanted.modules.index(bare)
    return len(wanted.modules) + (not wanted.is_own(bare))


def notes_on(versions: Sequence[Version], wanted: Wanted) -> list[Message]:
    """Name the files that define what others define too, with the one that counts and why.

    Parameters
    ----------
    versions : sequence of Version
        In order of `rank`.
    wanted : Wanted
        What is graded.
    """
    rivals: dict[tuple[int, int, bool], list[str]] = {}
    for name in dict.fromkeys(name for names in wanted.exercises.values() for name in names):
        defining = [at for at, one in enumerate(versions) if _defines(one.module, name)]
        ranks = [rank(versions[at].file, wanted) for at in defining]
        own = {one[_OWN] for one in ranks} - {len(wanted.modules), len(wanted.modules) + 1}
        for at in defining[1:]:
            rivals.setdefault((defining[0], at, len(own) > 1), []).append(name)
    return [
        _note(versions[kept].file, versions[dropped].file, names, wanted, several=several)
        for (kept, dropped, several), names in sorted(rivals.items())[:MAX_NOTES]
    ]


def _defines(module: wire.Module, name: str) -> bool:
    return name not in module.unwritten and any(
        name in piece.names for piece in module.pieces if piece.kind == "definition"
    )


def _note(
    kept: File, dropped: File, names: Sequence[str], wanted: Wanted, *, several: bool
) -> Message:
    fields = {
        "names": ", ".join(names), "kept": shown(kept.origin), "dropped": shown(dropped.origin),
    }  # fmt: skip
    if several:
        # Modules of the assignment among them: each exercise looks into its own first.
        return note("intake_rivals_modules", **fields)
    first, second = rank(kept, wanted), rank(dropped, wanted)
    reasons = (
        key for key, *pair in zip(_REASONS, first, second, strict=False) if len(set(pair)) > 1
    )
    return note(next(reasons, _BY_NAME), **fields)
