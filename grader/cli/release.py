"""``grader release``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.author.answers import find_answers
from grader.author.release import as_released, stale, student_archive, write_release
from grader.author.versions import renewed_versions, stale_versions
from grader.author.wheel import unzipped
from grader.batch import renewed_golden, renewed_mistakes
from grader.catalog import all_assignments, find_assignment
from grader.cli.folders import output_folder, writing
from grader.errors import CatalogError, UsageError
from grader.suite.known import Known

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from grader.catalog import Assignment


def release(options: argparse.Namespace) -> int:
    """Make what is out of date of stubs, notebooks and stored values, or tell what that is.

    With ``-o`` a student's archive is made, of everything as it ought to be, and the tree is left
    as it is.
    """
    assignment = find_assignment(options.assignment, options.root)
    if not assignment.solution.is_dir():
        raise UsageError(f"{assignment.solution} is not there; this is for authors")
    if options.out is not None:
        output_folder(options.out)
    problems = stale(assignment)
    with as_released(assignment) as lent:
        missing, golden = renewed_golden(lent)
        outdated, mistakes = renewed_mistakes(lent)
        # They take minutes: whoever only asks learns that they are out of date, no more.
        known = Known.of_bytes(mistakes, lent.known_mistakes)
        if options.check:
            unlike, versions = stale_versions(lent, known), b""
        else:
            unlike, versions = renewed_versions(lent, known)
    stored = {
        assignment.golden: golden,
        assignment.known_mistakes: mistakes,
        assignment.known_versions: versions,
    }
    problems += [*missing, *outdated, *unlike]
    if not options.check and options.out is None:
        written = _renew(assignment, stored)
        print(f"{assignment.id}: {written} generated files were out of date")
        return 0
    for problem in problems:
        print(f"stale: {problem}")
    print(f"{assignment.id}: {len(problems)} generated files are out of date")
    if options.out is not None:
        archive, content = options.out / f"{assignment.id}.zip", student_archive(assignment, stored)
        with writing(archive):
            archive.write_bytes(content)
        print(f"wrote {archive}")
        for sentence in _answers_to_others(assignment, content):
            print(f"note: {sentence}")
    return 1 if options.check and problems else 0


def _answers_to_others(assignment: Assignment, archive: bytes) -> tuple[str, ...]:
    """Find answers to the other homework of a course in an archive."""
    try:
        every = all_assignments(assignment.folder.parent.parent)
        others = [one for one in every if one.id != assignment.id]
        return find_answers(unzipped(archive), others)
    except CatalogError as error:
        return (f"whether answers to other homework are in it is not known: {error}",)


def _renew(assignment: Assignment, stored: Mapping[Path, bytes]) -> int:
    """Write what is out of date; a checkout in which nothing is stays clean."""
    with writing(assignment.folder, remedy="mend that"):
        written = list(write_release(assignment, assignment.folder))
        for path, content in stored.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != content:
                path.write_bytes(content)
                written.append(path)
    for path in written:
        print(f"wrote {path}")
    return len(written)
