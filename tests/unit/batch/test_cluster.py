"""How a cluster is spoken to, with a client that only notes what it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grader.batch.cluster import DaskCluster
from grader.batch.nodes import Worker
from grader.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable


class Future:
    """An answer that is there at once, unless it is said to be lost with the worker that has it."""

    status = "finished"

    def __init__(self) -> None:
        self.is_released = self.is_lost = self.is_cancelled = False

    def add_done_callback(self, call: Callable[[Future], None]) -> None:
        """Call back."""
        call(self)

    def result(self, timeout: float) -> bytes:
        """Return it; a real one waits that long before it says that there is none."""
        assert timeout > 0
        if self.is_lost:
            raise TimeoutError
        return b"answer"

    def cancel(self) -> None:
        """Note that nobody wants it."""
        self.is_cancelled = True

    def release(self) -> None:
        """Note that Dask need not keep it."""
        self.is_released = True


class Client:
    """What is used of Dask's client."""

    def __init__(self, *, is_gone: bool = False) -> None:
        self.is_gone = is_gone
        self.futures: list[Future] = []
        self.asked: list[tuple[str, tuple[object, ...], dict[str, Any]]] = []

    @property
    def scheduler(self) -> Client:
        """Who is asked which workers there are."""
        return self

    def sync(self, call: Callable[..., Any], **options: Any) -> Any:
        """Do what a client does in another thread."""
        return call(**options)

    def identity(self, n_workers: int) -> Any:
        """List the workers as Dask does; without -1 it would leave some out."""
        assert n_workers == -1
        if self.is_gone:
            raise OSError("connection closed")
        return {
            "workers": {
                "a": {"nthreads": 2, "resources": {}},
                "b": {"nthreads": 8, "resources": {"grader-cuda": 1.0, "grader-cpu": 0.0}},
            }
        }

    def submit(self, function: Callable[..., bytes], *words: object, **options: Any) -> Future:
        """Note what a worker is to do."""
        self.asked.append((function.__name__, words, options))
        self.futures.append(future := Future())
        return future


def opened(client: Client, needs: str | None = None) -> DaskCluster:
    """Return the cluster that a client leads to."""
    fake: Any = client
    return DaskCluster(fake, "host", needs)


def test_workers_are_listed_with_what_they_have_of_a_resource() -> None:
    """Of which none is as good as not declared."""
    found = opened(Client()).workers()

    assert found == {"a": Worker(2, []), "b": Worker(8, ["grader-cuda"])}


def test_a_scheduler_that_is_gone_is_our_fault() -> None:
    """The message says what was heard last."""
    with pytest.raises(SandboxError, match="does not answer any more: connection closed"):
        opened(Client(is_gone=True)).workers()


def test_an_errand_is_for_one_worker_and_is_tried_once() -> None:
    """Dask would try it at another one, and not tell with what the first was lost."""
    client = Client()
    cluster = opened(client, "grader-cuda")

    errand = cluster.exchange("b", [b"job"])

    ((function, words, options),) = client.asked
    assert (function, words) == ("exchange", ("host", [b"job"]))
    assert (options["workers"], options["allow_other_workers"]) == (["b"], False)
    assert (options["retries"], options["resources"]) == (0, {"grader-cuda": 1})
    assert cluster.done(1.0) is errand
    assert errand.answer() == b"answer"
    assert client.futures[0].is_released


def test_nothing_is_done_where_nothing_was_asked() -> None:
    """Nobody waits longer than was said."""
    assert opened(Client()).done(0.001) is None


def test_an_answer_that_cannot_be_fetched_is_waited_for_until_its_errand_is_dropped() -> None:
    """Its worker was lost after it had given it; the others are heard meanwhile."""
    client = Client()
    cluster = opened(client)
    lost = cluster.exchange("a", [])
    client.futures[0].is_lost = True
    other = cluster.exchange("b", [])

    assert cluster.done(1.0) is None
    assert cluster.done(1.0) is other
    assert cluster.done(1.0) is None  # it is asked for again
    lost.drop()
    assert cluster.done(1.0) is None
    client.futures[0].is_lost = False
    assert cluster.done(0.001) is None  # it is not in the queue any more
    assert client.futures[0].is_cancelled


def test_an_answer_may_be_late() -> None:
    """What could not be fetched once is there the next time."""
    client = Client()
    cluster = opened(client)
    errand = cluster.exchange("a", [])
    client.futures[0].is_lost = True
    assert cluster.done(1.0) is None
    client.futures[0].is_lost = False

    assert cluster.done(1.0) is errand
    assert errand.answer() == b"answer"


def test_a_worker_that_was_out_of_time_itself_has_answered() -> None:
    """Its error is raised where the answer is taken."""
    client = Client()
    cluster = opened(client)
    errand = cluster.exchange("a", [])
    client.futures[0].is_lost, client.futures[0].status = True, "error"

    assert cluster.done(1.0) is errand
    with pytest.raises(TimeoutError):
        errand.answer()
