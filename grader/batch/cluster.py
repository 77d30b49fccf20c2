"""An engine on many machines: a Dask scheduler's workers are its nodes.

Each node makes the session itself and runs a `LocalEngine` in a process of its own
(`grader.batch.hosting`, `grader.batch.node`). The engine keeps some more submissions open at a node
than that has room for, and exchanges new ones for grades with one message at a time. Which node
gets what, and what is tried again, is decided here: Dask would not tell with what a node was lost.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import logging
import math
import queue
import secrets
import tempfile
from collections import Counter, deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import dask
import msgspec
from distributed import Client, LocalCluster

from grader import clock
from grader.batch.assembling import assemble
from grader.batch.hosting import GATHER_S, Host, Reply, begin, exchange
from grader.batch.node import Ground, Job, Ready, Refused, pack, unpack
from grader.errors import SandboxError, UsageError
from grader.model import Grade, Message, Verdict, from_json
from grader.suite.outcome import passed
from grader.suite.timing import OFF, device_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from distributed import Future

    from grader.batch.engine import Engine, Task
    from grader.batch.grade import BatchOptions
    from grader.intake import Submission
    from grader.model import Conditions
    from grader.sandbox import ForkServer
    from grader.suite.session import Suites

RESOURCES: Final = {"cpu": "grader-cpu", "cuda": "grader-cuda"}  # what measures speed, by device
GATEWAY: Final = "gateway:"  # before the name of a cluster, in place of an address
LOOK_S: Final = 1.0  # how often is looked for nodes that came or went
WAIT_S: Final = 300.0  # for so long a batch waits for a node, where there is none
CONNECT_S: Final = 30
STRIKES: Final = 2
AHEAD: Final = 2  # submissions that are open at a node, for each that it has room for


class Place(msgspec.Struct, frozen=True):
    """Where the nodes are, and where they find what they need.

    Parameters
    ----------
    scheduler : str or None
        Address of a Dask scheduler; None for a cluster of our own on this machine.
    nodes : int
        Nodes of our own cluster.
    root : str or None
        Folder that holds ``assignments/`` on the nodes; None where it is the same as here.
    isolation : str
        As for the fork server here.
    kept : tuple of str
        Paths besides solutions that no submission may read.
    """

    scheduler: str | None
    nodes: int
    root: str | None
    isolation: str
    kept: tuple[str, ...]


@contextlib.contextmanager
def dask_engine(
    place: Place,
    tell: Callable[[str], None],
    suites: Suites,
    options: BatchOptions,
    conditions: Conditions,
    server: ForkServer,  # noqa: ARG001 - each node has its own
) -> Iterator[Engine]:
    """Open an engine on the nodes of a cluster.

    Parameters
    ----------
    place : Place
        Where they are.
    tell : callable
        Is told in a sentence which nodes do not take part, or are lost.
    suites, options, conditions, server
        As for `grader.batch.grade.local_engine`.

    Yields
    ------
    Engine
        With one node at least that is ready.

    Raises
    ------
    UsageError
        When there is no scheduler at that address.
    SandboxError
        When no node takes part; the message says why for each.
    """
    device = device_of(options.timing, gpu=options.gpu)
    needs = RESOURCES.get(device) if any(case.timed for case in suites.cases) else None
    assignment = suites.assignment
    folder = assignment.folder
    if place.root is not None:
        folder = Path(place.root) / "assignments" / folder.name
    ground = Ground(
        folder=str(folder),
        isolation=place.isolation,
        salt=options.salt_of(assignment),
        timing=device,
        settings=options.run,
        conditions=conditions,
        kept=place.kept,
        jobs=0 if place.scheduler is None else options.jobs,
    )
    host = Host(f"grader-{secrets.token_hex(8)}", pack(ground))
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told by us
    with contextlib.ExitStack() as opened:
        address: str | LocalCluster | None = place.scheduler
        if address is None:
            address = opened.enter_context(_own_cluster(place.nodes, options.jobs, device))
        client = opened.enter_context(_client(address))
        client.register_plugin(host)
        opened.callback(_forget, client, host.name)
        engine = DaskEngine(client, host.name, suites, conditions, needs, tell)
        engine.wait()
        yield engine


@contextlib.contextmanager
def _own_cluster(nodes: int, jobs: int, device: str) -> Iterator[LocalCluster]:
    """Start a cluster on this machine that nobody else can speak to."""
    with (
        tempfile.TemporaryDirectory(prefix="grader-dask-") as folder,
        dask.config.set({"distributed.worker.profile.enabled": False}),
        LocalCluster(
            n_workers=nodes,
            threads_per_worker=max(1, jobs // nodes),
            host="127.0.0.1",
            protocol="tls",
            security=True,  # certificates of its own: every user of this machine could connect
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
            memory_limit=0,  # a submission's memory is bounded elsewhere
            local_directory=folder,
            resources={} if device == OFF else {RESOURCES[device]: 1},
        ) as cluster,
    ):
        yield cluster


@contextlib.contextmanager
def _client(address: str | LocalCluster) -> Iterator[Client]:
    with contextlib.ExitStack() as opened:
        security: dict[str, object] = {}
        if isinstance(address, str) and address.startswith(GATEWAY):
            cluster = opened.enter_context(_gateway_cluster(address.removeprefix(GATEWAY)))
            address, security = cluster, {"security": cluster.security}
        try:
            # A result is plain bytes; one that is a pickle is refused.
            client = Client(
                address,
                timeout=CONNECT_S,
                set_as_default=False,
                deserializers=["dask", "msgpack", "error"],
                **security,
            )
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {address} ({error}); start one with `dask "
                "scheduler`, or leave --scheduler out for a cluster on this machine"
            ) from error
        yield opened.enter_context(client)


@contextlib.contextmanager
def _gateway_cluster(name: str) -> Iterator[Any]:
    """Find a running cluster of a Dask Gateway, whose address is in Dask's settings.

    Raises
    ------
    UsageError
        When the package is missing, or the gateway has no such cluster.
    """
    try:
        gateways = importlib.import_module("dask_gateway")
    except ModuleNotFoundError as error:
        raise UsageError(
            "clusters of a Dask Gateway need the package dask-gateway: pip install dask-gateway"
        ) from error
    try:
        with (
            gateways.Gateway() as gateway,
            gateway.connect(name, shutdown_on_close=False) as cluster,
        ):
            yield cluster
    except (OSError, ValueError, gateways.GatewayClusterError) as error:
        raise UsageError(f"the Dask Gateway has no cluster {name} for us: {error}") from error


def _forget(client: Client, name: str) -> None:
    """Have the nodes end their graders."""
    with contextlib.suppress(
        Exception
    ):  # the scheduler may be gone: then so are they, after a while
        client.unregister_worker_plugin(name)


@dataclasses.dataclass
class _Node:
    """A worker of the cluster, as the engine sees it."""

    address: str
    jobs: int
    ready: bool = False
    alone: bool = False  # with a submission that a node was lost with
    rate: float = 0.0  # grades a second
    sent_s: float = 0.0
    open: dict[str, Task] = dataclasses.field(default_factory=dict)
    future: Future[bytes] | None = None

    @property
    def room(self) -> int:
        """How many submissions may be open at it, so that it never waits for the next message."""
        return AHEAD * self.jobs + math.ceil(2 * GATHER_S * self.rate)


class DaskEngine:
    """Hands submissions to the nodes of a cluster.

    A submission that was open at a node that is lost is graded once more, with nothing beside it.
    If that node is lost as well, the submission is `errored_grader`.

    Parameters
    ----------
    client : Client
        Connected to the scheduler.
    name : str
        Of the `Host` that its workers have.
    suites : Suites
        What was collected.
    conditions : Conditions
        What stands in the grades.
    needs : str or None
        The resource that a node must declare.
    tell : callable
        See `dask_engine`.
    """

    def __init__(
        self,
        client: Client,
        name: str,
        suites: Suites,
        conditions: Conditions,
        needs: str | None,
        tell: Callable[[str], None],
    ) -> None:
        self._client = client
        self._name = name
        self._suites = suites
        self._conditions = conditions
        self._needs = needs
        self._tell = tell
        self._nodes: dict[str, _Node] = {}
        self._refused: dict[str, str] = {}
        self._looked_s = -math.inf
        self._alone_since_s = clock.monotonic()  # when there was a node last, or work for one began
        self._done: queue.SimpleQueue[tuple[_Node, Future[bytes]]] = queue.SimpleQueue()
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
                if node.future is not None:
                    node.future.cancel()

    def _hand_out(self, waiting: Iterator[Task]) -> None:
        """Give each node that is not being spoken to what it has room for."""
        for node in self._nodes.values():
            if node.ready and node.future is None:
                tasks = self._chosen(node, waiting)
                node.open |= {task.submission.id: task for task in tasks}
                if node.open:
                    jobs = [pack(Job.of(task)) for task in tasks]
                    self._send(node, exchange, self._name, jobs)

    def _chosen(self, node: _Node, waiting: Iterator[Task]) -> list[Task]:
        """Take what a node is to be given, from what there is."""
        node.alone = node.alone and bool(node.open)
        if node.alone:
            return []
        if self._suspects:
            node.alone = not node.open
            return [self._suspects.popleft()] if node.alone else []
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

    def _send(self, node: _Node, function: Callable[..., bytes], *words: object) -> None:
        node.sent_s = clock.monotonic()
        future = self._client.submit(
            function,
            *words,
            workers=[node.address],
            allow_other_workers=False,
            resources={self._needs: 1} if self._needs else None,
            pure=False,
            retries=0,
        )
        node.future = future
        future.add_done_callback(lambda done: self._done.put((node, done)))

    def _turn(self) -> Iterator[tuple[Submission, Grade]]:
        """Wait for a moment; take in what has come, and see which nodes there are."""
        if clock.monotonic() - self._looked_s >= LOOK_S:
            self._looked_s = clock.monotonic()
            yield from self._look()
        try:
            node, future = self._done.get(timeout=LOOK_S)
        except queue.Empty:
            return
        if self._nodes.get(node.address) is not node or node.future is not future:
            return  # it was given up meanwhile
        node.future = None
        try:
            data = future.result()
        except Exception as error:  # noqa: BLE001 - whatever a node could not do is told as its own
            ended = f"{type(error).__name__}: {error}"
            yield from self._ended(node, ended)
            return
        finally:
            future.release()
        if node.ready:
            yield from self._take(node, unpack(data, Reply))
            return
        answer = unpack(data, Ready | Refused)  # type: ignore[arg-type]  # a union
        node.ready = isinstance(answer, Ready)
        if isinstance(answer, Refused):
            self._refuse(node.address, answer.reason)

    def _take(self, node: _Node, reply: Reply) -> Iterator[tuple[Submission, Grade]]:
        """Take in what a node has sent."""
        for graded in reply.graded:
            task = node.open.pop(graded.id)
            yield task.submission, from_json(graded.grade, Grade)
        node.rate = len(reply.graded) / max(clock.monotonic() - node.sent_s, GATHER_S)
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
        node.ready = node.alone = False
        self._send(node, begin, self._name)

    def _look(self) -> Iterator[tuple[Submission, Grade]]:
        """See which nodes have come and gone.

        Raises
        ------
        SandboxError
            When none is left, and none comes for long, or the scheduler is gone.
        """
        try:
            # Not scheduler_info: what that returns, another thread may just have put in, without
            # the workers.
            identity: Any = self._client.scheduler.identity  # type: ignore[union-attr]  # connected
            there = self._client.sync(identity, n_workers=-1)["workers"]
        except OSError as error:
            raise SandboxError(f"Dask's scheduler does not answer any more: {error}") from error
        for node in [node for node in self._nodes.values() if node.address not in there]:
            del self._nodes[node.address]
            if node.future is not None:
                node.future.cancel()
            self._tell(f"Node {node.address} is lost. What it had in hand is graded again.")
            yield from self._struck(node)
        for address, about in there.items():
            if address in self._nodes or address in self._refused:
                continue
            if self._needs and not about["resources"].get(self._needs):
                self._refuse(address, f"it does not declare the resource {self._needs}")
                continue
            self._nodes[address] = node = _Node(address, about["nthreads"])
            self._send(node, begin, self._name)
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
        message = Message("errored_grader", {"text": f"{STRIKES} nodes were lost while at it"})
        cases = [
            msgspec.structs.replace(passed(case), verdict=Verdict.ERRORED_GRADER, message=message)
            for case in self._suites.of_all(task.exercises)
        ]
        return assemble(
            self._suites.assignment,
            task.submission,
            task.exercises,
            cases,
            {},
            self._conditions,
            0.0,
        )
