"""What is said of wrong versions that no catalogue holds, and of right ones that look unusual.

`tests.variants` says what they are. They are run one exercise at a time, in this process.
"""

from __future__ import annotations

import contextlib
import functools
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from grader.catalog import find_assignment
from grader.diagnose import explain
from grader.suite.session import RunSettings
from tests.variants import FOLDERS, KNOWN, RIGHT, ROOT, WRONG, bench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.variants import Bench, Found, Variant

# Some hundred versions, and what they prove changes with suites, catalogue and findings alone.
pytestmark = pytest.mark.proof

# The line at which one goes wrong is looked for in every so many; the benchmark does so in each.
LOOKED_FOR: Final = 8


@pytest.fixture(scope="module")
def found() -> Iterator[Callable[..., Found]]:
    """What is said of a variant; the suites of each assignment are collected when first needed."""
    with contextlib.ExitStack() as kept:

        @functools.cache
        def opened(homework: str) -> Bench:
            return kept.enter_context(bench(find_assignment(homework, ROOT)))

        def run(variant: Variant, edits: int = 0) -> Found:
            return opened(variant.homework).run(variant, edits)

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
    found: Callable[..., Found], variant: Variant
) -> None:
    """It has no name, and of the sentences about numbers only those that hold are said."""
    run = found(variant)
    diagnosis = run.diagnosis

    assert {result.verdict for result in run.results.values()} - {"passed", "skipped"}
    assert run.true
    assert diagnosis is not None
    assert [mistake.id for mistake in diagnosis.mistakes] == []
    said = {one.message.key.removeprefix("finding_") for one in diagnosis.findings}
    assert variant.must <= said, explain(diagnosis, "en", to_student=False)
    assert said <= variant.must | variant.may, explain(diagnosis, "en", to_student=False)


@pytest.mark.parametrize("variant", WRONG[::LOOKED_FOR], ids=str)
def test_a_line_that_is_told_is_wrong(found: Callable[..., Found], variant: Variant) -> None:
    """Whether an edit shows it, two edits, or a value."""
    run = found(variant, RunSettings().edits)

    assert run.diagnosis is not None
    told = {place.line for place in run.diagnosis.fault.places} if run.diagnosis.fault else set()
    assert not told or told & run.true, explain(run.diagnosis, "en", to_student=False)


@pytest.mark.parametrize("variant", KNOWN, ids=str)
def test_a_known_mistake_is_named_in_whatever_words(
    found: Callable[..., Found], variant: Variant
) -> None:
    """It loses marks, and is called by the name that the catalogue has for it, and by no other.

    Two that meet are both named, as two.
    """
    run = found(variant)

    assert {result.verdict for result in run.results.values()} - {"passed", "skipped"}
    assert run.true
    assert run.diagnosis is not None
    assert {mistake.id for mistake in run.diagnosis.mistakes} == variant.names
    assert run.diagnosis.together == (len(variant.names) > 1)


@pytest.mark.parametrize("variant", RIGHT, ids=str)
def test_nothing_is_said_of_what_is_right(found: Callable[..., Found], variant: Variant) -> None:
    """However it is written."""
    run = found(variant)

    wrong = {
        case: (result.message, result.difference)
        for case, result in run.results.items()
        if result.verdict not in {"passed", "skipped"}
    }
    assert wrong == {}
    assert run.diagnosis is None
