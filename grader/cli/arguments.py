"""Arguments that several commands take, and what they may be."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Final

PORTS: Final = 1 << 16
SEEDS: Final = 1 << 31  # every generator takes these, and those shortly above them


def isolation(command: argparse.ArgumentParser) -> None:
    """Add how submissions are confined."""
    command.add_argument(
        "--isolation",
        choices=("strict", "best", "off"),
        default="best",
        help="strict: tier A or nothing; best: the strongest tier that works here (default); "
        "off: no confinement, stamped on every report",
    )


def timing(command: argparse.ArgumentParser) -> None:
    """Add where speed is measured."""
    command.add_argument(
        "--timing",
        choices=("auto", "cpu", "cuda", "off"),
        default="auto",
        help="where speed is measured against the reference: on a GPU if there is one (auto, the "
        "default), on the processor, or nowhere; cases that are not measured cost nothing",
    )


def columns(command: argparse.ArgumentParser) -> None:
    """Add what the columns of a table of students are called."""
    command.add_argument(
        "--columns",
        action="append",
        default=[],
        metavar="FIELD=HEADER",
        help="what a column of the table is called, where it is not known: name=Teilnehmer; may be "
        "given more than once",
    )


def assignment(command: argparse.ArgumentParser) -> None:
    """Add the name of an assignment."""
    command.add_argument("assignment", metavar="ASSIGNMENT", help="its name, such as hw8")


def common(command: argparse.ArgumentParser) -> None:
    """Add what every command takes."""
    command.add_argument("--lang", choices=("en", "zh"), default=None, help="language of the texts")
    command.add_argument(
        "--root", type=path, default=Path(), help="folder that holds assignments/ (default: here)"
    )


def path(text: str) -> Path:
    """Read a path."""
    # An empty variable of a script would else stand for the folder that one happens to be in.
    if not text:
        raise argparse.ArgumentTypeError("must be a path, not an empty text")
    return Path(text)


def positive(text: str) -> int:
    """Read a number of at least 1."""
    return _whole(text, 1, sys.maxsize, "a whole number of at least 1")


def seed(text: str) -> int:
    """Read what a generator of random numbers starts from."""
    return _whole(text, 0, SEEDS - 1, f"a whole number of at least 0 and less than {SEEDS}")


def port(text: str) -> int:
    """Read the number of a port; 0 for one that is free."""
    return _whole(text, 0, PORTS - 1, f"a whole number of at least 0 and less than {PORTS}")


def _whole(text: str, least: int, most: int, wanted: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"must be {wanted}, not {text!r}")
    return number


def percentage(text: str) -> float:
    """Read a percentage."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 100:  # noqa: PLR2004 - a percentage; nan is none
        raise argparse.ArgumentTypeError(f"must be a percentage from 0 to 100, not {text!r}")
    return number
