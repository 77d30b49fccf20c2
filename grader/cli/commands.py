"""The commands by name, each with what its own work needs and nothing else.

A student's installation has not what grading a class needs, so a command is imported only when it
is called.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Final

from grader.errors import UsageError
from grader.worker.garbage import everything_kept

if TYPE_CHECKING:
    import argparse

# What forks workers, and watches and ends them by what Linux alone has, reads what these gave, or
# is of no use without them.
ON_LINUX: Final = frozenset(
    {
        "autograder", "ci", "comment", "desk", "diff", "doctor", "export", "grade", "log", "new",
        "override", "regrade", "release", "report", "serve", "similar", "undo", "validate",
    }
)  # fmt: skip
# What the extra `grade` of pyproject.toml installs: the names that are imported, in small letters.
FOR_GRADING: Final = frozenset({"ipython", "sqlalchemy", "yaml"})
# What the extra `desk` installs besides, in the same way.
FOR_DESK: Final = frozenset({"starlette", "uvicorn"})
# The same for `serve`.
FOR_SERVING: Final = frozenset({"multipart", "python_multipart", "starlette", "uvicorn"})
# The same for `serve` with a database of PostgreSQL.
FOR_DATABASES: Final = frozenset({"psycopg"})
# The same for `similar`.
FOR_COMPARING: Final = frozenset({"copydetect"})

EXTRAS: Final = {
    "grade": FOR_GRADING,
    "grade,desk": FOR_DESK,
    "grade,serve": FOR_SERVING,
    "grade,serve,postgres": FOR_DATABASES,
    "grade,similar": FOR_COMPARING,
}


def run(options: argparse.Namespace) -> int:
    """Run the command that was parsed.

    Parameters
    ----------
    options : Namespace
        Among them ``command``: a module of this package, with a function of the same name.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    UsageError
        When the packages that it needs are not installed, or this is not the system for it.
    """
    name: str = options.command
    if name in ON_LINUX and not hasattr(os, "pidfd_open"):
        raise UsageError(
            f"`grader {name}` runs on Linux; on Windows in WSL, on a Mac in a virtual machine. "
            "What students need, such as pytest, runs anywhere"
        )
    try:
        with everything_kept():
            module = importlib.import_module(f"grader.cli.{name}")
        code: int = getattr(module, name)(options)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package == "grader":
            raise UsageError(
                f"`grader {name}` is for instructors, and not in what students install; it is in a "
                "checkout of the course"
            ) from error
        there = [extra for extra, own in EXTRAS.items() if package.lower() in own]
        # Of two that have it, the one that is called after the command.
        extras = min(there, key=lambda extra: not extra.endswith(name), default=None)
        if extras is None:
            raise
        raise UsageError(
            f"`grader {name}` needs the package {package}, which is not installed; "
            f"install what instructors need, in a checkout: pip install '.[{extras}]'"
        ) from error
    return code
