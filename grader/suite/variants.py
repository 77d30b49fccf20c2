"""The reference with something else in the place of one definition: a mistake, or a mutant."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from grader import wire
from grader.edits import mutants_of, pair
from grader.errors import CatalogError
from grader.intake import read_submission, read_text
from grader.mistakes import put_in, reference_lines

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.mistakes import Mistake
    from grader.model import Exercise


class Variants:
    """Makes sources and texts that are right but for one definition.

    Parameters
    ----------
    assignment : Assignment
        Its reference is read once.
    """

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self._names = {exercise.id: exercise.names for exercise in assignment.exercises}
        read = read_submission(
            assignment.solution, modules=assignment.modules, exercises=self._names
        )
        if read.source is None:
            raise CatalogError(f"the reference {assignment.solution} cannot be read")
        self.right = read.source
        self._texts: dict[str, str] = {}

    def text(self, module: str) -> str:
        """Return the text of a reference module."""
        if module not in self._texts:
            path = self.assignment.solution / f"{module}.py"
            self._texts[module] = path.read_text("utf-8")
        return self._texts[module]

    def text_with(self, mistake: Mistake) -> str:
        """Return the text of the reference module that holds a mistake."""
        module = self.assignment.exercise(mistake.exercise).module
        return put_in(self.text(module), mistake.definitions, mistake.helpers)

    def with_mistake(self, mistake: Mistake) -> wire.Source:
        """Return a whole submission that is right but for a mistake."""
        module = self.assignment.exercise(mistake.exercise).module
        return self.with_text(module, self.text_with(mistake))

    def with_mutant(self, exercise: Exercise, name: str, number: int) -> wire.Source:
        """Return a whole submission that is right but for a mutant of a definition."""
        text = self.text(exercise.module)
        mutant = next(itertools.islice(mutants_of(text, name), number, None))
        return self.with_text(exercise.module, put_in(text, {name: mutant.code}))

    def with_pair(self, first: Mistake, second: Mistake) -> wire.Source | None:
        """Return a whole submission that is right but for two mistakes; None if they do not mix."""
        module = self.assignment.exercise(first.exercise).module
        right = reference_lines(self.assignment.solution / f"{module}.py")
        code = pair(right, first.definitions, second.definitions)
        return None if code is None else self.with_text(module, put_in(self.text(module), code))

    def with_text(self, module: str, text: str) -> wire.Source:
        """Return a whole submission that is right but for the text of one module."""
        path = self.assignment.solution / f"{module}.py"
        changed = read_text(text, path, self._names)
        return wire.Source(
            tuple(changed if part.name == module else part for part in self.right.modules)
        )
