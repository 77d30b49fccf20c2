"""What the known mistakes give on the public cases, stored for whoever has no solutions.

The file holds explanations and sketches (`grader.diagnose.sketch`), neither code nor values.
"""

from __future__ import annotations

from typing import Final

import msgspec

from grader.diagnose import Answer, Trace
from grader.model import Explanation
from grader.suite.stored import Stored

FORMAT: Final = "grader/mistakes/v1"


class KnownMistake(msgspec.Struct, frozen=True):
    """A mistake as a student's copy knows it.

    Parameters
    ----------
    explanation : Explanation
        What the student is told.
    traces : dict of str to Trace
        What it gives, by case.
    """

    explanation: Explanation
    traces: dict[str, Trace]


class WhatIf(msgspec.Struct, frozen=True):
    """What the reference gives in a call if one input is changed.

    Parameters
    ----------
    input : str
        Which input: ``parameters['b']``.
    change : str
        ``zero`` or ``transposed``.
    answer : Answer
        What comes out.
    """

    input: str
    change: str
    answer: Answer


class KnownCall(msgspec.Struct, frozen=True):
    """What is known about one call of a case.

    Parameters
    ----------
    parameters : tuple of str
        Names of the arguments; empty for a call to an object.
    matters : tuple of int
        Arguments that change the right result when `grader.suite.probing.varied` changes them.
    changes : tuple of int
        Arguments that the reference changes in place.
    what_ifs : tuple of WhatIf
        Right results for other inputs.
    """

    parameters: tuple[str, ...] = ()
    matters: tuple[int, ...] = ()
    changes: tuple[int, ...] = ()
    what_ifs: tuple[WhatIf, ...] = ()


class KnownExercise(msgspec.Struct, frozen=True):
    """What is stored of one exercise.

    Parameters
    ----------
    mistakes : tuple of KnownMistake
        In the catalogue's order.
    right : dict of str to Trace
        What the reference gives, by case.
    calls : dict of str to tuple of KnownCall
        The calls of each case, in order.
    """

    mistakes: tuple[KnownMistake, ...] = ()
    right: dict[str, Trace] = {}
    calls: dict[str, tuple[KnownCall, ...]] = {}


class Known(Stored, frozen=True):
    """What is stored of one assignment, by exercise."""

    format: str = FORMAT
    exercises: dict[str, KnownExercise] = msgspec.field(default_factory=dict)
