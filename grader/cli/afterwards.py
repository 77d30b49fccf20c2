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
    _serve(commands.add_parser("serve", help="take submissions in over HTTP and grade them"))
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


def _serve(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "assignments", nargs="+", metavar="ASSIGNMENT", help="what is taken in, such as hw8"
    )
    command.add_argument(
        "-o", "--out", type=path, required=True, help="folder of the results, a folder in it each"
    )
    command.add_argument("--host", default="127.0.0.1", help="where (default: this machine alone)")
    command.add_argument(
        "--port", type=port, default=8000, metavar="N", help="0 for a free one (default 8000)"
    )
    command.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="what a proxy calls it, in the header Host",
    )
    command.add_argument(
        "--token-file",
        type=path,
        metavar="FILE",
        help="the course's token, in a file of mode 600 (default: OUT/token, made where it lacks)",
    )
    command.add_argument(
        "--student-tokens",
        type=path,
        metavar="CSV",
        help="tokens of single students: columns student and token, mode 600",
    )
    command.add_argument(
        "--database",
        metavar="URL",
        help="the gradebooks' PostgreSQL, as postgresql+psycopg://USER@HOST/NAME; with a password "
        "rather in the variable GRADER_DATABASE (default: a file of SQLite in each folder)",
    )
    command.add_argument("--roster", type=path, metavar="CSV", help="who may hand in")
    command.add_argument(
        "--extensions", type=path, metavar="CSV", help="who has more time: due, days or hours"
    )
    command.add_argument(
        "-j",
        "--jobs",
        type=positive,
        default=None,
        help="submissions at a time, of each assignment",
    )
    command.add_argument(
        "--most-a-day", type=positive, default=20, metavar="N", help="of a student (default 20)"
    )
    command.add_argument(
        "--most-waiting", type=positive, default=3, metavar="N", help="of a student (default 3)"
    )
    command.add_argument(
        "--most-bytes", type=positive, default=8 << 20, metavar="N", help="a file (default 8 MiB)"
    )
    command.add_argument("--salt-file", type=path, help="secret that hidden cases are drawn from")
    command.add_argument(
        "--isolation",
        choices=("strict", "best"),
        default="best",
        help="strict: tier A or nothing; best: the strongest tier that works here (default); "
        "nothing is run unconfined",
    )
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
