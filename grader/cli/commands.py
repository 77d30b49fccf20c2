"""The commands by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.cli.author import hint, release
from grader.cli.ci import ci
from grader.cli.demo import demo
from grader.cli.doctor import doctor
from grader.cli.grade import grade
from grader.cli.report import report
from grader.cli.validate import validate

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "ci": ci,
    "demo": demo,
    "doctor": doctor,
    "grade": grade,
    "hint": hint,
    "release": release,
    "report": report,
    "validate": validate,
}
