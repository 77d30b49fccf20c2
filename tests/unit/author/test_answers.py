"""Answers to other homework in what is handed out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from grader.author.answers import find_answers
from grader.catalog import all_assignments

if TYPE_CHECKING:
    from grader.catalog import Assignment

ROOT = Path(__file__).parents[3]
EVERY = all_assignments(ROOT)


def _modules(assignment: Assignment) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(assignment.folder.rglob("*.py"))}


def test_homework_that_hands_out_the_answers_of_another_one_says_so() -> None:
    """GRU and LSTM from scratch are asked for in hw8 and ready-made in hw9, and that is all."""
    found = {
        one.id: find_answers(_modules(one), [other for other in EVERY if other is not one])
        for one in EVERY
    }

    assert {name: sentences for name, sentences in found.items() if sentences} == {
        "hw9": (
            "language_model.py has answers to hw8: gru, lstm; "
            "hand it out only after hw8 has closed",
        )
    }


def test_one_line_alike_is_no_answer(toy: Assignment) -> None:
    """Half of the lines of an exercise may stand anywhere, more of them are its answer."""
    path = toy.solution / "steps.py"
    lines = [f"    total = total + weight * {number}  # and further" for number in range(4)]
    body = "\n".join(["    # BEGIN SOLUTION", *lines, "    return total", "    # END SOLUTION"])
    text = path.read_text("utf-8")
    head, _, rest = text.partition("    # BEGIN SOLUTION")
    path.write_text(f"{head}{body}{rest.partition('# END SOLUTION')[2]}", encoding="utf-8")

    half, more = (
        find_answers({"a.py": "\n".join(lines[:count]).encode()}, [toy]) for count in (2, 3)
    )

    assert half == ()
    (told,) = more
    assert told.startswith("a.py has answers to toy: ")


def test_homework_without_solutions_is_passed_over(toy: Assignment) -> None:
    """As in a student's copy, where nothing can be said."""
    shutil.rmtree(toy.solution)

    assert find_answers({"a.py": b"total = 1"}, [toy]) == ()
