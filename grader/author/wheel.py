"""The installed package as a wheel, for those who cannot get it from anywhere else."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

import grader

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_NAME: Final = "grader"
_TAG: Final = "py3-none-any"
# Rooms, and modules beside them, without which a student's commands do all that they do; and what
# is of no use without these.
INSTRUCTORS: Final = frozenset(
    {
        "author", "batch", "desk", "gradebook", "service", "similarity.py", "texts/service.toml",
        "steps", "suite/following.py", "suite/sides.py",  # they need the solutions
        *(f"report/{name}.py" for name in ("attempts", "beside", "desk", "gradebooks")),
        *(
            f"report/templates/desk{name}"
            for name in (
                ".html", ".js", "_class.html", "_groups.html", "_log.html", "_pair.html",
                "_similar.html", "_student.html",
            )
        ),
        *(
            f"cli/{name}.py"
            for name in (
                "autograder", "ci", "comment", "desk", "diff", "engines", "export", "grade",
                "gradebooks", "handing_in", "log", "new", "override", "printing", "regrade",
                "release", "report", "serve", "similar", "undo", "validate",
            )
        ),
    }
)  # fmt: skip
# What pip needs to know; the README, which most of the rest is, stays at home.
_FIELDS: Final = ("Summary", "License-Expression", "Requires-Python", "Requires-Dist")


def wheel_name() -> str:
    """Return the file name of the wheel: ``grader-0.1.0-py3-none-any.whl``."""
    return f"{_NAME}-{grader.__version__}-{_TAG}.whl"


def wheel_bytes(*, leave_out: Collection[str] = ()) -> bytes:
    """Pack the package that is running into a wheel.

    Parameters
    ----------
    leave_out : collection of str
        Folders and files of the package that do not go along, such as `INSTRUCTORS`.

    Returns
    -------
    bytes
        The other files of the package, tool caches left out, with what its installation says of its
        requirements and commands. Nothing is compressed, for the archive around it is, and packs
        many files that are alike better than one by one. Times are fixed: the same files give the
        same bytes.

    References
    ----------
    The Python Packaging User Guide, "Binary distribution format".
    """
    root = Path(grader.__file__).parent
    files = {
        f"{_NAME}/{below.as_posix()}": path.read_bytes()
        for path in root.rglob("*")
        for below in [path.relative_to(root)]
        if path.is_file()
        and not {below.parts[0], below.as_posix()} & set(leave_out)
        and not any(part.startswith((".", "__pyc")) for part in below.parts)
    }
    info = f"{_NAME}-{grader.__version__}.dist-info"
    files[f"{info}/METADATA"] = _metadata().encode()
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: {_NAME}\nRoot-Is-Purelib: true\nTag: {_TAG}\n"
    ).encode()
    files[f"{info}/entry_points.txt"] = _entry_points().encode()
    record = f"{info}/RECORD"
    files[record] = _record(files, record).encode()
    return zipped(files, compressed=False)


def zipped(files: Mapping[str, bytes], *, compressed: bool = True) -> bytes:
    """Pack files into a zip, sorted and with fixed times.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by path.
    compressed : bool
        Whether they are compressed; stored values, which are packed already, never are.

    Returns
    -------
    bytes
        The zip.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = 0o644 << 16
            is_small = compressed and not name.endswith(".bin")
            entry.compress_type = zipfile.ZIP_DEFLATED if is_small else zipfile.ZIP_STORED
            archive.writestr(entry, content, compresslevel=9)
    return buffer.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    """Take a zip apart again, into contents by path."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _metadata() -> str:
    told = distribution(_NAME).metadata
    fields = [("Metadata-Version", "2.4"), ("Name", _NAME), ("Version", grader.__version__)]
    fields += [(field, value) for field in _FIELDS for value in told.get_all(field) or ()]
    # Extras are for instructors, who have a checkout.
    return "".join(f"{field}: {value}\n" for field, value in fields if "extra ==" not in value)


def _entry_points() -> str:
    groups: dict[str, list[str]] = {}
    for point in sorted(distribution(_NAME).entry_points):
        groups.setdefault(point.group, []).append(f"{point.name} = {point.value}\n")
    return "\n".join(f"[{group}]\n{''.join(lines)}" for group, lines in sorted(groups.items()))


def _record(files: Mapping[str, bytes], itself: str) -> str:
    """List each file with its hash and length; the list itself has neither."""
    lines = []
    for name, content in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    return "".join([*lines, f"{itself},,\n"])
