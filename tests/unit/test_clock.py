"""What is charged: what a process has consumed or slept through, not what others kept it from."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from grader import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

Bound = Callable[..., contextlib.AbstractContextManager[None]]
COUNTED = pytest.mark.skipif(
    clock.busy_ns(os.getpid()) is None, reason="the kernel does not tell how long threads wait"
)
# What the kernel's books may be behind, and a process needs to say that it is done.
SLACK_S = 0.15
# Each ends by itself, whatever becomes of the test.
BURN = "import time\nend = time.monotonic() + {s}\nwhile time.monotonic() < end: pass\n"
SLEEP = "import time\ntime.sleep({s})\n"
# Threads that really compete, since hashing gives Python's lock away; for so much work.
COMPETE = """
import hashlib, threading, time
def work():
    end = time.monotonic() + {s}
    while time.monotonic() < end: hashlib.sha256(bytes(1 << 20))
threads = [threading.Thread(target=work) for _ in range(6)]
for one in threads: one.start()
for one in threads: one.join()
"""


class Spent:
    """A process at work between two words of its own, and what that cost."""

    def __init__(self, code: str, beside: int = 0) -> None:
        pinned = f"import os\nos.sched_setaffinity(0, {{{min(os.sched_getaffinity(0))}}})\n"
        text = f"{pinned}print('ready', flush=True)\ninput()\n{code}\nprint('done', flush=True)\n"
        text += "input()\n"
        with contextlib.ExitStack() as stack:
            for _ in range(beside):
                stack.enter_context(started(pinned + BURN.format(s=20)))
            process = stack.enter_context(started(text))
            assert process.stdin
            assert process.stdout
            process.stdout.readline()
            meter = clock.Meter(process.pid)
            before_s = clock.process_cpu_s(process.pid)
            process.stdin.write(b"go\n")
            process.stdin.flush()
            process.stdout.readline()
            self.spent_s, self.wall_s = meter.spent_s(), meter.wall_s()
            self.cpu_s = clock.process_cpu_s(process.pid) - before_s


@contextlib.contextmanager
def started(code: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python, and end it."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@COUNTED
class TestMeter:
    """The kernel counts; the process that is measured has no say in it."""

    def test_what_others_keep_it_from_is_free(self) -> None:
        """Beside three processes on its processor, a process is charged for what it did."""
        spent = Spent(BURN.format(s=1.5), beside=3)

        assert spent.cpu_s < 0.6 * spent.wall_s
        assert spent.cpu_s - SLACK_S < spent.spent_s < spent.cpu_s + 2 * SLACK_S

    def test_sleep_is_charged(self) -> None:
        """Nobody keeps a process from going on that asks to be left alone."""
        spent = Spent(SLEEP.format(s=0.6), beside=1)

        assert spent.spent_s > 0.6 - SLACK_S
        assert spent.spent_s <= spent.wall_s

    def test_threads_that_keep_each_other_waiting_make_it_no_cheaper(self) -> None:
        """First all sleep, then six threads queue for one processor: both is charged."""
        code = SLEEP.format(s=0.6) + COMPETE.format(s=0.8)

        spent = Spent(code)

        assert spent.spent_s > 0.6 + spent.cpu_s - 2 * SLACK_S

    def test_a_thread_that_works_while_the_first_sleeps_is_charged(self) -> None:
        """All threads count, and those that have ended too."""
        spent = Spent(COMPETE.format(s=0.6), beside=1)

        assert spent.spent_s >= spent.cpu_s - SLACK_S

    def test_a_thread_that_waits_is_charged_no_more_than_one_that_works(self) -> None:
        """Where the first thread only waits for another, that one's being kept waiting is free."""
        alone = COMPETE.format(s=1.2).replace("range(6)", "range(1)")
        alone = alone.replace(
            "target=work", "target=lambda: (work(), print('done', flush=True), input())"
        )

        spent = Spent(alone, beside=3)

        assert spent.spent_s < spent.cpu_s + 3 * SLACK_S


def test_time_for_free_is_not_charged() -> None:
    """While a process waits for us, its sleep is our affair."""
    with started(SLEEP.format(s=20)) as process:
        meter = clock.Meter(process.pid)
        with meter.free():
            time.sleep(0.3)
        in_all_s = meter.spent_s()

    assert in_all_s < 0.3


def test_where_waiting_is_not_counted_processor_time_is_charged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A kernel may not tell; sleep then ends at the bound on the wall clock alone."""
    monkeypatch.setattr(clock, "busy_ns", lambda _pid: None)
    with started(SLEEP.format(s=20)) as process:
        process_meter = clock.Meter(process.pid)
        time.sleep(0.3)
        slept_s = process_meter.spent_s()

    assert slept_s < 0.3


def test_a_process_that_has_ended_can_still_be_charged() -> None:
    """It ends when it likes, and the meter does not stumble."""
    with started("input()") as process:
        meter = clock.Meter(process.pid)
    assert meter.spent_s() >= 0


class Told(clock.Meter):
    """A meter that shows what a test says."""

    def __init__(self, wall_s: float, spent_s: float) -> None:
        super().__init__()
        self.told = wall_s, spent_s
        self.asked = False

    def wall_s(self) -> float:
        """Return what the test says."""
        return self.told[0]

    def spent_s(self) -> float:
        """Return what the test says, and note that it was asked."""
        self.asked = True
        return self.told[1]


@pytest.mark.parametrize(
    ("wall_s", "spent_s", "left_s"),
    [(4.0, 4.0, 6.0), (11.0, 3.0, 7.0), (115.0, 3.0, 5.0), (11.0, 11.0, -1.0), (121.0, 3.0, -1.0)],
    ids=["early", "kept waiting", "near the wall's bound", "used up", "past the wall's bound"],
)
def test_an_allowance_ends_by_charge_or_far_later_by_the_wall(
    wall_s: float, spent_s: float, left_s: float
) -> None:
    """Ten seconds of charge, a hundred and twenty on the wall clock."""
    allowance = clock.Allowance(Told(wall_s, spent_s), 10.0)

    assert allowance.left_s() == pytest.approx(left_s)


def test_answers_have_an_allowance_of_their_own() -> None:
    """What a process has us work is bounded as its own work is, however little it does itself."""
    allowance = clock.Allowance(Told(0.001, 0.001), 0.2)

    left_s = []
    for _ in range(2):
        with allowance.answering():
            end_s = clock.own_cpu_s() + 0.15
            while clock.own_cpu_s() < end_s:
                pass
        left_s.append(allowance.left_s())

    assert left_s[0] == pytest.approx(0.199)
    assert left_s[1] < 0


def test_a_short_call_costs_no_look_at_the_kernels_books() -> None:
    """They are opened when the wall clock says that the time might be up."""
    meter = Told(0.001, 0.001)

    clock.Allowance(meter, 10.0).left_s()

    assert not meter.asked


def within(bound: Bound, seconds: float, action: Callable[[], None]) -> None:
    """Do something within a bound."""
    with bound(clock.Allowance(clock.Meter(), seconds), lambda: False):
        action()


BOUNDS = [clock._by_signal, clock._by_thread]  # noqa: SLF001 - every platform has one of the two


@pytest.mark.parametrize("bound", BOUNDS)
class TestBounded:
    """In a student's own process, where nobody else can end a loop."""

    def test_an_endless_loop_is_ended(self, bound: Bound) -> None:
        """Also one that swallows every ordinary exception."""

        def swallow() -> None:
            while True:
                with contextlib.suppress(Exception):
                    while True:
                        pass

        with pytest.raises(clock.OverdueError):
            within(bound, 0.2, swallow)

    def test_who_swallows_it_gets_it_again(self, bound: Bound) -> None:
        """A bare except does not buy the rest of the time."""
        swallowed: list[BaseException] = []

        def swallow() -> None:
            while len(swallowed) < 2:
                try:
                    while True:
                        pass
                except clock.OverdueError as error:
                    swallowed.append(error)
            raise swallowed[-1]

        with pytest.raises(clock.OverdueError):
            within(bound, 0.1, swallow)

    def test_nothing_is_raised_after_the_block(self, bound: Bound) -> None:
        """What was in time stays so."""
        with bound(clock.Allowance(clock.Meter(), 0.05), lambda: False):
            pass
        end_s = time.monotonic() + 0.2
        while time.monotonic() < end_s:
            pass

    def test_a_debugger_has_all_the_time_there_is(self, bound: Bound) -> None:
        """Whoever stands at a breakpoint is not hurried."""
        with bound(clock.Allowance(clock.Meter(), 0.05), lambda: True):
            end_s = time.process_time() + 0.3
            while time.process_time() < end_s:
                pass


def test_a_thread_may_be_bounded_too() -> None:
    """Signals reach the main thread alone."""
    caught: list[BaseException] = []

    def work() -> None:
        try:
            with clock.bounded(0.1):
                while True:
                    pass
        except clock.OverdueError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert len(caught) == 1


def test_a_timer_that_ran_before_runs_on() -> None:
    """A test runner's own timer survives the block."""
    import signal  # noqa: PLC0415 - beside its use

    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        with clock.bounded(10):
            pass
        left_s, _ = signal.getitimer(signal.ITIMER_REAL)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert 0 < left_s <= 60


# A second exception is due before code has got over the first, as on a very busy machine.
OVERDUE_TWICE = """
import signal, sys, threading, time
if sys.argv[1] == "thread":
    del signal.setitimer  # as on Windows
from grader import clock
clock.AGAIN_S = clock.SHORTEST_S = 0.0005

def work(what):
    with clock.bounded(0.001):
        what()

def loop():
    while True:
        pass

def wait():
    thread = threading.Thread(target=time.sleep, args=(2,), daemon=True)
    thread.start()
    thread.join()

for what in (loop,) * 100 + (wait,) * (sys.argv[1] == "signal"):
    try:
        work(what)
    except clock.OverdueError:
        pass
    end = time.perf_counter() + 0.002
    while time.perf_counter() < end:
        pass
print(threading.active_count())
"""


@pytest.mark.parametrize("way", ["signal", "thread"])
def test_nothing_is_raised_outside_of_a_block(way: str) -> None:
    """Neither while it is left nor afterwards, however soon the next exception is due."""
    done = subprocess.run(
        [sys.executable, "-c", OVERDUE_TWICE, way],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )

    assert not done.stderr
    assert done.stdout == ("1\n" if way == "thread" else "2\n")
