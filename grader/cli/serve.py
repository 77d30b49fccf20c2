"""``grader serve``: submissions over HTTP."""

from __future__ import annotations

import contextlib
import os
import shlex
from typing import TYPE_CHECKING, Final

from rich.console import Console

from grader.catalog import find_assignment
from grader.cli.folders import output_folder, results_folder, writing
from grader.cli.grade import read_salt
from grader.cli.printing import say
from grader.cli.processors import available_processors
from grader.course import read_roster
from grader.errors import UsageError
from grader.gradebook import DATABASE_VARIABLE, settle
from grader.service import Grading, Keys, People, Quota, Reception, make_app
from grader.service import serve as serve_app
from grader.service.job import Job, course_of
from grader.service.keys import checked_token, course_token, new_token, student_tokens
from grader.service.serving import LOOPBACK, address_of, end_when_told, hosts_of, listen
from grader.suite.timing import device_of
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.catalog import Assignment

TOKEN: Final = "token"  # noqa: S105 - the name of a file
VARIABLE: Final = "GRADER_TOKEN"


def serve(options: argparse.Namespace) -> int:
    """Take submissions in, and have them graded, until interrupted; see ``grader serve --help``."""
    end_when_told()
    lang = pick_language(options.lang, os.environ)
    device_of(options.timing)
    quota = Quota(
        a_day=options.most_a_day,
        waiting=options.most_waiting,
        size_bytes=options.most_bytes,
    )
    names = list(dict.fromkeys(options.assignments))
    assignments = [find_assignment(name, options.root) for name in names]
    people = People(None if options.roster is None else read_roster(options.roster))
    # What is started from here, and whatever that runs, has no use for it.
    named = os.environ.pop(DATABASE_VARIABLE, None)
    database: str | None = options.database or named or None
    with contextlib.ExitStack() as opened:
        opened.enter_context(results_folder(options.out))
        keys, where, secrets = _keys(options, people)
        listening = opened.enter_context(listen(options.host, options.port))
        gradings = {
            one.id: Grading(one.id, _job(options, one, lang, secrets, database), say)
            for one in assignments
        }
        for grading in gradings.values():
            opened.callback(grading.stop)
        receptions = {
            one.id: opened.enter_context(
                _reception(one, options.out / one.id, people, quota, gradings[one.id], database)
            )
            for one in assignments
        }
        for grading in gradings.values():
            grading.start()
        for grading in gradings.values():
            grading.wait()
        app = make_app(
            receptions,
            keys,
            quota,
            hosts=hosts_of(listening, frozenset(options.allow_host)),
            lang=lang,
            health=lambda: {name: one.health() for name, one in gradings.items()},
        )

        def tell() -> None:
            _tell(address_of(listening), gradings, where)

        if listening.getsockname()[0] not in LOOPBACK:
            say(
                "What is sent to this address can be read on its way, tokens included, unless a "
                "proxy in front of it speaks TLS."
            )
        serve_app(app, listening, quota, tell)
    return 0


def _keys(options: argparse.Namespace, people: People) -> tuple[Keys, str, list[Path]]:
    """Read the tokens; return where the course's is, and the files that are to be kept, too."""
    course, path = _course_token(options)
    secrets, students = [] if path is None else [path], {}
    if options.student_tokens is not None:
        secrets.append(options.student_tokens)
        students = student_tokens(options.student_tokens, [people])
    if course in students:
        raise UsageError(f"{options.student_tokens}: a student has the course's own token")
    return Keys(course, students), VARIABLE if path is None else shlex.quote(str(path)), secrets


def _course_token(options: argparse.Namespace) -> tuple[str, Path | None]:
    """Read the course's token, and the file that it lies in; where none is named, one is made.

    Raises
    ------
    UsageError
        When both name one, or what they name is no token.
    """
    # taken out, so that no process that is started from here on has it
    told = os.environ.pop(VARIABLE, None)
    if told is not None:
        if options.token_file is not None:
            raise UsageError(f"{VARIABLE} is set, and --token-file is given: leave one of them out")
        return checked_token(told, VARIABLE), None
    path: Path = options.token_file or options.out / TOKEN
    if options.token_file is None and not os.path.lexists(path):
        with writing(path):
            new_token(path)
    return course_token(path), path


def _job(
    options: argparse.Namespace,
    assignment: Assignment,
    lang: str,
    secrets: Sequence[Path],
    database: str | None,
) -> Job:
    """Say what the process that grades an assignment is told; what it reads is read once here."""
    paths = {name: getattr(options, name) for name in ("roster", "extensions")}
    told = {name: None if path is None else str(path.absolute()) for name, path in paths.items()}
    own = [options.out, *secrets, *([options.salt_file] if options.salt_file else [])]
    job = Job(
        folder=str(assignment.folder.absolute()),
        out=str((options.out / assignment.id).absolute()),
        jobs=options.jobs or available_processors(),
        isolation=options.isolation,
        timing=options.timing,
        lang=lang,
        salt=read_salt(options.salt_file),
        kept=tuple(str(path.absolute()) for path in own),
        database=database,
        **told,
    )
    course_of(assignment, job)
    return job


@contextlib.contextmanager
def _reception(
    assignment: Assignment,
    out: Path,
    people: People,
    quota: Quota,
    grading: Grading,
    database: str | None,
) -> Iterator[Reception]:
    output_folder(out)
    with writing(out):
        if database is not None:
            settle(out, database, assignment.id)
        reception = Reception(assignment, out, people, quota, grading.wake, database)
        try:
            reception.clean()
        except BaseException:
            reception.close()
            raise
    try:
        yield reception
    finally:
        reception.close()


def _tell(address: str, gradings: dict[str, Grading], where: str) -> None:
    """Say where what is taken in, how it is confined, and what to show for it."""
    console = Console(highlight=False)
    console.print(f"http://{address}", soft_wrap=True, markup=False)
    for name, grading in gradings.items():
        console.print(f"{name}: graded in tier {grading.tier}", soft_wrap=True, markup=False)
        if grading.reason:
            say(f"{name}: {grading.reason}")
    console.print(
        f"The course's token is in {where}. Ctrl-C ends it; what was taken in stays.",
        soft_wrap=True,
        markup=False,
    )
