"""A run that counts is decided by the assignment alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from grader.batch import BatchOptions, Plan, grade_all
from grader.errors import CatalogError
from grader.intake import read_submission
from grader.sandbox import open_server
from grader.suite.collecting import collected
from grader.suite.session import record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.intake import Submission
    from grader.model import Conditions, Grade, Verdict

CASES = ["test_doubles[2]", "test_doubles[5]", "test_totals"]
LEAVES_OUT = "def pytest_collection_modifyitems(items):\n    del items[1:]\n"
INI = "[pytest]\naddopts = -k totals --timeout=0.0001\npython_functions = totals_*\n"
NEVER_PASSES = "import pytest\n@pytest.fixture(autouse=True)\ndef broken(): raise ValueError\n"


@pytest.fixture
def verdicts(course: Any) -> Callable[[], dict[str, Verdict]]:
    """Run the course's suites on its reference, as a batch does; return what became of them."""

    def prove() -> dict[str, Verdict]:
        with collected(course.assignment()) as suites:
            grading, _ = record(suites, "s")
        return {
            case.rpartition("::")[2]: result.verdict for case, result in grading.results.items()
        }

    return prove


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_ADDOPTS", "-k 'not doubles'"),
        ("PYTEST_ADDOPTS", "--deselect assignments/tiny/test_answers.py"),
        ("PYTEST_ADDOPTS", "--no-such-option"),
        ("PYTEST_PLUGINS", "no_such_plugin"),
        ("PYTEST_TIMEOUT", "0.0001"),
        ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),
    ],
)
def test_no_variable_has_a_say(
    verdicts: Callable[[], dict[str, Verdict]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    """All cases are run, and the variable is there again afterwards."""
    monkeypatch.setenv(name, value)

    assert list(verdicts()) == CASES
    assert os.environ[name] == value


def test_no_file_beside_or_above_has_a_say(
    course: Any, verdicts: Callable[[], dict[str, Verdict]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pytest would read by itself stays unread, wherever it lies."""
    course.hide(
        "@pytest.mark.exercise('double')\ndef test_hidden(check):\n    check.double(np.ones(3))\n"
    )
    for folder in (course.root, course.root / "assignments", course.folder, course.solution):
        (folder / "conftest.py").write_text(LEAVES_OUT)
        for name in ("pytest.ini", ".pytest.ini", "tox.ini"):
            (folder / name).write_text(INI)
        (folder / "setup.cfg").write_text(INI.replace("[pytest]", "[tool:pytest]"))
        (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-k totals'\n")
    (course.solution / "hidden" / "conftest.py").write_text(NEVER_PASSES)
    monkeypatch.chdir(course.folder)

    assert sorted(verdicts()) == sorted([*CASES, "test_hidden"])


def test_a_case_that_is_left_out_breaks_the_suite(course: Any) -> None:
    """A grade of fewer cases than were collected would look like any other."""
    course.suite("""
        def pytest_generate_tests(metafunc):
            metafunc.config.option.keyword = "one"

        def test_one(check): check.double(np.ones(2))
        def test_two(check): check.double(np.ones(3))
    """)

    with (
        pytest.raises(CatalogError, match=r"test_two: was left out"),
        collected(course.assignment()),
    ):
        pass


def test_an_interrupt_is_passed_on(course: Any) -> None:
    """Pytest would take it for the end of the session, and half a batch would look like a whole."""
    course.suite("raise KeyboardInterrupt\n")

    with pytest.raises(KeyboardInterrupt), collected(course.assignment()):
        pass


def test_what_is_not_graded_needs_no_proof(course: Any) -> None:
    """Where all is graded already, the reference need not be run."""
    course.write("solutions/tiny/answers.py", "def double(x): return x / {}\n")
    answer = course.answer("def double(x): return 2 * x\n")
    submission = read_submission(answer, modules=("answers",), exercises={"double": ("double",)})
    grades: list[Grade] = []

    def grade(plan: Plan) -> None:
        with open_server("best", torch=False) as server:
            grade_all(
                course.assignment(), [submission], BatchOptions(salt="s"), server,
                lambda _, made: grades.append(made), plan=plan,
            )  # fmt: skip

    grade(NothingWaits())
    with pytest.raises(CatalogError, match="the reference does not pass"):
        grade(Plan())
    assert grades == []


class NothingWaits(Plan):
    """Every grade is there already."""

    def waiting(self, conditions: Conditions, submissions: Sequence[Submission]) -> tuple[()]:
        """Nothing."""
        return ()
