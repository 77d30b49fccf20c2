"""A new assignment: files that are small, and proven like any other."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import UsageError
from grader.model import inputs_module

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# A folder's name on every system, and what a mark, a notebook and an archive can be called.
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def new_files(name: str) -> dict[str, str]:
    """Write the files of a new assignment.

    Parameters
    ----------
    name : str
        Its id, such as ``hw9``.

    Returns
    -------
    dict of str to str
        Texts by path below the folder that holds ``assignments/`` and ``solutions/``.

    Raises
    ------
    UsageError
        When the name is none for a folder: letters, digits, ``_`` and ``-``, a letter first.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be an assignment's name; give letters and digits: hw9")
    template = resources.files("grader.author").joinpath("new.toml").read_bytes()
    files = msgspec.toml.decode(template, type=dict[str, str])
    filled = {"{id}": name, "{inputs}": inputs_module(name)}
    return {_filled(path, filled): _filled(text, filled) for path, text in files.items()}


def write_new(name: str, root: Path) -> tuple[Path, ...]:
    """Write a new assignment below a folder and return the paths of its files.

    Parameters
    ----------
    name : str
        Its id.
    root : Path
        The folder that holds ``assignments/``, or will.

    Raises
    ------
    UsageError
        As `new_files` does, and when something of that name is there; nothing is written then.
    """
    files = {root / path: text for path, text in new_files(name).items()}
    taken = (root / "assignments" / name, root / "solutions" / name)
    for folder in taken:
        if folder.exists() or folder.is_symlink():
            raise UsageError(f"{folder} is there already; give another name, or move it away")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return tuple(files)


def _filled(text: str, values: Mapping[str, str]) -> str:
    for field, value in values.items():
        text = text.replace(field, value)
    return text
