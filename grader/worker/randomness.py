"""Watch and force the random choices that the submission's code makes.

The wrappers stand in numpy's and Python's modules from before the submission is loaded, so that a
name bound with ``from numpy.random import choice`` is watched too. While no draws are forced they
hand every call on unchanged.
"""

from __future__ import annotations

import contextlib
import random
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class DrawsUsedUpError(Exception):
    """The code draws more often than the check has foreseen.

    Parameters
    ----------
    foreseen : int
        How many draws there were outcomes for.
    """

    def __init__(self, foreseen: int) -> None:
        super().__init__(f"more than {foreseen} random choices")
        self.foreseen = foreseen


class RandomWatch:
    """Wrap the functions that draw one of several choices."""

    def __init__(self) -> None:
        self._draws: list[int] | None = None
        self._next = 0
        self.offers: list[np.ndarray[Any, Any]] = []
        self._originals: dict[str, Any] = {}

    def __enter__(self) -> RandomWatch:
        """Put the wrappers in place."""
        self._originals = {
            "choice": np.random.choice,
            "multinomial": np.random.multinomial,
            "choices": random.choices,  # noqa: S311 - kept to be put back, nothing is drawn
        }
        np.random.choice = self._choice
        np.random.multinomial = self._multinomial
        random.choices = self._choices
        return self

    def __exit__(self, *exc: object) -> None:
        """Put the originals back."""
        np.random.choice = self._originals["choice"]
        np.random.multinomial = self._originals["multinomial"]
        random.choices = self._originals["choices"]

    def take_offers(self) -> list[np.ndarray[Any, Any]]:
        """Return between what was chosen since the last time."""
        offers, self.offers = self.offers, []
        return offers

    def force(self, draws: Sequence[int] | None) -> None:
        """Let the coming choices turn out as given; None lets them be random again."""
        self._draws = None if draws is None else list(draws)
        self._next = 0
        self.offers = []

    def _choice(self, a: Any, size: Any = None, replace: Any = True, p: Any = None) -> Any:  # noqa: FBT002 - numpy's own
        if self._draws is None:
            return self._originals["choice"](a, size, replace, p)
        self._originals["choice"](a, size, replace, p)  # what numpy refuses is refused here too
        population = np.arange(a) if isinstance(a, int | np.integer) else np.asarray(list(a))
        picked = population[self._draw(population, p)]
        return picked if size is None else np.full(size, picked)

    def _multinomial(self, n: Any, pvals: Any, size: Any = None) -> Any:
        if self._draws is None:
            return self._originals["multinomial"](n, pvals, size)
        self._originals["multinomial"](n, pvals, size)
        counts = np.zeros(len(pvals), dtype=np.int64)
        counts[self._draw(np.arange(len(pvals)), pvals)] = n
        return counts if size is None else np.broadcast_to(counts, (size, len(counts))).copy()

    def _choices(
        self, population: Any, weights: Any = None, *, cum_weights: Any = None, k: int = 1
    ) -> Any:
        if self._draws is None:
            return self._originals["choices"](population, weights, cum_weights=cum_weights, k=k)
        self._originals["choices"](population, weights, cum_weights=cum_weights, k=k)
        if weights is None and cum_weights is not None:
            weights = np.diff(cum_weights, prepend=0)
        items = list(population)
        total = None if weights is None else np.asarray(weights, float) / np.sum(weights)
        return [items[self._draw(np.asarray(items), total)]] * k

    def _draw(self, population: np.ndarray[Any, Any], p: Any) -> int:
        """Note the probabilities in order of the symbols; return the position of the forced one."""
        if self._draws is None or self._next >= len(self._draws):
            raise DrawsUsedUpError(self._next)
        symbol = self._draws[self._next]
        self._next += 1
        size = len(population)
        offered = np.full(size, 1 / size) if p is None else np.asarray(p, float).reshape(-1)
        if population.dtype.kind in "iu":
            order = np.argsort(population, kind="stable")
            self.offers.append(offered[order] if len(offered) == size else offered)
            there = np.flatnonzero(population == symbol)
            return int(there[0]) if len(there) else symbol % size
        self.offers.append(offered)
        return symbol % size


def seed_all(seed: int) -> None:
    """Seed every global generator, torch's only if it has been imported."""
    random.seed(seed)
    np.random.seed(seed % (1 << 32))
    torch = sys.modules.get("torch")
    if torch is not None:
        # torch.manual_seed() would also queue a call, with a stack trace, for every kind of device.
        torch.default_generator.manual_seed(seed)
        if torch.cuda.is_initialized():
            torch.cuda.manual_seed_all(seed)


@contextlib.contextmanager
def kept_generators() -> Iterator[None]:
    """Put every global generator back to where it was, whatever happens meanwhile."""
    python, numpy = random.getstate(), np.random.get_state()
    torch = sys.modules.get("torch")
    kept = None if torch is None else torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if torch is not None:
            torch.set_rng_state(kept)
