"""exercises.toml and the folders around it -> `Assignment`."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import CatalogError
from grader.model import Demo, Exercise, Late, Limits, Notebook, Rule, Text
from grader.trees import defined, written_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTEBOOK: Final = "notebook"


class _Heading(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    seed: int
    title: Text
    data: list[str] = []


class _File(msgspec.Struct, forbid_unknown_fields=True):
    assignment: _Heading
    exercise: list[Exercise]
    limits: Limits = Limits()
    late: Late = Late()
    notebook: Notebook = Notebook()
    given: dict[str, list[str]] = {}
    rules: dict[str, Rule] = {}


class _Demos(msgspec.Struct, forbid_unknown_fields=True):
    demo: list[Demo]


class Assignment(msgspec.Struct, frozen=True):
    """One homework: its exercises and where its parts lie.

    Parameters
    ----------
    id : str
        Name of its folders.
    title : Text
        For people.
    seed : int
        What the generators of its cases start from, with case and salt.
    exercises : tuple of Exercise
        Every exercise after those it uses.
    limits : Limits
        What a submission may use.
    given : dict of str to tuple of str
        Names that the stubs of each module hand out ready-made.
    rules : dict of str to Rule
        What exercises are not to be solved with.
    data : tuple of Path
        Files below ``data/`` that belong to it; need not exist.
    folder : Path
        ``assignments/ID``: stubs, handout, public suites.
    solution : Path
        ``solutions/ID``; need not exist.
    golden : Path
        ``data/golden/ID.bin``; need not exist.
    late : Late
        When it is due, and what being late costs.
    notebook : Notebook
        Whether notebooks are run from the top as well.
    """

    id: str
    title: Text
    seed: int
    exercises: tuple[Exercise, ...]
    limits: Limits
    given: dict[str, tuple[str, ...]]
    folder: Path
    solution: Path
    golden: Path
    rules: dict[str, Rule] = {}
    data: tuple[Path, ...] = ()
    late: Late = Late()
    notebook: Notebook = Notebook()

    def exercise(self, name: str) -> Exercise:
        """Return the exercise of that id; raises `CatalogError` for an unknown one."""
        for exercise in self.marked:
            if exercise.id == name:
                return exercise
        known = ", ".join(exercise.id for exercise in self.exercises)
        raise CatalogError(f"{self.id} has no exercise {name!r}; it has {known}")

    @property
    def notebook_exercise(self) -> Exercise | None:
        """The exercise that a notebook runs from the top; None where it is not asked for."""
        if not self.notebook.execute:
            return None
        return Exercise(NOTEBOOK, "", self.notebook.points, self.notebook.title, ())

    @property
    def marked(self) -> tuple[Exercise, ...]:
        """Everything that points are given for."""
        whole = self.notebook_exercise
        return self.exercises if whole is None else (*self.exercises, whole)

    def data_name(self, path: Path) -> str:
        """Return what a file of the assignment's data is called, ``data/`` included."""
        return path.relative_to(self.golden.parent.parent.parent).as_posix()

    def forbidden(self, exercise: Exercise) -> dict[str, Text]:
        """Return the names that an exercise is not to be solved with, and why."""
        rules = [self.rules[name] for name in exercise.rules]
        return {name: rule.reason for rule in rules for name in rule.forbids}

    @property
    def hidden(self) -> Path:
        """Folder of the hidden suites; need not exist."""
        return self.solution / "hidden"

    @property
    def mistakes(self) -> Path:
        """Folder of the known mistakes; need not exist."""
        return self.solution / "mistakes"

    @property
    def known_mistakes(self) -> Path:
        """What the mistakes give on the public cases; need not exist."""
        return self.golden.with_suffix(".mistakes.bin")

    @property
    def known_versions(self) -> Path:
        """What wrong versions without a name give on the public cases; need not exist."""
        return self.golden.with_suffix(".versions.bin")

    @property
    def demos(self) -> Path:
        """Folder of the demos; need not exist."""
        return self.folder / "demos"

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of the stub modules, in order of first use."""
        return tuple(dict.fromkeys(exercise.module for exercise in self.exercises))


def load_assignment(folder: Path) -> Assignment:
    """Read the assignment in a folder.

    Parameters
    ----------
    folder : Path
        The folder that holds exercises.toml.

    Returns
    -------
    Assignment
        Checked: ids are unique, upstream exercises exist and come first.

    Raises
    ------
    CatalogError
        When exercises.toml is missing, does not parse, or contradicts itself.
    """
    path = folder / "exercises.toml"
    try:
        parsed = msgspec.toml.decode(path.read_bytes(), type=_File)
    except OSError as error:
        raise CatalogError(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from error
    if not parsed.exercise:
        raise CatalogError(f"{path}: there is no [[exercise]]")
    exercises = tuple(
        exercise if exercise.names else msgspec.structs.replace(exercise, names=(exercise.id,))
        for exercise in parsed.exercise
    )
    _check_order(path, exercises)
    _check_rules(path, exercises, parsed.rules)
    root = folder.resolve().parent.parent
    return Assignment(
        id=parsed.assignment.id,
        title=parsed.assignment.title,
        seed=parsed.assignment.seed,
        exercises=exercises,
        limits=parsed.limits,
        given={module: tuple(names) for module, names in parsed.given.items()},
        folder=folder.resolve(),
        solution=root / "solutions" / parsed.assignment.id,
        golden=root / "data" / "golden" / f"{parsed.assignment.id}.bin",
        rules=parsed.rules,
        data=_data(path, root / "data", parsed.assignment.data),
        late=parsed.late,
        notebook=parsed.notebook,
    )


def all_assignments(start: Path) -> list[Assignment]:
    """Read every assignment below a folder, hw9 before hw10.

    Raises
    ------
    CatalogError
        When there is none, or one of them is broken.
    """
    folders = [path.parent for path in start.glob("assignments/*/exercises.toml")]
    if not folders:
        raise CatalogError(
            f"no assignments; run this in the folder that holds assignments/, not {start}"
        )
    return [load_assignment(folder) for folder in sorted(folders, key=_numbered)]


def _numbered(folder: Path) -> list[tuple[bool, int, str]]:
    """Return what a folder is sorted by: numbers in its name count as numbers."""
    parts = re.findall(r"\d+|\D+", folder.name)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def find_assignment(name: str, start: Path) -> Assignment:
    """Find an assignment by id below a folder, or by the path of its folder.

    What is a path has a separator in it. A bare name is never taken for a folder that happens to be
    here: in a student's repository that would be the student's.

    Raises
    ------
    CatalogError
        When there is no such assignment; the message lists those that there are.
    """
    folder = start / "assignments" / name if name == Path(name).name else Path(name)
    if (folder / "exercises.toml").is_file():
        return load_assignment(folder)
    there = sorted(path.parent.name for path in start.glob("assignments/*/exercises.toml"))
    listed = ", ".join(there) or "none; run this in the folder that holds assignments/"
    raise CatalogError(f"no assignment {name!r}; there is {listed}")


def load_demos(assignment: Assignment) -> tuple[Demo, ...]:
    """Read which systems of an assignment can be watched; none if it has no demos.

    Raises
    ------
    CatalogError
        When demos.toml does not parse, names a demo twice, or names a module that is not there.
    """
    path = assignment.demos / "demos.toml"
    if not path.is_file():
        return ()
    try:
        demos = msgspec.toml.decode(path.read_bytes(), type=_Demos).demo
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from error
    for number, demo in enumerate(demos):
        if demo.id in {other.id for other in demos[:number]}:
            raise CatalogError(f"{path}: demo {demo.id} stands there twice")
        if demo.module not in assignment.modules:
            raise CatalogError(f"{path}: demo {demo.id} has no module {demo.module} to run")
        if not demo_path(assignment, demo).is_file():
            raise CatalogError(f"{path}: {demo_path(assignment, demo)} is not there")
    return tuple(demos)


def demo_path(assignment: Assignment, demo: Demo) -> Path:
    """Return the module of a demo."""
    return assignment.demos / f"{demo.id.replace('-', '_')}.py"


def signature(text: str, name: str) -> str:
    """Read a function's signature off a module's text, without annotations: ``(x, n=3)``.

    Raises
    ------
    CatalogError
        When the module defines no such function.
    """
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise CatalogError(f"the module of {name} does not parse: {error}") from error
    node = defined(body).get(name)
    if isinstance(node, ast.FunctionDef):
        return f"({written_parameters(node.args)})"
    raise CatalogError(f"the module defines no function {name}")


def defines_class(text: str, name: str) -> bool:
    """Tell whether a module's text, which parses, defines a class of that name."""
    return isinstance(defined(ast.parse(text).body).get(name), ast.ClassDef)


def _data(path: Path, folder: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """Return the files below a folder; a copy of the assignment alone need not have them."""
    files = tuple(folder / name for name in names)
    for name, file in zip(names, files, strict=True):
        if not file.resolve().is_relative_to(folder.resolve()):
            raise CatalogError(f"{path}: data names {name!r}, which does not lie below {folder}")
    return files


def _check_order(path: Path, exercises: tuple[Exercise, ...]) -> None:
    seen: set[str] = set()
    names: set[str] = set()
    for exercise in exercises:
        for name in exercise.names:
            if name in names and exercise.id not in seen:
                raise CatalogError(f"{path}: {name} is graded by two exercises")
            names.add(name)
        if exercise.id == NOTEBOOK:
            raise CatalogError(f"{path}: the name {NOTEBOOK} is that of [notebook]")
        if exercise.id in seen:
            raise CatalogError(f"{path}: exercise {exercise.id} stands there twice")
        for upstream in exercise.uses:
            if upstream not in seen:
                raise CatalogError(
                    f"{path}: {exercise.id} uses {upstream}, which does not come before it"
                )
        seen.add(exercise.id)


def _check_rules(path: Path, exercises: tuple[Exercise, ...], rules: dict[str, Rule]) -> None:
    for exercise in exercises:
        for name in exercise.rules:
            if name not in rules:
                raise CatalogError(f"{path}: {exercise.id} names the rule {name}; there is none")
    used = {name for exercise in exercises for name in exercise.rules}
    if unused := sorted(rules.keys() - used):
        raise CatalogError(f"{path}: no exercise names the rule {unused[0]}")
