"""The student's code as a page shows it: numbered, coloured, with the lines that are marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from grader.report.highlight import docstring_rows, highlighted
from grader.report.wording import file_text
from grader.texts import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.model import ExerciseResult, Fault, Listing
    from grader.report.highlight import Part

LEAST_CUT: Final = 3  # lines of a docstring


@dataclass(frozen=True, slots=True)
class CodeView:
    """The student's code: of each line its number, whether it is marked, and its parts.

    `label` is what stands beside a line that is marked.
    """

    place: str
    label: str
    lines: tuple[tuple[int, bool, tuple[Part, ...]], ...]
    above: int
    below: int


def code_view(result: ExerciseResult, lang: str) -> CodeView | None:
    """Quote the code of an exercise that lost points; None if it is not known which."""
    diagnosis = result.diagnosis
    code = diagnosis.code if diagnosis is not None else None
    if diagnosis is None or code is None:
        return None
    return CodeView(
        place=file_text(code.file, code.cell, lang),
        label=words_of("reports", lang)(_label(diagnosis.fault)),
        lines=tuple(_code_lines(code, lang)),
        above=code.above,
        below=code.below,
    )


def _label(fault: Fault | None) -> str:
    if fault is None:
        return "stopped_here"  # the line that raises is often not the one that is wrong
    either = len(fault.places) > 1 and not fault.together
    return "went_wrong_either" if either else "went_wrong_here"


def _code_lines(code: Listing, lang: str) -> Iterator[tuple[int, bool, tuple[Part, ...]]]:
    """Yield the lines of a listing, of a long docstring the first: it is the code that is read."""
    kept = {
        number: number in code.marked for number in range(code.line, code.line + len(code.lines))
    }
    cut: dict[int, int] = {}
    for rows in docstring_rows(code.lines):
        left_out = [code.line + row for row in rows[1:]]
        if len(left_out) >= LEAST_CUT and not any(kept[number] for number in left_out):
            cut[left_out[0]] = len(left_out)
            kept = {number: marked for number, marked in kept.items() if number not in left_out}
    words = words_of("reports", lang)
    for number, parts in enumerate(highlighted(code.lines), code.line):
        if number in cut:
            yield number, False, (("comment", f"    … {words('code_cut', count=cut[number])}"),)
        elif number in kept:
            yield number, kept[number], parts
