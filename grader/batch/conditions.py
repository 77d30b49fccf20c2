"""What a grade depends on besides the submission, in a form that can be compared."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

import grader
from grader.model import Conditions
from grader.suite.timing import OFF

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from grader import wire
    from grader.catalog import Assignment

SHORT: Final = 16


def conditions_of(
    assignment: Assignment, salt: str, isolation: str, timing: str = OFF
) -> Conditions:
    """Describe under what a batch grades.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    salt : str
        What the seeds of hidden suites are derived from; only its fingerprint is kept.
    isolation : str
        The tier in force.
    timing : str
        The device on which speed is measured; ``off`` for none.

    Returns
    -------
    Conditions
        Equal for two batches exactly if their grades may be mixed.
    """
    fingerprint = hashlib.sha256(f"fingerprint of {salt}".encode()).hexdigest()[:SHORT]
    return Conditions(
        isolation=isolation,
        salt_fingerprint=fingerprint,
        suite_hash=suite_hash(assignment, timing),
    )


def suite_hash(assignment: Assignment, timing: str = OFF) -> str:
    """Hash everything that decides about a verdict: catalogue, suites, references, version.

    Where speed is measured, there are verdicts that there are not elsewhere, so that counts too.
    """
    digest = hashlib.sha256(grader.__version__.encode())
    if timing != OFF:
        digest.update(f"\0timing on {timing}\0".encode())
    for path in _deciding_files(assignment):
        digest.update(f"\0{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:SHORT]


def default_salt(assignment: Assignment) -> str:
    """Derive a salt from the hidden suites and references, which no student has seen."""
    digest = hashlib.sha256(b"salt")
    for folder in (assignment.hidden, assignment.solution):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def source_digest(source: wire.Source | None) -> str:
    """Hash what is run of a submission, to see whether it has changed since it was graded."""
    return hashlib.sha256(msgspec.msgpack.encode(source)).hexdigest()


def _deciding_files(assignment: Assignment) -> Iterable[Path]:
    yield assignment.folder / "exercises.toml"
    for folder in (assignment.folder, assignment.solution, assignment.hidden):
        yield from sorted(folder.glob("*.py"))
