"""Answers to other homework in what is handed out: one homework may build on what another asks for.

That is no mistake, as a leak of a homework's own answers is, but it decides about when students may
have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.author.leaks import marked_lines, squeezed
from grader.author.stubs import definitions, read_solution

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.catalog import Assignment

_FEW: Final = 3  # lines; anybody may write one or two of them


def find_answers(files: Mapping[str, bytes], others: Iterable[Assignment]) -> tuple[str, ...]:
    """Find answers to other assignments in files about to be handed out.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by path; modules in Python are looked at.
    others : iterable of Assignment
        Those without solutions here are passed over.

    Returns
    -------
    tuple of str
        One sentence for each assignment and file. An answer is there when more than half of the
        lines of an exercise's solution are, and they are three at least.

    Raises
    ------
    CatalogError
        When a reference module cannot be read or its markers are broken.
    """
    texts = {
        path: {squeezed(line) for line in content.decode("utf-8", errors="replace").split("\n")}
        for path, content in sorted(files.items())
        if path.endswith(".py")
    }
    found = []
    for other in others:
        if not other.solution.is_dir():
            continue
        answers = dict(_answers(other))
        for path, lines in texts.items():
            given = [
                name for name, answer in answers.items() if 2 * len(answer & lines) > len(answer)
            ]
            if given:
                found.append(
                    f"{path} has answers to {other.id}: {', '.join(given)}; "
                    f"hand it out only after {other.id} has closed"
                )
    return tuple(found)


def _answers(assignment: Assignment) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the marked lines of each exercise that has enough of them."""
    for module in assignment.modules:
        solution, origin = read_solution(assignment, module)
        nodes, marked = definitions(solution), list(marked_lines(solution, origin))
        for exercise in assignment.exercises:
            if exercise.module != module:
                continue
            spans = [(nodes[name].lineno, nodes[name].end_lineno or 0) for name in exercise.names]
            answer = frozenset(
                text for at, text in marked if any(first <= at <= last for first, last in spans)
            )
            if len(answer) >= _FEW:
                yield exercise.id, answer
