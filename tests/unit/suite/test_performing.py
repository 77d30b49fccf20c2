"""A test that is called by us ends as it does under pytest, and what we cannot call goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grader.intake import read_submission
from grader.suite.collecting import collected
from grader.suite.performing import through_pytest
from grader.suite.run import run_submission
from grader.suite.running import Access
from grader.suite.session import RunSettings, prove

if TYPE_CHECKING:
    from grader.model import CaseResult
    from grader.suite.performing import Perform

PLAIN = """
    @pytest.mark.parametrize("n", [2, 5])
    @pytest.mark.points(2)
    def test_one(check, rng, n): check.double(rng.standard_normal(n))

    def test_two(submission, reference):
        assert list(submission.double(np.ones(2))) == list(reference.double(np.ones(2)))
"""
OTHERS = {
    "a fixture of its own": """
        @pytest.fixture
        def twos(): return 2 * np.ones(2)

        def test_one(check, twos): check.double(twos)
    """,
    "a fixture in place of ours": """
        @pytest.fixture
        def rng(): return np.random.default_rng(3)

        def test_one(check, rng): check.double(rng.standard_normal(3))
    """,
    "a fixture that nobody asks for": """
        @pytest.fixture(autouse=True)
        def ready(): pass

        def test_one(check): check.double(np.ones(2))
    """,
    "a parameter by way of a fixture": """
        @pytest.fixture
        def array(request): return np.full(2, request.param)

        @pytest.mark.parametrize("array", [1.0, 2.0], indirect=True)
        def test_one(check, array): check.double(array)
    """,
    "a class": """
        class TestDouble:
            def test_one(self, check): check.double(np.ones(2))
    """,
    "a function that prepares": """
        def setup_function(): pass

        def test_one(check): check.double(np.ones(2))
    """,
    "a mark": """
        @pytest.mark.skipif(True, reason="because")
        def test_one(check): check.double(np.ones(2))

        def test_two(check): check.double(np.ones(2))
    """,
    "what pytest offers": """
        def test_one(check, tmp_path, monkeypatch):
            monkeypatch.chdir(tmp_path)
            check.double(np.ones(2))
    """,
}
ANSWERS = {
    "right": "def double(x): return 2 * x",
    "wrong": "def double(x): return 3 * x",
    "raises": "def double(x): return x / {}",
    "unwritten": "def double(x): raise NotImplementedError",
    "absent": "del double",
}


def is_called(perform: Perform) -> bool:
    """Tell whether a test is called by us."""
    return getattr(perform, "func", None) is not through_pytest


def outcomes(course: Any, path: Any) -> tuple[dict[str, Any], list[bool]]:
    """Run a submission as a batch does, but in this process."""
    names = {"double": ("double",), "total": ("total",)}
    source = read_submission(path, modules=("answers",), exercises=names).source
    assert source is not None
    with collected(course.assignment()) as suites:
        session = prove(suites, "")
        settings = RunSettings(diagnose=False, redraw=False)
        results, _ = run_submission(session, settings, source, Access())
        return {one.id: told(one) for one in results}, list(map(is_called, suites.tests.values()))


def told(result: CaseResult) -> Any:
    """Return what a result says."""
    return result.verdict, result.message, result.difference


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
def test_a_plain_test_ends_as_under_pytest(course: Any, text: str) -> None:
    """The same verdict, the same words."""
    course.suite(PLAIN)
    path = course.answer(text)

    found, called = outcomes(course, path)

    assert called == [True] * 3
    at_home = course.run(submission=path)
    assert found == {name: told(result) for name, result in at_home.results.items()}


@pytest.mark.parametrize("suite", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("answer", ["right", "wrong"])
def test_whatever_else_a_suite_uses_goes_through_pytest(
    course: Any, suite: str, answer: str
) -> None:
    """With what it needs set up, and the same verdict."""
    course.suite(suite)
    path = course.answer(ANSWERS[answer])

    found, called = outcomes(course, path)

    assert not all(called)
    at_home = course.run(submission=path)
    assert found == {name: told(result) for name, result in at_home.results.items()}


def test_what_a_suite_sets_up_for_one_test_is_gone_before_another(course: Any) -> None:
    """Also where a diagnosis runs them out of order, between two that share a module."""
    course.suite("""
        @pytest.fixture(scope="module")
        def log():
            found = []
            yield found
            assert len(found) == 1

        @pytest.mark.parametrize("n", [1, 2, 3])
        def test_one(check, log, n):
            log.append(n)
            check.double(np.ones(n))
    """)

    found, _ = outcomes(course, course.answer(ANSWERS["right"]))

    assert [verdict.value for verdict, *_ in found.values()] == ["passed"] * 3
