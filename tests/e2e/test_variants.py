"""What is said of wrong versions that no catalogue holds, and of right ones that look unusual.

``tests/ID/variants`` has those of an assignment: wrong.toml, each with the sentences that may be
said; right.toml; and perhaps known.toml, with known mistakes in other words. They are run one
exercise at a time, in this process, on suites that are collected once.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import tomllib
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from grader.catalog import find_assignment
from grader.diagnose import explain
from grader.mistakes import put_in
from grader.suite.collecting import collected
from grader.suite.running import run_cases
from grader.suite.session import prove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.model import CaseResult, Diagnosis
    from grader.suite.session import Session

    Found = tuple[Diagnosis | None, dict[str, CaseResult]]

# Some hundred versions, and what they prove changes with suites, catalogue and findings alone.
pytestmark = pytest.mark.proof

ROOT: Final = Path(__file__).parents[2]
BEGIN: Final = "# BEGIN SOLUTION"
FOLDERS: Final = {path.parent.name: path for path in sorted(ROOT.glob("tests/*/variants"))}


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
        The whole definition.
    must, may : frozenset of str
        Sentences that have to be said, and that are true, so that they may be said as well.
    named : str
        The known mistake that it is, if it is one.
    """

    homework: str
    exercise: str
    what: str
    edits: tuple[tuple[str, str], ...] = ()
    code: str = ""
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    named: str = ""

    def __str__(self) -> str:
        return f"{self.homework}-{self.exercise}: {self.what}"


def _read(name: str) -> list[Variant]:
    found = []
    for homework, folder in FOLDERS.items():
        if not (folder / name).is_file():
            continue
        for entry in tomllib.loads((folder / name).read_text("utf-8"))["variant"]:
            edits = tuple((old, new) for old, new in entry.pop("edits", ()))
            must, may = (frozenset(entry.pop(key, ())) for key in ("must", "may"))
            found.append(Variant(homework, **entry, edits=edits, must=must, may=may))
    return found


WRONG: Final = _read("wrong.toml")
KNOWN: Final = _read("known.toml")  # not every homework has these
RIGHT: Final = _read("right.toml")


class Bench:
    """Runs one exercise of the reference with something else in the place of its definitions."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._assignment = session.assignment
        self._variants = session.diagnostician.variants

    def run(self, variant: Variant) -> Found:
        """Run all cases of the variant's exercise, and ask why it lost points."""
        session, exercise = self._session, self._assignment.exercise(variant.exercise)
        text = put_in(self._variants.text(exercise.module), self._definitions(variant))
        grading = session.grading(self._variants.with_text(exercise.module, text))
        cases = session.suites.of(exercise)
        run_cases(session.suites.tests, grading, cases)
        found = session.diagnostician.diagnose(
            grading, exercise, session.right, lambda other: self._hidden(other, cases)
        )
        return found, grading.results

    def _hidden(self, source: Any, cases: Sequence[Any]) -> Any:
        hidden = [one for one in cases if one.suite == "hidden"]
        return run_cases(self._session.suites.tests, self._session.grading(source), hidden)

    def _definitions(self, variant: Variant) -> dict[str, str]:
        exercise = self._assignment.exercise(variant.exercise)
        text = self._variants.text(exercise.module)
        defined = _defined(text)
        if variant.code:
            return _defined(variant.code.strip())
        found = {name: defined[name] for name in exercise.names}
        for old, new in variant.edits:
            bodies = [code.rpartition(BEGIN)[2] for code in found.values()]
            assert sum(body.count(old) for body in bodies) == 1, (str(variant), old)
            found = {name: _edited(code, old, new) for name, code in found.items()}
        return found


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


@pytest.fixture(scope="module")
def found() -> Iterator[Callable[[Variant], Found]]:
    """What is said of a variant; the suites of each assignment are collected when first needed."""
    with contextlib.ExitStack() as kept:

        @functools.cache
        def bench(homework: str) -> Bench:
            suites = kept.enter_context(collected(find_assignment(homework, ROOT)))
            return Bench(prove(suites, "a salt"))

        def run(variant: Variant) -> Found:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # wrong code overflows and the like
                return bench(variant.homework).run(variant)

        yield run


@pytest.mark.parametrize("homework", FOLDERS)
def test_every_exercise_has_unknown_mistakes(homework: str) -> None:
    """Two each at least, and half as many right versions; no two are called alike."""
    exercises = [one.id for one in find_assignment(homework, ROOT).exercises]
    wrong, right = ([one for one in every if one.homework == homework] for every in (WRONG, RIGHT))

    counts = Counter(one.exercise for one in wrong)
    assert set(counts) == set(exercises)
    assert {name for name, count in counts.items() if count < 2} == set()
    assert len(right) >= len(exercises) / 2
    assert len({str(one) for one in [*wrong, *right]}) == len(wrong) + len(right)


@pytest.mark.parametrize("variant", WRONG, ids=str)
def test_what_is_said_of_an_unknown_mistake_is_true(
    found: Callable[[Variant], Found], variant: Variant
) -> None:
    """It has no name, and of the sentences about numbers only those that hold are said."""
    diagnosis, results = found(variant)

    assert {result.verdict for result in results.values()} - {"passed", "skipped"}
    assert diagnosis is not None
    assert [mistake.id for mistake in diagnosis.mistakes] == []
    said = {one.message.key.removeprefix("finding_") for one in diagnosis.findings}
    assert variant.must <= said, explain(diagnosis, "en", to_student=False)
    assert said <= variant.must | variant.may, explain(diagnosis, "en", to_student=False)


@pytest.mark.parametrize("variant", KNOWN, ids=str)
def test_a_known_mistake_is_named_in_whatever_words(
    found: Callable[[Variant], Found], variant: Variant
) -> None:
    """It loses marks, and is called by the name that the catalogue has for it, and by no other."""
    diagnosis, results = found(variant)

    assert {result.verdict for result in results.values()} - {"passed", "skipped"}
    assert diagnosis is not None
    assert [mistake.id for mistake in diagnosis.mistakes] == [variant.named]


@pytest.mark.parametrize("variant", RIGHT, ids=str)
def test_nothing_is_said_of_what_is_right(
    found: Callable[[Variant], Found], variant: Variant
) -> None:
    """However it is written."""
    diagnosis, results = found(variant)

    wrong = {
        case: (result.message, result.difference)
        for case, result in results.items()
        if result.verdict not in {"passed", "skipped"}
    }
    assert wrong == {}
    assert diagnosis is None
