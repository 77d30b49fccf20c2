"""The sample submissions, what each is to earn, and the batches in which they are graded.

`submissions/expected.toml` beside this says what each is to earn. There are two batches: of the
samples marked ``quick``, one of each sort, which `make test` grades, and of all others, which are
left to the long proofs. Each runs once for all tests that read it, on a copy of the assignment with
a shorter deadline, since endless loops use theirs up. To add a sample, put it into `submissions/`
and say in expected.toml what it is to earn: every test here then looks at its grade.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import json
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from grader import clock
from grader.catalog import find_assignment
from grader.worker import kernel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _pytest.mark import ParameterSet

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = ROOT / "tests" / "hw8" / "submissions"
CALL_S: Final = "2.0"
SERVER: Final = b"grader.worker.server"
PATIENCE_S: Final = 10.0
# One of each sort, to be graded again: notebook, folder, script that crashes, unreadable.
SOME: Final = ("right_in_place", "right_folder", "crash", "not_utf8")
# Most samples were written for the first exercises of the homework, and hold none of these.
LATER: Final = frozenset({
    "srn_forward", "srn_cell", "srn_rnn", "bits", "binadd_forward", "binadd_backward",
    "binadd_train", "smooth", "get_sample", "model", "hello_encode", "hello_states", "hello_train",
    "seq2seq_train", "translate",
})  # fmt: skip
MODULES: Final = {
    exercise.id: exercise.module for exercise in find_assignment("hw8", ROOT).exercises
}
ABSENT: Final = frozenset(
    {("missing", "missing"), ("missing", "missing_left_out"), ("not_implemented", "not_written")}
)


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sample submission is to earn; the head of expected.toml says what each field means."""

    status: str = "graded"
    score: int | None = None
    zero: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    carried_forward: tuple[str, ...] = ()
    first: dict[str, tuple[str, str]] = {}
    diagnosed: dict[str, str] = {}
    says: tuple[str, ...] = ()
    complete: bool = False
    modules: tuple[str, ...] = ()
    quick: bool = False

    def outcome(self, exercise: str) -> str:
        """Name the outcome of an exercise."""
        for outcome in ("zero", "partial", "carried_forward"):
            if exercise in getattr(self, outcome):
                return outcome
        return "full" if self.holds(exercise) else "zero"

    def is_absent(self, exercise: str) -> bool:
        """Tell whether the sample has no answer to an exercise, not even a wrong one."""
        lost = {*self.zero, *self.partial, *self.carried_forward}
        return not self.holds(exercise) and exercise not in lost

    def holds(self, exercise: str) -> bool:
        """Tell whether the sample has an answer to an exercise, if nothing else is said."""
        if self.modules:
            return MODULES[exercise] in self.modules
        return self.complete or exercise not in LATER


class Case(msgspec.Struct, frozen=True):
    """What is wanted of one case in results/json."""

    verdict: str
    message_key: str
    carried_forward: bool


class Diagnosis(msgspec.Struct, frozen=True):
    """What is wanted of a diagnosis in results/json."""

    mistakes: list[str]
    text: list[str]


class Exercise(msgspec.Struct, frozen=True):
    """What is wanted of one exercise in results/json."""

    id: str
    points: float
    score_exact: str | None
    carried_forward: float
    cases: list[Case]
    diagnosis: Diagnosis | None = None

    def outcome(self) -> str:
        """Name the outcome, in the words of expected.toml."""
        if self.score_exact is None:
            return "not graded"
        score = Fraction(self.score_exact)
        if score < Fraction(self.points):
            return "partial" if score else "zero"
        carried = any(case.carried_forward for case in self.cases)
        return "carried_forward" if carried else "full"

    def is_absent(self) -> bool:
        """Tell whether nothing was found, or only the stub."""
        found = {(case.verdict, case.message_key) for case in self.cases}
        return {one for one in found if one[0] != "skipped"} <= ABSENT

    def first_failure(self) -> tuple[str, str] | None:
        """Return verdict and message key of the first case that failed."""
        failed = (case for case in self.cases if case.verdict not in {"passed", "skipped"})
        return next(((case.verdict, case.message_key) for case in failed), None)


class Document(msgspec.Struct, frozen=True):
    """What is wanted of a file in results/json."""

    status: str
    score_exact: str | None
    notes: list[str]
    exercises: list[Exercise]

    def exercise(self, name: str) -> Exercise:
        """Pick an exercise."""
        return next(one for one in self.exercises if one.id == name)


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """A run of the command line on some of the samples.

    Parameters
    ----------
    names : tuple of str
        The samples.
    results : Path
        Where everything was written.
    code : int
        Exit code.
    left_processes, left_folders, left_files : frozenset of str
        What was there after the batch and not before: children of this process, folders of
        workers, files among the submissions.
    crowded : bool
        Whether graders that are not ours ran at the same time.
    """

    names: tuple[str, ...]
    results: Path
    code: int
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

    def page(self, name: str) -> str:
        """Read the page that the student gets."""
        return (self.results / "feedback" / f"{name}.html").read_text("utf-8")


EXPECTED: Final = msgspec.toml.decode(
    (SAMPLES / "expected.toml").read_bytes(), type=dict[str, Expected]
)
GRADED: Final = [name for name, expected in EXPECTED.items() if expected.status == "graded"]
PARTS: Final = {
    part: tuple(name for name, expected in EXPECTED.items() if expected.quick is quick)
    for part, quick in (("quick", True), ("other", False))
}
LONG: Final = {"quick": (), "other": (pytest.mark.proof,)}


def part_of(name: str) -> str:
    """Name the batch in which a sample is graded."""
    return "quick" if EXPECTED[name].quick else "other"


def each_part() -> list[ParameterSet]:
    """Make a parameter of each batch; all but the quick one are for the long proofs."""
    return [pytest.param(part, marks=LONG[part], id=part) for part in PARTS]


def each(names: Iterable[str]) -> list[ParameterSet]:
    """Make a parameter of each sample, for the proofs of its batch."""
    return [pytest.param(name, marks=LONG[part_of(name)], id=name) for name in names]


@dataclasses.dataclass(frozen=True, slots=True)
class Again:
    """Three runs of the command line on a few samples: twice afresh, and then without need.

    Parameters
    ----------
    tables : tuple of bytes
        What grades.csv held after each.
    codes : tuple of int
        Exit codes.
    resumed : str
        What the last run printed.
    """

    tables: tuple[bytes, ...]
    codes: tuple[int, ...]
    resumed: str


class Batches:
    """The batches, each graded when a test first asks for it.

    Parameters
    ----------
    folder : Path
        Where to put everything.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._graded: dict[str, Batch] = {}

    def __getitem__(self, part: str) -> Batch:
        """Return one of them."""
        if part not in self._graded:
            self._graded[part] = grade_samples(PARTS[part], self._folder / part)
        return self._graded[part]

    def holding(self, name: str) -> Batch:
        """Return the one that has a sample."""
        return self[part_of(name)]


def grade_samples(names: tuple[str, ...], folder: Path) -> Batch:
    """Grade some samples once.

    Parameters
    ----------
    names : tuple of str
        The samples.
    folder : Path
        Where to put everything.

    Returns
    -------
    Batch
        What came of it.
    """
    tree = _impatient_tree(folder / "tree")
    submissions, results = folder / "submissions", folder / "results"
    _copy(names, submissions)
    folders, files = _folders(), _files(submissions)
    with _adopting_orphans():
        processes = _children()
        whole = _grade(tree, submissions, results)
        left = _children() - processes
    return Batch(
        names=names,
        results=results,
        code=whole.returncode,
        left_processes=left,
        left_folders=_left(folders),
        left_files=_files(submissions) - files,
        crowded=_servers_run(),
    )


def grade_again(folder: Path) -> Again:
    """Grade a few samples twice, and ask for them a third time; see `Again`."""
    tree = _impatient_tree(folder / "tree")
    few, results = folder / "few", folder / "some"
    _copy(SOME, few)
    runs, tables = [], []
    for options in ([], ["--fresh"], []):
        runs.append(_grade(tree, few, results, *options))
        tables.append((results / "grades.csv").read_bytes())
    return Again(
        tables=tuple(tables),
        codes=tuple(run.returncode for run in runs),
        resumed=runs[-1].stdout,
    )


def _impatient_tree(tree: Path) -> Path:
    """Copy the assignment with a deadline of `CALL_S` seconds for each call."""
    for part in ("assignments", "solutions", "data/golden"):
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


def _left(before: frozenset[str]) -> frozenset[str]:
    """List the folders that stay; those of a grader beside this one go with it."""
    patience = clock.monotonic() + PATIENCE_S
    while (left := _folders() - before) and clock.monotonic() < patience:
        clock.sleep(0.1)
    return left


def _files(folder: Path) -> frozenset[str]:
    return frozenset(str(path) for path in folder.rglob("*"))


def _servers_run() -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if SERVER in path.read_bytes():
                return True
    return False


def path_of(name: str) -> Path:
    """Find the file or the folder of a sample."""
    (path,) = (path for path in SAMPLES.iterdir() if path.stem == name)
    return path


def _copy(names: Iterable[str], folder: Path) -> None:
    """Copy samples into a folder of their own."""
    folder.mkdir()
    for path in map(path_of, names):
        copy = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, folder / path.name)


def text_of(name: str) -> str:
    """Read all code of a sample: of its file, or of all files in its folder."""
    path = path_of(name)
    paths = sorted(path.rglob("*")) if path.is_dir() else [path]
    texts = []
    for one in paths:
        if one.suffix == ".ipynb":
            cells = json.loads(one.read_text("utf-8"))["cells"]
            texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        elif one.suffix == ".py":
            texts.append(one.read_text("utf-8"))
    return "\n".join(texts)
