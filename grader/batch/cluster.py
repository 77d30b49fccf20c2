"""Opening an engine on many machines: a Dask scheduler's workers are its nodes.

Each node makes the session itself and runs a `LocalEngine` in a process of its own
(`grader.batch.hosting`, `grader.batch.node`). Which node gets what is decided in
`grader.batch.nodes`; here stands how a cluster is found or started, and spoken to.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import queue
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import dask
import msgspec
from distributed import Client, LocalCluster

from grader.batch.hosting import Host, begin, exchange
from grader.batch.node import Ground, pack
from grader.batch.nodes import ClusterEngine, Worker
from grader.errors import HarnessError, SandboxError, UsageError
from grader.suite.timing import OFF, device_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from distributed import Future

    from grader.batch.engine import Engine
    from grader.batch.grade import BatchOptions
    from grader.model import Conditions
    from grader.sandbox import ForkServer
    from grader.suite.session import Suites

RESOURCES: Final = {"cpu": "grader-cpu", "cuda": "grader-cuda"}  # what measures speed, by device
GATEWAY: Final = "gateway:"  # before the name of a cluster, in place of an address
CONNECT_S: Final = 30
FETCH_S: Final = 2.0  # for an answer; the worker that has it may be gone


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
        cluster = DaskCluster(client, host.name, needs)
        engine = ClusterEngine(cluster, suites, conditions, needs, tell)
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


class DaskErrand:
    """A task of Dask's."""

    def __init__(self, future: Future[bytes]) -> None:
        self._future = future
        self._outcome: bytes | Exception | None = None
        self.is_dropped = False

    def fetch(self, timeout_s: float) -> bool:
        """Fetch what it gave, which is still where it was made; tell whether that is here.

        What a worker gave is lost with the worker, and nobody else is to make it again: whoever
        waits for that waits for ever.
        """
        try:
            self._outcome = self._future.result(timeout=timeout_s)
        except TimeoutError as error:
            if self._future.status != "error":
                return False
            self._outcome = error
        except Exception as error:  # noqa: BLE001 - raised where the answer is taken
            self._outcome = error
        self._future.release()
        return True

    def answer(self) -> bytes:
        """Return what it gave; see `Errand`."""
        if isinstance(self._outcome, bytes):
            return self._outcome
        raise self._outcome or HarnessError("an answer is taken before it is there")

    def drop(self) -> None:
        """Cancel it."""
        self.is_dropped = True
        self._future.cancel()


class DaskCluster:
    """The workers of a Dask scheduler; see `grader.batch.nodes.Cluster`.

    Parameters
    ----------
    client : Client
        Connected to the scheduler.
    name : str
        Of the `Host` that the workers have.
    needs : str or None
        The resource that whatever they do takes one of.
    """

    def __init__(self, client: Client, name: str, needs: str | None) -> None:
        self._client = client
        self._name = name
        self._resources = {needs: 1} if needs else None
        self._done: queue.SimpleQueue[DaskErrand] = queue.SimpleQueue()

    def workers(self) -> Mapping[str, Worker]:
        """List the workers that the scheduler knows.

        Raises
        ------
        SandboxError
            When it is gone.
        """
        try:
            # Not scheduler_info: what that returns, another thread may just have put in, without
            # the workers.
            identity: Any = self._client.scheduler.identity  # type: ignore[union-attr]  # connected
            there = self._client.sync(identity, n_workers=-1)["workers"]
        except OSError as error:
            raise SandboxError(f"Dask's scheduler does not answer any more: {error}") from error
        return {
            address: Worker(
                about["nthreads"], [name for name, count in about["resources"].items() if count]
            )
            for address, about in there.items()
        }

    def begin(self, address: str) -> DaskErrand:
        """Have a worker start its grader."""
        return self._submit(address, begin)

    def exchange(self, address: str, jobs: Sequence[bytes]) -> DaskErrand:
        """Have it take jobs and give grades."""
        return self._submit(address, exchange, jobs)

    def done(self, timeout_s: float) -> DaskErrand | None:
        """Wait for an errand that is done, and whose answer is here."""
        try:
            errand = self._done.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if errand.is_dropped:
            return None
        if errand.fetch(FETCH_S):
            return errand
        self._done.put(errand)  # until its worker is known to be gone, and it is dropped
        return None

    def _submit(self, address: str, function: Callable[..., bytes], *words: object) -> DaskErrand:
        future = self._client.submit(
            function,
            self._name,
            *words,
            workers=[address],
            allow_other_workers=False,
            resources=self._resources,
            pure=False,
            retries=0,
        )
        errand = DaskErrand(future)
        future.add_done_callback(lambda _: self._done.put(errand))
        return errand
