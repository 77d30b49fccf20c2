"""The fork server dies in the middle of a call, or a worker: it is repeated once, and all goes on.

The killing is done where the trusted side is asked for an upstream: at that moment the worker is in
the middle of its call, for certain, and waits.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader import wire
from grader.batch import BatchOptions, grade_all
from grader.intake import read_submission
from grader.model import Status, Verdict
from grader.sandbox import open_server
from grader.suite.collecting import collected
from grader.suite.run import run_submission
from grader.suite.running import Access
from grader.suite.session import RunSettings, prove

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Grade
    from grader.sandbox.worker import Worker

# Kills only what this very process has started, or the test itself since it began.
REFERENCE = """
import json, os, pathlib, select, signal, sys

STATE = {state!r}

def _asked_by_a_worker():
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_name != "supply":
        frame = frame.f_back
    return frame is not None

def _children(pid):
    text = pathlib.Path(f"/proc/{{pid}}/task/{{pid}}/children").read_text()
    children = (pathlib.Path(f"/proc/{{child}}") for child in text.split())
    return [int(child.name) for child in children if (child / "cmdline").read_bytes()]

def _is_first_of_its_namespace(pid):
    lines = pathlib.Path(f"/proc/{{pid}}/status").read_text().splitlines()
    numbers = next(line.split()[1:] for line in lines if line.startswith("NSpid"))
    return len(numbers) > 1 and numbers[-1] == "1"

def _kill_the_server(launched):
    # In namespaces the server is a grandchild of what was launched; else it is just that.
    inner = [grand for child in _children(launched) for grand in _children(child)]
    victim = next((pid for pid in inner if _is_first_of_its_namespace(pid)), launched)
    watched = os.pidfd_open(victim)
    signal.pidfd_send_signal(watched, signal.SIGKILL)
    poll = select.poll()
    poll.register(watched, select.POLLIN)
    poll.poll()
    os.close(watched)

def double(x):
    state = json.loads(pathlib.Path(STATE).read_text())
    if _asked_by_a_worker():
        state["asked"] += 1
        if state["deaths"]:
            state["deaths"] -= 1
            started = [pid for pid in _children(os.getpid()) if pid not in state["spared"]]
            if not started and os.getppid() == state["test"]:
                spared = [*state["spared"], os.getpid()]
                started = [pid for pid in _children(state["test"]) if pid not in spared]
            _kill_the_server(started[0])
        pathlib.Path(STATE).write_text(json.dumps(state))
    return 2 * x

def halve(x):
    return x / 2

def total(x):
    return double(x).sum()
"""
# Both cases of `double` fail, and `total` is run again with the upstream put in.
SUBMISSION = "def double(x): return 3 * x"


def children() -> list[int]:
    """List this process' own children."""
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


@dataclasses.dataclass
class Deaths:
    """How often the server is to die, and what came of it."""

    path: Path

    def plan(self, deaths: int) -> None:
        """Have the first `deaths` answers to a worker preceded by the death of its server."""
        state = {"deaths": deaths, "test": os.getpid(), "spared": children(), "asked": 0}
        self.path.write_text(json.dumps(state))

    def left(self) -> tuple[int, int]:
        """Return how many deaths did not come about, and how often a worker asked."""
        state = json.loads(self.path.read_text())
        return state["deaths"], state["asked"]


@pytest.fixture
def deaths(course: Any) -> Deaths:
    """A course whose reference kills the server as planned."""
    state = course.root / "deaths.json"
    planned = Deaths(state)
    planned.plan(0)
    course.write("solutions/tiny/answers.py", REFERENCE.format(state=str(state)))
    return planned


@pytest.fixture
def graded(course: Any, deaths: Deaths) -> Callable[[int], Grade]:
    """Grade the submission in a batch in which the server dies so many times."""

    def grade(count: int) -> Grade:
        assignment = course.assignment()
        names = {exercise.id: exercise.names for exercise in assignment.exercises}
        submission = read_submission(
            course.answer(SUBMISSION), modules=assignment.modules, exercises=names, id="one"
        )
        found: list[Grade] = []
        deaths.plan(count)
        with open_server("best", torch=False) as server:
            grade_all(
                assignment, [submission], BatchOptions(), server, lambda _, made: found.append(made)
            )
        course.forget()
        (made,) = found
        return made

    return grade


def verdict_of(made: Grade) -> Verdict:
    """Return the verdict of the one case of ``total``."""
    (case,) = made.exercises[1].cases
    return case.verdict


class TestInABatch:
    """The server is shared by all forked graders, none of which is its parent."""

    def test_a_call_is_repeated_after_one_death(
        self, graded: Callable[[int], Grade], deaths: Deaths
    ) -> None:
        """The submission goes on: nothing is lost, and nothing is graded twice."""
        made = graded(1)

        assert deaths.left() == (0, 2)
        assert made.status is Status.GRADED
        assert verdict_of(made) is Verdict.PASSED
        assert made.score == 6

    def test_a_second_death_in_the_same_call_has_the_submission_graded_again(
        self, graded: Callable[[int], Grade], deaths: Deaths
    ) -> None:
        """From the start, once."""
        made = graded(2)

        assert deaths.left() == (0, 3)
        assert verdict_of(made) is Verdict.PASSED
        assert made.score == 6

    def test_what_kills_the_server_every_time_is_nobodys_zero(
        self, graded: Callable[[int], Grade], deaths: Deaths
    ) -> None:
        """The case is our fault, its exercise has no score, and the others keep theirs."""
        made = graded(4)

        assert deaths.left() == (0, 4)
        assert made.status is Status.NOT_GRADED
        assert verdict_of(made) is Verdict.ERRORED_GRADER
        assert [exercise.score for exercise in made.exercises] == [0, None]


class TestInOneRun:
    """`pytest --isolate` starts a server of its own."""

    def test_a_call_is_repeated_after_one_death(self, course: Any, deaths: Deaths) -> None:
        """As if nothing had happened."""
        deaths.plan(1)

        run = course.run("--isolate", submission=course.answer(SUBMISSION))

        assert deaths.left() == (0, 2)
        assert run.verdicts["test_totals"] is Verdict.PASSED
        assert run.code == 1  # `double` is wrong

    def test_a_second_death_is_our_fault(self, course: Any, deaths: Deaths) -> None:
        """The exit code says so; no verdict blames the student."""
        deaths.plan(2)

        run = course.run("--isolate", submission=course.answer(SUBMISSION))

        assert deaths.left() == (0, 2)
        assert run.verdicts["test_totals"] is Verdict.ERRORED_GRADER
        assert run.code == 3

    def test_without_a_death_the_worker_asks_once(self, course: Any, deaths: Deaths) -> None:
        """So the counts above are those of repeated calls."""
        deaths.plan(0)

        run = course.run("--isolate", submission=course.answer(SUBMISSION))

        assert deaths.left() == (0, 1)
        assert run.verdicts["test_totals"] is Verdict.PASSED


@pytest.mark.parametrize(
    ("kills", "verdicts"),
    [(1, {Verdict.PASSED}), (99, {Verdict.CRASHED})],
    ids=["once", "again and again"],
)
def test_a_worker_that_is_killed_once_costs_nothing(
    course: Any, kills: int, verdicts: set[Verdict]
) -> None:
    """A kernel out of memory takes any process; what is killed twice running has done it itself."""
    assignment = course.assignment()
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    right = "def double(x):\n    return 2 * x\n\ndef total(x):\n    return double(x).sum()\n"
    read = read_submission(course.answer(right), modules=assignment.modules, exercises=names)
    assert read.source is not None
    left = kills
    with open_server("best", torch=False) as server, collected(assignment) as suites:

        def opened(*words: Any, **options: Any) -> Worker:
            worker = server.worker(*words, **options)
            ask = worker.request

            def requested(request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:
                nonlocal left
                if isinstance(request, wire.Call) and left:
                    left -= 1
                    os.kill(worker.process_id(), signal.SIGKILL)
                return ask(request, what, timeout_s)

            worker.request = requested  # type: ignore[method-assign] # a transport that has bad luck
            return worker

        session = prove(suites, "salt")
        cases, _ = run_submission(session, RunSettings(), read.source, Access(opened))
    course.forget()

    assert {case.verdict for case in cases} == verdicts
