"""Versions without a name: one change of the reference, or two known mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader.author.versions import renewed_versions
from grader.diagnose import Trace, answer
from grader.diagnose.fingerprint import fingerprint
from grader.errors import CatalogError
from grader.model import Exercise, Fault, Finding, Message, Text
from grader.sandbox import Result
from grader.suite.resembling import in_accord, one_change
from grader.suite.versions import PASSED, KnownVersions, Version, Versions, packed
from grader.texts import render

if TYPE_CHECKING:
    from pathlib import Path

STUBS = '''
def double(x):
    """Return 2 x, as ``2 * shift - 2`` with ``shift = x + 1``."""
    raise NotImplementedError

def total(x):
    raise NotImplementedError
'''
REFERENCE = '''
def double(x):
    """Return 2 x, as ``2 * shift - 2`` with ``shift = x + 1``."""
    shift = x + 1
    return 2 * shift - 2

def total(x):
    return double(x).sum()
'''
MISTAKES = """
    def adds_three(x):
        shift = x + 3
        return 2 * shift - 2

    def takes_nine(x):
        shift = x + 1
        return 2 * shift - 9
    """
HIDDEN = """
@pytest.mark.exercise("double")
def test_more(check, rng):
    check.double(rng.standard_normal((7, 3)))
"""
SAID = "with one change where shift is computed"


@pytest.fixture(scope="module")
def recorded() -> list[bytes]:
    """What the first test has recorded of the course, for all others: it is the same each time."""
    return []


@pytest.fixture
def versed(course: Any, recorded: list[bytes]) -> Any:
    """The tiny course with two known mistakes, and all versions stored."""
    course.write("assignments/tiny/answers.py", STUBS)
    course.write("solutions/tiny/answers.py", REFERENCE)
    toml = (course.folder / "exercises.toml").read_text("utf-8")
    course.write(
        "assignments/tiny/exercises.toml", toml.replace('[given]\nanswers = ["halve"]', "")
    )
    course.mistakes(MISTAKES)
    course.release()
    assignment = course.assignment()
    if not recorded:
        recorded.append(renewed_versions(assignment)[1])
    assignment.known_versions.write_bytes(recorded[0])
    course.forget()
    return course


def _findings(run: Any) -> list[str]:
    return [one.message.key for one in run.diagnoses["double"].findings]


class TestOneChange:
    """What is said of a submission that answers as the reference with one change."""

    def test_the_step_and_the_kind_are_told(self, versed: Any) -> None:
        """Whatever the submission looks like; by the handout's name, in both languages."""
        submission = versed.answer("def double(v):\n    y = v - 1\n    return y + y - 2")

        run = versed.run(submission=submission)
        chinese = versed.run("--lang", "zh", submission=submission)

        assert _findings(run)[0] == "finding_one_change"
        assert f"{SAID}. What to look at: an operator, such as + - * / @." in run.text
        assert "在计算 shift 的地方改动一处之后的结果" in chinese.text

    @pytest.mark.parametrize(
        "text",
        [
            "def double(x): return x ** 3",
            "def double(x): return x + x - 4.001",
            "def double(x): return None",
            "def double(x): return x + y",
        ],
        ids=["another function", "nearly", "nothing returned", "an error"],
    )
    def test_nothing_is_said_of_what_answers_otherwise(self, versed: Any, text: str) -> None:
        """Nor where the answers tell nothing: a mutant that returns None is no explanation."""
        run = versed.run(submission=versed.answer(text))

        assert "finding_one_change" not in _findings(run)

    def test_nothing_is_said_of_what_is_right(self, versed: Any) -> None:
        """However it is written."""
        run = versed.run(submission=versed.answer("def double(x): return x + x"))

        assert "double" not in run.diagnoses

    @pytest.mark.parametrize(("there", "said"), [("x - 1", True), ("x - 2", False)])
    def test_hidden_cases_have_to_agree(self, versed: Any, there: str, said: bool) -> None:
        """Where solutions are at hand, the mutant is run there as well."""
        versed.hide(HIDDEN)
        text = f"def double(x):\n    y = x - 1 if len(x) < 7 else {there}\n    return 2 * y - 2"
        paths = (versed.folder, versed.solution / "hidden")

        run = versed.run(submission=versed.answer(text), paths=paths)

        assert ("finding_one_change" in _findings(run)) == said

    def test_it_gives_way_to_a_line_that_another_kind_of_edit_mends(self) -> None:
        """Two explanations that differ are one too many; what else was found stays."""
        change = Finding(one_change(_version("edit_sign"), _exercise()), "a", "public")
        other = Finding(Message("finding_sign"), "a", "public")

        assert in_accord([change, other], Fault((), ("edit_sign",), 2)) == (change, other)
        assert in_accord([change, other], Fault((), ("edit_number",), 2)) == (other,)

    @pytest.mark.parametrize(("lang", "said"), [("en", "The handout has"), ("zh", "讲义中的式子")])
    def test_the_handouts_formula_is_quoted(self, lang: str, said: str) -> None:
        """Of the value that is computed there, and of no other."""
        same, other = (
            render(one_change(_version("edit_sign"), _exercise(formula)), lang)
            for formula in ("z_t = a x_t", "y = z")
        )

        assert said in same
        assert "z_t = a x_t" in same
        assert said not in other


class TestPairs:
    """Two known mistakes at once."""

    def test_both_are_named(self, versed: Any) -> None:
        """As two, not as one of two."""
        submission = versed.answer("def double(x): return x - 1.7 + x - 1.3")

        run = versed.run(submission=submission)

        found = run.diagnoses["double"]
        assert [one.id for one in found.mistakes] == ["adds_three", "takes_nine"]
        assert found.together
        assert "Two things happened at once:" in run.text
        assert "- Here adds_three happened." in run.text

    def test_one_line_that_mends_all_is_no_two_mistakes(self, versed: Any) -> None:
        """Though the answers are those of both: the line is told, and nothing else."""
        text = "def double(x):\n    y = 2 * x\n    return y - 3"

        run = versed.run(submission=versed.answer(text))

        found = run.diagnoses["double"]
        assert (found.mistakes, found.together) == ((), False)
        assert [one.text for one in found.fault.places] == ["return y - 3"]
        assert "Two things" not in run.text

    def test_one_of_them_alone_is_named_alone(self, versed: Any) -> None:
        """And a third is none of them."""
        alone = versed.run(submission=versed.answer("def double(x): return 2 * x + 4"))
        third = versed.run(submission=versed.answer("def double(x): return 2 * x + 3"))

        assert [one.id for one in alone.diagnoses["double"].mistakes] == ["adds_three"]
        assert not alone.diagnoses["double"].together
        assert third.diagnoses["double"].mistakes == ()

    def test_hidden_cases_have_to_agree(self, versed: Any) -> None:
        """They are run there together."""
        versed.hide(HIDDEN)
        paths = (versed.folder, versed.solution / "hidden")
        both, other = "x - 1.7 + x - 1.3", "x - 1.7 + x - 0.3"

        runs = [
            versed.run(submission=versed.answer(f"def double(x): return {text}"), paths=paths)
            for text in (both, f"{other} if len(x) == 7 else {both}")
        ]

        assert [len(run.diagnoses["double"].mistakes) for run in runs] == [2, 0]


def _exercise(*formulas: str) -> Exercise:
    return Exercise("double", "answers", 1, Text("", ""), (), formulas=formulas)


def _failed(value: Any) -> Trace:
    return Trace(passed=False, answers=(answer("f", Result(value)),))


def _version(kind: str = "", *prints: Any, forms: tuple[int, ...] = ()) -> Version:
    return Version("sets", "z", kind, (), (("f", 0),), forms, packed(prints))


def test_a_version_is_like_what_gives_the_same_in_every_case_that_was_run() -> None:
    """Cases that pass have to be the same ones; one that was not run has no say."""
    seen = fingerprint(_failed(np.array([1.0, 2.0])), None)
    version = _version("edit_sign", seen, seen, forms=(0, PASSED, 0))
    stored = Versions("", ("a", "b", "c"), (seen.form,), (version,))
    same, passed = _failed(np.array([1.0, 2.0])), Trace(passed=True)

    assert stored.like({"a": same, "b": passed, "c": same}, {}) == (version,)
    assert stored.like({"a": same}, {}) == (version,)
    assert stored.like({"a": same, "b": same, "c": same}, {}) == ()
    assert stored.like({"a": same, "b": passed, "c": passed}, {}) == ()
    assert stored.like({"a": same, "b": passed, "c": _failed(np.array([1.0, 2.1]))}, {}) == ()
    assert stored.like({"b": passed}, {}) == ()


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    """What is damaged is told as such, and what is not there is empty."""
    path = tmp_path / "x.versions.bin"
    known = KnownVersions(exercises={"f": Versions("d", ("a",), (b"form",), (_version(),))})

    assert KnownVersions.read(path) == KnownVersions()
    path.write_bytes(known.to_bytes())
    assert KnownVersions.read(path) == known
    path.write_bytes(b"damaged")
    with pytest.raises(CatalogError, match="take a fresh copy"):
        KnownVersions.read(path)
    path.write_bytes(KnownVersions(format="other").to_bytes())
    with pytest.raises(CatalogError, match="run `grader release`"):
        KnownVersions.read(path)
