"""Keep what marked expressions give, and put other values in the place of one of them.

The trusted side has put marks into a submission's text (`grader.steps.marking`): each is a call of
`Recorder.saw`, which gives back what it is given. Nothing that is kept here is believed there.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Final

import numpy as np

from grader import wire

MOST_TOLD: Final = 20_000
MOST_BYTES: Final = 8 << 20
MOST_LEAVES: Final = 64
LARGEST_BYTES: Final = 1 << 20
LARGEST_INT: Final = 1 << 53
OPAQUE: Final = "?"
_PLAIN: Final = frozenset({type(None), str, bytes, slice})
_NUMBERS: Final = "fiub"


class Recorder:
    """What one submission's marks are told."""

    def __init__(self) -> None:
        self._told: list[tuple[int, Any]] = []
        self._bytes = 0
        self._keeping = False
        self._instead: dict[int, list[Any]] = {}
        self._scaled = False
        self._torch: Any = None

    def begin(self, request: wire.Record) -> list[tuple[int, Any]] | None:
        """Return what was told since the last time, and do as a request says from now on.

        Returns
        -------
        list of (int, object), or None
            Number and value, in the order of time; None if it was more than is kept. A value is an
            array, a number, a list of these for a container, a bool, None for a text and the like,
            or `OPAQUE`.
        """
        told, full = self._told, self._is_full()
        self._told, self._bytes = [], 0
        self._keeping, self._scaled = request.keep, request.scaled
        instead = wire.decode(request.instead_payload) or {}
        self._instead = {mark: values[::-1] for mark, values in instead.items()}
        self._torch = sys.modules.get("torch")  # later it may be hidden, where it is forbidden
        return None if full else told

    def saw(self, number: int, value: Any) -> Any:
        """Take note of a value; return it, or what is to stand in its place."""
        if self._instead.get(number):
            value = self._in_form_of(value, self._instead[number].pop())
        if self._keeping and not self._is_full():
            kept: Any = OPAQUE
            with contextlib.suppress(Exception):  # whatever a value does when it is looked at
                kept = self._kept(value)
            self._bytes += _size(kept)
            self._told.append((number, kept))
        return value

    def _is_full(self) -> bool:
        return len(self._told) >= MOST_TOLD or self._bytes >= MOST_BYTES

    def _kept(self, value: Any) -> Any:
        """Copy a value as far as it is made of numbers."""
        kind = type(value)
        if kind in _PLAIN:
            return None
        if kind is bool:
            return value
        return self._all(value) if issubclass(kind, dict | list | tuple) else self._copied(value)

    def _all(self, container: Any) -> Any:
        """Copy what is in a container, containers in it taken apart."""
        found: list[Any] = []
        waiting = [container]
        for _ in range(2 * MOST_LEAVES):  # one may contain itself
            if not waiting:
                return found
            item = waiting.pop()
            kind = type(item)
            if issubclass(kind, dict | list | tuple):
                if len(found) + len(item) + len(waiting) > MOST_LEAVES:
                    break
                items = dict.values(item) if issubclass(kind, dict) else item
                waiting += list(items)[::-1]
            elif kind not in _PLAIN:
                found.append(self._copied(item))
                if found[-1] is OPAQUE:
                    break
        return OPAQUE

    def _copied(self, value: Any) -> Any:
        """Copy an array or a number; `OPAQUE` for anything else, and for what is too large."""
        kind, torch = type(value), self._torch
        if issubclass(kind, int):
            return int.__pos__(value) if abs(value) < LARGEST_INT else OPAQUE
        if issubclass(kind, float):
            return float.__pos__(value)
        if torch is not None and issubclass(kind, torch.Tensor):
            value = value.detach().cpu().numpy()
        elif not issubclass(kind, np.ndarray | np.generic):
            return OPAQUE
        if value.nbytes > LARGEST_BYTES or value.dtype.kind not in _NUMBERS:
            return OPAQUE
        return np.array(value)

    def _in_form_of(self, value: Any, right: Any) -> Any:
        """Turn an array into what a value is: a number, an array or a tensor of its kind."""
        kind, torch, array = type(value), self._torch, np.array(right)
        if torch is not None and issubclass(kind, torch.Tensor):
            return self._as_tensor(value, array)
        if issubclass(kind, np.ndarray):
            return array.astype(value.dtype).reshape(value.shape)
        if issubclass(kind, np.generic):
            return value.dtype.type(array.item())
        is_number = issubclass(kind, int | float) and kind is not bool
        return kind(array.item()) if is_number else value

    def _as_tensor(self, value: Any, array: np.ndarray) -> Any:
        """Turn an array into a tensor like another.

        One that is to be differentiated keeps the way it was made: the difference, or the ratio, is
        taken for a constant.
        """
        given = self._torch.tensor(array).to(value.dtype).reshape(value.shape)
        if not value.requires_grad:
            return given
        if self._scaled:
            return value * (given / value).detach()
        return value + (given - value).detach()


def _size(kept: Any) -> int:
    if isinstance(kept, list):
        return 16 + sum(map(_size, kept))
    return 16 + int(getattr(kept, "nbytes", 0))
