"""The sample submissions, graded as a batch by the command line, in real workers.

`tests/submissions/expected.toml` says what each is to earn. The batch runs once, on a copy of the
assignment with a shorter deadline, since endless loops use theirs up.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from grader.catalog import find_assignment
from grader.intake import collect
from grader.worker import kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = ROOT / "tests" / "submissions"
CALL_S: Final = "2.0"
SERVER: Final = b"grader.worker.server"
# One of each sort, for a second run: notebook, folder, script that crashes, unreadable.
SOME: Final = ("right_in_place.ipynb", "right_folder", "crash.py", "not_utf8.py")


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sample submission is to earn; the head of expected.toml says what each field means."""

    status: str = "graded"
    score: int | None = None
    zero: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    carried_forward: tuple[str, ...] = ()
    first: dict[str, tuple[str, str]] = {}
    says: tuple[str, ...] = ()

    def outcome(self, exercise: str) -> str:
        """Name the outcome of an exercise."""
        for outcome in ("zero", "partial", "carried_forward"):
            if exercise in getattr(self, outcome):
                return outcome
        return "full"


class Case(msgspec.Struct, frozen=True):
    """What is wanted of one case in results/json."""

    verdict: str
    message_key: str
    carried_forward: bool


class Exercise(msgspec.Struct, frozen=True):
    """What is wanted of one exercise in results/json."""

    id: str
    points: float
    score_exact: str | None
    cases: list[Case]

    def outcome(self) -> str:
        """Name the outcome, in the words of expected.toml."""
        if self.score_exact is None:
            return "not graded"
        score = Fraction(self.score_exact)
        if score < Fraction(self.points):
            return "partial" if score else "zero"
        carried = any(case.carried_forward for case in self.cases)
        return "carried_forward" if carried else "full"

    def first_failure(self) -> tuple[str, str] | None:
        """Return verdict and message key of the first case that failed."""
        failed = (case for case in self.cases if case.verdict != "passed")
        return next(((case.verdict, case.message_key) for case in failed), None)


class Document(msgspec.Struct, frozen=True):
    """What is wanted of a file in results/json."""

    status: str
    score_exact: str | None
    notes: list[str]
    exercises: list[Exercise]


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """Three runs of the command line.

    Parameters
    ----------
    results, some : Path
        Folders of the whole batch, and of the same few graded afresh and then not at all.
    codes : tuple of int
        Exit codes.
    resumed : str
        What the last run printed.
    left_processes, left_folders, left_files : frozenset of str
        What was there after the batch and not before: children of this process, folders of
        workers, files among the submissions.
    crowded : bool
        Whether graders that are not ours ran at the same time.
    """

    results: Path
    some: Path
    codes: tuple[int, ...]
    resumed: str
    left_processes: frozenset[str]
    left_folders: frozenset[str]
    left_files: frozenset[str]
    crowded: bool

    def rows(self) -> dict[str, dict[str, str]]:
        """Read grades.csv by id."""
        with (self.results / "grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["id"]: row for row in csv.DictReader(file)}

    def grade(self, name: str) -> Document:
        """Read the JSON of one submission."""
        data = (self.results / "json" / f"{name}.json").read_bytes()
        return msgspec.json.decode(data, type=Document)


EXPECTED: Final = msgspec.toml.decode(
    (SAMPLES / "expected.toml").read_bytes(), type=dict[str, Expected]
)
GRADED: Final = [name for name, expected in EXPECTED.items() if expected.status == "graded"]


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Grade every sample once, a few of them again, and those a third time without need."""
    tree = _impatient_tree(tmp_path_factory.mktemp("tree"))
    few = tmp_path_factory.mktemp("few")
    for name in SOME:
        copy = shutil.copytree if (SAMPLES / name).is_dir() else shutil.copy
        copy(SAMPLES / name, few / name)
    results, some = (tmp_path_factory.mktemp("results") / name for name in ("all", "some"))

    folders, files = _folders(), _files()
    with _adopting_orphans():
        processes = _children()
        whole = _grade(tree, SAMPLES, results)
        left = _children() - processes
    shutil.copytree(results, some)
    again = _grade(tree, few, some, "--fresh")
    resumed = _grade(tree, few, some)
    return Batch(
        results=results,
        some=some,
        codes=(whole.returncode, again.returncode, resumed.returncode),
        resumed=resumed.stdout,
        left_processes=left,
        left_folders=_folders() - folders,
        left_files=_files() - files,
        crowded=_servers_run(),
    )


def _impatient_tree(tree: Path) -> Path:
    """Copy the assignment with a deadline of `CALL_S` seconds for each call."""
    for part in ("assignments", "solutions"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    catalogue = tree / "assignments" / "hw8" / "exercises.toml"
    text = catalogue.read_text("utf-8")
    shortened = text.replace("call_s = 10.0", f"call_s = {CALL_S}")
    assert shortened != text, "exercises.toml no longer says call_s = 10.0"
    catalogue.write_text(shortened, "utf-8")
    return tree


def _grade(
    tree: Path, submissions: Path, out: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    """Run ``grader grade`` as a process of its own, with standard error let through."""
    command = "import sys; from grader.cli import main; sys.exit(main())"
    words = ["grade", "hw8", str(submissions), "-o", str(out), "-j", "2", "--root", str(tree)]
    return subprocess.run(
        [sys.executable, "-P", "-c", command, *words, "--lang", "en", *more],
        cwd=tree,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=600,
    )


@contextlib.contextmanager
def _adopting_orphans() -> Iterator[None]:
    """Become the parent of whatever the grader leaves behind, so that it can be seen."""
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 0)


def _children() -> frozenset[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return frozenset(pid for task in tasks for pid in task.read_text().split())


def _folders() -> frozenset[str]:
    return frozenset(str(path) for path in Path(tempfile.gettempdir()).glob("grader-*"))


def _files() -> frozenset[str]:
    return frozenset(str(path) for path in SAMPLES.rglob("*"))


def _servers_run() -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if SERVER in path.read_bytes():
                return True
    return False


def test_nothing_but_submissions_is_collected() -> None:
    """Every script, notebook and folder is one; the README and expected.toml are none."""
    assignment = find_assignment("hw8", ROOT)
    names = {exercise.id: exercise.names for exercise in assignment.exercises}

    found = collect(SAMPLES, modules=assignment.modules, exercises=names)

    assert {submission.id for submission in found} == set(EXPECTED)


def test_expectations_name_exercises() -> None:
    """An exercise that is misspelt in expected.toml would be expected to earn full marks."""
    known = {exercise.id for exercise in find_assignment("hw8", ROOT).exercises}

    for name, expected in EXPECTED.items():
        lost = {*expected.zero, *expected.partial}
        assert {*lost, *expected.carried_forward} <= known, name
        assert set(expected.first) <= lost, name
        assert (expected.score is None) == bool(expected.partial or expected.status != "graded"), (
            name
        )


def test_the_batch_goes_through(batch: Batch) -> None:
    """Crashes, endless loops and files that cannot be read are the students', not the grader's."""
    assert batch.codes == (0, 0, 0)


def test_every_submission_has_a_row(batch: Batch) -> None:
    """The table has as many rows as there are submissions, each with its status."""
    statuses = {name: row["status"] for name, row in batch.rows().items()}

    assert statuses == {name: expected.status for name, expected in EXPECTED.items()}


@pytest.mark.parametrize("name", GRADED)
def test_earns_what_it_deserves(batch: Batch, name: str) -> None:
    """Marks are lost where a submission is wrong, and only there."""
    expected, grade = EXPECTED[name], batch.grade(name)

    outcomes = {exercise.id: exercise.outcome() for exercise in grade.exercises}
    assert outcomes == {exercise: expected.outcome(exercise) for exercise in outcomes}
    if expected.score is not None:
        assert grade.score_exact == str(expected.score)


@pytest.mark.parametrize("name", [name for name in GRADED if EXPECTED[name].first])
def test_says_what_is_wrong(batch: Batch, name: str) -> None:
    """The first case that fails has the right verdict, and a message that fits."""
    failures = {exercise.id: exercise.first_failure() for exercise in batch.grade(name).exercises}

    expected = EXPECTED[name].first
    assert {exercise: failures[exercise] for exercise in expected} == expected


@pytest.mark.parametrize("name", [name for name in EXPECTED if EXPECTED[name].says])
def test_notes_what_was_not_read(batch: Batch, name: str) -> None:
    """What intake skipped, shadowed or could not read stands in the notes."""
    notes = batch.grade(name).notes

    for words in EXPECTED[name].says:
        assert any(words in note for note in notes), (words, notes)


@pytest.mark.parametrize("name", [name for name in EXPECTED if name not in GRADED])
def test_what_cannot_be_read_has_no_score(batch: Batch, name: str) -> None:
    """A zero would be a verdict on work that nobody has seen."""
    row = batch.rows()[name]

    assert (row["score"], row["carried_forward"], row["clip"]) == ("", "", "")
    assert batch.grade(name).exercises == []


def test_an_endless_loop_costs_only_its_own_exercise(batch: Batch) -> None:
    """After two time-outs its other cases are not run, and what uses it is run without it."""
    exercises = {one.id: one for one in batch.grade("endless_rnn_forward").exercises}

    verdicts = [case.verdict for case in exercises["rnn_forward"].cases]
    keys = [case.message_key for case in exercises["rnn_forward"].cases]
    assert set(verdicts) == {"timed_out"}
    assert keys.count("timed_out") == 2
    assert all(case.carried_forward for case in exercises["optimize"].cases)
    others = [one for name, one in exercises.items() if name not in {"rnn_forward", "optimize"}]
    assert all(case.verdict == "passed" for one in others for case in one.cases)


def test_grading_again_gives_the_same_bytes(batch: Batch) -> None:
    """A second run, on some of the submissions, writes the very rows of the first."""
    first = (batch.results / "grades.csv").read_bytes().splitlines(keepends=True)
    chosen = tuple(f"{Path(name).stem},".encode() for name in SOME)

    expected = [first[0], *(row for row in first[1:] if row.startswith(chosen))]
    assert len(expected) == 1 + len(SOME)
    assert (batch.some / "grades.csv").read_bytes() == b"".join(expected)


def test_what_is_graded_is_not_graded_again(batch: Batch) -> None:
    """Without --fresh a batch goes on where it was, here at its end."""
    assert "graded 0 in" in batch.resumed


def test_no_process_is_left(batch: Batch) -> None:
    """Workers end with the batch, crashed, looping or not."""
    assert batch.left_processes == frozenset()


def test_no_folder_is_left(batch: Batch) -> None:
    """Workers' folders go with them."""
    if batch.crowded:
        pytest.skip("another grader runs on this machine, and its folders look like ours")
    assert batch.left_folders == frozenset()


def test_nothing_is_written_beside_the_submissions(batch: Batch) -> None:
    """Grading leaves no compiled file, checkpoint or cache among what students handed in."""
    assert batch.left_files == frozenset()
