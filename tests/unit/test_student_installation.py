"""A student's installation: what `pip install grader` brings along is enough for a student's part.

The packages that only instructors, authors and developers have are blocked; the rest is what
pyproject.toml names without an extra, and what that requires in turn.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from grader.cli import commands
from grader.errors import UsageError
from grader.intake.magics import Cleaner

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

# Modules of other packages are refused as if they were not installed, also in processes that a
# command goes on as: these find `sitecustomize`, as each Python does at its start.
BLOCK = """
import sys

class Blocked:
    names = frozenset({names!r})

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
"""
RUN = "import sitecustomize, sys; from {} import main; sys.exit(main(sys.argv[1:]))"
MODULES = {"pytest": "pytest", "grader": "grader.cli", "checker": "grader.study.serve"}
QUIET = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]


def _normal(requirement: str) -> str:
    name = re.split(r"[\s;<>=!~\[(]", requirement.strip())[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def _with_all_that_they_require(requirements: list[str]) -> set[str]:
    """Name distributions and, in turn, what each of them requires without an extra."""
    found: set[str] = set()
    waiting = [_normal(one) for one in requirements]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            required = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system, or another Python
        waiting += [_normal(one) for one in required if "extra ==" not in one]
    return found


@pytest.fixture(scope="module")
def theirs() -> set[str]:
    """The distributions of a student's installation."""
    own = {"grader", "pip", "setuptools"}
    return own | _with_all_that_they_require(PROJECT["dependencies"])


@pytest.fixture(scope="module")
def student(theirs: set[str], tmp_path_factory: pytest.TempPathFactory):
    """Run a program as a student's installation would."""
    owners = importlib.metadata.packages_distributions()
    blocked = {
        module
        for module, names in owners.items()
        if not {_normal(name) for name in names} & theirs and module not in sys.stdlib_module_names
    }
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text(BLOCK.format(names=sorted(blocked)))

    def run(program: str, *words: str, until: str = "") -> subprocess.CompletedProcess[str]:
        with subprocess.Popen(
            [sys.executable, "-c", RUN.format(MODULES[program]), *words],
            env=os.environ | {"PYTHONPATH": str(folder)},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            assert running.stdout is not None
            begun = ""
            while until and until not in begun and (line := running.stdout.readline()):
                begun += line
            rest, told = running.communicate()
        return subprocess.CompletedProcess(running.args, running.returncode, begun + rest, told)

    return run


def test_a_students_installation_is_small(theirs: set[str]) -> None:
    """No notebook server, no database, no documentation; torch itself is the largest by far."""
    assert not {"ipython", "nbconvert", "nbformat", "pyyaml", "sqlalchemy", "mkdocs"} & theirs


def test_a_student_grades_stubs(student) -> None:
    """`pytest assignments/hw8`, the first thing that the README tells students to type."""
    done = student("pytest", "assignments/hw8", "-k", "clip", *QUIET)

    assert done.returncode == 1, done.stderr
    assert "\nnot written yet (6 points): clip\n" in done.stdout, done.stdout


@pytest.mark.proof
def test_a_student_grades_a_notebook(student) -> None:
    """A right one, with the stored values alone."""
    path = "tests/hw8/submissions/right_complete.ipynb"
    options = ["-k", "smooth", "--replay", "--submission", path]

    done = student("pytest", "assignments/hw8", *options, *QUIET)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["hint", "clip"], "Look at one number at a time"),
        (["demo"], "char-rnn"),
        pytest.param(["demo", "srn"], "", marks=pytest.mark.proof),
        pytest.param(["doctor"], "", marks=pytest.mark.proof),
    ],
    ids=["hint", "demo", "srn", "doctor"],
)
def test_a_student_calls_commands(student, words: list[str], shown: str) -> None:
    """Those that the README offers to students."""
    done = student("grader", *words, "--lang", "en")

    assert done.returncode == 0, done.stdout + done.stderr
    assert shown in done.stdout


def test_a_student_has_exercises_checked(student) -> None:
    """What `grader watch` and a notebook ask is ready, and ends when nobody asks."""
    done = student("checker", "assignments/hw8", until='"ready":true')

    assert done.returncode == 0, done.stderr
    assert '"ready":true' in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["grade", "hw8", "tests/hw8/submissions", "-o", "/nowhere"],
        ["ci", "hw8", "x"],
        ["report", "x"],
    ],
    ids=lambda words: words[0],
)
def test_an_instructors_command_names_the_remedy(student, words: list[str]) -> None:
    """Nothing is graded by halves."""
    done = student("grader", *words)

    assert done.returncode == 2, done.stdout + done.stderr
    assert "pip install '.[grade]'" in done.stderr


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("grade", commands.FOR_GRADING),
        ("desk", commands.FOR_DESK),
        ("serve", commands.FOR_SERVING),
        ("postgres", commands.FOR_DATABASES),
        ("similar", commands.FOR_COMPARING),
    ],
)
def test_the_remedy_is_named_for_each_package_of_an_instructors_installation(
    name: str, told: frozenset[str]
) -> None:
    """What the extra names is what a command asks for."""
    modules = importlib.metadata.packages_distributions()
    extra = {_normal(one) for one in PROJECT["optional-dependencies"][name]}
    extra -= {"tzdata"}  # data that zoneinfo looks up, which nobody imports

    imported = {
        module.lower()
        for module, names in modules.items()
        if extra & {_normal(name) for name in names} and not module.startswith("_")
    }

    assert imported == told


class TestWithoutIPython:
    """Cells are read as they are with IPython, or not at all."""

    @pytest.fixture(autouse=True)
    def _blocked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take IPython away."""
        monkeypatch.setitem(sys.modules, "IPython.core.inputtransformer2", None)

    @pytest.mark.parametrize(
        "cell",
        [
            "files = !ls",
            "x = %time f()",
            "def f():\n    len?\n",
            ">>> def f():\n...     return 1",
            "In [3]: def f(): pass",
            "    def f():\n        return 1\n    x = 1",
            "%timeit f(1, \\\n    2)",
            "np.sum?  # help",
        ],
    )
    def test_what_only_it_can_read_is_refused(self, cell: str) -> None:
        """With the line, and what to install."""
        with pytest.raises(UsageError, match="pip install ipython"):
            Cleaner().clean(cell)

    @pytest.mark.parametrize(
        "cell",
        [
            "def f(x)\n    return x",
            "%matplotlib inline\ndef f(:\n    return x",
            "!pip install x\ndef f():\n    ...\nx = = 1",
            "def f():\n    # is it right?\n    return (1\n",
            "def f():\n    print('what?'\n    return 5 % 2\n",
        ],
    )
    def test_what_is_no_python_anyway_is_read_as_with_it(
        self, cell: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An unfinished cell is no reason to install anything."""
        without = Cleaner().clean(cell)
        monkeypatch.undo()
        with_it = Cleaner().clean(cell)

        assert isinstance(without, str)
        assert isinstance(with_it, str)
        assert _python_of(without) == _python_of(with_it)


def _python_of(text: str) -> str:
    """Return a cleaned cell with each magic as a mask would have it."""
    return re.sub(r"^get_ipython\(\).*$", "pass", text, flags=re.MULTILINE).rstrip()
