"""What `encode` makes of subclasses that lie, and what it refuses to write."""

from __future__ import annotations

import collections
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from grader import wire
from grader.errors import WireError


class LyingArray(np.ndarray[Any, Any]):
    """Claims another shape, content and equality than it has."""

    @property  # type: ignore[misc]  # a lie
    def shape(self) -> Any:
        """Claim a shape."""
        return (7,)

    def tobytes(self, *_args: Any) -> bytes:
        """Claim a content."""
        return b"lie"

    def astype(self, *_args: Any, **_options: Any) -> Any:
        """Claim a content."""
        return np.zeros(9)

    def __array__(self, *_args: Any, **_options: Any) -> Any:
        """Claim a content."""
        return np.zeros(9)

    def __eq__(self, _other: object) -> Any:
        """Claim equality."""
        return True

    __hash__ = None


class LyingList(list[Any]):
    """Claims another content than it has."""

    def __iter__(self) -> Any:
        """Claim items."""
        return iter([9, 9, 9])

    def __len__(self) -> int:
        """Claim a length."""
        return 3

    def __getitem__(self, _index: Any) -> Any:
        """Claim an item."""
        return 9


class LyingTuple(tuple[Any, ...]):
    """Claims another content than it has."""

    __slots__ = ()

    def __iter__(self) -> Any:
        """Claim items."""
        return iter([9, 9, 9])

    def __len__(self) -> int:
        """Claim a length."""
        return 3


class LyingDict(dict[Any, Any]):
    """Claims another content than it has."""

    def items(self) -> Any:
        """Claim items."""
        return [(9, 9)]

    def __len__(self) -> int:
        """Claim a length."""
        return 1

    def __iter__(self) -> Any:
        """Claim keys."""
        return iter([9])


class LyingStr(str):
    """Claims another text than it has."""

    __slots__ = ()

    def encode(self, *_args: Any) -> bytes:
        """Claim a text."""
        return b"lie"

    def __str__(self) -> str:
        """Claim a text."""
        return "lie"


class LyingInt(int):
    """Claims another value than it has."""

    __slots__ = ()

    def __index__(self) -> int:
        """Claim a value."""
        return 9

    def __int__(self) -> int:
        """Claim a value."""
        return 9


class LyingFloat(float):
    """Claims another value than it has."""

    __slots__ = ()

    def __float__(self) -> float:
        """Claim a value."""
        return 9.0


class LyingComplex(complex):
    """Claims another value than it has."""

    __slots__ = ()

    @property
    def real(self) -> float:
        """Claim a value."""
        return 9.0


class Point(NamedTuple):
    """Has names beside its positions."""

    x: int
    y: int


class LyingBytes(bytes):
    """Claims another content than it has."""

    __slots__ = ()

    def __bytes__(self) -> bytes:
        """Claim a content."""
        return b"lie"


@pytest.mark.parametrize(
    ("liar", "truth"),
    [
        (np.array([1.0, 2.0]).view(LyingArray), np.array([1.0, 2.0])),
        (LyingList([1, 2]), [1, 2]),
        (LyingTuple([1, 2]), (1, 2)),
        (LyingDict({"a": 1, "b": 2}), {"a": 1, "b": 2}),
        (LyingStr("true"), "true"),
        (LyingInt(1), 1),
        (LyingFloat(1.0), 1.0),
        (LyingComplex(1, 2), complex(1, 2)),
        (LyingBytes(b"true"), b"true"),
        (Point(1, 2), (1, 2)),
        (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (np.ma.masked_array([1.0, 2.0], [False, True]), np.array([1.0, 2.0])),
    ],
    ids=lambda value: type(value).__name__,
)
def test_subclasses_cross_as_the_plain_data_beneath(liar: Any, truth: Any) -> None:
    """Overridden methods have no say in what is written."""
    assert wire.encode(liar) == wire.encode(truth)
    assert type(wire.decode(wire.encode(liar))) is type(truth)


@pytest.mark.parametrize("text", [np.str_("a"), np.bytes_(b"a")], ids=["str", "bytes"])
def test_numpy_text_crosses_as_plain_text(text: Any) -> None:
    """``np.random.choice`` of characters gives ``np.str_``, which is a str in every respect."""
    back = wire.decode(wire.encode([text, {text: 1}]))

    assert back == [text, {text: 1}]
    assert type(back[0]) in {str, bytes}


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        frozenset({1}),
        object(),
        range(3),
        (number for number in range(3)),
        print,
        np.array([object()]),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.array(["a"], dtype=np.dtypes.StringDType()),
        torch.ones(2, 2).to_sparse(),
        torch.ones(2, device="meta"),
        1 << 10_000,
        "\ud800",
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', '')}",
)
def test_what_cannot_be_compared_is_refused(value: Any) -> None:
    """No pickle, no guess: a value of another kind is a `WireError`, nested or not."""
    with pytest.raises(WireError):
        wire.encode([value])


@pytest.mark.parametrize(
    "key",
    [float("nan"), (1, float("nan")), np.float32("nan"), wire.Handle(1), torch.tensor(1)],
    ids=["nan", "nan in a tuple", "numpy nan", "handle", "tensor"],
)
def test_keys_that_the_reader_refuses_are_refused_by_the_writer(key: Any) -> None:
    """A student's odd key is an unusable value, never a broken message."""
    with pytest.raises(WireError):
        wire.encode({key: 1})


def test_an_empty_array_wider_than_the_reader_takes_is_refused_by_the_writer() -> None:
    """Both sides have the same bound on a dimension."""
    with pytest.raises(WireError):
        wire.encode(np.zeros((0, 10**9)))


def test_a_value_that_claims_another_class_is_refused() -> None:
    """An object whose ``__class__`` lies is of no kind that can be written."""

    class Pretender:
        @property  # type: ignore[misc]  # a lie
        def __class__(self) -> type:
            return list

    with pytest.raises(WireError):
        wire.encode(Pretender())


@pytest.mark.parametrize("kind", ["list", "dict"])
def test_cycles_are_refused(kind: str) -> None:
    """A container inside itself ends at the bound on depth."""
    ring: Any = [] if kind == "list" else {}
    ring.append(ring) if kind == "list" else ring.update(self=ring)

    with pytest.raises(WireError, match="deep"):
        wire.encode(ring)


def test_depth_is_bounded_on_both_sides() -> None:
    """The deepest nesting that may be written may be read, and nothing deeper."""
    limits = wire.Limits(depth=3)
    encoded = wire.encode([[[[]]]], wire.Limits(depth=4))

    assert wire.decode(wire.encode([[[]]], limits), limits) == [[[]]]
    with pytest.raises(WireError):
        wire.encode([[[[]]]], wire.Limits(depth=2))
    with pytest.raises(WireError):
        wire.decode(encoded, wire.Limits(depth=2))


def test_nodes_are_counted_on_both_sides() -> None:
    """Shared references count each time, so a small graph cannot unfold into a large value."""
    bomb: Any = []
    for _ in range(20):
        bomb = [bomb, bomb]

    with pytest.raises(WireError, match="values"):
        wire.encode(bomb)
    with pytest.raises(WireError):
        wire.decode(wire.encode([None] * 10), wire.Limits(nodes=9))


@pytest.mark.parametrize(
    "value",
    [b"x" * 101, "x" * 101, np.zeros(13), np.broadcast_to(np.zeros(1), (10**6, 10**6)), [0] * 12],
    ids=["bytes", "text", "array", "stretched array", "list"],
)
def test_size_is_bounded(value: Any) -> None:
    """A value whose encoding would be longer than allowed is refused."""
    with pytest.raises(WireError):
        wire.encode(value, wire.Limits(size_bytes=100))


def test_a_value_longer_than_the_bound_is_not_read() -> None:
    """The reader looks at the length before anything else."""
    with pytest.raises(WireError, match="at most 100"):
        wire.decode(wire.encode(b"x" * 100), wire.Limits(size_bytes=100))
