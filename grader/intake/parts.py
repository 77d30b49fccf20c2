"""What the files of an assignment are called, as far as intake has to know them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from grader.intake.kinds import stem_of_code

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_THE_STUDENTS: Final = ("__init__.py", "conftest.py", "setup.py")


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in a submission.

    Parameters
    ----------
    modules : tuple of str
        The assignment's stub modules; they come first in the source.
    exercises : mapping of str to tuple of str
        The graded names of each exercise.
    assignment : str
        Its id, after which its notebook and its folder are called; empty where nothing is.
    """

    modules: tuple[str, ...]
    exercises: Mapping[str, tuple[str, ...]]
    assignment: str = ""

    def is_part(self, name: str) -> bool:
        """Tell whether a file has a name that the assignment hands out: a module's, or its own."""
        return self.is_own(stem_of_code(name))

    def is_own(self, stem: str) -> bool:
        """Tell whether a file's name without its ending is one that the assignment hands out.

        The notebook is called after the assignment; a translation has its language behind that.
        """
        head, dot, language = stem.partition(".")
        translated = not dot or (len(language) == 2 and language.isalpha())  # noqa: PLR2004 - zh
        return bool(stem) and (
            stem in self.modules or (head == self.assignment != "" and translated)
        )


def is_skipped(name: str) -> bool:
    """Tell whether a file belongs to the course or to packaging rather than to the homework."""
    return name in NOT_THE_STUDENTS or (name.startswith("test_") and name.endswith(".py"))
