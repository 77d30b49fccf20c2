"""Cheats against the stopwatch: each loses its case, and would have kept it otherwise.

A cheat is a submission that is slow, or wrong, and tries to look fast and right. Two tests each:
graded as ever, it must not pass; raced by hand without the one counter-measure that is for it, it
must not be found slower, for a counter-measure that nothing depends on is none.
"""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from grader import clock, wire
from grader.intake import read_submission
from grader.model import Limits, Verdict
from grader.sandbox import Twin, open_server
from grader.suite.stopwatch import IDLE_SHARE
from grader.timing import Finding, Plan, race

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.sandbox import ForkServer

BOUND: Final = 4.0
SIZE: Final = 64
RACES: Final = 5  # at most, until one is decided: on a busy machine some stay unclear
# About two milliseconds a call.
WORK: Final = """
import numpy as np

def work(x, times=20):
    y = x
    for _ in range(times):
        y = np.tanh(x @ y / 32 + x)
    return y
"""
REFERENCE: Final = WORK + "\ndef double(x): return 2 * work(x)\n"
# Ten times as long as the reference, with the same result.
SLOW: Final = WORK + "\ndef slow(x): return [2 * work(x) for _ in range(10)][-1]\n"
HONEST: Final = SLOW + "\ndouble = slow\n\ndef double(x): return slow(x)\n"
SUITE: Final = f"""
import pytest

@pytest.mark.exercise("double")
@pytest.mark.timeout_s(60)
def test_keeps_up(stopwatch, rng):
    stopwatch.double(lambda: (rng.standard_normal(({SIZE}, {SIZE})),), bound={BOUND})
"""

# Time stands still in the worker. It also has a stopwatch of its own, which is what such a cheat
# is made for.
CLOCKS: Final = (
    SLOW
    + """
import time
import grader.clock

def double(x):
    time.monotonic = time.perf_counter = time.time = time.process_time = lambda: 0.0
    grader.clock.monotonic = lambda: 0.0
    return slow(x)

def by_its_own_clock(x):
    began = time.perf_counter()
    double(x)
    return time.perf_counter() - began
"""
)
# The first call with some inputs is slow, every further one is not.
CACHED: Final = (
    SLOW
    + """
known = {}

def double(x):
    key = x.tobytes()
    if key not in known:
        known[key] = slow(x)
    return known[key]
"""
)
# Threads without Python's lock keep the processor busy whenever the submission itself is not
# called, so that the reference becomes slow.
THREADS: Final = (
    SLOW
    + """
import threading
import zlib

events = []

def burn():
    block = bytes(1 << 18)
    while True:
        events[0].wait()
        zlib.crc32(block)

def double(x):
    if not events:
        events.append(threading.Event())
        for _ in range(8):
            threading.Thread(target=burn, daemon=True).start()
    events[0].clear()
    result = slow(x)
    events[0].set()
    return result
"""
)
# The result is computed when somebody looks at it.
LAZY: Final = (
    SLOW
    + """
class Later(np.ndarray):
    def __array_finalize__(self, other):
        pass

    @property
    def dtype(self):
        if not getattr(self, "done", False):
            self.done = True
            np.ndarray.__setitem__(self, slice(None), slow(self.inputs))
        return np.ndarray.dtype.__get__(self)

def double(x):
    later = np.empty_like(x).view(Later)
    later.inputs = x
    return later

def without_looking(x):
    double(x)
    return 0
"""
)
# The result is computed by a thread that is not waited for: what a GPU does by itself.
UNFINISHED: Final = (
    SLOW
    + """
import queue
import threading
import time

tasks = []

def fill():
    while True:
        result, x = tasks[0].get()
        time.sleep(0.5)
        result[...] = slow(x)

def double(x):
    if not tasks:
        tasks.append(queue.SimpleQueue())
        threading.Thread(target=fill, daemon=True).start()
    tasks[0].put((result := np.zeros_like(x), x))
    return result
"""
)
# A third of float64's digits, in float64: no precision of its own excuses the difference.
COARSE: Final = (
    WORK
    + """
def double(x): return 2 * work(x.round(5))
"""
)
# Two thirds of the work left out; what is returned looks much the same.
SHORT: Final = WORK + "\ndef double(x): return 2 * work(x, 7)\n"
# To another processor, away from whoever keeps this one busy.
MOVED: Final = (
    SLOW
    + """
import os

def double(x):
    os.sched_setaffinity(0, range(os.cpu_count()))
    return 2 * work(x)
"""
)


@pytest.fixture
def timed(course: Any) -> Any:
    """A course with one timed case."""
    course.write("solutions/tiny/answers.py", REFERENCE)
    course.write("assignments/tiny/test_answers.py", SUITE)
    return course


CHEATS: Final = {
    "no cheat": (HONEST, "too_slow"),
    "clocks": (CLOCKS, "too_slow"),
    "cached": (CACHED, "too_slow"),
    "lazy": (LAZY, "too_slow"),
    "threads": (THREADS, "work_left_running"),
    "unfinished": (UNFINISHED, "wrong_value"),
    "coarse": (COARSE, "wrong_value"),
    "short": (SHORT, "wrong_value"),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_loses_the_case(timed: Any, name: str) -> None:
    """Graded in workers, as a batch does."""
    text, key = CHEATS[name]
    submission = timed.write("submission/answers.py", text)

    for _ in range(RACES):
        run = timed.run("--timing=cpu", "--isolate", submission=submission)
        found = run.result("test_keeps_up")
        if found.message.key != "timing_unclear":
            break

    assert found.verdict is not Verdict.PASSED
    if found.message.key == "timing_unclear":
        pytest.skip("this machine is too busy for any race to be decided")
    assert (found.verdict, found.message.key) == (Verdict.FAILED, key)


class Lane:
    """A reference and a cheat in twin workers, raced by hand."""

    def __init__(self, server: ForkServer, text: str) -> None:
        self.limits = Limits(memory_mib=2048)
        self.reference = self.twin(server, REFERENCE)
        self.cheat = self.twin(server, text)
        self.rng = np.random.default_rng(6)

    def twin(self, server: ForkServer, text: str) -> Twin:
        """Load a text into a worker."""
        source = _source(text)
        twin = Twin(server.worker(self.limits, processor=0), self.limits)
        twin.load(source, wire.Source(modules=()), "answers")
        return twin

    def draw(self) -> bytes:
        """Draw fresh inputs."""
        return wire.encode((self.rng.standard_normal((SIZE, SIZE)),))

    def race(
        self,
        draw: Callable[[], bytes] | None = None,
        cheat: Callable[[Sequence[bytes]], float] | None = None,
    ) -> Finding:
        """Race both, in this test's own way."""
        return race(
            cheat or (lambda inputs: self.cheat.lap("double", inputs, "cpu", 0)[0]),
            lambda inputs: self.reference.lap("double", inputs, "cpu", 0)[0],
            draw or self.draw,
            BOUND,
            Plan(),
            clock.monotonic,
        ).finding

    def close(self) -> None:
        """End both workers."""
        self.reference.close()
        self.cheat.close()


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """A fork server for all races by hand."""
    with open_server("best", torch=False) as server:
        yield server


@pytest.fixture
def lane(server: ForkServer, tmp_path: Any) -> Iterator[Callable[[str], Lane]]:
    """Put a cheat beside the reference."""
    opened: list[Lane] = []

    def open_lane(text: str) -> Lane:
        opened.append(Lane(server, text))
        return opened[-1]

    yield open_lane
    for each in opened:
        each.close()


def _source(text: str) -> wire.Source:
    """Read a text as a submission of one file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.py"
        path.write_text(text, "utf-8")
        source = read_submission(path, modules=("answers",), exercises={}).source
    assert source is not None
    return source


@pytest.mark.proof
class TestWithoutTheCounterMeasure:
    """What each cheat would have gained."""

    def test_by_hand_a_slow_one_is_found_slower(self, lane: Any) -> None:
        """Without a cheat there is nothing to gain: the races below are fair ones."""
        assert lane(HONEST).race() is Finding.SLOWER

    def test_by_the_workers_own_clock_no_time_passes(self, lane: Any) -> None:
        """Were it asked, the submission would take none at all."""
        here = lane(CLOCKS)

        def by_its_own_clock(inputs: Sequence[bytes]) -> float:
            _, times = here.cheat.lap("by_its_own_clock", inputs, "cpu", 0)
            return float(sum(times)) + 1e-9

        assert here.race(cheat=by_its_own_clock) is Finding.FASTER

    def test_with_the_same_inputs_a_cache_is_fast(self, lane: Any) -> None:
        """Warmed up, it computes nothing any more; on a busy machine that may stay unclear."""
        here = lane(CACHED)
        same = here.draw()

        assert here.race(draw=lambda: same) is not Finding.SLOWER

    def test_unless_results_are_read_they_are_not_computed(self, lane: Any) -> None:
        """A stopwatch that stops when the call returns sees a fast one."""
        here = lane(LAZY)

        def without_looking(inputs: Sequence[bytes]) -> float:
            return float(here.cheat.lap("without_looking", inputs, "cpu", 0)[0])

        assert here.race(cheat=without_looking) is not Finding.SLOWER

    def test_threads_take_the_processor_from_the_reference(self, lane: Any) -> None:
        """How much of it is the kernel's to say, so the race itself is one on a made-up clock."""
        taken = {}
        for name, text in {"threads": THREADS, "honest": HONEST}.items():
            here = lane(text)
            here.cheat.lap("double", [here.draw()], "cpu", 0)
            before = here.cheat.cpu_s(), here.reference.cpu_s()
            here.reference.lap("double", [here.draw() for _ in range(16)], "cpu", 0)
            idle, busy = here.cheat.cpu_s() - before[0], here.reference.cpu_s() - before[1]
            taken[name] = idle / busy

        assert taken["honest"] < IDLE_SHARE < taken["threads"]

    @pytest.mark.parametrize(("threads", "finding"), [(0, Finding.SLOWER), (2, Finding.WITHIN)])
    def test_a_reference_that_shares_its_processor_looks_slow(
        self, threads: int, finding: Finding
    ) -> None:
        """Ten times as long as the reference by itself, a third of that beside two threads."""
        fresh = itertools.count()

        found = race(
            lambda inputs: 0.02 * len(inputs),
            lambda inputs: 0.002 * (1 + threads) * len(inputs),
            lambda: next(fresh),
            BOUND,
            Plan(),
            lambda: 0.0,
        )

        assert found.finding is finding

    @pytest.mark.parametrize("text", [UNFINISHED, SHORT], ids=["unfinished", "short"])
    def test_unless_outputs_are_compared_wrong_ones_are_fast(self, lane: Any, text: str) -> None:
        """Nobody would notice."""
        assert lane(text).race() in {Finding.FASTER, Finding.WITHIN}

    def test_a_guessed_tolerance_would_accept_lower_precision(self, lane: Any) -> None:
        """The usual one in a thousand does; the derived one does not."""
        here = lane(COARSE)
        inputs = [here.draw()]

        (right,), (coarse,) = (
            twin.lap("double", inputs, "cpu", 0)[1] for twin in (here.reference, here.cheat)
        )

        assert np.allclose(coarse, right, rtol=1e-3, atol=1e-5)
        assert not np.array_equal(coarse, right)


def test_a_worker_cannot_leave_its_processor(timed: Any, server: ForkServer) -> None:
    """Where its calls are confined; else it could look faster on a machine that is busy."""
    if server.tier not in {"A", "B"}:
        pytest.skip("no confinement here")
    submission = timed.write("submission/answers.py", MOVED)

    run = timed.run("--timing=cpu", "--isolate", submission=submission)

    assert run.verdicts["test_keeps_up"] is Verdict.REFUSED


def test_no_two_sets_of_inputs_are_alike(lane: Any) -> None:
    """As in a suite, where `make` draws from the case's generator."""
    here = lane(REFERENCE)

    drawn = {here.draw() for _ in itertools.repeat(None, 50)}

    assert len(drawn) == 50
