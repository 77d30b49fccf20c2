"""Wrong and unusual versions of exercises, with what is true of them, and what is said of them.

``tests/ID/variants`` has those of an assignment: wrong.toml, each with its wrong lines and with the
sentences that may be said; right.toml; and perhaps known.toml, with known mistakes in other words.
They are run one exercise at a time, on suites that are collected once.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from grader import clock
from grader.mistakes import put_in
from grader.suite.closing import diagnosis
from grader.suite.collecting import collected
from grader.suite.run import Run
from grader.suite.running import Access
from grader.suite.session import RunSettings, prove, replaying

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from grader.catalog import Assignment
    from grader.model import CaseResult, Diagnosis
    from grader.suite.session import Session

ROOT: Final = Path(__file__).parents[1]
BEGIN: Final = "# BEGIN SOLUTION"
FOLDERS: Final = {path.parent.name: path for path in sorted(ROOT.glob("tests/*/variants"))}
SALT: Final = "a salt"


class Variant(NamedTuple):
    """A version of an exercise, as wrong.toml, known.toml and right.toml hold it.

    Parameters
    ----------
    homework, exercise : str
        Whose.
    what : str
        What is wrong, or unusual.
    edits : tuple of (str, str)
        Texts of the reference, and what stands there instead; or
    code : str
        The whole definitions, and helpers that they call.
    lines : tuple of str
        A piece of each line that a teacher might point at. Empty for a single edit within one line,
        which is that line, and for what is right.
    must, may : frozenset of str
        Sentences that have to be said, and that are true, so that they may be said as well.
    names : frozenset of str
        The known mistakes that it is made of, if it is.
    """

    homework: str
    exercise: str
    what: str
    edits: tuple[tuple[str, str], ...] = ()
    code: str = ""
    lines: tuple[str, ...] = ()
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.homework}-{self.exercise}: {self.what}"


def read_variants(name: str) -> list[Variant]:
    """Read the files of a name, of every homework that has one."""
    return [
        _variant(homework, entry)
        for homework, folder in FOLDERS.items()
        if (folder / name).is_file()
        for entry in tomllib.loads((folder / name).read_text("utf-8"))["variant"]
    ]


def _variant(homework: str, entry: dict[str, Any]) -> Variant:
    edits = tuple((old, new) for old, new in entry.pop("edits", ()))
    lines = tuple(entry.pop("lines", ()))
    must, may, names = (frozenset(entry.pop(key, ())) for key in ("must", "may", "names"))
    return Variant(homework, **entry, edits=edits, lines=lines, must=must, may=may, names=names)


WRONG: Final = read_variants("wrong.toml")
KNOWN: Final = read_variants("known.toml")
RIGHT: Final = read_variants("right.toml")


@dataclasses.dataclass(frozen=True)
class Found:
    """What came of a variant.

    Parameters
    ----------
    diagnosis : Diagnosis or None
        Why it lost points.
    results : dict of str to CaseResult
        What became of its cases.
    text : str
        The module that was handed in.
    true : frozenset of int
        The lines in it that are wrong.
    seconds : float
        What the diagnosis took.
    """

    diagnosis: Diagnosis | None
    results: Mapping[str, CaseResult]
    text: str
    true: frozenset[int]
    seconds: float


class Bench:
    """Runs one exercise of the reference with something else in the place of its definitions.

    Parameters
    ----------
    session : Session
        What variants are compared with.
    access : Access or None
        How they are run; None for in this process.
    """

    def __init__(self, session: Session, access: Access | None = None) -> None:
        self._session = session
        self._access = access or Access()
        self._variants = session.diagnostician.variants

    def run(self, variant: Variant, edits: int = RunSettings().edits) -> Found:
        """Run all cases of the variant's exercise, and ask why it lost points.

        The line at which it goes wrong is looked for by so many edits.
        """
        session = self._session
        exercise = session.assignment.exercise(variant.exercise)
        definitions, helpers = self._definitions(variant)
        text = put_in(self._variants.text(exercise.module), definitions, helpers)
        source = self._variants.with_text(exercise.module, text)
        run = Run(session, RunSettings(diagnose=False), source, self._access)
        cases = session.suites.of(exercise)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # wrong code overflows and the like
            try:
                for case in cases:
                    run.run(case)
                began_s = clock.monotonic()
                found = diagnosis(session, run.grading, exercise, cases, edits=edits)
                seconds = clock.monotonic() - began_s
            finally:
                run.close()
        true = true_lines(variant, text, [*definitions, *_defined(helpers)])
        return Found(found, run.grading.results, text, true, seconds)

    def _definitions(self, variant: Variant) -> tuple[dict[str, str], str]:
        """Return the definitions that take the reference's places, and helpers before them."""
        exercise = self._session.assignment.exercise(variant.exercise)
        found = _defined(self._variants.text(exercise.module))
        if variant.code:
            given = _defined(variant.code.strip())
            helpers = [code for name, code in given.items() if name not in found]
            own = {name: code for name, code in given.items() if name in found}
            return own, "\n\n\n".join(helpers)
        found = {name: found[name] for name in exercise.names}
        for old, new in variant.edits:
            bodies = [code.rpartition(BEGIN)[2] for code in found.values()]
            if sum(body.count(old) for body in bodies) != 1:
                raise ValueError(f"{variant}: the reference does not have {old!r} once")
            found = {name: _edited(code, old, new) for name, code in found.items()}
        return found, ""


def true_lines(variant: Variant, text: str, names: Collection[str]) -> frozenset[int]:
    """Find the wrong lines of a variant in the module that has it.

    A statement that goes over several lines is one line; of a loop or a condition, its head is.

    Parameters
    ----------
    variant : Variant
        Wrong, or right: then there are none.
    text : str
        The module.
    names : collection of str
        The definitions in it that are the variant's.

    Raises
    ------
    ValueError
        When a mark does not stand in exactly one line of those definitions.
    """
    marks = variant.lines
    if not marks and len(variant.edits) == 1 and not any("\n" in one for one in variant.edits[0]):
        marks = (variant.edits[0][1],)
    tree, lines = ast.parse(text), text.split("\n")
    inside = {
        number
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if number not in _docstrings(node)
    }
    found: set[int] = set()
    for mark in marks:
        at = [number for number in sorted(inside) if mark in lines[number - 1]]
        if len(at) != 1:
            raise ValueError(f"{variant}: {mark!r} stands in {len(at)} lines")
        found.update(_statement(tree, at[0]))
    return frozenset(found)


def _docstrings(node: ast.stmt) -> set[int]:
    return {
        number
        for inner in ast.walk(node)
        if isinstance(inner, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(inner)
        for number in range(inner.body[0].lineno, (inner.body[0].end_lineno or 0) + 1)
    }


def _statement(tree: ast.AST, line: int) -> range:
    """Return the lines of the smallest statement that has a line, or of its head."""
    spans = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            spans.append(range(node.lineno, max(node.lineno, end) + 1))
    return min((span for span in spans if line in span), key=len)


@contextlib.contextmanager
def bench(
    assignment: Assignment,
    access: Access | None = None,
    *,
    exercises: Collection[str] = (),
    as_student: bool = False,
) -> Iterator[Bench]:
    """Collect the suites of an assignment, and make ready to run variants.

    Parameters
    ----------
    assignment : Assignment
        With its solutions.
    access : Access or None
        How variants are run; None for in this process.
    exercises : collection of str
        The exercises that are asked for, by id; empty for all.
    as_student : bool
        Whether there are only stored values and public cases, as in a student's pytest.

    Yields
    ------
    Bench
        Of use as long as the context lasts.
    """
    with collected(assignment, hidden=not as_student) as every:
        chosen = tuple(every.of_all(exercises)) if exercises else every.cases
        suites = msgspec.structs.replace(every, cases=chosen)
        session = replaying(suites) if as_student else prove(suites, SALT)
        yield Bench(session, access)


def _edited(code: str, old: str, new: str) -> str:
    """Replace a text below the docstring, which may quote it."""
    head, begin, body = code.rpartition(BEGIN)
    return head + begin + body.replace(old, new)


def _defined(text: str) -> dict[str, str]:
    return {
        node.name: ast.get_source_segment(text, node) or ""
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
