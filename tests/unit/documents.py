"""What a text may name: commands, options and targets, read off what runs."""

from __future__ import annotations

import argparse
import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.cli.main import parser
from grader.study import magic
from grader.suite import plugin

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[2]


@functools.cache
def commands_of() -> Mapping[str, argparse.ArgumentParser]:
    """Return the parser of each command of ``grader``."""
    for action in parser()._actions:  # noqa: SLF001 - argparse tells nobody otherwise
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the same
            return dict(action.choices)
    raise AssertionError("grader has no commands")


def options_of(command: str) -> frozenset[str]:
    """Return the options of a command of ``grader``, but for its help."""
    actions = commands_of()[command]._actions  # noqa: SLF001 - as above
    return frozenset(name for action in actions for name in action.option_strings) - HELP


class _Group:
    """Collects options as pytest's own parser does."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def getgroup(self, _name: str, _description: str = "") -> _Group:
        """Return the place where options are added."""
        return self

    def addoption(self, *names: str, **_attributes: object) -> None:
        """Note an option."""
        self.names.update(names)


def options_of_pytest() -> frozenset[str]:
    """Return the options that the plugin adds to pytest."""
    group = _Group()
    plugin.pytest_addoption(group)  # type: ignore[arg-type] # it asks for no more of a parser
    return frozenset(group.names)


def targets() -> frozenset[str]:
    """Return the targets of the Makefile; what has a pattern, for every assignment."""
    text = (ROOT / "Makefile").read_text("utf-8")
    found = re.findall(r"(?:^|: )([a-z][a-z-]*%?):", text, re.MULTILINE)
    there = [path.parent.name for path in ROOT.glob("assignments/*/exercises.toml")]
    return frozenset(name.replace("%", one) for name in found for one in there)


HELP: Final = frozenset({"-h", "--help"})
OURS: Final = frozenset(
    HELP | {"--version", *magic.OPTIONS} | options_of_pytest()
    | {option for command in commands_of() for option in options_of(command)}
)  # fmt: skip
