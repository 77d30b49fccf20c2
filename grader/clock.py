"""The only reader of time in the package; tests put a fake in its place.

Whoever bounds other people's code counts what that code has consumed, not what the wall clock says:
on a busy machine a right function may have to wait long for a processor. See `Meter`.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

# How far the wall clock may run ahead of what is charged: one of ten processes gets that share.
PATIENCE: Final = 10.0
PATIENCE_S: Final = 20.0
AGAIN_S: Final = 0.5  # until code that has swallowed the exception gets it once more
SHORTEST_S: Final = 0.005
NS: Final = 1e-9


class OverdueError(BaseException):
    """Code has used up its time; no ``except Exception`` in it takes hold of this."""


def monotonic() -> float:
    """Return seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()


def process_cpu_s(pid: int) -> float:
    """Return the processor time that a process has used so far, in seconds, all threads together.

    Parameters
    ----------
    pid : int
        Its number in this process' own namespace.

    Raises
    ------
    OSError
        When there is no such process.
    """
    # The kernel's own numbering of other processes' clocks, as clock_getcpuclockid(3) has it.
    return time.clock_gettime((~pid << 3) | 2)


def own_cpu_s() -> float:
    """Return the processor time that this process has used so far, in seconds."""
    return time.process_time()


def utc_now() -> datetime.datetime:
    """Return the current time, aware, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def utc_text(seconds: int) -> str:
    """Write a time, given in seconds since 1970, as ISO 8601; empty for what no calendar has."""
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""


def utc_exact(seconds: float) -> str:
    """Write a time in UTC to the microsecond, so that texts sort as times do."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="microseconds")


def seconds_of(text: str) -> float:
    """Read what `utc_exact` has written."""
    return datetime.datetime.fromisoformat(text).timestamp()


def sleep(seconds: float) -> None:
    """Do nothing for so long."""
    time.sleep(seconds)


def patience_s(seconds: float) -> float:
    """Return how long to wait on the wall clock for what may consume so many seconds."""
    return PATIENCE * seconds + PATIENCE_S


class Meter:
    """What a process has consumed since the meter was made.

    Charged is the processor time of all its threads, and the time in which the busiest of them
    neither ran nor waited for a processor: sleeping costs, being kept waiting by others does not.
    The kernel does the counting, so the process cannot. More threads make it no cheaper: that they
    keep each other waiting is in the processor time that they take.

    Where the kernel does not tell how long threads have waited, processor time alone is charged.

    Parameters
    ----------
    pid : int or None
        Its number in this process' own namespace; None for this process itself.
    """

    def __init__(self, pid: int | None = None) -> None:
        self._other = pid is not None
        self._pid = os.getpid() if pid is None else pid
        self._began_s = time.monotonic()
        self._began_cpu_s = self._last_cpu_s = self._cpu_s(0.0)
        self._began_busy = busy_ns(self._pid)
        self._began_delay_s = self._delay_s()
        self._free_s = 0.0

    def wall_s(self) -> float:
        """Return seconds since the start, whoever used them; those for free left out."""
        return time.monotonic() - self._began_s - self._free_s

    @contextlib.contextmanager
    def free(self) -> Iterator[None]:
        """Charge no waiting in the block: the process waits for us."""
        began_s = time.monotonic()
        try:
            yield
        finally:
            self._free_s += time.monotonic() - began_s

    def spent_s(self) -> float:
        """Return what is charged so far, in seconds."""
        cpu_s = self._last_cpu_s = self._cpu_s(self._last_cpu_s)
        cpu_s = max(0.0, cpu_s - self._began_cpu_s)
        # Its answer may have lain there while this process, too, waited for a processor.
        wall_s = self.wall_s() - (self._delay_s() - self._began_delay_s)
        before, now = self._began_busy, busy_ns(self._pid)
        if before is None or now is None:
            return cpu_s
        busiest_ns = max((ns - before.get(thread, 0) for thread, ns in now.items()), default=0)
        return min(max(wall_s, cpu_s), cpu_s + max(0.0, wall_s - NS * busiest_ns))

    def _cpu_s(self, last_s: float) -> float:
        if not self._other:
            return time.process_time()
        try:
            return process_cpu_s(self._pid)
        except OSError:  # it has ended
            return last_s

    def _delay_s(self) -> float:
        """Return how long this process' thread has waited for a processor, if it is another."""
        if not self._other:
            return 0.0
        counted = _schedstat("/proc/thread-self/schedstat")
        return 0.0 if counted is None else NS * counted[1]


class Allowance:
    """So many seconds of a process, and many more on the wall clock.

    As many once more are there for what this process works to answer its questions: one that asks
    again and again pays little for each question, and could keep us busy for days.

    Parameters
    ----------
    meter : Meter
        Started now.
    seconds : float
        What may be charged.
    """

    def __init__(self, meter: Meter, seconds: float) -> None:
        self.meter = meter
        self._seconds = seconds
        self._answering_s = 0.0

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Charge no waiting in the block, in which this process answers a question."""
        began_s = own_cpu_s()
        try:
            with self.meter.free():
                yield
        finally:
            self._answering_s += own_cpu_s() - began_s

    def left_s(self) -> float:
        """Return how long it lasts at least, in seconds; not above 0 when it is used up."""
        if self._answering_s > self._seconds:
            return self._seconds - self._answering_s
        wall_s = self.meter.wall_s()
        left_s = self._seconds - wall_s
        if left_s > 0:
            return left_s  # nothing is read from the kernel for a call that takes no time
        left_s = self._seconds - self.meter.spent_s()
        if left_s <= 0:
            return left_s
        return min(max(left_s, SHORTEST_S), patience_s(self._seconds) - wall_s)


def busy_ns(pid: int) -> dict[int, int] | None:
    """Return how long each thread of a process has run or waited for a processor, in nanoseconds.

    None where the kernel does not tell, or the process has ended.
    """
    folder = f"/proc/{pid}/task"
    found = {}
    try:
        alone = os.stat(folder).st_nlink == 3  # noqa: PTH116, PLR2004 - itself, its parent, a thread
        threads = [pid] if alone else [int(name) for name in os.listdir(folder)]  # noqa: PTH208
    except OSError:
        return None
    for thread in threads:
        counted = _schedstat(f"{folder}/{thread}/schedstat")
        if counted is not None:
            found[thread] = sum(counted)
    return found or None


def _schedstat(path: str) -> tuple[int, int] | None:
    """Read for how long a thread has run and waited; None where that is not counted."""
    try:
        file = os.open(path, os.O_RDONLY)
        try:
            ran, waited, _ = os.read(file, 100).split()
        finally:
            os.close(file)
    except (OSError, ValueError):
        return None
    return (int(ran), int(waited)) if int(ran) else None


@contextlib.contextmanager
def bounded(seconds: float, held: Callable[[], bool] = lambda: False) -> Iterator[Meter]:
    """Raise `OverdueError` in the block when this process has consumed too much in it.

    Parameters
    ----------
    seconds : float
        What may be charged, see `Meter`; on the wall clock there is a bound far above.
    held : callable
        Whether somebody holds the process in a debugger: then it has all the time there is.

    Yields
    ------
    Meter
        Of the block.
    """
    allowance = Allowance(Meter(), seconds)
    main = threading.current_thread() is threading.main_thread()
    timed = _by_signal if hasattr(signal, "setitimer") and main else _by_thread
    with timed(allowance, held):
        yield allowance.meter


@contextlib.contextmanager
def _by_signal(allowance: Allowance, held: Callable[[], bool]) -> Iterator[None]:
    def ring(_signal: int, frame: FrameType | None) -> None:
        left_s = SHORTEST_S if _at_the_edge(frame) else allowance.left_s()
        if left_s > 0:
            signal.setitimer(signal.ITIMER_REAL, left_s)
        elif not held():
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S)
            raise OverdueError

    before = signal.signal(signal.SIGALRM, ring)
    began_s = time.monotonic()
    outer_s, _ = signal.setitimer(signal.ITIMER_REAL, max(allowance.left_s(), SHORTEST_S))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer_s:  # somebody else's timer runs on
            left_s = outer_s - (time.monotonic() - began_s)
            signal.setitimer(signal.ITIMER_REAL, max(left_s, SHORTEST_S))


@contextlib.contextmanager
def _by_thread(allowance: Allowance, held: Callable[[], bool]) -> Iterator[None]:
    """Do the same from a second thread, where there are no such timers; between bytecodes only."""
    ident = threading.get_ident()
    thread = ctypes.c_ulong(ident)
    done, lock = threading.Event(), threading.Lock()

    def watch() -> None:
        pause_s = allowance.left_s()
        while not done.wait(max(pause_s, SHORTEST_S)):
            pause_s = allowance.left_s()
            with lock:
                if pause_s > 0 or held() or done.is_set():
                    continue
                # Nothing but these lines runs between the look and the exception: what waits for
                # the interpreter waits for longer.
                pause_s = AGAIN_S
                if _at_the_edge(sys._current_frames().get(ident)):  # noqa: SLF001
                    pause_s = SHORTEST_S
                else:
                    raise_in(thread, ctypes.py_object(OverdueError))

    def stop() -> None:
        with lock:
            done.set()
            raise_in(thread, None)  # one that is on its way would land outside of the block
        watcher.join()

    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop()


def _at_the_edge(frame: FrameType | None) -> bool:
    """Tell whether a thread begins or ends a block of `bounded` just then.

    An exception there would keep the block from being closed, and the next one would come outside
    of it. Until code has made way on a busy machine, more than one may be due.
    """
    inner = frame
    while frame is not None and frame.f_code.co_filename == threading.__file__:
        frame = frame.f_back  # ours, or that of code which waits for a thread of its own
    if frame is None:
        return False
    file = frame.f_code.co_filename
    return file == __file__ or (frame is inner and file == contextlib.__file__)
