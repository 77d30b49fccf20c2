"""What is said of wrong versions that no catalogue holds, and of right ones that look unusual.

`variants/` beside this has them, each with the sentences that may be said. They are run one
exercise at a time, in this process, on suites that are collected once.
"""

from __future__ import annotations

import ast
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from grader.catalog import load_assignment
from grader.diagnose import explain
from grader.mistakes import put_in
from grader.suite.collecting import collected
from grader.suite.running import run_cases
from grader.suite.session import prove

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.model import CaseResult, Diagnosis
    from grader.suite.session import Session

    Found = tuple[Diagnosis | None, dict[str, CaseResult]]

ROOT: Final = Path(__file__).parents[2]
BEGIN: Final = "# BEGIN SOLUTION"
FOLDER: Final = ROOT / "tests" / "hw8" / "variants"


def _table(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / name).read_text("utf-8"))["variant"]
    return found


WRONG: Final = _table("wrong.toml")
RIGHT: Final = _table("right.toml")


def _name(variant: Mapping[str, Any]) -> str:
    return f"{variant['exercise']}: {variant['what']}"


class Bench:
    """Runs one exercise of the reference with something else in the place of its definitions."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._assignment = session.assignment
        self._variants = session.diagnostician.variants

    def run(self, variant: Mapping[str, Any]) -> Found:
        """Run all cases of the variant's exercise, and ask why it lost points."""
        session, exercise = self._session, self._assignment.exercise(variant["exercise"])
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

    def _definitions(self, variant: Mapping[str, Any]) -> dict[str, str]:
        exercise = self._assignment.exercise(variant["exercise"])
        text = self._variants.text(exercise.module)
        defined = _defined(text)
        if "code" in variant:
            return _defined(variant["code"].strip())
        found = {name: defined[name] for name in exercise.names}
        for old, new in variant["edits"]:
            bodies = [code.rpartition(BEGIN)[2] for code in found.values()]
            assert sum(body.count(old) for body in bodies) == 1, (_name(variant), old)
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
def found() -> dict[str, Found]:
    """What is said of every variant, by its name; of all in one collected session."""
    assignment = load_assignment(ROOT / "assignments" / "hw8")
    with collected(assignment) as suites, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wrong code overflows and the like
        bench = Bench(prove(suites, "a salt"))
        return {_name(variant): bench.run(variant) for variant in (*WRONG, *RIGHT)}


def test_every_exercise_has_unknown_mistakes() -> None:
    """Sixty of them, spread over all; and what may be said is something that can be."""
    exercises = load_assignment(ROOT / "assignments" / "hw8").exercises

    assert {variant["exercise"] for variant in WRONG} == {one.id for one in exercises}
    assert len({_name(variant) for variant in WRONG}) == len(WRONG) >= 60
    assert len({_name(variant) for variant in RIGHT}) == len(RIGHT) >= 15


@pytest.mark.parametrize("variant", WRONG, ids=_name)
def test_what_is_said_of_an_unknown_mistake_is_true(
    found: dict[str, Found], variant: Mapping[str, Any]
) -> None:
    """It has no name, and of the sentences about numbers only those that hold are said."""
    diagnosis, results = found[_name(variant)]

    assert {result.verdict for result in results.values()} - {"passed", "skipped"}
    assert diagnosis is not None
    assert [mistake.id for mistake in diagnosis.mistakes] == []
    said = {one.message.key.removeprefix("finding_") for one in diagnosis.findings}
    assert set(variant.get("must", ())) <= said, explain(diagnosis, "en", to_student=False)
    assert said <= {*variant.get("must", ()), *variant.get("may", ())}, explain(
        diagnosis, "en", to_student=False
    )


@pytest.mark.parametrize("variant", RIGHT, ids=_name)
def test_nothing_is_said_of_what_is_right(
    found: dict[str, Found], variant: Mapping[str, Any]
) -> None:
    """However it is written."""
    diagnosis, results = found[_name(variant)]

    wrong = {
        case: (result.message, result.difference)
        for case, result in results.items()
        if result.verdict not in {"passed", "skipped"}
    }
    assert wrong == {}
    assert diagnosis is None
