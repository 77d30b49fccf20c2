"""Submissions that are right but for one fault each, and what the suites give them.

``tests/ID/faults.toml`` has those of an assignment, in three tables by exercise:

guesses
    What says nothing and might be taken for an answer, as code that runs behind the reference's own
    definitions. `CONSTANTS` are tried on every exercise without being named.
edges
    A name, and the condition on ``args``, a call's arguments, under which the function, or the
    ``forward`` of the class, fails. It is right everywhere else.
known
    Mistakes of the catalogue that show at one edge alone.
"""

from __future__ import annotations

import ast
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from grader import wire
from grader.mistakes import load_mistakes
from grader.scoring import score_exercise
from grader.suite.collecting import collected
from grader.suite.running import run_cases
from grader.suite.session import prove
from grader.suite.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Exercise, ExerciseResult

# Stands before each of them: makes of a right result one of the same structure that says nothing.
SAME_FORM: Final = """
import copy as _copy
import sys as _sys
import numpy as _np

def _filled(value, number):
    if isinstance(value, dict):
        return {key: _filled(item, number) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_filled(item, number) for item in value)
    if isinstance(value, str):
        return ""
    if isinstance(value, (bool, int, float, _np.generic)):
        return type(value)(number)
    if isinstance(value, _np.ndarray):
        return _np.full_like(value, number)
    return _sys.modules["torch"].full_like(value, number)

def _found(value, args):
    if isinstance(value, (list, tuple)):
        return type(value)(_found(item, args) for item in value)
    inside = [one for arg in args for one in (arg if isinstance(arg, (list, tuple)) else [arg])]
    for one in [*args, *inside]:
        alike = getattr(one, "shape", None) == getattr(value, "shape", None)
        if type(one) is type(value) and alike:
            return one
    return args[0] if args else None
"""
CALL: Final = "<the right one>"
CONSTANTS: Final = {
    "zeros": f"_filled({CALL}(*_copy.deepcopy(args)), 0)",
    "what came in": f"_found({CALL}(*_copy.deepcopy(args)), args)",
}
FAILS: Final = "raise ValueError('an edge')"


class Fault(NamedTuple):
    """A submission with one fault.

    Parameters
    ----------
    exercise : str
        The exercise that has it.
    name : str
        What it is.
    source : Source
        The submission.
    """

    exercise: str
    name: str
    source: wire.Source

    def __str__(self) -> str:
        return f"{self.exercise}, {self.name}"


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What faults.toml holds."""

    known: dict[str, list[str]] = {}
    guesses: dict[str, dict[str, str]] = {}
    edges: dict[str, dict[str, str]] = {}


class Faults:
    """Makes the submissions that a table names.

    Parameters
    ----------
    assignment : Assignment
        Whose reference has them put in.
    table : Path
        Its faults.toml.
    """

    def __init__(self, assignment: Assignment, table: Path) -> None:
        self._assignment = assignment
        self._variants = Variants(assignment)
        self._table = msgspec.convert(tomllib.loads(table.read_text("utf-8")), Table)
        trees = [ast.parse(self._variants.text(module)) for module in assignment.modules]
        self._classes = {
            node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)
        }

    def constants(self) -> Iterator[Fault]:
        """Make submissions whose functions have the right form and say nothing."""
        for exercise in self._assignment.exercises:
            for name, expression in CONSTANTS.items():
                code = SAME_FORM + self._built(exercise.names, f"return {expression}")
                yield Fault(exercise.id, name, self._with(exercise, code))
        for wanted, guesses in self._table.guesses.items():
            exercise = self._assignment.exercise(wanted)
            for name, code in guesses.items():
                yield Fault(wanted, name, self._with(exercise, code))

    def edges(self) -> Iterator[Fault]:
        """Make submissions that are right but for one edge."""
        catalogue = load_mistakes(self._assignment)
        for wanted, names in self._table.known.items():
            mistakes = {mistake.id: mistake for mistake in catalogue[wanted]}
            for name in names:
                yield Fault(wanted, name, self._variants.with_mistake(mistakes[name]))
        for wanted, edges in self._table.edges.items():
            exercise = self._assignment.exercise(wanted)
            for name, condition in edges.items():
                body = f"if {condition}: {FAILS}\nreturn {CALL}(*args)"
                code = self._built(exercise.names, body)
                yield Fault(wanted, name, self._with(exercise, code))

    def _built(self, names: tuple[str, ...], body: str) -> str:
        """Define each name anew, with `body`, in which `CALL` is what it was before."""
        text = ""
        for name in names:
            if name in self._classes:
                lines = body.replace(CALL, "super().forward").replace("\n", "\n        ")
                text += f"class {name}({name}):\n    def forward(self, *args):\n        {lines}\n"
            else:
                lines = body.replace(CALL, f"_right_{name}").replace("\n", "\n    ")
                text += f"_right_{name} = {name}\ndef {name}(*args):\n    {lines}\n"
        return text

    def _with(self, exercise: Exercise, code: str) -> wire.Source:
        """Let code run behind the reference's own definitions of an exercise."""
        piece = wire.Piece(code, "fault.py", 1, "definition", exercise.names)
        return wire.Source(
            tuple(
                msgspec.structs.replace(module, pieces=(*module.pieces, piece))
                if module.name == exercise.module
                else module
                for module in self._variants.right.modules
            )
        )


def graded(assignment: Assignment, faults: Sequence[Fault]) -> list[ExerciseResult]:
    """Run the cases of each fault's own exercise, and no others.

    Parameters
    ----------
    assignment : Assignment
        Its suites are collected and proven once, which takes its time.
    faults : sequence of Fault
        What is handed in.

    Returns
    -------
    list of ExerciseResult
        One a fault.
    """
    results: list[ExerciseResult] = []

    with collected(assignment) as suites:
        session = prove(suites, "one fault")
        for fault in faults:
            exercise = assignment.exercise(fault.exercise)
            cases = suites.of(exercise)
            grading = session.grading(fault.source)
            run_cases(suites.tests, grading, cases)
            results.append(score_exercise(exercise, [grading.results[one.id] for one in cases]))
    return results
