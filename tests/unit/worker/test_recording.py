"""What marks are told is copied within bounds, and other values can be put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from grader import wire
from grader.worker import recording
from grader.worker.recording import OPAQUE, Recorder

if TYPE_CHECKING:
    from collections.abc import Sequence


def _request(values: Sequence[Any] = (), number: int = 0, **options: Any) -> wire.Record:
    instead = wire.encode({number: list(values)})
    return wire.Record(nonce=1, instead_payload=instead, **options)


def _kept(*values: Any) -> list[Any]:
    recorder = Recorder()
    recorder.begin(_request(keep=True))
    for number, value in enumerate(values):
        assert recorder.saw(number, value) is value
    told = recorder.begin(_request())
    assert told is not None
    assert [number for number, _ in told] == list(range(len(values)))
    return [value for _, value in told]


class Odd:
    """Raises whatever is asked of it."""

    def __len__(self) -> int:
        raise ValueError

    def __getattribute__(self, name: str) -> Any:
        raise ValueError(name)


class OddArray(np.ndarray):
    """Claims to be small."""

    @property
    def nbytes(self) -> int:
        """Raise."""
        raise ValueError


def test_numbers_arrays_and_containers_are_copied() -> None:
    """What is changed afterwards is not what was seen."""
    array = np.ones(2)
    kept = _kept(array, 3, 2.5, True, None, "text", [array, {"a": (1, None)}], torch.ones(2))
    array += 1

    assert kept[0].tolist() == [1.0, 1.0]
    assert kept[1:6] == [3, 2.5, True, None, None]
    assert [np.asarray(one).tolist() for one in kept[6]] == [[1.0, 1.0], 1]
    assert isinstance(kept[7], np.ndarray)
    assert wire.decode(wire.encode(kept[7])).tolist() == [1.0, 1.0]


def test_anything_else_is_opaque() -> None:
    """It is neither looked into nor sent."""
    itself: list[Any] = []
    itself.append(itself)
    values = [
        Odd(),
        itself,
        [Odd()],
        1 << 60,
        1j,
        np.array(["a"]),
        range(3),
        np.ones(3).view(OddArray),
    ]

    assert _kept(*values) == [OPAQUE] * len(values)


@pytest.mark.parametrize("bound", ["MOST_TOLD", "MOST_BYTES"])
def test_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    """And nothing of it is sent; the next run is recorded again."""
    monkeypatch.setattr(recording, bound, 40)
    recorder = Recorder()
    recorder.begin(_request(keep=True))
    for _ in range(50):
        recorder.saw(0, np.ones(2))

    assert recorder.begin(_request(keep=True)) is None
    recorder.saw(0, 1)
    assert recorder.begin(_request()) == [(0, 1)]


def test_large_values_are_opaque() -> None:
    """Arrays of a megabyte, and containers of many."""
    assert _kept(np.zeros(1 << 18), [0] * 65, [[0] * 40, [0] * 40]) == [OPAQUE] * 3


def test_values_are_put_in_in_turn_and_in_form() -> None:
    """As the array, number or tensor that they take the place of; then it goes on as before."""
    recorder = Recorder()
    recorder.begin(_request([np.arange(2.0), 7.0, np.arange(2.0), 3], number=5, keep=True))

    put = [
        recorder.saw(5, np.zeros((2, 1), np.float32)),
        recorder.saw(5, 1),
        recorder.saw(5, torch.zeros(2)),
        recorder.saw(5, "text"),
        recorder.saw(5, 4),
    ]

    assert (put[0].shape, put[0].dtype, put[0].tolist()) == ((2, 1), np.float32, [[0.0], [1.0]])
    assert (put[1], type(put[1])) == (7, int)
    assert isinstance(put[2], torch.Tensor)
    assert put[2].tolist() == [0.0, 1.0]
    assert put[3:] == ["text", 4]
    assert recorder.saw(4, 1) == 1
    told = recorder.begin(_request())
    assert told is not None
    assert [value for _, value in told][1:2] == [7]  # what was put in is what is told


@pytest.mark.parametrize(("scaled", "gradient"), [(False, 1.0), (True, 3.0)])
def test_a_tensor_keeps_its_way_back(scaled: bool, gradient: float) -> None:
    """The difference is a constant, or the ratio."""
    recorder = Recorder()
    recorder.begin(_request([np.array(6.0)], number=0, scaled=scaled))
    x = torch.tensor(2.0, requires_grad=True)

    put = recorder.saw(0, x * 1)
    put.backward()

    assert put.item() == 6.0
    assert x.grad is not None
    assert x.grad.item() == gradient
