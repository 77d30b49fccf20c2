"""The reference with something else in the place of one definition: a mistake, or a mutant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader import wire
from grader.errors import CatalogError
from grader.intake import read_submission, read_text
from grader.mistakes import put_in

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.mistakes import Mistake


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

    def with_text(self, module: str, text: str) -> wire.Source:
        """Return a whole submission that is right but for the text of one module."""
        path = self.assignment.solution / f"{module}.py"
        changed = read_text(text, path, self._names)
        return wire.Source(
            tuple(changed if part.name == module else part for part in self.right.modules)
        )
