"""A tiny assignment made in a temporary folder, and runs of pytest on it.

The inner runs are `pytest.main` in this process: the plugin and a recorder are handed in as
objects, and no other plugin is loaded.
"""

from __future__ import annotations

import ast
import dataclasses
import os
import subprocess
import sys
import textwrap
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import torch  # noqa: F401 - before any case is timed, as the runner does where exercises declare it

from grader.batch import golden_bytes, known_mistakes
from grader.catalog import load_assignment
from grader.suite import plugin
from tests.tiny import SUITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import CaseResult, Diagnosis, Verdict

TOML = """
[assignment]
id = "tiny"
seed = 3
title = { en = "Tiny", zh = "小" }

[limits]
call_s = 1.0

[given]
answers = ["halve"]

[[exercise]]
id = "double"
module = "answers"
points = 4
title = { en = "Double", zh = "加倍" }
hints = [{ en = "Twice.", zh = "两倍。" }]

[[exercise]]
id = "total"
module = "answers"
points = 6
uses = ["double"]
title = { en = "Total", zh = "总和" }
hints = [{ en = "Sum.", zh = "求和。" }]
"""
STUBS = """
def halve(x):
    return x / 2

def double(x):
    raise NotImplementedError

def total(x):
    raise NotImplementedError
"""
REFERENCE = """
def halve(x):
    return x / 2

def double(x):
    return 2 * x

def total(x):
    return double(x).sum()
"""
OPTIONS = (
    "--import-mode=importlib", "--strict-markers", "--disable-plugin-autoload",
    "-p", "pytest_timeout", "-p", "no:cacheprovider",
)  # fmt: skip


# What was stored for a course, by its files: the same files give the same bytes.
_RELEASED: dict[tuple[tuple[str, bytes], ...], tuple[bytes, bytes]] = {}


class Recorder:
    """A pytest plugin that keeps the results of a run."""

    def __init__(self) -> None:
        self.results: dict[str, CaseResult] = {}
        self.diagnoses: dict[str, Diagnosis] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Take them from what the plugin keeps."""
        homework = session.config.stash.get(plugin.HOMEWORK, None)
        for run in homework.runs.values() if homework else ():
            self.results.update(run.grading.results)
            self.diagnoses.update(run.grading.diagnoses)


@dataclasses.dataclass(frozen=True)
class Run:
    """How a run ended."""

    code: int
    text: str
    results: dict[str, CaseResult]
    diagnoses: dict[str, Diagnosis] = dataclasses.field(default_factory=dict)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Verdicts by the name of the case, without its file."""
        return {case.rpartition("::")[2]: r.verdict for case, r in self.results.items()}

    def result(self, name: str) -> CaseResult:
        """Return the result of a case."""
        return next(r for case, r in self.results.items() if case.endswith(f"::{name}"))


class Course:
    """The folders of a course with one assignment."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.folder = root / "assignments" / "tiny"
        self.solution = root / "solutions" / "tiny"
        self._capsys = capsys
        self.write("assignments/tiny/exercises.toml", TOML)
        self.write("assignments/tiny/answers.py", STUBS)
        self.write("assignments/tiny/test_answers.py", SUITE)
        self.write("solutions/tiny/answers.py", REFERENCE)

    def write(self, path: str, text: str) -> Path:
        """Write a file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), "utf-8")
        return file

    def suite(self, text: str) -> None:
        """Replace the public suite, whose tests all examine ``double``."""
        head = "import numpy as np, pytest\npytestmark = pytest.mark.exercise('double')\n"
        self.write("assignments/tiny/test_answers.py", head + textwrap.dedent(text))

    def hurry(self, more: str = "") -> None:
        """Wait a fifth of a second for what never returns; and set other limits."""
        toml = (self.folder / "exercises.toml").read_text("utf-8")
        hurried = toml.replace("call_s = 1.0", f"call_s = 0.2\n{more}")
        assert hurried != toml
        self.write("assignments/tiny/exercises.toml", hurried)

    def answer(self, text: str) -> Path:
        """Write a submission: the reference, with some definitions replaced by the text's."""
        new = ast.parse(textwrap.dedent(text))
        replaced = {node.name for node in new.body if isinstance(node, ast.FunctionDef)}
        kept = [
            ast.unparse(node)
            for node in ast.parse(REFERENCE).body
            if isinstance(node, ast.FunctionDef) and node.name not in replaced
        ]
        return self.write(
            "submission/answers.py", "\n\n".join([*kept, textwrap.dedent(text)]) + "\n"
        )

    def hide(self, text: str) -> None:
        """Write the hidden suite."""
        self.write("solutions/tiny/hidden/test_hidden.py", "import numpy as np, pytest\n" + text)

    def mistakes(self, code: str, exercise: str = "double", endless: tuple[str, ...] = ()) -> None:
        """Write the known mistakes of an exercise: a function each, and what they need."""
        body = ast.parse(textwrap.dedent(code)).body
        helpers = [ast.unparse(node) for node in body if isinstance(node, ast.Assign)]
        entries = []
        for node in body:
            if isinstance(node, ast.FunctionDef):
                name, node.name = node.name, exercise
                text = "\n".join([*helpers, ast.unparse(node)])
                entries.append(
                    f"[{name}]\n"
                    f'did = {{ en = "Here {name} happened.", zh = "这里发生了 {name}。" }}\n'
                    f'ask = {{ en = "Why {name}?", zh = "为什么 {name}？" }}\n'  # noqa: RUF001 - Chinese
                    f"endless = {str(name in endless).lower()}\n"
                    f"code = '''\n{text}\n'''\n"
                )
        self.write(f"solutions/tiny/mistakes/{exercise}.toml", "\n".join(entries))

    def release(self) -> None:
        """Store what a student's copy replays and compares with."""
        assignment = self.assignment()
        files = [path for path in sorted(self.root.rglob("*")) if path.suffix in {".py", ".toml"}]
        course = tuple((str(path.relative_to(self.root)), path.read_bytes()) for path in files)
        if course not in _RELEASED:
            golden = golden_bytes(assignment)
            self.forget()
            _RELEASED[course] = golden, known_mistakes(assignment).to_bytes()
            self.forget()
        assignment.golden.parent.mkdir(parents=True, exist_ok=True)
        for path, data in zip(
            (assignment.golden, assignment.known_mistakes), _RELEASED[course], strict=True
        ):
            path.write_bytes(data)

    def assignment(self) -> Assignment:
        """Read the catalogue."""
        return load_assignment(self.folder)

    def run(self, *args: str, submission: Path | None = None, paths: tuple[Path, ...] = ()) -> Run:
        """Run pytest on the suites, on the stubs or on a submission."""
        recorder = Recorder()
        graded = () if submission is None else (f"--submission={submission}",)
        command = [
            *map(str, paths or (self.folder,)), f"--rootdir={self.root}",
            f"--config-file={os.devnull}", "--capture=sys", *OPTIONS, *graded, *args,
        ]  # fmt: skip
        self._capsys.readouterr()
        with warnings.catch_warnings():
            warnings.resetwarnings()  # a student's pytest does not turn warnings into errors
            code = pytest.main(command, plugins=[plugin, recorder])
        self.forget()
        out = self._capsys.readouterr().out
        return Run(int(code), out, recorder.results, recorder.diagnoses)

    def run_apart(self, *args: str, submission: Path | None = None, timeout_s: float = 240) -> Run:
        """Run pytest in a process of its own, for what would take this one along."""
        graded = () if submission is None else (f"--submission={submission}",)
        done = subprocess.run(
            [
                sys.executable, "-m", "pytest", str(self.folder), f"--rootdir={self.root}",
                f"--config-file={os.devnull}", *OPTIONS, "-p", "grader.suite.plugin", *graded,
                *args,
            ],
            cwd=self.root, capture_output=True, text=True, timeout=timeout_s, check=False,
        )  # fmt: skip
        return Run(done.returncode, done.stdout + done.stderr, {})

    def forget(self) -> None:
        """Forget the suites: pytest reuses a module of the same name from another folder."""
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None) or "").startswith(str(self.root)):
                del sys.modules[name]


@pytest.fixture
def course(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Course]:
    """A course with one tiny assignment, its reference and its suite."""
    course = Course(tmp_path, capsys)
    yield course
    course.forget()


@pytest.fixture
def wrong() -> dict[str, Any]:
    """Submissions that fail, by the verdict that both cases of ``double`` must get."""
    return {
        "failed": "def double(x): return 2 * x + 1",
        "not_implemented": "def double(x): raise NotImplementedError",
        "errored_student": "def double(x): return x / {}",
        "passed": "def double(x): return x + x",
    }
