"""Mutants of a reference, and mistakes that meet, run on public cases and stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.author.versions import renewed_versions, stale_versions
from grader.batch import known_mistakes
from grader.suite.versions import KnownVersions

if TYPE_CHECKING:
    from tests.unit.author.conftest import Proven


def test_what_is_stored_is_up_to_date_after_a_release(proven: Proven) -> None:
    """The same bytes come out, without a run."""
    assignment = proven.assignment

    assert stale_versions(assignment) == []
    assert renewed_versions(assignment) == ([], assignment.known_versions.read_bytes())


@pytest.mark.parametrize(
    ("name", "old", "new", "stale"),
    [
        ("solutions/answers.py", "2 * x", "x + x", ["double", "total"]),
        ("solutions/mistakes/double.toml", "3 * x", "4 * x", ["double"]),
    ],
)
def test_what_a_version_is_made_from_makes_it_stale(
    proven: Proven, name: str, old: str, new: str, stale: list[str]
) -> None:
    """Reference, suites, catalogue."""
    proven.change(name, old, new)

    assert stale_versions(proven.assignment) == [f"known versions of {one}" for one in stale]


def test_another_case_makes_it_stale(proven: Proven) -> None:
    """By what the reference gives in it, which is what `grader release` has looked at before."""
    proven.change("assignments/test_answers.py", "[2, 5]", "[2, 6]")
    known = known_mistakes(proven.assignment)

    assert stale_versions(proven.assignment, known) == ["known versions of double"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("solutions/answers.py", '"""Return twice x."""', '"""Return the double of x."""'),
        (
            "solutions/answers.py",
            "    # BEGIN SOLUTION\n    return 2",
            "    # BEGIN SOLUTION\n\n    return 2",
        ),
        ("assignments/test_answers.py", '"""Public tests."""', '"""Tests of all."""'),
    ],
)
def test_words_about_it_do_not(proven: Proven, name: str, old: str, new: str) -> None:
    """A comment or docstring runs no mutants for minutes."""
    proven.change(name, old, new)

    assert stale_versions(proven.assignment) == []


def test_only_what_is_stale_is_run_again(proven: Proven) -> None:
    """The other exercises keep what they have, and a damaged file has nothing to keep."""
    before = KnownVersions.read(proven.assignment.known_versions).exercises
    proven.add_mistake("double", "fivefold", "return 5 * x")

    problems, fresh = renewed_versions(proven.assignment)
    proven.assignment.known_versions.write_bytes(fresh)
    after = KnownVersions.read(proven.assignment.known_versions).exercises

    assert problems == ["known versions of double"]
    assert after["total"] == before["total"]
    assert after["double"].digest != before["double"].digest
    proven.assignment.known_versions.write_bytes(b"damaged")
    assert "is damaged" in stale_versions(proven.assignment)[0]


def test_mutants_that_cases_do_not_tell_apart_are_one_version(proven: Proven) -> None:
    """What they have in common is kept; where a known mistake does the same, nothing is."""
    double = KnownVersions.read(proven.assignment.known_versions).exercises["double"]

    assert double.cases == ("test_answers.py::test_doubles[2]", "test_answers.py::test_doubles[5]")
    told = {(one.place, one.step, one.kind) for one in double.versions}
    # ``2 / x`` is no known mistake; ``3 * x`` and ``x`` are, and ``1 * x`` is the latter.
    assert ("returned", "", "edit_operator") in told
    known = {made for one in double.versions for made in one.made}
    assert len(known) == len(double.versions)


def test_no_code_is_stored(proven: Proven) -> None:
    """Nor a name of the reference's own."""
    proven.change("solutions/answers.py", "return 2 * x", "doubled = 2 * x\n    return doubled")
    proven.release()

    stored = KnownVersions.read(proven.assignment.known_versions)

    assert stored.exercises["double"].versions
    assert "doubled" not in repr(stored)
