"""The commands by name."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Final

from grader.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

# Where each command's function of the same name is. A command imports no other one's rooms: those
# of a student's are there on every system.
MODULES: Final[Mapping[str, str]] = {
    "ci": "grader.cli.ci",
    "demo": "grader.cli.demo",
    "doctor": "grader.cli.doctor",
    "grade": "grader.cli.grade",
    "hint": "grader.cli.hint",
    "release": "grader.cli.author",
    "report": "grader.cli.report",
    "validate": "grader.cli.validate",
}
FOR_STUDENTS: Final = ("demo", "hint")


def command(name: str) -> Callable[[argparse.Namespace], int]:
    """Import a command.

    Parameters
    ----------
    name : str
        One of `MODULES`.

    Returns
    -------
    callable
        Takes the parsed options and returns the exit code.

    Raises
    ------
    UsageError
        Where this system cannot run it.
    """
    # What workers are watched and ended by; Linux alone has it.
    if name not in FOR_STUDENTS and not hasattr(os, "pidfd_open"):
        raise UsageError(
            f"`grader {name}` runs on Linux; on Windows inside WSL, on a Mac in a virtual machine. "
            "`pytest`, `grader hint` and `grader demo` run anywhere"
        )
    function: Callable[[argparse.Namespace], int] = getattr(
        importlib.import_module(MODULES[name]), name
    )
    return function
