"""The words of the commands for who writes an assignment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.arguments import assignment, common, isolation, path, positive

if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands that make and prove assignments."""
    _new(commands.add_parser("new", help="write a small assignment to begin with"))
    _autograder(commands.add_parser("autograder", help="write what a platform grades with"))
    _release(commands.add_parser("release", help="make stubs, notebooks and golden values"))
    _validate(commands.add_parser("validate", help="prove an assignment's suites"))


def _new(command: argparse.ArgumentParser) -> None:
    assignment(command)
    common(command)


def _autograder(command: argparse.ArgumentParser) -> None:
    assignment(command)
    command.add_argument(
        "--for",
        dest="platform",
        choices=("gradescope", "github", "gitlab"),
        required=True,
        help="gradescope: a zip to upload; github: a workflow; gitlab: a pipeline",
    )
    command.add_argument(
        "-o", "--out", type=path, default=Path(), help="folder to write to (default: here)"
    )
    common(command)


def _release(command: argparse.ArgumentParser) -> None:
    assignment(command)
    command.add_argument(
        "-o",
        "--out",
        type=path,
        help="write a student's archive here; leave the tree as it is",
    )
    command.add_argument("--check", action="store_true", help="only tell what is out of date")
    common(command)


def _validate(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "assignments",
        nargs="*",
        metavar="ASSIGNMENT",
        help="names, such as hw8; without one, every assignment",
    )
    command.add_argument(
        "--mutants", action="store_true", help="also change the reference, bit by bit"
    )
    command.add_argument(
        "--thorough",
        action="store_true",
        help="grade each known mistake on all exercises of its module",
    )
    command.add_argument("-j", "--jobs", type=positive, default=None, help="processes at a time")
    command.add_argument(
        "--samples",
        type=path,
        default=None,
        help="submissions on which hidden and public suites must agree "
        "(default: tests/ASSIGNMENT/submissions)",
    )
    command.add_argument(
        "--no-samples", action="store_true", help="leave out what is asked of samples"
    )
    isolation(command)
    common(command)
