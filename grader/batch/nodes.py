"""An engine on the nodes of a cluster: who gets what, and what is tried again.

Some more submissions are open at a node than it has room for, and new ones are exchanged for grades
with one message at a time. It is decided here, and not by Dask, since Dask would not tell with what
a node was lost; how the nodes are reached is `grader.batch.cluster`'s business.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, deque
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from grader import clock
from grader.batch.assembling import errored
from grader.batch.node import GATHER_S, Job, Ready, Refused, Reply, pack, unpack
from grader.errors import SandboxError
from grader.model import Grade, from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from grader.batch.engine import Task
    from grader.intake import Submission
    from grader.model import Conditions
    from grader.suite.session import Suites

LOOK_S: Final = 1.0  # how often is looked for nodes that came or went
WAIT_S: Final = 300.0  # for so long a batch waits for a node, where there is none
STRIKES: Final = 2
AHEAD: Final = 2  # submissions that are open at a node, for each that it has room for


class Worker(NamedTuple):
    """A worker of a cluster: how much it does at a time, and which resources it declares."""

    threads: int
    declares: Collection[str]


class Errand(Protocol):
    """Something that a worker was asked to do."""

    def answer(self) -> bytes:
        """Return what it gave; raises whatever it could not be done for."""

    def drop(self) -> None:
        """Let it be: nobody waits for it any more."""


class Cluster(Protocol):
    """The workers that can be reached, each of which may host a grader."""

    def workers(self) -> Mapping[str, Worker]:
        """List those that there are, by address; raises `SandboxError` where nobody knows."""

    def begin(self, address: str) -> Errand:
        """Have a worker start a grader; its answer is a packed `Ready` or `Refused`."""

    def exchange(self, address: str, jobs: Sequence[bytes]) -> Errand:
        """Have it take packed `Job`s; its answer is a packed `Reply`."""

    def done(self, timeout_s: float) -> Errand | None:
        """Wait for an errand that is done; None if none is by then."""


@dataclasses.dataclass
class _Node:
    """A worker that takes part, as the engine sees it."""

    address: str
    jobs: int
    ready: bool = False
    alone: bool = False  # with a submission that a node was lost with
    rate: float = 0.0  # grades a second
    sent_s: float = 0.0
    open: dict[str, Task] = dataclasses.field(default_factory=dict)
    errand: Errand | None = None

    @property
    def room(self) -> int:
        """How many submissions may be open at it, so that it never waits for the next message."""
        return AHEAD * self.jobs + math.ceil(2 * GATHER_S * self.rate)

    @property
    def is_alone(self) -> bool:
        """Whether it works at a submission that a node was lost with."""
        self.alone = self.alone and bool(self.open)
        return self.alone

    def isolate(self) -> bool:
        """Keep it for such a submission, if it has nothing else in hand; tell whether it has."""
        self.alone = not self.open
        return self.alone

    def begun(self) -> None:
        """Note that its grader has made the session."""
        self.ready = True

    def ended(self) -> None:
        """Note that its grader has ended."""
        self.ready = self.alone = False

    def note_rate(self, graded: int) -> None:
        """Note how many grades came in since it was asked."""
        self.rate = graded / max(clock.monotonic() - self.sent_s, GATHER_S)

    def answered(self) -> None:
        """Note that it is not being spoken to any more."""
        self.errand = None

    def sent(self, errand: Errand) -> None:
        """Note that it has been asked for something."""
        self.sent_s = clock.monotonic()
        self.errand = errand


class ClusterEngine:
    """Hands submissions to the nodes of a cluster.

    A submission that was open at a node that is lost is graded once more, with nothing beside it.
    If that node is lost as well, the submission is `errored_grader`.

    Parameters
    ----------
    cluster : Cluster
        Where they are.
    suites : Suites
        What was collected.
    conditions : Conditions
        What stands in the grades.
    needs : str or None
        The resource that a node must declare.
    tell : callable
        Is told in a sentence which nodes do not take part, or are lost.
    """

    def __init__(
        self,
        cluster: Cluster,
        suites: Suites,
        conditions: Conditions,
        needs: str | None,
        tell: Callable[[str], None],
    ) -> None:
        self._cluster = cluster
        self._suites = suites
        self._conditions = conditions
        self._needs = needs
        self._tell = tell
        self._nodes: dict[str, _Node] = {}
        self._refused: dict[str, str] = {}
        self._looked_s = -math.inf
        self._alone_since_s = clock.monotonic()  # when there was a node last, or work for one began
        self._backlog: deque[Task] = deque()
        self._suspects: deque[Task] = deque()
        self._strikes: Counter[str] = Counter()
        self._exhausted = False

    def wait(self) -> None:
        """Wait for a node that is ready.

        Raises
        ------
        SandboxError
            When all that there are refuse, or none comes.
        """
        while not any(node.ready for node in self._nodes.values()):
            for _ in self._turn():
                raise AssertionError("a grade came in that nobody asked for")

    def grade(self, tasks: Iterable[Task]) -> Iterator[tuple[Submission, Grade]]:
        """Grade the submissions on the nodes; see `Engine`."""
        waiting, self._exhausted = iter(tasks), False
        try:
            while True:
                self._hand_out(waiting)
                is_open = any(node.open for node in self._nodes.values())
                if self._exhausted and not (is_open or self._backlog or self._suspects):
                    return
                yield from self._turn()
        finally:
            for node in self._nodes.values():
                if node.errand is not None:
                    node.errand.drop()

    def _hand_out(self, waiting: Iterator[Task]) -> None:
        """Give each node that is not being spoken to what it has room for."""
        for node in self._nodes.values():
            if node.ready and node.errand is None:
                tasks = self._chosen(node, waiting)
                node.open.update((task.submission.id, task) for task in tasks)
                if node.open:
                    jobs = [pack(Job.of(task)) for task in tasks]
                    node.sent(self._cluster.exchange(node.address, jobs))

    def _chosen(self, node: _Node, waiting: Iterator[Task]) -> list[Task]:
        """Take what a node is to be given, from what there is."""
        if node.is_alone:
            return []
        if self._suspects:
            return [self._suspects.popleft()] if node.isolate() else []
        ready = [one for one in self._nodes.values() if one.ready]
        self._draw(waiting, 2 * sum(one.room for one in ready))
        room = node.room - len(node.open)
        if self._exhausted:  # the end is in sight: nobody shall wait for what one node has in hand
            share = math.ceil(len(self._backlog) / (2 * len(ready)))
            room = min(room, max(share, node.jobs - len(node.open)))
        return [self._backlog.popleft() for _ in range(min(max(0, room), len(self._backlog)))]

    def _draw(self, waiting: Iterator[Task], count: int) -> None:
        """Have so many tasks ready to be given, if there are as many."""
        while len(self._backlog) < count and not self._exhausted:
            task = next(waiting, None)
            if task is None:
                self._exhausted = True
            else:
                self._backlog.append(task)

    def _turn(self) -> Iterator[tuple[Submission, Grade]]:
        """Wait for a moment; take in what has come, and see which nodes there are."""
        if clock.monotonic() - self._looked_s >= LOOK_S:
            self._looked_s = clock.monotonic()
            yield from self._look()
        errand = self._cluster.done(LOOK_S)
        node = next((one for one in self._nodes.values() if one.errand is errand), None)
        if errand is None or node is None:  # it was given up meanwhile
            return
        node.answered()
        try:
            data = errand.answer()
        except Exception as error:  # noqa: BLE001 - whatever a node could not do is told as its own
            yield from self._ended(node, f"{type(error).__name__}: {error}")
            return
        if node.ready:
            yield from self._take(node, unpack(data, Reply))
            return
        answer = unpack(data, Ready | Refused)  # type: ignore[arg-type]  # a union
        if isinstance(answer, Refused):
            self._refuse(node.address, answer.reason)
        else:
            node.begun()

    def _take(self, node: _Node, reply: Reply) -> Iterator[tuple[Submission, Grade]]:
        """Take in what a node has sent."""
        for graded in reply.graded:
            task = node.open.pop(graded.id)
            yield task.submission, from_json(graded.grade, Grade)
        node.note_rate(len(reply.graded))
        if reply.ended and not reply.taken:
            self._backlog.extend(node.open.values())
            node.open.clear()
        if reply.ended:
            yield from self._ended(node, reply.ended)

    def _ended(self, node: _Node, reason: str) -> Iterator[tuple[Submission, Grade]]:
        """Go on without a node's grader, which is started again if it has been ready."""
        if not node.ready:
            self._refuse(node.address, reason)
            return
        self._tell(f"Node {node.address}: {reason}. What it had in hand is graded again.")
        yield from self._struck(node)
        node.ended()
        node.sent(self._cluster.begin(node.address))

    def _look(self) -> Iterator[tuple[Submission, Grade]]:
        """See which nodes have come and gone.

        Raises
        ------
        SandboxError
            When none is left, and none comes for long, or the scheduler is gone.
        """
        there = self._cluster.workers()
        for node in [node for node in self._nodes.values() if node.address not in there]:
            del self._nodes[node.address]
            if node.errand is not None:
                node.errand.drop()
            self._tell(f"Node {node.address} is lost. What it had in hand is graded again.")
            yield from self._struck(node)
        for address, worker in there.items():
            if address in self._nodes or address in self._refused:
                continue
            if self._needs and self._needs not in worker.declares:
                self._refuse(address, f"it does not declare the resource {self._needs}")
                continue
            self._nodes[address] = node = _Node(address, worker.threads)
            node.sent(self._cluster.begin(node.address))
        now_s = clock.monotonic()
        if self._nodes:
            self._alone_since_s = now_s
        refused = [address for address in self._refused if address in there]
        waited_s = now_s - self._alone_since_s
        if not self._nodes and (len(refused) == len(there) > 0 or waited_s > WAIT_S):
            reasons = [f"{address}: {self._refused[address]}" for address in refused]
            raise SandboxError(f"no node takes part; {'; '.join(reasons) or 'there is none'}")

    def _refuse(self, address: str, reason: str) -> None:
        self._nodes.pop(address, None)
        self._refused[address] = reason
        self._tell(f"Node {address} does not take part: {reason}.")

    def _struck(self, node: _Node) -> Iterator[tuple[Submission, Grade]]:
        """Note what a node was lost with, and yield what was so for the second time."""
        for task in node.open.values():
            key = task.submission.id
            self._strikes[key] += 1
            if self._strikes[key] < STRIKES:
                self._suspects.append(task)
            else:
                yield task.submission, self._errored(task)
        node.open.clear()

    def _errored(self, task: Task) -> Grade:
        """Build the grade of a submission that two nodes were lost with."""
        why = f"{STRIKES} nodes were lost while at it"
        return errored(self._suites, task.submission, task.exercises, self._conditions, why)
