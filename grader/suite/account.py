"""What grading one submission has cost: the bound of the whole, and that of its diagnoses."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Final

from grader import clock
from grader.errors import TimedOutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.model import Limits
    from grader.sandbox import Transport

# No exercise's diagnosis may use up what there is for those of the others.
SHARE: Final = 3


class Account:
    """The seconds that one submission has used so far.

    What its workers have consumed (see `clock.Meter`), and the processor time of this process,
    which compares what they send. What diagnoses cost is counted apart: it never brings the end of
    a submission nearer, and where it is used up, there is no diagnosis and nothing else changes.

    Parameters
    ----------
    limits : Limits
        What the submission may use.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._transports: list[Transport] = []
        self._began_cpu_s = clock.own_cpu_s()
        self._began_s = clock.monotonic()
        self._diagnosed_s = self._diagnosed_wall_s = 0.0
        self._ends: tuple[float, float] | None = None

    def opened(self, transport: Transport) -> None:
        """Charge from now on what is asked through a transport."""
        self._transports.append(transport)

    def check(self) -> None:
        """Raise `TimedOutError` when the submission has used up its time."""
        if self.is_spent():
            seconds = f"{self._limits.submission_s:g}"
            raise TimedOutError("submission_timed_out", seconds=seconds)

    def is_spent(self) -> bool:
        """Tell whether the submission has used up its time."""
        charged_s, wall_s = self._so_far()
        limit_s = self._limits.submission_s
        late = wall_s - self._diagnosed_wall_s > clock.patience_s(limit_s)
        return late or charged_s - self._diagnosed_s > limit_s

    @contextlib.contextmanager
    def diagnosis(self) -> Iterator[None]:
        """Count what happens in the block as the diagnosis of an exercise, and bound it."""
        charged_s, wall_s = self._so_far()
        most_s = self._limits.diagnosis_s
        most_s = max(0.0, min(most_s / SHARE, most_s - self._diagnosed_s))
        self._ends = charged_s + most_s, wall_s + clock.patience_s(most_s)
        try:
            yield
        finally:
            self._ends = None
            charged_after_s, wall_after_s = self._so_far()
            self._diagnosed_s += charged_after_s - charged_s
            self._diagnosed_wall_s += wall_after_s - wall_s

    def left_s(self) -> float:
        """Return what the diagnosis that is under way may still cost, in seconds."""
        if self._ends is None:
            return math.inf
        return min(end - now for end, now in zip(self._ends, self._so_far(), strict=True))

    def _so_far(self) -> tuple[float, float]:
        """Return what is charged, and how long it took on the wall clock."""
        asked_s = sum(transport.spent_s for transport in self._transports)
        cpu_s = clock.own_cpu_s() - self._began_cpu_s
        return asked_s + cpu_s, clock.monotonic() - self._began_s
