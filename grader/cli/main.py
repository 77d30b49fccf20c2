"""Parse the command line and hand over to the command.

Exit codes: 0 all graded; 1 below ``--fail-under``, or ``release --check`` or ``validate`` found
something; 2 usage or a broken assignment; 3 some submission could not be graded for a reason of
ours. Python's own 1, for an exception that nobody expected, is never among them.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

import grader
from grader import environment
from grader.cli import afterwards, authoring
from grader.cli.arguments import (
    assignment,
    columns,
    common,
    isolation,
    path,
    percentage,
    positive,
    seed,
    timing,
)
from grader.errors import GraderError, InstructorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

# What `grader.report` can write; named here, as the command line is read without importing it.
FORMATS: Final = (
    "json", "html", "markdown", "text", "junit", "sarif", "github", "gitlab", "gradescope",
    "classroom50", "exercism", "prairielearn", "autolab",
)  # fmt: skip
USAGE: Final = 2
OURS: Final = 3
INTERRUPTED: Final = 130
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NOBODY_READS: Final = 141  # what a shell gives for a program that wrote to a closed pipe


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str or None
        The words after ``grader``; None for those of the process, which then closes itself to its
        environment.

    Returns
    -------
    int
        The exit code.
    """
    if arguments is None:
        environment.close(sys.argv[1:])
    os.environ.update(environment.ONE_THREAD)
    _print_any_name()
    options = parser().parse_args(arguments)
    from grader.cli import commands  # noqa: PLC0415 - imports numpy, after the lines above

    try:
        _check_folder()
        code = commands.run(options)
        if sys.stdout is not None:  # closed by whoever called
            sys.stdout.flush()
        return code
    except BaseException as error:  # noqa: BLE001 - Python's own exit code 1 means something else
        return _told(error)


def _told(error: BaseException) -> int:
    """Say what ended a command; return the exit code."""
    match error:
        case InstructorError():
            return _say(str(error), USAGE)
        case GraderError():
            return _say(f"our fault: {error}", OURS)
        case KeyboardInterrupt():
            return _say("interrupted; what was graded is kept, run again to go on", INTERRUPTED)
        case BrokenPipeError() | SystemExit(__context__=BrokenPipeError()):  # rich makes that of it
            _write_no_more()
            return NOBODY_READS
        case SystemExit():
            raise error
        case OSError() if amiss := _amiss(error):
            return _say(amiss, USAGE)
    traceback.print_exception(error)
    return _say("our fault: see above", OURS)


def _amiss(error: OSError) -> str:
    """Say what the system has refused, as far as somebody can mend it; else nothing."""
    if isinstance(error.filename, str | bytes):
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    if error.errno in NO_ROOM:
        _write_no_more()  # it may be where this prints to
        return f"{error.strerror}; make room and run again to go on"
    return ""


def _check_folder() -> None:
    """Refuse to work from a folder that has been removed: no path means anything there."""
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("the folder that this was started in is not there any more") from error


def _write_no_more() -> None:
    """Let what is still to be printed go nowhere, so that Python does not fail on it in the end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str, code: int) -> int:
    print(f"grader: {text}", file=sys.stderr)
    return code


def _print_any_name() -> None:
    """Let a file name that is no text be printed, escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
    title = (grader.__doc__ or "").partition("\n")[0]
    top = argparse.ArgumentParser(prog="grader", description=title)
    top.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _grade(commands.add_parser("grade", help="grade a folder of submissions"))
    _ci(commands.add_parser("ci", help="grade one submission and write what a platform reads"))
    _report(commands.add_parser("report", help="write the reports of a gradebook again"))
    afterwards.add(commands)
    authoring.add(commands)
    _watch(commands.add_parser("watch", help="check again whenever a file is saved"))
    _hint(commands.add_parser("hint", help="show an exercise's next hint"))
    _demo(commands.add_parser("demo", help="watch one of the systems learn"))
    doctor = commands.add_parser("doctor", help="tell what works on this machine")
    common(doctor)
    return top


def _grade(command: argparse.ArgumentParser) -> None:
    assignment(command)
    command.add_argument("path", type=path, metavar="PATH", help="the submissions")
    command.add_argument("-o", "--out", type=path, required=True, help="folder of the results")
    command.add_argument(
        "--as",
        dest="layout",
        choices=("auto", "one", "many"),
        default="auto",
        help="one: PATH is one submission; many: each entry of it is one, whatever it is called; "
        "auto: as its names and layout tell (default)",
    )
    command.add_argument(
        "--roster",
        type=path,
        metavar="CSV",
        help="who takes the course: a table of one's own, or as Canvas, Moodle or Gradescope "
        "export it; who is on it has a row, whether or not anything was handed in",
    )
    columns(command)
    command.add_argument(
        "--extensions", type=path, metavar="CSV", help="who has more time: due, days or hours"
    )
    command.add_argument("-j", "--jobs", type=positive, default=None, help="submissions at a time")
    command.add_argument("--fresh", action="store_true", help="begin a new batch: grade all again")
    command.add_argument(
        "--json", action="store_true", help="print events, a JSON object a line, and no table"
    )
    command.add_argument(
        "--engine",
        choices=("local", "dask"),
        default="local",
        help="local: on this machine (default); dask: on the nodes of a Dask cluster",
    )
    command.add_argument(
        "--scheduler",
        metavar="ADDR",
        help="where Dask's scheduler is (default: a cluster on this machine)",
    )
    command.add_argument(
        "--nodes",
        type=positive,
        default=None,
        metavar="N",
        help="nodes of that (default 2)",
    )
    command.add_argument(
        "--node-root", type=path, metavar="PATH", help="what --root is called on the nodes"
    )
    command.add_argument("--salt-file", type=path, help="secret that hidden cases are drawn from")
    isolation(command)
    timing(command)
    common(command)


def _ci(command: argparse.ArgumentParser) -> None:
    assignment(command)
    command.add_argument("path", type=path, metavar="PATH", help="the submission")
    command.add_argument(
        "--format",
        action="append",
        default=None,
        choices=FORMATS,
        help="what to write; may be given more than once (default: what the platform reads that "
        "this runs on, else json)",
    )
    command.add_argument(
        "-o",
        "--out",
        type=path,
        default=None,
        help="folder to write to (default: where that platform looks, else the current one)",
    )
    command.add_argument("--fail-under", type=percentage, default=None, metavar="PCT")
    command.add_argument(
        "--handed-in",
        metavar="TIME",
        help="when it was handed in (default: as Gradescope, or GitHub and GitLab of a push, tell)",
    )
    command.add_argument(
        "--due", metavar="TIME", help="when it is due for this one, instead of for the class"
    )
    command.add_argument("--salt-file", type=path, help="secret that hidden cases are drawn from")
    isolation(command)
    timing(command)
    common(command)


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("out", type=path, metavar="OUT", help="folder that holds the gradebook")
    command.add_argument(
        "--batch",
        type=positive,
        default=None,
        metavar="N",
        help="an earlier batch (default: last)",
    )
    common(command)


def _watch(command: argparse.ArgumentParser) -> None:
    assignment(command)
    command.add_argument(
        "--submission",
        type=path,
        metavar="PATH",
        help="watch this file, notebook or folder (default: the folder of the assignment)",
    )
    common(command)


def _hint(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "assignment", nargs="?", metavar="ASSIGNMENT", help="where several have such an exercise"
    )
    command.add_argument("exercise", metavar="EXERCISE", help="its name, such as clip")
    command.add_argument("-n", "--number", type=positive, default=1, help="which hint (default 1)")
    common(command)


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "assignment", nargs="?", metavar="ASSIGNMENT", help="where several have such a system"
    )
    command.add_argument(
        "system", nargs="?", metavar="SYSTEM", help="which one; without it, all are listed"
    )
    command.add_argument(
        "--submission",
        type=path,
        metavar="PATH",
        help="run this file, notebook or folder (default: the reference; where there is none, the "
        "stubs of the assignment)",
    )
    command.add_argument("--iterations", type=positive, default=None, metavar="N")
    command.add_argument("--seed", type=seed, default=None, metavar="N", help="for random numbers")
    command.add_argument("--text", type=path, metavar="FILE", help="one name a line, UTF-8")
    command.add_argument(
        "--data", metavar="WHERE", help="data of your own: a folder, or a name that the demo knows"
    )
    command.add_argument("--plot", type=path, metavar="FILE.svg", help="write the curve here")
    common(command)
