"""A right function keeps its marks on a busy machine: others' work is not charged to it.

The processes that keep the machine busy stay on the worker's own processor and end by themselves.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader import clock
from grader.errors import TimedOutError
from grader.sandbox import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader import wire
    from grader.model import Limits
    from grader.sandbox import ForkServer

PROCESSOR = min(os.sched_getaffinity(0))
BUSY = f"""
import os, time
os.sched_setaffinity(0, {{{PROCESSOR}}})
print("busy", flush=True)
end = time.monotonic() + 60
while time.monotonic() < end: pass
"""
# So much processor time, by the function's own clock; and a loop that nothing but a bound ends.
WORKS = """
import time
def works(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
    return time.process_time()
def double(x): return 2 * x
def loop():
    while True: pass
"""

CALL_S = 0.6
MOST_CALLS = 20

pytestmark = pytest.mark.skipif(
    clock.busy_ns(os.getpid()) is None, reason="the kernel does not tell how long threads wait"
)


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep the processor busy with so many processes, until the block ends or a minute has.

    Each has a session of its own: the kernel may share the processor among sessions first.
    """
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", BUSY],
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            stack.callback(process.communicate)
            stack.callback(process.kill)
            assert process.stdout
            process.stdout.readline()
        yield


@pytest.fixture
def client(
    server: ForkServer, limits: Limits, source: Callable[[str], wire.Source]
) -> Iterator[Any]:
    """Load the functions into a worker on that processor, where a call may take a short while."""
    chosen = msgspec.structs.replace(limits, call_s=CALL_S)
    client = Client(server.worker(chosen, processor=PROCESSOR), chosen)
    text = source(WORKS)
    client.load(text, type(text)(modules=()), "answers", names=("works",))
    yield client
    client.close()


@pytest.mark.parametrize("count", [8, pytest.param(20, marks=pytest.mark.proof)])
def test_a_call_may_wait_far_longer_than_it_may_take(client: Any, count: int) -> None:
    """A quarter of a second of work, and what it waits meanwhile is nobody's fault.

    How soon it has its turn is up to the kernel, so it is called until it had to wait.
    """
    with busy(count):
        for _ in range(MOST_CALLS):
            began_s = clock.monotonic()
            client.call("works", (0.25,))
            waited_s = clock.monotonic() - began_s
            if waited_s > CALL_S:  # longer than a bound on the wall would have let it
                break

        assert [client.call("double", (n,)).value for n in range(5)] == [0, 2, 4, 6, 8]

    assert waited_s > CALL_S
    assert client.transport.spent_s < MOST_CALLS * CALL_S


def test_an_endless_loop_ends_on_a_busy_machine_too(client: Any) -> None:
    """It is given its share of the processor, and no more of it than it may have."""
    with busy(4), pytest.raises(TimedOutError):
        client.call("loop", ())

    assert client.transport.spent_s < 2.0
