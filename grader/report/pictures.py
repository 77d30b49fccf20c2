"""Pictures of a wrong value, as plain values for a template: which elements are off, and how.

A matrix is a grid in which each element that is off has a colour and a sign of its own, so that
print and eyes that do not tell colours apart lose nothing. A vector is a curve beside the right
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from grader.texts import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import Difference, Elements

CELL: Final = 16
FEW, SMALL = 12, 320  # columns that are shown at twice the size, and how wide that may be
WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 52, 352, 10, 126
MOST_RANGES: Final = 6
_DASH: Final = "\u2013"

# Of each letter of `Elements`: the class in style.css, its sign in a cell, the sign in a text.
_CELLS: Final = {
    ".": ("fine", "", ""),
    "l": ("low faint", "M4 5h8l-4 7z", "▼"),
    "h": ("high faint", "M4 11h8l-4 -7z", "▲"),
    "L": ("low", "M4 5h8l-4 7z", "▼"),
    "H": ("high", "M4 11h8l-4 -7z", "▲"),
    "x": ("odd", "M4 4l8 8M12 4l-8 8", "✕"),
}


@dataclass(frozen=True, slots=True)
class PictureView:
    """An inline SVG.

    Parameters
    ----------
    kind : str
        ``grid`` or ``curve``.
    width, height : int
        Of its view box.
    pixels : int
        How wide it is shown where there is room.
    alt : str
        The same in words.
    paths : tuple of (str, str)
        Class and path of each shape, in the order in which they are drawn.
    texts : tuple of (int, int, str, str)
        Place, anchor and text of each label.
    legend : tuple of (str, str, str)
        Class, sign and meaning.
    notes : tuple of str
        What one has to know to read it.
    """

    kind: str
    width: int
    height: int
    pixels: int
    alt: str
    paths: tuple[tuple[str, str], ...]
    texts: tuple[tuple[int, int, str, str], ...]
    legend: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


def picture_of(difference: Difference, lang: str) -> PictureView | None:
    """Draw which elements are off.

    Parameters
    ----------
    difference : Difference
        One that its reader may see.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    PictureView or None
        None where a picture would say no more than the sentence beside it: the value is no array,
        or every element of a matrix is off in the same way.
    """
    found = difference.elements
    if found is None:
        return None
    if found.expected:
        return _curve(difference, found, lang)
    letters = {letter for row in found.rows for letter in row}
    return _grid(difference, found, lang) if len(letters) > 1 else None


def _grid(difference: Difference, found: Elements, lang: str) -> PictureView:
    words = words_of("reports", lang)
    used = [letter for letter in _CELLS if any(letter in row for row in found.rows)]
    paths: list[tuple[str, str]] = []
    for letter in used:
        style, sign, _ = _CELLS[letter]
        places = [
            (CELL * x, CELL * y)
            for y, row in enumerate(found.rows)
            for x, one in enumerate(row)
            if one == letter
        ]
        paths.append((style, "".join(f"M{x} {y}h{CELL}v{CELL}h-{CELL}z" for x, y in places)))
        if sign:
            signs = "".join(_moved(sign, x, y) for x, y in places)
            paths.append((f"sign {style}", signs))
    meanings = {"high": words("too_high"), "low": words("too_low"), "odd": words("not_ordered")}
    legend = dict.fromkeys(
        (style.split()[0], sign, meanings[style.split()[0]])
        for style, _, sign in (_CELLS[letter] for letter in used)
        if sign
    )
    return PictureView(
        kind="grid",
        width=CELL * len(found.rows[0]),
        height=CELL * len(found.rows),
        pixels=_pixels(len(found.rows[0])),
        alt=_alt(difference, found, lang),
        paths=tuple(paths),
        texts=(),
        legend=tuple(legend),
        notes=_notes(found, lang, faint=bool({"l", "h"} & set(used))),
    )


def _pixels(columns: int) -> int:
    """Choose a width at which a sign in a cell can be seen."""
    return min(2 * CELL * columns, SMALL) if columns <= FEW else CELL * columns


def _moved(sign: str, x: int, y: int) -> str:
    """Move a path that begins at a place within its cell, and goes on from there."""
    return "".join(
        f"M{x + int(start.split()[0])} {y + int(start.split()[1])}{rest}"
        for start, rest in (_head(part) for part in sign.split("M") if part)
    )


def _head(part: str) -> tuple[str, str]:
    """Divide ``4 5h8`` into ``4 5`` and ``h8``."""
    at = next(index for index, character in enumerate(part) if character in "hl")
    return part[:at], part[at:]


def _notes(found: Elements, lang: str, *, faint: bool) -> tuple[str, ...]:
    words = words_of("reports", lang)
    notes = [words("grid_words")]
    if found.at:
        notes.append(words("grid_at", index=", ".join(map(str, found.at))))
    if found.block != (1, 1):
        notes.append(words("grid_block", rows=found.block[0], columns=found.block[1]))
    if faint:
        notes.append(words("grid_faint"))
    return tuple(notes)


def _alt(difference: Difference, found: Elements, lang: str) -> str:
    """Say what the picture shows: how many, and which rows and columns."""
    words = words_of("reports", lang)
    text = words("elements_off", wrong=difference.wrong, total=difference.total)
    if found.block != (1, 1):
        return text
    rows = [y for y, row in enumerate(found.rows) if row.strip(".")]
    columns = [x for x, column in enumerate(zip(*found.rows, strict=True)) if {*column} - {"."}]
    for one, several, which, count in (
        ("in_row", "in_rows", rows, len(found.rows)),
        ("in_column", "in_columns", columns, len(found.rows[0])),
    ):
        if len(which) < count:
            told = _ranges(which, words("comma"))
            text += words("comma") + words(several if len(which) > 1 else one, which=told)
    return text


def _ranges(numbers: Sequence[int], comma: str) -> str:
    """Write 0, 1, 2, 5 as 0 to 2, with a dash, and 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = [f"{low}{_DASH}{high}" if high > low else str(low) for low, high in runs[:MOST_RANGES]]
    return comma.join([*told, *(["…"] if len(runs) > MOST_RANGES else [])])


def _curve(difference: Difference, found: Elements, lang: str) -> PictureView:
    words = words_of("reports", lang)
    known = [value for value in (*found.expected, *found.actual) if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    last = len(found.expected) - 1
    scale = max(abs(low), abs(high)) or 1.0

    def at(index: int, value: float) -> tuple[float, float]:
        # As shares of the largest number, so that no difference overflows.
        span = high / scale - low / scale
        part = (value / scale - low / scale) / span if span else 0.5
        return (
            round(LEFT + (RIGHT - LEFT) * index / last, 1),
            round(BOTTOM - (BOTTOM - TOP) * part, 1),
        )

    off, lost = "", ""
    for index, (letter, value) in enumerate(zip(found.rows[0], found.actual, strict=True)):
        if value is None:
            lost += f"M{at(index, low)[0]} {BOTTOM - 6}m-4 -4l8 8m0 -8l-8 8"
        elif letter != ".":
            x, y = at(index, value)
            off += f"M{x} {y}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
    lines = {
        name: " ".join(_strokes([None if v is None else at(i, v) for i, v in enumerate(values)]))
        for name, values in (("ours", found.expected), ("theirs", found.actual))
    }
    length = max(found.shape)
    return PictureView(
        kind="curve",
        width=WIDTH,
        height=HEIGHT,
        pixels=WIDTH,
        alt=words("elements_off", wrong=difference.wrong, total=difference.total),
        paths=(
            ("axis", f"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"),
            *(
                (name, path)
                for name, path in (*lines.items(), ("off", off), ("lost", lost))
                if path
            ),
        ),
        texts=(
            (LEFT - 6, TOP + 4, "end", f"{high:.3g}"),
            *([(LEFT - 6, BOTTOM, "end", f"{low:.3g}")] if high > low else []),
            (LEFT, HEIGHT - 8, "start", "0"),
            (RIGHT, HEIGHT - 8, "end", str(length - 1)),
        ),
        legend=(
            ("ours", "━", words("expected")),
            ("theirs", "╍", words("got")),
            ("off", "○", words("element_off")),
            *([("lost", "✕", words("not_ordered"))] if lost else []),
        ),
        notes=(words("curve_words"),),
    )


def _strokes(points: Sequence[tuple[float, float] | None]) -> Iterator[str]:
    """Write a path that is broken where a point is missing; a point alone is a short stroke."""
    for index, point in enumerate(points):
        before = points[index - 1] if index else None
        after = points[index + 1] if index + 1 < len(points) else None
        if point is None:
            continue
        if before is not None:
            yield f"L{point[0]} {point[1]}"
        else:
            yield f"M{point[0]} {point[1]}" + ("" if after is not None else "h0.1")
