"""Notebook cells -> Python text with the same lines; magics never run.

Lines that begin with a magic are replaced here. What else IPython knows (``files = !ls``,
``help?``, magics over several lines, prompts) goes through IPython's own transformer, which is
imported when the first cell needs it. A student's installation may be without it: then a cell that
only it can read is refused, with the remedy, and every other one is read as it would be with it.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import UsageError
from grader.intake.syntax import mask_magics, names_in
from grader.trees import parse

if TYPE_CHECKING:
    from collections.abc import Callable

_CELL_MAGIC: Final = re.compile(r"\s*%%(\w+)")
# Cell magics that run their body as it stands in the notebook's own namespace.
_TRANSPARENT: Final = frozenset(
    {"capture", "check", "memit", "mprun", "prun", "time", "timeit"}  # `check` is our own
)
_TEXTS: Final = frozenset({"html", "HTML", "latex", "markdown", "svg"})
_WRITERS: Final = frozenset({"writefile", "file"})
_WRITES: Final = re.compile(
    r"\s*%%(?:writefile|file)[ \t]+(?P<adds>(?:-a|--append)[ \t]+)?"
    r"(?P<quote>[\"']?)(?:[^\"'\s$]*[/\\])?(?P<module>[^\W\d]\w*)\.py(?P=quote)\s*$"
)
_HINTS: Final = re.compile(r"[%!?]|^[ \t]|^(?:>>>|In \[)", re.MULTILINE)
_TIMED: Final = re.compile(r"^([ \t]*)%time[ \t]+(\S.*)$")
_RUNS: Final = re.compile(
    r"^([ \t]*)%run[ \t]+(?:-\w+[ \t]+)*[\"']?(?:\S*[/\\])?([^\W\d]\w*)\.(?:py|ipynb)[\"']?\s*$"
)
_MAGIC: Final = re.compile(r"^([ \t]*)[%!?]")
_ASKS_IPYTHON: Final = re.compile(r"^([ \t]*)get_ipython\(\)\.")

# What IPython makes Python of and a mask does not: a first line that is indented, a prompt, a call
# without parentheses, a magic over several lines, and what comes of a magic, the shell, or help.
_ITS_FORMS: Final = re.compile(
    r"\A\s*^[ \t]+\S"
    r"|^[ \t]*(?:>>>|In ?\[|[,;/])"
    r"|^[ \t]*[%!?].*\\$"
    r"|^[^#\"'\n]*(?:=[ \t]*[%!]|\?[ \t;]*(?:#.*)?$)",
    re.MULTILINE,
)
# IPython reads the cell anew for each magic: characters x magics bound that.
_WORK_LIMIT: Final = 1_000_000


class ForeignCell(msgspec.Struct, frozen=True):
    """A cell that belongs to a cell magic as a whole: other languages, files to be written."""

    names: tuple[str, ...]
    line: int
    text: str


class WrittenFile(msgspec.Struct, frozen=True):
    """A cell that writes a Python file when it is run: ``%%writefile cells.py``.

    Parameters
    ----------
    module : str
        Name of the module that the file is.
    text : str
        The cell, with an empty line for the magic's.
    adds : bool
        Whether it is written behind what the file holds already.
    """

    module: str
    text: str
    adds: bool


class Cleaner:
    """Turns cells into Python; one for each notebook, since it bounds the work on all cells."""

    def __init__(self) -> None:
        self._work_left = _WORK_LIMIT
        self._transform: Callable[[str], str] | None = None

    def clean(self, cell: str) -> str | ForeignCell | WrittenFile:
        """Return Python text with as many lines as the cell.

        Parameters
        ----------
        cell : str
            The cell as written, with line feeds as line ends.

        Returns
        -------
        str, ForeignCell or WrittenFile
            ``pass`` or a call of ``get_ipython()`` stands where a magic stood. Text that is no
            Python for other reasons comes back as it is.

        Raises
        ------
        UsageError
            When only IPython can read the cell, and it is not installed.
        """
        unwrapped = _unwrap(cell)
        if not isinstance(unwrapped, str):
            return unwrapped
        if not _HINTS.search(unwrapped) or isinstance(parse(unwrapped), ast.Module):
            return unwrapped
        masked = _masked(unwrapped)
        return self._transformed(unwrapped) if masked is None else masked

    def _transformed(self, text: str) -> str:
        self._work_left -= len(text) * (1 + len(re.findall(r"[%!?]", text)))
        if self._work_left < 0:
            return mask_magics(text)
        if self._transform is None:
            try:
                self._transform = _line_keeping_transform()
            except ModuleNotFoundError as error:
                if found := _ITS_FORMS.search(text):
                    raise UsageError(_without_ipython(text, found.end())) from error
                return mask_magics(text)
        body = text.lstrip("\n")
        try:
            transformed = self._transform(body)
        except Exception:  # noqa: BLE001 - other people's code on any text; the mask serves as well
            return mask_magics(text)
        leading = "\n" * (len(text) - len(body))
        return _settle_lines(text.split("\n"), (leading + transformed).split("\n"))


def _without_ipython(text: str, at: int) -> str:
    """Say which line of a cell cannot be read."""
    line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0].strip()
    return (
        f"the notebook has a cell that only IPython can read, at the line {line!r}; "
        "install it: pip install ipython"
    )


def is_meant(line: str) -> bool:
    """Tell whether a magic stands for a statement."""
    return bool(_meant(line))


def _unwrap(cell: str) -> str | ForeignCell | WrittenFile:
    """Blank the line of ``%%time`` and its like; other cell magics take the whole cell."""
    lines = cell.split("\n")
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        magic = _CELL_MAGIC.match(line)
        if magic is None:
            break
        written = _WRITES.match(line)
        lines[number] = ""
        if written:
            return WrittenFile(written["module"], "\n".join(lines), bool(written["adds"]))
        if magic[1] not in _TRANSPARENT:
            # What is written to a text file, or lies in a page, binds no names.
            is_text = magic[1] in _TEXTS or (magic[1] in _WRITERS and ".py" not in line)
            names = () if is_text else names_in(cell)
            return ForeignCell(names, number + 1, line.strip())
    return "\n".join(lines)


def _masked(text: str) -> str | None:
    """Replace the lines that begin with a magic; None where that does not make Python of it."""
    lines = text.split("\n")
    replaced = set()
    for number, line in enumerate(lines):
        magic = _MAGIC.match(line)
        if magic:
            lines[number] = _meant(line) or (magic[1] + "pass" if magic[1] else "get_ipython()")
            replaced.add(number + 1)
    masked = "\n".join(lines)
    tree = parse(masked)
    if not isinstance(tree, ast.Module):
        return None
    # A line inside of a string may begin with % as well: then no statement begins there.
    begun = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    return masked if replaced <= begun else None


def _meant(line: str) -> str:
    """Return the statement for which a magic stands, indented as it was; nothing if for none.

    ``%time`` runs its statement, and ``%run cells.py`` leaves behind what that file defines.
    """
    runs = _RUNS.match(line)
    if runs and not runs[1]:
        return f"from {runs[2]} import *"
    timed = _TIMED.match(line)
    if timed and isinstance(parse(timed[2]), ast.Module):
        return timed[1] + timed[2]
    return ""


def _settle_lines(before: list[str], after: list[str]) -> str:
    """Let ``%time`` and ``%run`` do what they mean, and put ``pass`` for magics in functions."""
    after += [""] * (len(before) - len(after))
    for number, line in enumerate(after):
        asks = _ASKS_IPYTHON.match(line)
        if not asks or number >= len(before) or line == before[number]:
            continue
        after[number] = _meant(before[number]) or (asks[1] + "pass" if asks[1] else line)
    return "\n".join(after)


def _line_keeping_transform() -> Callable[[str], str]:
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415 - slow, see above

    class LineKeeping(TransformerManager):
        """Puts back the lines that a magic over several lines gave up, for tracebacks' sake."""

        def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
            changed, after = super().do_one_token_transform(lines)  # type: ignore[no-untyped-call] # IPython's own is not annotated
            lost = "".join(lines).count("\n") - "".join(after).count("\n")
            if lost > 0:
                same = (at for at, line in enumerate(after) if line != lines[at])
                at = next(same, len(after) - 1)
                after = [*after[: at + 1], *["\n"] * lost, *after[at + 1 :]]
            return changed, after

    transform: Callable[[str], str] = LineKeeping().transform_cell  # type: ignore[no-untyped-call] # nor is its constructor
    return transform


def exported_magic(node: ast.stmt) -> str:
    """Return the cell, or the line, that a call of ``get_ipython()`` stands for; else nothing.

    ``get_ipython().run_cell_magic('time', '', 'x = 1')`` was the cell ``%%time``, ``x = 1``.
    """
    match node:
        case ast.Expr(
            ast.Call(
                func=ast.Attribute(ast.Call(func=ast.Name("get_ipython")), method),
                args=arguments,
            )
        ):
            values = [one.value for one in arguments if isinstance(one, ast.Constant)]
            texts = [value for value in values if isinstance(value, str)]
            if len(texts) != len(arguments):
                return ""
            match method, texts:
                case "run_cell_magic", [name, line, text]:
                    return f"%%{name} {line}".rstrip() + f"\n{text}"
                case "run_line_magic", [name, line]:
                    return f"%{name} {line}"
    return ""
