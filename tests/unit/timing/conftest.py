"""A machine whose time and noise are made up, so that no test depends on the real ones."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Noise = Callable[[float, float], float]


@dataclasses.dataclass(eq=False)
class Machine:
    """A clock that only measurements move.

    Parameters
    ----------
    noise : callable
        From the seconds that a lap would take, and the time, to the seconds that it takes.
    """

    noise: Noise = lambda seconds, _now: seconds
    time_s: float = 0.0
    laps: list[tuple[str, int]] = dataclasses.field(default_factory=list)
    given: dict[str, list[Any]] = dataclasses.field(default_factory=dict)
    fresh: Iterator[int] = dataclasses.field(default_factory=itertools.count)

    def now(self) -> float:
        """Read the clock."""
        return self.time_s

    def draw(self) -> int:
        """Draw inputs: a number that never comes again."""
        return next(self.fresh)

    def side(self, name: str, call_s: float, first_s: float = 0.0) -> Callable[..., float]:
        """Make an implementation, whose very first call costs more."""
        seen = self.given.setdefault(name, [])

        def run(inputs: Sequence[Any]) -> float:
            seconds = self.noise(call_s * len(inputs) + (0 if seen else first_s), self.time_s)
            seen.extend(inputs)
            self.laps.append((name, len(inputs)))
            self.time_s += seconds
            return seconds

        return run


@pytest.fixture
def machine() -> Callable[..., Machine]:
    """Make a machine."""
    return Machine
