"""A failing call as text to paste: executed, it makes the same call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader import wire
from grader.sandbox import Result
from grader.suite.snippet import snippet
from grader.suite.student import Heard

DTYPES = ["float64", "float32", "float16", "int64", "int32", "uint8", "bool", "complex128"]
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda name: arrays.arrays(
        name, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
    )
)


def _tensor(array: Any) -> Any:
    return torch.from_numpy(np.array(array))


def _learnt(array: Any) -> Any:
    tensor = _tensor(array)
    return tensor.requires_grad_() if tensor.is_floating_point() else tensor


def _brief(array: Any) -> Any:
    with np.errstate(over="ignore"):
        return _tensor(array.real.astype("float32")).bfloat16()


def _scalar(array: Any) -> Any:
    return array.reshape(-1)[0] if array.size else array.dtype.type(1)


NUMBERS = st.builds(
    lambda make, array: make(array),
    st.sampled_from([np.asarray, _scalar, _tensor, _learnt, _brief]),
    ARRAYS,
)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=60)
    | NUMBERS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(-9, 9), inner, max_size=3)
    ),
    max_leaves=8,
)


def _heard(*args: Any, name: str = "f", target: Any = "f") -> Heard:
    return Heard(name, target, args, {}, Result(None))


def _names(*names: str) -> Any:
    return lambda name: names if name == "f" else ()


def _executed(text: str, **given: Any) -> list[tuple[Any, ...]]:
    """Run a snippet and return the arguments of the calls of ``f`` in it."""
    calls: list[tuple[Any, ...]] = []
    space = {"f": lambda *args: calls.append(args), **given}
    exec(text, space)  # noqa: S102 - what a student would do with it
    return calls


def _same(one: Any, other: Any) -> bool:
    """Tell whether values are equal and of the same types; one NaN is as good as another."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, torch.Tensor):
        alike = (one.dtype, one.requires_grad) == (other.dtype, other.requires_grad)
        wide = [
            x.detach().float() if x.dtype is torch.bfloat16 else x.detach() for x in (one, other)
        ]
        return alike and _same(wide[0].numpy(), wide[1].numpy())
    if isinstance(one, np.ndarray | np.generic):
        alike = (one.dtype, one.shape) == (other.dtype, other.shape)
        return alike and np.array_equal(one, other, equal_nan=True)
    return repr(one) == repr(other)


@settings(max_examples=100, deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=3))
def test_executed_it_makes_the_same_call(args: list[Any]) -> None:
    """Types, dtypes, shapes, whether gradients are wanted, and every digit of the numbers."""
    text = snippet([_heard(*args)], _names("first", "second"))

    if len(repr(args)) < 1500:
        (call,) = _executed(text)
        assert _same(call, tuple(args)), text


def test_what_is_short_stands_in_the_call() -> None:
    """As one would write it."""
    heard = _heard(3, 2.5, None, "a", [1, 2], {"b": (1,)})

    assert snippet([heard], _names()) == "f(3, 2.5, None, 'a', [1, 2], {'b': (1,)})"


def test_what_is_long_gets_a_line_under_its_parameters_name() -> None:
    """``argN`` where the name is not known."""
    long = np.arange(24.0).reshape(4, 6)

    text = snippet([_heard(long, 3, long)], _names("gradients"))

    assert text.startswith("import numpy as np\n\ngradients = np.array([[")
    assert "\narg3 = np.array([[" in text
    assert text.endswith("\nf(gradients, 3, arg3)")


def test_a_parameter_called_like_the_function_does_not_hide_it() -> None:
    """The variable then has another name."""
    long = list(range(100, 130))

    assert _executed(snippet([_heard(long)], _names("f"))) == [(long,)]


def test_the_last_call_is_written() -> None:
    """Earlier ones of the case are not needed for it."""
    assert snippet([_heard(1), _heard(2)], _names()) == "f(2)"


@pytest.mark.parametrize(
    "args",
    [(np.ones(5000),), ("x" * 7000,), ([1.5] * 3000,), ({1, 2},), (object(),), ([b"x"],)],
    ids=["array", "text", "list", "set", "object", "bytes"],
)
def test_what_is_too_long_or_cannot_be_written_gives_nothing(args: tuple[Any, ...]) -> None:
    """A page shows the inputs in words then."""
    assert snippet([_heard(*args)], _names()) == ""


def test_without_a_call_there_is_nothing() -> None:
    """A case may fail before it calls anything."""
    assert snippet([], _names()) == ""


class TestObjects:
    """A call to an object comes with how the object was made."""

    HANDLE = wire.Handle(3)

    def _made(self, *args: Any, name: str = "Linear", handle: Any = HANDLE) -> Heard:
        return Heard(name, name, args, {}, Result(handle))

    def _loaded(self, values: dict[str, Any]) -> Heard:
        return Heard("load Linear", self.HANDLE, (values,), {})

    def test_construction_parameters_and_call(self) -> None:
        """Executed with torch's own module, it gives what that gives."""
        weight, bias = torch.randn(2, 3), torch.randn(2)
        x = torch.randn(4, 3, requires_grad=True)
        heard = [
            self._made(9, 9, handle=wire.Handle(1)),
            self._made(3, 2),
            self._loaded({"weight": weight, "bias": bias}),
            Heard("Linear.", self.HANDLE, (x,), {}),
        ]

        text = snippet(heard, _names())

        assert text.startswith("import torch\n\nit = Linear(3, 2)\nvalues = {\n")
        space: dict[str, Any] = {"Linear": torch.nn.Linear}
        exec(text.replace("\nit(", "\nresult = it("), space)  # noqa: S102 - as above
        torch.testing.assert_close(space["result"], x @ weight.T + bias)

    def test_a_method_is_called_on_it(self) -> None:
        """Whatever its name."""
        heard = [self._made(3), Heard("Linear.init_state", self.HANDLE, (4,), {})]

        assert snippet(heard, _names()) == "it = Linear(3)\nit.init_state(4)"

    def test_a_load_that_fails_is_the_last_line(self) -> None:
        """For instance where the student's parameters have other names."""
        heard = [self._made(3), self._loaded({"w": torch.ones(1)})]

        lines = snippet(heard, _names()).splitlines()

        assert lines[-1] == "it.load_state_dict(values, strict=False)"
        assert lines[2:4] == ["it = Linear(3)", "values = {'w': torch.tensor([1.0])}"]

    def test_an_object_of_unknown_origin_gives_nothing(self) -> None:
        """Half a snippet would only mislead."""
        assert snippet([Heard("Linear.", self.HANDLE, (1,), {})], _names()) == ""
