"""A CSV file as spreadsheets and platforms write it -> its columns and lines."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import re
from typing import TYPE_CHECKING, Final

from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MAX_BYTES: Final = 64 << 20
_DELIMITERS: Final = (",", ";", "\t")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_CHINESE_PAIR: Final = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]|[\xa1-\xa9][\xa1-\xfe]")


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """The lines of a CSV file.

    Parameters
    ----------
    path : Path
        Where it lies, for messages.
    header : tuple of str
        Names of the columns, as they stand.
    rows : tuple of (int, tuple of str)
        The number of each line, and its cells: as many as there are columns.
    delimiter : str
        What stands between cells.
    marked : bool
        Whether the file began with the mark of UTF-8.
    encoding : str
        What it was read in.
    told : mapping of str to str
        What somebody says columns are called, by field; see `grader.course.columns.NAMES`.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    delimiter: str = ","
    marked: bool = False
    encoding: str = "UTF-8"
    told: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def column(self, *names: str) -> int | None:
        """Return where the first of some columns stands, letter case aside; None for none."""
        plain = [_plain(name) for name in self.header]
        return next((plain.index(_plain(name)) for name in names if _plain(name) in plain), None)


def read_table(path: Path, told: Mapping[str, str] | None = None) -> Table:
    """Read a CSV file, parted by commas, semicolons or tabs.

    It is UTF-8, or UTF-16 as its mark says; else what Excel saves where it knows no better: GB18030
    on Chinese systems, Windows-1252 on western ones.

    Parameters
    ----------
    path : Path
        The file.
    told : mapping of str to str or None
        What its columns are called, by field, where that is not known.

    Raises
    ------
    UsageError
        When it cannot be read, is no text, or has no header.
    """
    data = _data(path)
    text, encoding = _text(path, data)
    try:
        delimiter = _delimiter(text)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        found = [(lines.line_num, tuple(row)) for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError(f"{path} is no table that can be read: {error}") from error
    if not found:
        raise UsageError(f"{path} is empty; its first line has to name the columns")
    (_, header), *rows = found
    wide = next((number for number, row in rows if any(row[len(header) :])), None)
    if wide is not None:
        raise UsageError(
            f"{path}, line {wide}: more cells than there are columns; put texts that hold "
            f"{delimiter!r} into quotation marks"
        )
    width = len(header)
    filled = ((number, (*row, *[""] * width)[:width]) for number, row in rows)
    marked = data.startswith(codecs.BOM_UTF8)
    return Table(path, header, tuple(filled), delimiter, marked, encoding, told or {})


def _data(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} is larger than any roster ({MAX_BYTES >> 20} MiB)")
    return data


def _text(path: Path, data: bytes) -> tuple[str, str]:
    """Return a file's text, and what it is written in."""
    known = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text, encoding = data.decode(known), "UTF-8"
    except UnicodeDecodeError as error:
        found = None if known == "utf-16" else _of_a_spreadsheet(data)
        if found is None:
            raise UsageError(
                f"{path} is no text in UTF-8 (byte {error.start}): save it once more as CSV UTF-8"
            ) from error
        text, encoding = found
    if "\0" in text:
        raise UsageError(f"{path} holds null bytes; it is no CSV file")
    return text, encoding


def _of_a_spreadsheet(data: bytes) -> tuple[str, str] | None:
    """Read what is no UTF-8 as Chinese or western; None for neither.

    Nearly all names are in GB2312, whose two bytes are both high; in western text a high byte
    mostly stands alone.
    """
    high = len(_HIGH.findall(data))
    pairs = 2 * len(_CHINESE_PAIR.findall(data))
    encodings = [("gb18030", "GB18030")] if pairs * 4 >= high * 3 else []
    for codec, name in (*encodings, ("cp1252", "Windows-1252")):
        try:
            return data.decode(codec), name
        except UnicodeDecodeError:
            continue
    return None


def _delimiter(text: str) -> str:
    """Return what parts the first line into most cells."""
    counts = {mark: len(_first(text, mark)) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: counts[mark])


def _first(text: str, delimiter: str) -> Sequence[str]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return next((row for row in lines if any(cell.strip() for cell in row)), [])


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())
