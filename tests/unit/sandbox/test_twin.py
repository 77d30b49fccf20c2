"""Laps: timed from outside, and what the kernel tells of a worker meanwhile."""

from __future__ import annotations

import os
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader import wire
from grader.errors import CodeRaisedError, CrashedError, SandboxError
from grader.sandbox import FakeTransport, LocalTransport, Twin, refuse_to_supply
from grader.worker import repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.model import Limits
    from grader.sandbox import ForkServer, Transport

NOTHING = wire.Source(modules=())
SQUARE = """
import os
calls = []
def square(x):
    calls.append(x)
    return x * x
def processors(): return sorted(os.sched_getaffinity(0))
def spin(n):
    while n: n -= 1
def count(): return len(calls)
def bad(x): raise ValueError(x)
"""


@pytest.fixture
def twins(
    server: ForkServer, limits: Limits, source: Callable[[str], wire.Source]
) -> Iterator[Callable[..., Twin]]:
    """Load a text into fresh twins, in workers unless told otherwise."""
    opened: list[Twin] = []

    def load(text: str = SQUARE, transport: Transport | None = None) -> Twin:
        twin = Twin(transport or server.worker(limits, processor=first_processor()), limits)
        opened.append(twin)
        twin.load(source(textwrap.dedent(text)), NOTHING, "answers")
        return twin

    yield load
    for twin in opened:
        twin.close()


def first_processor() -> int:
    """Name a processor that this process may use."""
    return min(os.sched_getaffinity(0))


def encoded(*values: Any) -> list[bytes]:
    """Encode sets of one argument each."""
    return [wire.encode((value,)) for value in values]


@pytest.mark.parametrize("where", ["worker", "here"])
def test_a_lap_gives_all_results_in_order(twins: Any, where: str) -> None:
    """In a worker and in this process alike."""
    twin = twins(transport=LocalTransport(refuse_to_supply) if where == "here" else None)

    seconds, values = twin.lap("square", encoded(2, torch.ones(2), 3.0), "cpu", 0)

    assert seconds > 0
    assert values[0] == 4
    assert torch.equal(values[1], torch.ones(2))
    assert values[2] == 9.0
    assert twin.call("count", ()).value == 3


def test_an_exception_ends_a_lap(twins: Any) -> None:
    """With its own message, as in any call."""
    with pytest.raises(CodeRaisedError, match="ValueError"):
        twins().lap("bad", encoded(1), "cpu", 0)


def test_twins_share_the_processor_that_they_are_given(twins: Any) -> None:
    """Else one of them might sit beside a busier neighbour."""
    found = [twins().call("processors", ()).value for _ in range(2)]

    assert found == [[first_processor()]] * 2


def test_processor_time_is_read_from_outside(twins: Any) -> None:
    """It grows by what the worker computes, and it is nobody else's."""
    twin, idle = twins(), twins()
    before, before_idle = twin.cpu_s(), idle.cpu_s()

    twin.lap("spin", encoded(2_000_000), "cpu", 0)

    assert twin.cpu_s() - before > 0.01
    assert idle.cpu_s() - before_idle < 0.01


def test_in_this_process_there_is_no_time_of_its_own(twins: Any) -> None:
    """What the submission uses is this process' time."""
    assert twins(transport=LocalTransport(refuse_to_supply)).cpu_s() == 0


def test_a_dead_worker_has_no_time(twins: Any) -> None:
    """Its number may be another's by now."""
    twin = twins()
    twin.close()

    with pytest.raises(SandboxError, match="ended"):
        twin.cpu_s()


@pytest.mark.parametrize("value", [[1], [1, 2, 3], 4, None])
def test_a_reply_of_another_length_is_no_lap(limits: Limits, value: Any) -> None:
    """A worker that answers less than it was asked is given up."""
    transport = FakeTransport([wire.Returned(nonce=0, value_payload=wire.encode(value))])

    with pytest.raises(CrashedError):
        Twin(transport, limits).lap("square", encoded(1, 2), "cpu", 0)

    assert transport.closed


def test_the_request_names_device_and_seed(limits: Limits) -> None:
    """And carries every set of arguments."""
    transport = FakeTransport([wire.Returned(nonce=0, value_payload=wire.encode([1, 2]))])

    Twin(transport, limits).lap("square", encoded(1, 2), "cuda", 7)

    (request,) = transport.requests
    assert isinstance(request, wire.Repeat)
    assert (request.device, request.seed, len(request.args_payloads)) == ("cuda", 7, 2)


def test_every_tensor_is_moved() -> None:
    """Inside lists, tuples and dicts; the rest stays. ``meta`` stands for a GPU here."""
    value = ([torch.ones(2)], {"a": torch.ones(1, requires_grad=True)}, "text", 3)

    moved = repeats.moved(value, "meta")

    assert moved[0][0].device.type == moved[1]["a"].device.type == "meta"
    assert moved[1]["a"].requires_grad
    assert moved[1]["a"].is_leaf
    assert moved[2:] == value[2:]
    assert repeats.moved(value, "cpu") is value
