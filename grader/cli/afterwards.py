"""The arguments of commands that work on a gradebook, when a class is graded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.cli.arguments import (
    columns,
    common,
    isolation,
    path,
    percentage,
    port,
    positive,
    timing,
)

if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add these commands to the command line."""
    _override(commands.add_parser("override", help="set a mark by hand"))
    _comment(commands.add_parser("comment", help="say something to students"))
    _undo(commands.add_parser("undo", help="take marks by hand and comments back"))
    _log(commands.add_parser("log", help="show what was done by hand"))
    _regrade(commands.add_parser("regrade", help="grade some submissions again"))
    _desk(commands.add_parser("desk", help="open the gradebook on a local page"))
    _export(commands.add_parser("export", help="write what Canvas or Moodle imports"))
    _similar(commands.add_parser("similar", help="tell who shares passages of code"))
    _diff(commands.add_parser("diff", help="tell whose marks have moved, and why"))


def _override(command: argparse.ArgumentParser) -> None:
    _out(command)
    command.add_argument("student", metavar="STUDENT", help="the id, as grades.csv has it")
    command.add_argument("exercise", metavar="EXERCISE", help="its id, or total for the whole")
    command.add_argument("points", metavar="POINTS", help="such as 7, 7.5 or 22/3")
    command.add_argument(
        "--because", required=True, metavar="TEXT", help="why; the student reads it"
    )
    _by(command)
    common(command)


def _comment(command: argparse.ArgumentParser) -> None:
    _out(command)
    command.add_argument("student", nargs="?", metavar="STUDENT", help="the id; or give --where")
    command.add_argument("text", metavar="TEXT", help="what the student is to read")
    command.add_argument("--exercise", default="", metavar="ID", help="about which exercise")
    _where(command, required=False)
    _by(command)
    common(command)


def _undo(command: argparse.ArgumentParser) -> None:
    _out(command)
    command.add_argument(
        "entries", type=positive, nargs="+", metavar="NUMBER", help="entries of the log"
    )
    command.add_argument("--because", default="", metavar="TEXT", help="why, for the log")
    _by(command)
    common(command)


def _log(command: argparse.ArgumentParser) -> None:
    _out(command)
    command.add_argument("--student", metavar="STUDENT", help="of this one alone")
    command.add_argument("--json", action="store_true", help="a JSON object a line")
    common(command)


def _regrade(command: argparse.ArgumentParser) -> None:
    _out(command)
    _where(command, required=True)
    command.add_argument("-j", "--jobs", type=positive, default=None, help="submissions at a time")
    command.add_argument(
        "--json", action="store_true", help="print events, a JSON object a line, and no table"
    )
    command.add_argument("--salt-file", type=path, help="secret that hidden cases are drawn from")
    _by(command)
    isolation(command)
    timing(command)
    common(command)


def _desk(command: argparse.ArgumentParser) -> None:
    _out(command)
    command.add_argument(
        "--port", type=port, default=0, metavar="N", help="where (default: one that is free)"
    )
    command.add_argument("-j", "--jobs", type=positive, default=None, help="submissions at a time")
    command.add_argument("--salt-file", type=path, help="secret that hidden cases are drawn from")
    _by(command)
    isolation(command)
    timing(command)
    common(command)


def _diff(command: argparse.ArgumentParser) -> None:
    command.add_argument("before", type=path, metavar="OUT", help="folder that holds a gradebook")
    command.add_argument(
        "after",
        type=path,
        nargs="?",
        metavar="OUT2",
        help="another; without it, an earlier batch of OUT is compared with the last",
    )
    command.add_argument(
        "--batch", type=positive, default=None, metavar="N", help="which (default: the one before)"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    common(command)


def _export(command: argparse.ArgumentParser) -> None:
    _out(command)
    command.add_argument(
        "--to", required=True, choices=("canvas", "moodle"), help="for which platform"
    )
    command.add_argument(
        "--gradebook-csv",
        type=path,
        metavar="CSV",
        help="the platform's own table (Canvas: gradebook, Moodle: grading worksheet), which is "
        "filled in; without it, a new one is made",
    )
    command.add_argument(
        "--column", default="", metavar="NAME", help="which of its columns (default: as it tells)"
    )
    columns(command)
    command.add_argument(
        "-o",
        "--folder",
        type=path,
        metavar="FOLDER",
        help="where to write (default: OUT/canvas or OUT/moodle)",
    )
    common(command)


def _similar(command: argparse.ArgumentParser) -> None:
    _out(command)
    command.add_argument(
        "--share",
        type=percentage,
        default=30.0,
        metavar="PCT",
        help="list pairs that share as much of the smaller one's code (default 30)",
    )
    command.add_argument(
        "--common",
        type=positive,
        default=5,
        metavar="N",
        help="leave out what more than N students have (default 5)",
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    common(command)


def _out(command: argparse.ArgumentParser) -> None:
    command.add_argument("out", type=path, metavar="OUT", help="folder that holds the gradebook")


def _by(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="WHO", help="whose doing (default: the login name)")


def _where(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument(
        "--where",
        action="append",
        default=None if required else [],
        required=required,
        metavar="KEY=VALUE",
        help="who is meant: student=, exercise=, mistake=, step=, finding= or verdict=; of one key "
        "any value, of several keys all of them",
    )
