"""What a grade depends on besides the submission, in a form that can be compared."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

import grader
from grader.environment import PACKAGES
from grader.mistakes import load_mistakes
from grader.model import Conditions, Text
from grader.suite.known import Known
from grader.suite.timing import OFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.suite.case import Case

SHORT: Final = 16
# Rooms that begin their work when verdicts are there.
AFTERWARDS: Final = frozenset(
    {"analysis", "author", "cli", "desk", "gradebook", "report", "service", "similarity.py"}
)
# Fields of an assignment that decide about no verdict: where it lies, what people read, and what is
# taken off afterwards.
IDLE: Final = frozenset({"folder", "solution", "golden", "data", "title", "hints", "late"})


def conditions_of(
    assignment: Assignment,
    cases: Sequence[Case],
    salt: str,
    isolation: str,
    timing: str = OFF,
    *,
    live: bool = True,
) -> Conditions:
    """Describe under what a batch grades.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    cases : sequence of Case
        What was collected of its suites.
    salt : str
        What the seeds of hidden suites are derived from; only its fingerprint is kept.
    isolation : str
        The tier in force.
    timing : str
        The device on which speed is measured; ``off`` for none.
    live : bool
        Whether the reference is run; else stored values stand for it.

    Returns
    -------
    Conditions
        Equal for two batches exactly if their grades may be mixed.

    Notes
    -----
    Everything that decides about a verdict is in it: files by their content, the rest by its value.
    Texts for people are not, for they are looked up when a report is written. Neither is what the
    processor can do beyond its architecture: what rounding may change is within the comparator's
    tolerances, which are made for it, and each batch compares with a reference that ran beside it.
    """
    fingerprint = hashlib.sha256(f"fingerprint of {salt}".encode()).hexdigest()[:SHORT]
    parts = {
        "cases": _digest(map(repr, map(_case, cases))),
        "suites": _of_files([*_suites(assignment.folder), *_suites(assignment.hidden)]),
        "catalogue": _digest([repr(_without_texts(assignment))]),
        "stubs": _of_files(path for path in _code(assignment.folder) if not _is_suite(path)),
        "reference": _of_files(_code(assignment.solution)) if live else _stored(assignment.golden),
        "known mistakes": _known_mistakes(assignment),
        "known versions": _stored(assignment.known_versions),
        "data": _of_files(path for path in assignment.data if path.is_file()),
        "grader": grader_digest(Path(grader.__file__).parent),
        "timing": timing,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        **{name: _version(name) for name in PACKAGES},
    }
    return Conditions(
        isolation=isolation,
        salt_fingerprint=fingerprint,
        suite_hash=_digest(f"{name}={value}" for name, value in sorted(parts.items())),
        parts=tuple(parts.items()),
    )


def changes(before: Conditions, after: Conditions) -> list[str]:
    """Say in a few words each what keeps the grades of two batches apart.

    Returns
    -------
    list of str
        Such as ``isolation (A, now C)``, ``salt``, ``suites``, ``numpy (2.1.0, now 2.2.0)``; empty
        exactly if the grades may be mixed.
    """
    told = []
    if before.isolation != after.isolation:
        told.append(f"isolation ({before.isolation}, now {after.isolation})")
    if before.salt_fingerprint != after.salt_fingerprint:
        told.append("salt")
    old, new = dict(before.parts), dict(after.parts)
    told += [
        _change(name, old.get(name, "none"), new.get(name, "none"))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    if not told and before.suite_hash != after.suite_hash:
        told.append("suites")
    return told


def default_salt(assignment: Assignment) -> str:
    """Derive a salt from the hidden suites and references, which no student has seen."""
    digest = hashlib.sha256(b"salt")
    for folder in (assignment.hidden, assignment.solution):
        for path in _code(folder):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def submission_digest(submission: Submission) -> str:
    """Hash what a grade says of a submission before anything is run: code, name, problem, notes."""
    read = (submission.source, submission.name, submission.problem, submission.notes)
    return hashlib.sha256(msgspec.msgpack.encode(read)).hexdigest()


def grader_digest(package: Path) -> str:
    """Hash the code of the grader that decides about verdicts, on either side of the sandbox."""
    files = {path.relative_to(package): path for path in package.rglob("*.py")}
    return _digest_of(
        {
            name.as_posix(): path.read_bytes()
            for name, path in files.items()
            if name.parts[0] not in AFTERWARDS
        }
    )


def _case(case: Case) -> tuple[object, ...]:
    """Return what decides about a case besides the text of its test."""
    points = (case.exercise.id, str(case.weight), case.timeout_s)
    return (case.id, case.test, case.suite, case.visibility.value, *points)


def _without_texts(value: Any) -> Any:
    """Return a value of ours as plain data, without what decides nothing."""
    if isinstance(value, msgspec.Struct):
        return sorted(
            (name, _without_texts(each))
            for name, each in msgspec.structs.asdict(value).items()
            if name not in IDLE and not isinstance(each, Text)
        )
    if isinstance(value, dict):
        return [(name, _without_texts(each)) for name, each in sorted(value.items())]
    if isinstance(value, list | tuple):
        return [_without_texts(each) for each in value]
    return value


def _known_mistakes(assignment: Assignment) -> str:
    """Hash what a diagnosis is made from: what the mistakes are and give, not what is said."""
    stored = [
        (
            exercise,
            found.right,
            found.calls,
            [(one.explanation.id, one.traces) for one in found.mistakes],
        )
        for exercise, found in sorted(Known.read(assignment.known_mistakes).exercises.items())
    ]
    catalogue = [
        (one.exercise, one.id, one.definitions, one.helpers, one.ties, one.endless)
        for found in load_mistakes(assignment).values()
        for one in found
    ]
    return _digest([hashlib.sha256(msgspec.msgpack.encode((stored, catalogue))).hexdigest()])


def _stored(path: Path) -> str:
    return _of_files([path] if path.is_file() else [])


def _code(folder: Path) -> list[Path]:
    """List a folder's modules, without the one that no batch reads."""
    return sorted(path for path in folder.glob("*.py") if path.name != "conftest.py")


def _is_suite(path: Path) -> bool:
    """Tell whether a module is one of the suites, or what they share."""
    return path.name.startswith(("test_", "inputs_"))


def _suites(folder: Path) -> list[Path]:
    return [path for path in _code(folder) if _is_suite(path)]


def _of_files(paths: Iterable[Path]) -> str:
    return _digest_of({f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths})


def _digest_of(files: Mapping[str, bytes]) -> str:
    """Hash names and contents; where a file ends and the next begins cannot be moved."""
    contents = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return _digest(f"{content} {name}" for name, content in sorted(contents.items()))


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:SHORT]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


# Parts whose value means something to people.
_TOLD: Final = frozenset({"timing", "python", "platform", *PACKAGES})


def _change(name: str, before: str, after: str) -> str:
    return f"{name} ({before}, now {after})" if name in _TOLD else name
