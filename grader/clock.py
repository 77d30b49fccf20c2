"""The only reader of time in the package; tests put a fake in its place."""

from __future__ import annotations

import contextlib
import datetime
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


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


def utc_now() -> datetime.datetime:
    """Return the current time, aware, in UTC."""
    return datetime.datetime.now(datetime.UTC)


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` in the block when it has taken too long; for a main thread only."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
