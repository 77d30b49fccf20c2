"""Who gets what on a cluster, and what becomes of it where a node is lost; nothing is run."""

from __future__ import annotations

from collections import Counter, deque
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from grader import wire
from grader.batch.assembling import assemble
from grader.batch.engine import Task
from grader.batch.node import Frames, Graded, Job, Ready, Refused, Reply, framed, pack, unpack
from grader.batch.nodes import ClusterEngine, Worker
from grader.catalog import Assignment
from grader.errors import SandboxError
from grader.intake import Submission
from grader.model import (
    Conditions,
    Exercise,
    Grade,
    Limits,
    Message,
    Status,
    Text,
    Visibility,
    to_json,
)
from grader.suite.case import Case
from grader.suite.outcome import passed
from grader.suite.session import Suites

if TYPE_CHECKING:
    from collections.abc import Sequence

    from msgspec import Struct

EXERCISE: Final = Exercise("double", "answers", 4, Text("Double", "加倍"), ())
CASE: Final = Case("test_answers.py::t", "t", EXERCISE, "public", Visibility.VISIBLE, Fraction(1))
HERE: Final = Path("/nowhere")
TITLE: Final = Text("Tiny", "小")
ASSIGNMENT: Final = Assignment("tiny", TITLE, 1, (EXERCISE,), Limits(), {}, HERE, HERE, HERE)
SUITES: Final = Suites(ASSIGNMENT, (CASE,), {})
CONDITIONS: Final = Conditions("A", "salt", "hash")
SOURCE: Final = wire.Source(())


class Errand:
    """An answer that is there at once, or never."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def answer(self) -> bytes:
        """Return it."""
        return self._data

    def drop(self) -> None:
        """Nobody asks any more."""


class Cluster:
    """Nodes that grade at once; some submissions take their node with them.

    Parameters
    ----------
    deadly : dict of str to int
        Submissions that take their node away, and how often.
    fatal : dict of str to int
        Those that end only its grader.
    refusing : dict of str to str
        Nodes that will not take part, and why.
    declared : dict of str to list of str
        The resources that nodes declare.
    """

    def __init__(
        self,
        nodes: Sequence[str] = ("a", "b"),
        deadly: dict[str, int] | None = None,
        fatal: dict[str, int] | None = None,
        refusing: dict[str, str] | None = None,
        declared: dict[str, list[str]] | None = None,
    ) -> None:
        self.nodes = list(nodes)
        self.deadly, self.fatal = deadly or {}, fatal or {}
        self.refusing, self.declared = refusing or {}, declared or {}
        self.given: list[tuple[str, tuple[str, ...]]] = []
        self._answered: deque[Errand] = deque()
        self._came = 0
        self.is_gone = False

    def workers(self) -> dict[str, Worker]:
        """List the nodes."""
        if self.is_gone:
            raise SandboxError("it does not answer any more")
        return {node: Worker(2, self.declared.get(node, ())) for node in self.nodes}

    def begin(self, address: str) -> Errand:
        """Let a node take part, or not."""
        refused = self.refusing.get(address)
        return self._answer(Ready() if refused is None else Refused(refused))

    def exchange(self, address: str, jobs: Sequence[bytes]) -> Errand:
        """Grade, if nothing comes between."""
        tasks = [unpack(job, Job).task() for job in jobs]
        self.given.append((address, tuple(task.submission.id for task in tasks)))
        for task in tasks:
            if self._strikes(self.deadly, task):
                self.nodes.remove(address)
                self._came += 1
                self.nodes.append(f"new{self._came}")
                return Errand(b"")
            if self._strikes(self.fatal, task):
                return self._answer(Reply(ended="its grader ended"))
        return self._answer(Reply(tuple(_graded(task) for task in tasks)))

    def done(self, timeout_s: float) -> Errand | None:
        """Give what was answered first; nobody need wait."""
        assert timeout_s > 0
        return self._answered.popleft() if self._answered else None

    def _answer(self, value: Struct) -> Errand:
        self._answered.append(errand := Errand(pack(value)))
        return errand

    @staticmethod
    def _strikes(counts: dict[str, int], task: Task) -> bool:
        left = counts.get(task.submission.id, 0)
        counts[task.submission.id] = left - 1
        return left > 0


def _graded(task: Task) -> Graded:
    results = [passed(CASE)]
    grade = assemble(ASSIGNMENT, task.submission, task.exercises, results, {}, CONDITIONS, 0.1)
    return Graded(task.submission.id, to_json(grade))


def run(
    cluster: Cluster, count: int = 9, needs: str | None = None
) -> tuple[list[Grade], list[str]]:
    """Grade some submissions; return the grades, and what was told."""
    told: list[str] = []
    engine = ClusterEngine(cluster, SUITES, CONDITIONS, needs, told.append)
    engine.wait()
    tasks = [Task(Submission(f"s{n}", f"s{n}", HERE, SOURCE), ["double"]) for n in range(count)]
    found = list(engine.grade(tasks))
    assert Counter(one.id for one, _ in found) == Counter(task.submission.id for task in tasks)
    return [grade for _, grade in found], told


def test_everything_is_graded_once_on_all_nodes() -> None:
    """Some more at a time than a node has room for, and no more than that."""
    cluster = Cluster()

    grades, told = run(cluster, 30)

    assert {grade.status for grade in grades} == {Status.GRADED}
    assert {node for node, _ in cluster.given} == {"a", "b"}
    assert len(cluster.given[0][1]) == 4
    assert told == []


def test_what_a_lost_node_had_in_hand_is_graded_elsewhere() -> None:
    """Each of it with nothing beside it, so that what took the node is found out."""
    cluster = Cluster(deadly={"s1": 1})

    grades, told = run(cluster)

    assert {grade.status for grade in grades} == {Status.GRADED}
    again = [ids for _, ids in cluster.given if "s1" in ids]
    assert [len(ids) for ids in again] == [4, 1]
    assert told == ["Node a is lost. What it had in hand is graded again."]


def test_what_takes_two_nodes_is_our_fault_and_costs_nobody_else() -> None:
    """It has no score, and the others have theirs."""
    grades, _ = run(Cluster(deadly={"s1": 99}))

    bad = [grade for grade in grades if grade.status is Status.NOT_GRADED]
    assert [(grade.id, grade.score) for grade in bad] == [("s1", None)]
    assert {case.verdict.value for case in bad[0].exercises[0].cases} == {"errored_grader"}


def test_a_grader_that_ends_is_started_again_on_its_node() -> None:
    """The worker is there; the same bound holds."""
    cluster = Cluster(nodes=["a"], fatal={"s1": 1, "s2": 99})

    grades, told = run(cluster)

    assert [grade.id for grade in grades if grade.status is Status.NOT_GRADED] == ["s2"]
    assert set(cluster.nodes) == {"a"}
    assert "Node a: its grader ended. What it had in hand is graded again." in told


def test_a_node_that_is_not_alike_takes_no_part() -> None:
    """The others do all the work; why is told."""
    cluster = Cluster(refusing={"b": "it would grade under other conditions: numpy"})

    grades, told = run(cluster)

    assert len(grades) == 9
    assert {node for node, _ in cluster.given} == {"a"}
    assert told == ["Node b does not take part: it would grade under other conditions: numpy."]


def test_where_no_node_takes_part_the_batch_ends_with_the_reasons() -> None:
    """Before a grade is made."""
    cluster = Cluster(refusing={"a": "this", "b": "that"})

    with pytest.raises(SandboxError, match="no node takes part; a: this; b: that"):
        run(cluster)


def test_a_scheduler_that_is_gone_ends_the_batch() -> None:
    """What was graded is kept by then; there is no point in waiting for the rest."""
    cluster = Cluster()
    cluster.is_gone = True

    with pytest.raises(SandboxError, match="does not answer any more"):
        run(cluster)


def test_speed_is_measured_where_that_is_declared() -> None:
    """Neither asked nor given anything is a node that does not declare the resource."""
    cluster = Cluster(declared={"b": ["grader-cuda"]})

    _, told = run(cluster, needs="grader-cuda")

    assert {node for node, _ in cluster.given} == {"b"}
    assert told == ["Node a does not take part: it does not declare the resource grader-cuda."]


def test_a_task_crosses_whole() -> None:
    """Name, path, notes and exercises, also where a path is no text."""
    notes = (Message("no_exercise_file"),)
    submission = Submission("s", "学生", Path("/x/\udce9.py"), SOURCE, notes)
    task = Task(submission, ("double",))

    assert unpack(pack(Job.of(task)), Job).task() == task


def test_frames_come_out_as_they_went_in() -> None:
    """However the stream was cut."""
    sent = [b"", b"one", b"x" * 1000]
    stream, frames = b"".join(map(framed, sent)), Frames()

    found = [frame for at in range(0, len(stream), 7) for frame in frames.take(stream[at : at + 7])]

    assert found == sent
