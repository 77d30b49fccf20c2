"""``grader desk``: the gradebook on a local page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.console import Console

from grader.cli.gradebooks import assignment_of, login, opened
from grader.desk import Desk, serve
from grader.desk.runs import Runs
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse


def desk(options: argparse.Namespace) -> int:
    """Serve the desk until interrupted; see ``grader desk --help``."""
    lang = pick_language(options.lang, os.environ)
    who = options.by or login()
    with opened(options.out) as book:
        assignment = assignment_of(book, options.root)
    runs = Runs(["regrade", str(options.out)], _words(options, lang, who))

    def tell(address: str) -> None:
        Console(highlight=False).print(f"{address}\nCtrl-C ends it.", soft_wrap=True)

    try:
        serve(Desk(assignment, options.out, lang, who, runs), options.port, tell)
    finally:
        runs.stop()
    return 0


def _words(options: argparse.Namespace, lang: str, who: str) -> list[str]:
    """Return how a regrade is run from here."""
    words = ["--json", "--by", who, "--lang", lang, "--root", str(options.root)]
    words += ["--isolation", options.isolation, "--timing", options.timing]
    if options.salt_file is not None:
        words += ["--salt-file", str(options.salt_file)]
    if options.jobs is not None:
        words += ["--jobs", str(options.jobs)]
    return words
