"""Suites import little, accept values through `check` alone, and leave no exercise out."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from grader.catalog import load_assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

REPOSITORY: Final = Path(__file__).parents[3]
ASSIGNMENTS: Final = sorted(path.parent for path in REPOSITORY.glob("assignments/*/exercises.toml"))
ALLOWED: Final = frozenset({"numpy", "pytest", *sys.stdlib_module_names})
# Each of these accepts a value by a tolerance that somebody guessed, or broadcasts.
FORBIDDEN: Final = frozenset(
    {"allclose", "approx", "array_equal", "array_equiv", "assert_close", "isclose", "testing"}
)
AT_LEAST: Final = 2


def _public(folder: Path) -> list[Path]:
    return sorted(folder.glob("test_*.py"))


def _hidden(folder: Path) -> list[Path]:
    return sorted((REPOSITORY / "solutions" / folder.name / "hidden").glob("test_*.py"))


def _shared(folder: Path) -> list[Path]:
    return sorted(folder.glob("inputs_*.py"))


SUITES: Final = [
    pytest.param(folder, path, id=f"{folder.name}-{path.stem}")
    for folder in ASSIGNMENTS
    for path in (*_shared(folder), *_public(folder), *_hidden(folder))
]


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the test functions of a module, those inside classes too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _exercise_of(mark: ast.expr) -> str | None:
    """Return the id in ``pytest.mark.exercise("id")``; None for anything else."""
    if not isinstance(mark, ast.Call) or ast.unparse(mark.func) != "pytest.mark.exercise":
        return None
    argument = mark.args[0] if len(mark.args) == 1 else None
    return str(argument.value) if isinstance(argument, ast.Constant) else None


def _module_exercise(tree: ast.Module) -> str | None:
    """Return the id that a module's ``pytestmark`` gives all of its tests."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            marks = node.value.elts if isinstance(node.value, ast.List) else [node.value]
            return next(filter(None, map(_exercise_of, marks)), None)
    return None


def _exercises(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, str | None]]:
    """Pair each test with the exercise that it examines."""
    common = _module_exercise(tree)
    for test in _tests(tree):
        own = next(filter(None, map(_exercise_of, test.decorator_list)), None)
        yield test, own or common


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield the top-level package of each import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "").partition(".")[0]


def _names(tree: ast.Module) -> Iterator[str]:
    """Yield every name and attribute that a module mentions, those that it imports too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")


def offences(text: str, exercises: frozenset[str], shared: Collection[str] = ()) -> list[str]:
    """List what a suite's text does that no suite may do."""
    tree = ast.parse(text)
    allowed = {*ALLOWED, *shared}
    found = [f"imports {name}" for name in _imported(tree) if name not in allowed]
    found += [
        f"uses {name}"
        for name in _names(tree)
        if name in FORBIDDEN or name.startswith(("assert_all", "assert_array", "assert_almost"))
    ]
    if not ast.get_docstring(tree):
        found.append("has no docstring")
    for test, exercise in _exercises(tree):
        if exercise not in exercises:
            found.append(f"{test.name} is marked for {exercise}, which is no exercise")
        sentence = ast.get_docstring(test) or ""
        if not sentence.endswith(".") or "\n" in sentence:
            found.append(f"{test.name} has no docstring of one line")
    names = Counter(test.name for test in _tests(tree))
    return found + [f"{name} is defined twice" for name, count in names.items() if count > 1]


@pytest.mark.parametrize(("folder", "path"), SUITES)
def test_suite_keeps_the_rules(folder: Path, path: Path) -> None:
    """No foreign import, no comparison of its own, an exercise and a sentence for each test."""
    known = frozenset(exercise.id for exercise in load_assignment(folder).exercises)

    shared = [path.stem for path in _shared(folder)]
    assert offences(path.read_text("utf-8"), known, shared) == []


@pytest.mark.parametrize("folder", ASSIGNMENTS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("suites_of", [_public, _hidden], ids=["public", "hidden"])
def test_every_exercise_has_tests(folder: Path, suites_of: Callable[[Path], list[Path]]) -> None:
    """Each exercise is examined by at least two public and two hidden tests."""
    trees = [ast.parse(path.read_text("utf-8")) for path in suites_of(folder)]
    counted = Counter(exercise for tree in trees for _, exercise in _exercises(tree))

    few = {
        exercise.id: counted[exercise.id]
        for exercise in load_assignment(folder).exercises
        if counted[exercise.id] < AT_LEAST
    }

    assert few == {}


def _written(path: Path) -> dict[str, str]:
    """Return what a module defines for its tests, by how it is written."""
    return {
        ast.dump(node): node.name
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_")
    }


@pytest.mark.parametrize("folder", ASSIGNMENTS, ids=lambda folder: folder.name)
def test_nothing_is_written_twice_in_the_suites_of_an_assignment(folder: Path) -> None:
    """What two of them need stands in the module that they share."""
    paths = (*_shared(folder), *_public(folder), *_hidden(folder))

    found = [written for path in paths for written in _written(path).items()]

    assert [name for (_, name), count in Counter(found).items() if count > 1] == []


@pytest.mark.parametrize("folder", ASSIGNMENTS, ids=lambda folder: folder.name)
def test_public_and_hidden_suites_differ_in_their_files_names(folder: Path) -> None:
    """A case's id begins with its file's name, so no two suites may share one."""
    names = Counter(path.name for path in (*_public(folder), *_hidden(folder)))

    assert max(names.values()) == 1


@pytest.mark.parametrize(
    ("line", "offence"),
    [
        ("import torch", "imports torch"),
        ("from grader.compare import compare", "imports grader"),
        ("from . import numbers", "imports ."),
        ("same = np.allclose(a, b)", "uses allclose"),
        ("from numpy.testing import assert_allclose", "uses testing"),
        ("def test_a(check):\n    '''One.'''", "test_a is marked for None, which is no exercise"),
        (
            "@pytest.mark.exercise('clap')\ndef test_a(check):\n    '''One.'''",
            "test_a is marked for clap, which is no exercise",
        ),
        (
            "@pytest.mark.exercise('clip')\ndef test_a(check):\n    pass",
            "test_a has no docstring of one line",
        ),
        ("def test_a(): ...\ndef test_a(): ...", "test_a is defined twice"),
    ],
)
def test_an_offence_is_found(line: str, offence: str) -> None:
    """The rules are enforced: a suite that breaks one is named with it."""
    text = f'"""A suite."""\n{line}\n'

    found = offences(text, frozenset({"clip"}))

    assert offence in found


def test_a_mark_of_the_module_counts_for_its_tests() -> None:
    """A module for one exercise need not repeat the mark."""
    text = (
        '"""A suite."""\nimport pytest\npytestmark = [pytest.mark.exercise("clip")]\n'
        'def test_a(check):\n    """One."""\n'
    )

    assert offences(text, frozenset({"clip"})) == []
