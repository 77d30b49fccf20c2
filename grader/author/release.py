"""What a student gets: stubs, notebooks, figures, and the archive with these and the suites."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.author.figures import figure_files
from grader.author.leaks import find_leaks
from grader.author.notebook import notebook_bytes
from grader.author.stubs import module_stub
from grader.author.wheel import INSTRUCTORS, wheel_bytes, wheel_name, zipped
from grader.author.words import notebook_name, words_about
from grader.catalog import load_assignment
from grader.errors import CatalogError
from grader.model import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.catalog import Assignment

_SECRET_FOLDERS: Final = frozenset({"solutions", "hidden", "mistakes"})


def release(assignment: Assignment) -> Mapping[str, bytes]:
    """Make the files of ``assignments/ID`` that come from ``solutions/ID``.

    Parameters
    ----------
    assignment : Assignment
        The assignment.

    Returns
    -------
    mapping of str to bytes
        Stubs, notebooks and figures by name; the same assignment gives the same bytes.

    Raises
    ------
    CatalogError
        When its parts do not fit together, or something would give a solution away.
    """
    files = {f"{name}.py": module_stub(assignment, name).encode() for name in assignment.modules}
    for lang in LANGUAGES:
        files[notebook_name(assignment, lang)] = notebook_bytes(assignment, lang)
    files |= figure_files(assignment)
    _refuse_leaks(assignment, files)
    return files


def write_release(assignment: Assignment, folder: Path) -> tuple[Path, ...]:
    """Write those stubs, notebooks and figures that are out of date and return their paths.

    Files of the same names are replaced, work in them included.

    Raises
    ------
    CatalogError
        As `release` does; nothing is written then.
    """
    files = release(assignment)
    folder.mkdir(parents=True, exist_ok=True)
    written = [name for name, content in files.items() if _staleness(folder / name, content)]
    for name in written:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(files[name])
    return tuple(folder / name for name in written)


def stale(assignment: Assignment) -> list[str]:
    """Name the files in ``assignments/ID`` that `write_release` would change, with the reason.

    Raises
    ------
    CatalogError
        As `release` does.
    """
    reasons = (
        (name, _staleness(assignment.folder / name, content))
        for name, content in release(assignment).items()
    )
    return [f"{name}: {reason}" for name, reason in reasons if reason]


@contextlib.contextmanager
def as_released(assignment: Assignment) -> Iterator[Assignment]:
    """Lend an assignment as it is once it has been released, without a change to its own tree.

    Stored values depend on what the stubs hand out ready-made, so these must be up to date first.

    Parameters
    ----------
    assignment : Assignment
        The assignment.

    Yields
    ------
    Assignment
        The same where nothing is out of date; else a copy beside which solutions and data lie.
    """
    if not stale(assignment):
        yield assignment
        return
    with tempfile.TemporaryDirectory() as folder:
        root, theirs = Path(folder), assignment.folder.parent.parent
        copy = root / "assignments" / assignment.id
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(assignment.folder, copy, ignore=ignored, symlinks=True)
        write_release(assignment, copy)
        for name in ("solutions", "data"):
            (root / name).symlink_to(theirs / name)
        yield load_assignment(copy)


def student_archive(assignment: Assignment, stored: Mapping[Path, bytes] | None = None) -> bytes:
    """Pack what a student gets into a zip.

    Stubs, notebooks and figures are made afresh; handouts, suites and other files are taken from
    ``assignments/ID`` as they lie there, tool caches left out. The package goes along as a wheel:
    students get it from nowhere else, and what grades at home is what grades in the batch.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    stored : mapping of Path to bytes, optional
        What the files of stored values ought to hold; None takes them as they lie there.

    Returns
    -------
    bytes
        ``README.md``, ``assignments/ID``, the texts in ``data``, the stored values of
        ``data/golden`` and the wheel: sorted and with fixed times, so that the same files give the
        same bytes, as far as the same zlib packs them.

    Raises
    ------
    CatalogError
        When a file would give a solution away, or is a link.
    """
    home = f"assignments/{assignment.id}"
    files = {f"{home}/{name}": content for name, content in _lying_there(assignment).items()}
    generated = release(assignment)
    files |= {f"{home}/{name}": content for name, content in generated.items()}
    if stored is None:
        paths = (assignment.golden, assignment.known_mistakes, assignment.known_versions)
        stored = {path: path.read_bytes() for path in paths if path.is_file()}
    for path, content in stored.items():
        files[f"data/golden/{path.name}"] = content
    shelf = assignment.golden.parent.parent
    for path in assignment.data:
        if not path.is_file():
            raise CatalogError(f"{assignment.folder / 'exercises.toml'}: there is no {path}")
        files[f"data/{path.relative_to(shelf).as_posix()}"] = path.read_bytes()
    readme = "\n\n".join(words_about(assignment, lang).readme for lang in LANGUAGES)
    files["README.md"] = f"{readme}\n".encode()
    _refuse_leaks(assignment, files)
    return zipped(files | {wheel_name(): wheel_bytes(leave_out=INSTRUCTORS)})


def _lying_there(assignment: Assignment) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path in sorted(assignment.folder.rglob("*")):
        below = path.relative_to(assignment.folder)
        if any(part.startswith((".", "__pycache__")) for part in below.parts):
            continue
        if secret := _SECRET_FOLDERS.intersection(below.parts[:-1]):
            raise CatalogError(f"{path}: a folder {min(secret)}/ is never handed out; move it")
        if path.is_symlink():
            # It could lead into solutions/, and a zip of its target would not tell.
            raise CatalogError(f"{path} is a link; put the file itself there")
        if path.is_file():
            files[below.as_posix()] = path.read_bytes()
    return files


def _refuse_leaks(assignment: Assignment, files: Mapping[str, bytes]) -> None:
    if leaks := find_leaks(assignment, files):
        listed = "".join(f"\n  {leak}" for leak in leaks)
        raise CatalogError(f"{assignment.id} gives solutions away:{listed}")


def _staleness(path: Path, content: bytes) -> str:
    """Say why a file ought to be written; an empty text for one that is up to date."""
    if not path.is_file():
        return "is not there"
    line = _first_difference(path.read_bytes(), content)
    return "" if line is None else f"out of date from line {line} on"


def _first_difference(old: bytes, new: bytes) -> int | None:
    # A checkout on Windows may have changed the line ends, which is no difference.
    before, after = old.replace(b"\r\n", b"\n").split(b"\n"), new.split(b"\n")
    if before == after:
        return None
    pairs = enumerate(zip(before, after, strict=False), start=1)
    shorter = min(len(before), len(after)) + 1
    return next((line for line, (left, right) in pairs if left != right), shorter)
