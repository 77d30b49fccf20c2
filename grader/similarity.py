"""Which submissions share passages that few others have; what that means, a person decides.

Passages are found by winnowing: runs of code, with names and literals taken for alike, leave
fingerprints, and what two submissions share of them is counted. Left out is what the handout has,
and what many students have: an exercise that has one natural solution makes everybody alike.

References
----------
S. Schleimer, D. S. Wilkerson, A. Aiken: Winnowing: local algorithms for document fingerprinting,
SIGMOD 2003. The fingerprints are those of the package copydetect.
"""

from __future__ import annotations

import io
import itertools
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from grader import wire

# Characters of a passage, names shortened to one, and how many of them may go by without a
# fingerprint: a shared passage of their sum is always found.
PASSAGE: Final = 25
WINDOW: Final = 6
# Fewer fingerprints than these are too little code to be compared.
FEWEST: Final = 20
COMMON: Final = 5
SHARE: Final = 0.3
_FILE: Final = "submission.py"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a submission's code, with the lines of it that the other one has as well.

    Parameters
    ----------
    place : str
        The file or cell.
    first : int
        Number of its first line there.
    text : str
        The code.
    shared : frozenset of int
        Numbers of lines, counted as there.
    """

    place: str
    first: int
    text: str
    shared: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions that share passages.

    Parameters
    ----------
    one, other : str
        Their ids.
    share : float
        Of the fingerprints of the smaller one, which part the other has as well and few others.
    """

    one: str
    other: str
    share: float


@dataclass(frozen=True, slots=True)
class Similarity:
    """What came of comparing a class.

    Parameters
    ----------
    pairs : tuple of Pair
        Those with a share of at least the threshold, the largest first.
    compared : int
        How many pairs were compared.
    median : float
        The median share of all of them: what is usual in this class.
    left_out : tuple of str
        Submissions with too little code of their own, or none.
    """

    pairs: tuple[Pair, ...]
    compared: int
    median: float
    left_out: tuple[str, ...]


class Comparison:
    """Compares the submissions of a class.

    Parameters
    ----------
    sources : mapping of str to Source
        By id; as intake has read them. Nothing is run.
    handout : sequence of str
        Texts of what everybody was given.
    common : int
        Passages that more students than these have are left out.
    """

    def __init__(
        self, sources: Mapping[str, wire.Source], handout: Sequence[str], common: int = COMMON
    ) -> None:
        self._sources = sources
        given = set[int]().union(*(_fingerprint(text).hashes for text in handout))
        self._prints = {name: _fingerprint(_text(source)) for name, source in sources.items()}
        self._own = {name: found.hashes - given for name, found in self._prints.items()}
        counts = Counter(itertools.chain.from_iterable(self._own.values()))
        self._drop = given | {one for one, count in counts.items() if count > common}

    def similarity(
        self, share: float = SHARE, same: Callable[[str, str], bool] | None = None
    ) -> Similarity:
        """Find pairs that share at least so much.

        Parameters
        ----------
        share : float
            The threshold, from 0 to 1; it decides what is listed and nothing else.
        same : callable or None
            Tells whether two ids are of one group, which are not compared.
        """
        kept = {name: own for name, own in sorted(self._own.items()) if len(own) >= FEWEST}
        special = {name: own - self._drop for name, own in kept.items()}
        found = [
            Pair(
                one,
                other,
                len(special[one] & special[other]) / min(len(kept[one]), len(kept[other])),
            )
            for one, other in itertools.combinations(kept, 2)
            if same is None or not same(one, other)
        ]
        listed = [pair for pair in found if pair.share >= share]
        return Similarity(
            pairs=tuple(sorted(listed, key=lambda pair: (-pair.share, pair.one, pair.other))),
            compared=len(found),
            median=statistics.median(pair.share for pair in found) if found else 0.0,
            left_out=tuple(name for name in sorted(self._own) if name not in kept),
        )

    def beside(self, one: str, other: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """Return the code of both, with what they share marked."""
        from copydetect import compare_files  # noqa: PLC0415 - brings plots along

        prints = (self._special(one), self._special(other))
        _, _, slices = compare_files(*prints)
        sides = zip((one, other), slices, strict=True)
        left, right = (tuple(_parts(self._sources[name], spans)) for name, spans in sides)
        return left, right

    def _special(self, name: str) -> Any:
        """Return a submission's fingerprints, without those that do not count."""
        found = _fingerprint(_text(self._sources[name]))
        found.hashes = found.hashes - self._drop
        found.hash_idx = {
            one: places for one, places in found.hash_idx.items() if one in found.hashes
        }
        return found


def _fingerprint(text: str) -> Any:
    from copydetect import CodeFingerprint  # noqa: PLC0415 - as above

    return CodeFingerprint(_FILE, PASSAGE, WINDOW, language="python", fp=io.StringIO(text))


def _pieces(source: wire.Source) -> Iterable[tuple[str, int, str]]:
    """Yield what is run of a submission, piece by piece: where, from which line, and the code."""
    for module in source.modules:
        for piece in module.pieces:
            if piece.kind != "import":
                yield module.called(piece.filename), piece.line, piece.code


def _text(source: wire.Source) -> str:
    return "".join(f"{code}\n" for _, _, code in _pieces(source))


def _parts(source: wire.Source, spans: Any) -> Iterable[Part]:
    """Yield the pieces with the lines that spans of the whole text touch."""
    ranges = (
        [(int(start), int(stop)) for start, stop in zip(*spans, strict=True)] if len(spans) else []
    )
    at = 0
    for place, first, code in _pieces(source):
        shared = set()
        start = at
        for number, line in enumerate(code.split("\n"), first):
            stop = start + len(line)
            if line.strip() and any(begin < stop and end > start for begin, end in ranges):
                shared.add(number)
            start = stop + 1
        at += len(code) + 1
        yield Part(place, first, code, frozenset(shared))
