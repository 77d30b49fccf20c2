"""What wrong versions give on the public cases that have no name: mutants, and mistakes that meet.

A second catalogue beside `grader.suite.known`, made by machine and read only where the first has no
answer. The file holds fingerprints (`grader.diagnose.fingerprint`) and what kind of change was made
where; neither code nor values, and of the reference's names only those that stubs have.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import msgspec

from grader.diagnose.fingerprint import MIXED, fingerprint
from grader.suite.stored import Stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.diagnose import Trace
    from grader.diagnose.fingerprint import Fingerprint

FORMAT: Final = "grader/versions/v1"
PASSED: Final = -1
_NUMBERS: Final = struct.Struct(f"<{MIXED}f")


class Version(msgspec.Struct, frozen=True, array_like=True):
    """Wrong versions of the reference that no public case tells apart.

    Parameters
    ----------
    place, step, kind : str
        What all of them have in common, if they have one change each: what the changed line is for
        (see `grader.edits.Mutant`), which value is computed there, and the kind of slip. Empty
        where they differ.
    mistakes : tuple of str
        The known mistakes that are in it together, else.
    made : tuple of (str, int)
        The definitions and numbers of some of these mutants.
    forms : tuple of int
        For each case which of the exercise's forms its answers have, or `PASSED`.
    numbers : bytes
        The numbers of the fingerprints of the cases that fail, in order.
    """

    place: str
    step: str
    kind: str
    mistakes: tuple[str, ...]
    made: tuple[tuple[str, int], ...]
    forms: tuple[int, ...]
    numbers: bytes


class Versions(msgspec.Struct, frozen=True):
    """What is stored of one exercise.

    Parameters
    ----------
    digest : str
        Of all that it was made from.
    cases : tuple of str
        The public cases.
    forms : tuple of bytes
        Forms of fingerprints.
    versions : tuple of Version
        Those that answer differently from one another.
    """

    digest: str = ""
    cases: tuple[str, ...] = ()
    forms: tuple[bytes, ...] = ()
    versions: tuple[Version, ...] = ()

    def like(self, found: Mapping[str, Trace], right: Mapping[str, Trace]) -> tuple[Version, ...]:
        """List the versions that give what a submission gives, in every case that both have run.

        Parameters
        ----------
        found, right : mapping of str to Trace
            By case: the submission's, the reference's.

        Returns
        -------
        tuple of Version
            None if the submission passed all of these cases.
        """
        ran = [(at, case) for at, case in enumerate(self.cases) if case in found]
        prints = {
            at: fingerprint(found[case], right.get(case))
            for at, case in ran
            if not found[case].passed
        }
        if not prints:
            return ()
        return tuple(
            one for one in self.versions if self._is_like(one, [at for at, _ in ran], prints)
        )

    def _is_like(
        self, version: Version, ran: Sequence[int], prints: Mapping[int, Fingerprint]
    ) -> bool:
        kept = _unpacked(version)
        for at in ran:
            form, seen = version.forms[at], prints.get(at)
            if (form == PASSED) != (seen is None):
                return False
            if seen is not None and (
                seen.form != self.forms[form]
                or any(
                    abs(a - b) > seen.tolerance for a, b in zip(seen.numbers, kept[at], strict=True)
                )
            ):
                return False
        return True


class KnownVersions(Stored, frozen=True):
    """What is stored of one assignment, by exercise."""

    format: str = FORMAT
    exercises: dict[str, Versions] = msgspec.field(default_factory=dict)


def packed(prints: Sequence[Fingerprint]) -> bytes:
    """Write the numbers of fingerprints."""
    return b"".join(_NUMBERS.pack(*one.numbers) for one in prints)


def _unpacked(version: Version) -> dict[int, tuple[float, ...]]:
    failing = [at for at, form in enumerate(version.forms) if form != PASSED]
    return dict(zip(failing, _NUMBERS.iter_unpack(version.numbers), strict=True))
