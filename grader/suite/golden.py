"""What the reference answered, case by case: recorded once, replayed where it is not at hand.

A student's copy has no solutions; a batch has them but need not run them for every submission.
Both replay. The file holds plain data in the encoding of `grader.wire`.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

from grader import wire
from grader.errors import CatalogError, HarnessError, WireError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = "grader/golden/v1"
LIMITS: Final = wire.Limits(size_bytes=256 << 20, nodes=20_000_000, depth=64)


class Golden:
    """Recorded answers of the reference for the cases of one assignment."""

    def __init__(self) -> None:
        self._cases: dict[str, list[tuple[str, bytes]]] = {}

    def __contains__(self, case: str) -> bool:
        """Tell whether a case was recorded."""
        return case in self._cases

    def cases(self) -> list[str]:
        """List the recorded cases, sorted."""
        return sorted(self._cases)

    def begin(self, case: str) -> None:
        """Start a case's record afresh."""
        self._cases[case] = []

    def add(self, case: str, label: str, value: Any) -> None:
        """Append one answer."""
        self._cases[case].append((label, wire.encode(value)))

    def get(self, case: str, position: int, label: str) -> Any:
        """Read an answer back.

        Raises
        ------
        HarnessError
            When the suite asks for something else than was recorded there: the values are stale.
        """
        answers = self._cases.get(case, [])
        if position >= len(answers) or answers[position][0] != label:
            raise HarnessError(
                f"no golden value for {label} in {case}: the stored values are older than the "
                "suite; the instructor runs `grader release` to renew them"
            )
        return wire.decode(answers[position][1], LIMITS)

    def answers(self, case: str) -> list[tuple[str, Any]]:
        """List a case's answers, decoded, with their labels."""
        return [(label, wire.decode(data, LIMITS)) for label, data in self._cases[case]]

    def to_bytes(self) -> bytes:
        """Write all cases; the same record gives the same bytes."""
        cases = {case: self._cases[case] for case in self.cases()}
        return zlib.compress(wire.encode({"format": FORMAT, "cases": cases}, LIMITS), 9)

    @classmethod
    def from_bytes(cls, data: bytes) -> Golden:
        """Read what `to_bytes` wrote; raises `WireError` for anything else."""
        try:
            stored = wire.decode(zlib.decompress(data), LIMITS)
        except zlib.error as error:
            raise WireError(f"not compressed: {error}") from error
        cases = stored.get("cases") if isinstance(stored, dict) else None
        if not isinstance(cases, dict) or stored.get("format") != FORMAT:
            raise WireError(f"not in the format {FORMAT}")
        golden = cls()
        for case, answers in cases.items():
            golden._cases[case] = [_answer(answer) for answer in answers]
        return golden

    @classmethod
    def read(cls, path: Path) -> Golden:
        """Read a file of golden values.

        Raises
        ------
        CatalogError
            When it is missing or damaged.
        """
        try:
            return cls.from_bytes(path.read_bytes())
        except OSError as error:
            raise CatalogError(
                f"{path.parent.parent.parent} has neither solutions nor golden values "
                f"({path.name}: {error.strerror}); take the assignment's whole archive"
            ) from error
        except WireError as error:
            raise CatalogError(f"{path} is damaged: {error}; take a fresh copy") from error


def _answer(stored: object) -> tuple[str, bytes]:
    """Check one stored answer."""
    match stored:
        case (str() as label, bytes() as data):
            return label, data
    raise WireError("not a label with an encoded answer")
