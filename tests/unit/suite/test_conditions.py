"""What sets a grade aside, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import grader
from grader.batch import changes, conditions_of, submission_digest
from grader.batch.conditions import grader_digest
from grader.intake import read_submission
from grader.model import Conditions, Message
from grader.suite.collecting import collected

REFERENCE = "def double(x):\n    return 2 * x\n"

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.suite.case import Case

    Describe = Callable[[], Conditions]

HIDDEN = """
@pytest.mark.exercise("double")
def test_hidden(check, rng):
    check.double(rng.standard_normal(7))
"""


@pytest.fixture
def describe(course: Any) -> Describe:
    """Collect the course's suites as a batch does and return its conditions."""

    def cases() -> tuple[Case, ...]:
        with collected(course.assignment()) as suites:
            return suites.cases

    return lambda: conditions_of(course.assignment(), cases(), "s", "A")


@pytest.mark.parametrize(
    ("path", "old", "new", "part"),
    [
        ("assignments/tiny/test_answers.py", "(4)", "(5)", "suites"),
        ("assignments/tiny/test_answers.py", "[2, 5]", "[2, 5, 6]", "cases"),
        ("assignments/tiny/test_answers.py", "def ", "@pytest.mark.points(2)\ndef ", "cases"),
        ("solutions/tiny/hidden/test_hidden.py", "(7)", "(8)", "suites"),
        ("assignments/tiny/inputs_tiny.py", "4", "5", "suites"),
        ("solutions/tiny/answers.py", "2 * x", "x + x", "reference"),
        ("assignments/tiny/answers.py", "x / 2", "x * 0.5", "stubs"),
        ("assignments/tiny/exercises.toml", "points = 4", "points = 5", "catalogue"),
        ("assignments/tiny/exercises.toml", "call_s = 1.0", "call_s = 2.0", "catalogue"),
        ("assignments/tiny/exercises.toml", "seed = 3", "seed = 4", "catalogue"),
        ("assignments/tiny/exercises.toml", 'uses = ["double"]', "", "catalogue"),
        ("solutions/tiny/mistakes/double.toml", "3 * x", "4 * x", "known mistakes"),
    ],
)  # fmt: skip
def test_what_decides_about_a_verdict_is_told(
    course: Any, describe: Describe, path: str, old: str, new: str, part: str
) -> None:
    """The hash changes, and the part that has changed has a name."""
    course.hide(HIDDEN)
    course.write("assignments/tiny/inputs_tiny.py", "SIZE = 4\n")
    course.mistakes("def thrice(x): return 3 * x\n")
    before = describe()
    text = (course.root / path).read_text("utf-8")
    assert old in text
    (course.root / path).write_text(text.replace(old, new), "utf-8")

    after = describe()

    assert after.suite_hash != before.suite_hash
    assert part in changes(before, after)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("assignments/tiny/exercises.toml", "Twice.", "Take it twice."),
        ("assignments/tiny/exercises.toml", "加倍", "乘以二"),
        ("solutions/tiny/mistakes/double.toml", "Why thrice?", "Why three times?"),
    ],
)
def test_a_better_text_needs_no_regrade(
    course: Any, describe: Describe, path: str, old: str, new: str
) -> None:
    """Titles, hints and what is said of a mistake are looked up when a report is written."""
    course.mistakes("def thrice(x): return 3 * x\n")
    course.release()
    before = describe()
    text = (course.root / path).read_text("utf-8")
    assert old in text
    (course.root / path).write_text(text.replace(old, new), "utf-8")
    course.release()

    after = describe()

    assert (changes(before, after), after) == ([], before)


def test_where_the_assignment_lies_decides_nothing(course: Any, describe: Describe) -> None:
    """Nor does a file that no batch reads."""
    before = describe()
    for folder in (course.root, course.folder, course.solution):
        (folder / "conftest.py").write_text("raise ValueError\n")

    assert describe() == before


def test_stored_values_count_where_they_stand_for_the_reference(course: Any) -> None:
    """As in a student's copy; where the reference is run, they are not looked at."""
    course.release()
    assignment = course.assignment()

    def both() -> list[Conditions]:
        return [conditions_of(assignment, (), "s", "A", live=live) for live in (False, True)]

    before = both()
    assignment.golden.write_bytes(b"others")
    after = both()

    assert changes(before[0], after[0]) == ["reference"]
    assert before[1] == after[1]


@pytest.mark.parametrize(
    "name",
    ["compare/tolerance.py", "worker/namespace.py", "suite/check.py", "scoring.py", "new.py"],
)
def test_the_graders_own_code_counts(tmp_path: Path, name: str) -> None:
    """On either side of the sandbox, new modules included."""
    copy = _copy(tmp_path)
    before = grader_digest(copy)
    with (copy / name).open("a") as file:
        file.write("# changed\n")

    assert grader_digest(copy) != before


@pytest.mark.parametrize("name", ["report/html.py", "cli/grade.py", "texts/messages.toml"])
def test_what_comes_after_the_verdicts_does_not_count(tmp_path: Path, name: str) -> None:
    """How a report looks and what it says."""
    copy = _copy(tmp_path)
    before = grader_digest(copy)
    with (copy / name).open("a") as file:
        file.write("# changed\n")

    assert grader_digest(copy) == before


def _copy(folder: Path) -> Path:
    package = Path(grader.__file__).parent
    for path in package.rglob("*.[pt][yo]*"):
        target = folder / path.relative_to(package)
        if "__pycache__" not in path.parts:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return folder


def test_versions_and_tier_are_told_with_both_values() -> None:
    """What is a digest is told by its name alone; what is equal is not told."""
    before = Conditions("A", "1f", "aa", (("numpy", "2.1.0"), ("suites", "77"), ("torch", "2.4")))
    after = Conditions("C", "2f", "bb", (("numpy", "2.2.0"), ("suites", "78"), ("torch", "2.4")))

    assert changes(before, after) == [
        "isolation (A, now C)", "salt", "numpy (2.1.0, now 2.2.0)", "suites",
    ]  # fmt: skip
    assert changes(before, before) == []


def test_a_submission_is_another_when_its_code_or_its_notes_are(tmp_path: Path) -> None:
    """Else a grade would keep notes on files that are not there any more."""
    path = tmp_path / "answers.py"
    path.write_text(REFERENCE)
    first = read_submission(path, modules=("answers",), exercises={})
    path.write_text(REFERENCE + "\n\ndef more():\n    return 1\n")
    other = read_submission(path, modules=("answers",), exercises={})
    noted = msgspec.structs.replace(first, notes=(Message("intake_skipped", {"count": 1}),))

    digests = [submission_digest(one) for one in (first, first, other, noted)]

    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
