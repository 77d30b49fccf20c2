"""A member of an archive, whichever kind that is: its name, cleaned, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import msgspec

from grader.intake.kinds import is_litter

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NAME_CHARS: Final = 1000
_DRIVE: Final = re.compile(r"[A-Za-z]:")


class Member(msgspec.Struct, frozen=True):
    """One entry of an archive.

    Parameters
    ----------
    name : str
        Its name as the archive has it, decoded.
    packed_bytes : int
        Its size within the archive.
    read : callable
        Returns its first bytes, as many as it is told.
    folder : bool
        Whether it is a folder.
    problem : str
        Key of the text that says why it is not read; empty where it can be.
    """

    name: str
    packed_bytes: int
    read: Callable[[int], bytes]
    folder: bool = False
    problem: str = ""


class BrokenArchiveError(Exception):
    """The archive does not keep to its format; the text says how. Never leaves this package."""


def decoded(raw: bytes) -> str:
    """Decode a name that no flag declares the encoding of.

    Linux and macOS write UTF-8. Chinese versions of Windows write GBK, and Western ones the code
    page of MS-DOS, for which a name passes only where it then holds nothing but Latin letters.
    """
    for encoding in ("utf-8", "gb2312"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    western = raw.decode("cp437")
    if all(char.isascii() or "LATIN" in unicodedata.name(char, "") for char in western):
        return western
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return western


def path_of(name: str) -> str | None:
    """Clean a member's name.

    Parameters
    ----------
    name : str
        As the archive has it. Backslashes separate too, as some packers on Windows write them.

    Returns
    -------
    str or None
        Its path, relative, with slashes; empty for the archive's own root. None for a name that
        could lead out of a folder, or that no file should have.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/")
    parts = [part for part in text.split("/") if part not in {"", "."}]
    leads_out = text.startswith("/") or ".." in parts or bool(parts and _DRIVE.match(parts[0]))
    odd = any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)
    if leads_out or odd or len(text) > MAX_NAME_CHARS:
        return None
    return "/".join(parts)


def is_ignored(path: str) -> bool:
    """Tell whether a path is one that a system or a tool adds by itself."""
    return any(is_litter(part) for part in path.split("/"))
