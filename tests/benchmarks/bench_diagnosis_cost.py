"""What the diagnosis adds to a batch: of right submissions, and of wrong ones.

Both kinds are graded with and without a diagnosis, in turn, within one run; what counts is the
ratio. ``--rounds`` says how often (default 3); the order alternates, so a slow drift of the machine
cancels out. ``--count`` bounds the submissions of each kind.

    python tests/benchmarks/bench_diagnosis_cost.py [--count N] [--rounds N] [--root PATH]
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.author.confusion import submissions_with_mistakes
from grader.batch import BatchOptions, grade_all
from grader.catalog import find_assignment
from grader.intake import read_submission
from grader.sandbox import open_server
from grader.suite.session import RunSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.sandbox import ForkServer

ROOT: Final = Path(__file__).parents[2]
COPIES: Final = 6


def right_submissions(assignment: Assignment) -> list[Submission]:
    """Read the reference a few times under different names."""
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    return [
        read_submission(
            assignment.solution, modules=assignment.modules, exercises=names, id=f"right-{number}"
        )
        for number in range(COPIES)
    ]


def wrong_submissions(assignment: Assignment) -> list[Submission]:
    """Make a submission for each exercise, with the first mistake of its catalogue."""
    by_exercise: dict[str, list[Submission]] = {}
    for mistake, submission in submissions_with_mistakes(assignment):
        if not mistake.endless:
            by_exercise.setdefault(mistake.exercise, []).append(submission)
    return [found[0] for found in by_exercise.values()]


def seconds(
    assignment: Assignment, submissions: Sequence[Submission], server: ForkServer, *, diagnose: bool
) -> float:
    """Grade submissions one after the other; return the seconds that their grading took."""
    spent: list[float] = []
    options = BatchOptions(run=RunSettings(diagnose=diagnose))
    grade_all(
        assignment, submissions, options, server, lambda _, grade: spent.append(grade.duration_s)
    )
    return sum(spent)


def main() -> None:
    """Run the benchmark and print the ratios."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--count", type=int, help="submissions of each kind, at most")
    arguments.add_argument("--root", type=Path, default=ROOT, help="holds assignments/hw8")
    options = arguments.parse_args()
    assignment = find_assignment("hw8", options.root)
    kinds = {
        "right": right_submissions(assignment)[: options.count],
        "wrong": wrong_submissions(assignment)[: options.count],
    }
    torch = any(exercise.torch for exercise in assignment.exercises)
    with open_server("best", torch=torch) as server:
        for name, submissions in kinds.items():
            ratios = []
            for number in range(options.rounds):
                order = (True, False) if number % 2 else (False, True)
                spent = {
                    diagnose: seconds(assignment, submissions, server, diagnose=diagnose)
                    for diagnose in order
                }
                ratios.append(spent[True] / spent[False])
                print(
                    f"{name}: {len(submissions)} submissions, with {spent[True]:.2f} s, "
                    f"without {spent[False]:.2f} s, ratio {ratios[-1]:.2f}",
                    flush=True,
                )
            print(f"{name}: median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
