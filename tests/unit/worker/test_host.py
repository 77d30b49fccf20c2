"""A host serves requests, and nothing that the submission does gets out but replies."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from grader import wire
from grader.errors import WireError
from grader.worker.host import Host
from grader.worker.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable

    ModuleOf = Callable[..., wire.Module]
    Served = Callable[..., Any]

LINEAR = """
import torch
class Net(torch.nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(n, m))
        self.bias = torch.nn.Parameter(torch.zeros(m))
    def forward(self, x):
        return x @ self.weight + self.bias
    def double(self, x):
        return 2 * self(x)
"""


def test_arguments_come_by_position_and_results_as_plain_data(served: Served) -> None:
    """A call takes copies and gives copies."""
    host = served("def f(x, n, *more): return {'sum': x.sum() + n, 'more': more}")

    value = host.value("f", np.arange(3.0), 1, "a", None)

    assert value == {"sum": np.float64(4.0), "more": ("a", None)}


def test_arguments_come_back_as_they_stand_after_the_call(served: Served) -> None:
    """Only those asked for, in the order asked for."""
    host = served("def f(a, b, c):\n    a += 1\n    b['k'] = 2\n    c.append(3)")

    reply = host.call("f", np.zeros(2), {}, [], after=(2, 0))

    after = wire.decode(reply.after_payload)
    assert after[0] == [3]
    assert after[1].tolist() == [1.0, 1.0]


def test_the_callers_values_are_never_touched(served: Served) -> None:
    """What the submission changes in place is its own copy."""
    host = served("def f(a):\n    a += 1\n    return a")
    mine = np.zeros(2)

    host.value("f", mine)

    assert mine.tolist() == [0.0, 0.0]


def test_what_a_function_yields_is_a_list(served: Served) -> None:
    """Generators and other iterators are read to their end, as a loop at home would."""
    host = served(
        "def f(n):\n    for i in range(n): yield i, 2 * i\ndef g(n): return map(str, range(n))"
    )

    assert host.value("f", 2) == [(0, 0), (1, 2)]
    assert host.value("g", 2) == ["0", "1"]


def test_torchs_list_of_parameters_is_a_list(served: Served) -> None:
    """Its items cross as parameters."""
    code = (
        "import torch\ndef f(): return torch.nn.ParameterList([torch.nn.Parameter(torch.ones(2))])"
    )

    (value,) = served(code).value("f")

    assert isinstance(value, torch.nn.Parameter)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [("{1, 2}", "set"), ("object()", "object"), ("iter", "builtin_function_or_method")],
)
def test_a_result_that_cannot_cross_is_named_by_its_type(
    served: Served, expression: str, kind: str
) -> None:
    """The reply says which type it was."""
    reply = served(f"def f(): return {expression}").call("f")

    assert reply.key == "unusable_type"
    assert kind in reply.fields["type"]


def test_a_result_that_is_too_large_is_told_as_such(served: Served) -> None:
    """Its type is fine; its size is not, and there are words for that."""
    reply = served("import numpy as np\ndef f(): return np.zeros(1 << 24)").call("f")

    assert reply.key == "unusable_size"


class TestOutput:
    """What the submission prints is kept up to a bound."""

    def test_keeps_the_first_characters_and_counts_the_rest(self) -> None:
        """A flood costs no memory."""
        output = Output(10)
        for _ in range(1000):
            print("abcdef", file=output)

        text = output.take()

        assert text.startswith("abcdef\nabc")
        assert text.endswith("\n... 6990 more characters")

    def test_starts_anew_after_it_was_taken(self) -> None:
        """The bound is one for each call."""
        output = Output(3)
        print("abcdef", file=output)
        output.take()
        print("xy", file=output, end="")

        assert output.take() == "xy"

    def test_gives_text_that_can_be_written_anywhere(self) -> None:
        """Lone surrogates are replaced."""
        output = Output(10)
        output.write("a\ud800b")

        assert output.take().encode() == b"a?b"

    def test_is_a_text_file(self) -> None:
        """What expects a file can use it."""
        output = Output(10)

        assert isinstance(output, io.TextIOBase)
        assert output.writable()
        assert not output.isatty()
        output.flush()


@pytest.mark.parametrize(
    ("text", "draws", "cotangent"),
    [
        ("def f(): print('said')", None, None),
        ("def f():\n    print('said')\n    raise ValueError", None, None),
        ("def f():\n    print('said')\n    return {1}", None, None),
        ("def f():\n    print('said')\n    return no_such_name", None, None),
        ("import random\ndef f():\n    print('said')\n    random.choices('ab')", [], None),
        ("def f():\n    print('said')\n    return 1", None, np.ones(2)),
    ],
    ids=["returned", "raised", "unusable", "unknown name", "draws", "gradient"],
)
def test_what_a_call_prints_comes_with_its_own_reply(
    served: Served, text: str, draws: Any, cotangent: Any
) -> None:
    """However the call ended, and never with the next one."""
    output = Output(100)
    host = served(text.replace("print('said')", "print('said', file=OUT)"), output=output)
    host.host._namespace.module("answers").OUT = output  # noqa: SLF001 - stands for sys.stdout

    reply = host.call("f", draws=draws, cotangent=cotangent)

    assert reply.output == "said\n"
    assert output.take() == ""


HOSTILE = {
    "str raises": "class E(Exception):\n    def __str__(self): raise KeyError",
    "str exits": "class E(Exception):\n    def __str__(self): raise SystemExit",
    "str is no text": "class E(Exception):\n    def __str__(self): return 5",
    "surrogates": "class E(Exception):\n    def __str__(self): return '\\ud800'",
    "long": "class E(Exception):\n    def __str__(self): return 'x' * 10**6",
    "name attribute": "class E(Exception):\n    name = property(lambda self: 1 // 0)",
    "traceback attribute": "class E(Exception):\n    __traceback__ = property(lambda s: 1 // 0)",
    "metaclass": (
        "class M(type):\n    __name__ = property(lambda cls: 1 // 0)\n"
        "class E(Exception, metaclass=M): pass"
    ),
    "class attribute": "class E(Exception):\n    __class__ = property(lambda self: 1 // 0)",
    "exit": "E = SystemExit",
    "base": "class E(BaseException): pass",
    "group": "def E(): return ExceptionGroup('g', [ValueError(1)])",
}


@pytest.mark.parametrize("definition", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_exception_becomes_an_ordinary_reply(served: Served, definition: str) -> None:
    """Whatever its methods do, the trusted side reads a name and a bounded text."""
    reply: Any = None
    with contextlib.suppress(BaseException):  # one that got out would take pytest itself down
        reply = served(f"{definition}\ndef f(): raise E()").call("f")

    assert isinstance(reply, wire.Raised), "the exception got out"
    assert len(reply.text) <= 2000
    assert wire.unpack_reply(wire.pack(reply)) == reply


def test_an_exception_cannot_claim_another_name(served: Served) -> None:
    """The name is read off the type, past what the class overrides."""
    text = "class E(Exception):\n    __name__ = 'Lie'\ndef f(): raise E()"

    assert served(text).call("f").exception == "E"


def test_an_interrupt_is_not_swallowed(served: Served) -> None:
    """Ctrl-C at home must get through."""
    host = served("def f(): raise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt):
        host.call("f")


def test_the_end_of_a_test_is_not_swallowed(served: Served) -> None:
    """At home a deadline is pytest's own exception, raised amid the submission's code."""
    host = served("import pytest\ndef f(): pytest.fail('Timeout')")

    with pytest.raises(pytest.fail.Exception):
        host.call("f")


class TestFrames:
    """A traceback shows the submission's own lines and nothing of ours."""

    def test_lists_the_submissions_entries_outermost_first(
        self, served: Served, module: ModuleOf
    ) -> None:
        """With file, line, function and text, across files."""
        one = module("import two\n\ndef f():\n    return two.g(0)", "one")
        two = module("def g(x):\n    # divides\n    return 1 // x", "two")

        reply = served(one, two, home="one").call("f")

        assert reply.frames == (
            wire.Frame("one.py", 4, "f", "return two.g(0)"),
            wire.Frame("two.py", 3, "g", "return 1 // x"),
        )

    def test_leaves_out_libraries(self, served: Served) -> None:
        """What raises inside numpy is shown where the submission called it."""
        text = "import numpy as np\ndef f():\n    return np.linalg.inv(np.zeros((2, 3)))"

        reply = served(text).call("f")

        assert [frame.line for frame in reply.frames] == [3]

    def test_keeps_the_innermost_of_many(self, served: Served) -> None:
        """Endless recursion gives a bounded list."""
        reply = served("def f():\n    return f()").call("f")

        assert reply.exception == "RecursionError"
        assert 0 < len(reply.frames) <= 20

    def test_counts_lines_as_python_does(self, served: Served) -> None:
        """A line separator inside a text literal ends no line."""
        code = 'def f():\n    s = "a\u2028b\x0cc"\n    raise ValueError(s)'
        piece = wire.Piece(code, "answers.py", 1, "definition", ("f",))

        reply = served(wire.Module("answers", "answers.py", (piece,))).call("f")

        assert reply.frames[-1] == wire.Frame("answers.py", 3, "f", "raise ValueError(s)")

    def test_counts_lines_from_the_piece_s_own_place(self, served: Served) -> None:
        """A cell's second definition has the cell's line numbers."""
        piece = wire.Piece("def f():\n    1 // 0", "hw.ipynb[cell 3]", 17, "definition", ("f",))
        cells = {"hw.ipynb[cell 3]": ""}

        reply = served(wire.Module("answers", "hw.ipynb", (piece,), cells=cells)).call("f")

        assert reply.frames == (wire.Frame("hw.ipynb[cell 3]", 18, "f", "1 // 0"),)


class TestHandles:
    """Objects stay with the worker and are used by number."""

    def test_a_class_gives_a_handle_that_can_be_called(self, served: Served) -> None:
        """Construct, load named parameters, call, call a method."""
        host = served(LINEAR)
        handle = host.value("Net", 2, 3)
        host.serve(
            wire.SetParameters,
            handle=handle.number,
            values_payload=wire.encode({"weight": np.ones((2, 3)), "bias": torch.ones(3)}),
        )

        value = host.value(handle.number, torch.ones(1, 2))
        doubled = host.value(handle.number, torch.ones(1, 2), method="double")

        assert value.tolist() == [[3.0, 3.0, 3.0]]
        assert doubled.tolist() == [[6.0, 6.0, 6.0]]

    def test_parameters_come_back_by_name(self, served: Served) -> None:
        """Detached, with the shapes they have."""
        host = served(LINEAR)
        handle = host.value("Net", 2, 3)

        reply = host.serve(wire.GetParameters, handle=handle.number)

        values = wire.decode(reply.value_payload)
        assert {name: tuple(value.shape) for name, value in values.items()} == {
            "weight": (2, 3),
            "bias": (3,),
        }

    def test_a_handle_as_argument_becomes_its_object(self, served: Served) -> None:
        """A function of the submission can be given an object of the submission."""
        host = served(LINEAR + "def count(net): return sum(p.numel() for p in net.parameters())")
        handle = host.value("Net", 2, 3)

        assert host.value("count", handle) == 9

    def test_two_objects_have_two_handles(self, served: Served) -> None:
        """And parameters of their own."""
        host = served(LINEAR)

        assert host.value("Net", 1, 1) != host.value("Net", 1, 1)

    @pytest.mark.parametrize(
        ("values", "key"),
        [
            ({"scale": np.ones(3)}, "missing_parameter"),
            ({"bias": np.ones(4)}, "wrong_parameter_shape"),
        ],
    )
    def test_a_parameter_that_does_not_fit_is_named(
        self, served: Served, values: Any, key: str
    ) -> None:
        """By name, with what there is."""
        host = served(LINEAR)
        handle = host.value("Net", 2, 3)

        reply = host.serve(
            wire.SetParameters, handle=handle.number, values_payload=wire.encode(values)
        )

        assert reply.key == key
        assert reply.fields["name"] in values


def test_nothing_is_served_before_a_load() -> None:
    """The trusted side's own mistake is no student's."""

    def ask(question: wire.Asked) -> wire.Supplied:
        raise AssertionError(question)

    with pytest.raises(WireError, match="loaded"):
        Host(ask).serve(wire.Call(nonce=1, target="f", args_payload=wire.encode(())))
