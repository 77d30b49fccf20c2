"""What an exercise forbids cannot be used, by whatever name; all else goes on as before."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from grader import wire
from grader.worker.forbidden import Forbidden, ForbiddenUseError, StandIn

if TYPE_CHECKING:
    from collections.abc import Callable

    Served = Callable[..., Any]

CELLS = ("torch.nn.LSTMCell", "torch.nn.LSTM", "torch.lstm_cell", "torch.lstm")
LOOP = "    return x[0] + sum(cell(x, (x, x)))[0]"


def refused(reply: object) -> str:
    """Return the name for which a call was refused."""
    assert isinstance(reply, wire.Raised), reply
    assert reply.exception == ForbiddenUseError.__name__, reply
    return reply.text


@pytest.mark.parametrize(
    "code",
    [
        "import torch\ndef f(x): return torch.sigmoid(x)",
        "from torch import sigmoid\ndef f(x): return sigmoid(x)",
        "def f(x):\n    import torch as t\n    return t.sigmoid(x)",
        "import importlib\ndef f(x): return importlib.import_module('torch').sigmoid(x)",
        "import sys\ndef f(x): return sys.modules['torch'].sigmoid(x)",
        "import torch\ndef g(x): return getattr(torch, 'sig' + 'moid')(x)\ndef f(x): return g(x)",
    ],
)
def test_a_forbidden_module_cannot_be_used_by_any_name(served: Served, code: str) -> None:
    """The refusal names what was used, and the line where."""
    reply = served(code, forbidden=("torch",)).call("f", np.ones(2))

    assert refused(reply) == "torch.sigmoid"
    assert reply.frames[-1].text.endswith("(x)")


@pytest.mark.parametrize(
    "code",
    [
        "import torch.nn.functional as F\ndef f(x): return F.softmax(x)",
        "from torch.nn.functional import softmax as s\ndef f(x): return s(x)",
    ],
)
def test_what_is_inside_a_forbidden_module_is_forbidden(served: Served, code: str) -> None:
    """No import of a part leads to the real one."""
    assert refused(served(code, forbidden=("torch",)).call("f", 1)) == "torch.nn.functional.softmax"


def test_a_file_that_needs_the_module_for_other_exercises_can_be_read(served: Served) -> None:
    """Imports, classes, annotations, defaults and constants cost other exercises nothing."""
    code = """
    import torch
    import torch.nn as nn
    from torch import Tensor, optim
    from torch.utils.data import DataLoader
    device = torch.device("cpu")
    class Net(nn.Module):
        def forward(self, x: Tensor) -> torch.Tensor | None: return nn.functional.relu(x)
    @torch.no_grad()
    def other(x, dtype=torch.float32): return torch.relu(x)
    def f(x, dtype=torch.float32):
        if isinstance(x, torch.Tensor) or issubclass(type(x), (Tensor, list)):
            x = x.numpy()
        return x + 1
    """

    value = served(code, forbidden=("torch",)).value("f", np.ones(2))

    assert value.tolist() == [2.0, 2.0]


def test_code_that_can_do_without_is_not_refused(served: Served) -> None:
    """Only what is used counts: a fallback of one's own is one's own."""
    code = """
    import torch
    def f(x):
        try:
            return torch.relu(x)
        except Exception:
            return max(x, 0)
    """

    assert served(code, forbidden=("torch",)).value("f", -3) == 0


@pytest.mark.parametrize(
    "code",
    [
        "import torch\ndef f(x):\n    cell = torch.nn.LSTMCell(2, 2)\n" + LOOP,
        "from torch.nn import LSTMCell as C\ndef f(x):\n    cell = C(2, 2)\n" + LOOP,
        "from torch.nn.modules.rnn import LSTMCell\ndef f(x):\n    cell = LSTMCell(2, 2)\n" + LOOP,
        "import torch\ndef f(x):\n    cell = getattr(torch.nn, 'LSTM' + 'Cell')(2, 2)\n" + LOOP,
        "import torch\nclass C(torch.nn.LSTMCell): pass\ndef f(x):\n    cell = C(2, 2)\n" + LOOP,
        "import importlib\ndef f(x):\n"
        "    cell = importlib.import_module('torch.nn').LSTMCell(2, 2)\n" + LOOP,
    ],
)
def test_a_forbidden_class_is_refused_whatever_it_is_called(served: Served, code: str) -> None:
    """Aliases, subclasses and names put together lead to the same class."""
    reply = served(code, forbidden=CELLS).call("f", torch.ones(1, 2))

    assert refused(reply) == "torch.nn.LSTMCell"


@pytest.mark.parametrize(
    "function", ["torch.lstm_cell", "torch._VF.lstm_cell", "torch.ops.aten.lstm_cell"]
)
def test_a_forbidden_function_of_torch_is_refused_under_each_name(
    served: Served, function: str
) -> None:
    """The operator behind a cell is the cell."""
    code = f"import torch\ndef f(x, w): return {function}(x, (x, x), w, w)"

    reply = served(code, forbidden=CELLS).call("f", torch.ones(1, 2), torch.ones(8, 2))

    assert refused(reply) == "torch.lstm_cell"


def test_what_is_not_forbidden_works_beside_it(served: Served) -> None:
    """A class of the same name, other layers and functions go on as before."""
    code = """
    import torch
    from torch import nn
    class LSTMCell(nn.Module):
        def __init__(self, n):
            super().__init__()
            self.inner = nn.Linear(n, n, bias=False)
        def forward(self, x): return torch.tanh(self.inner(x)) + isinstance(self, nn.LSTMCell)
    def f(x): return LSTMCell(2)(x).shape[0]
    """

    assert served(code, forbidden=CELLS).value("f", torch.ones(3, 2)) == 3


def test_everything_is_put_back_after_the_call(served: Served) -> None:
    """A student's tests run in the same process, and use torch."""
    before, functions = dict(sys.modules), dict(vars(torch))
    host = served("import torch\ndef f(x): return torch.relu(x)", forbidden=("torch", *CELLS))

    host.call("f", 1)

    assert sys.modules == before
    assert vars(torch) == functions
    cell = torch.nn.LSTMCell(2, 2)
    assert torch.equal(cell(torch.ones(1, 2))[0], cell(torch.ones(1, 2))[0])
    assert torch.lstm_cell is functions["lstm_cell"]
    assert callable(torch.ops.aten.lstm_cell)
    assert not any("Finder" in type(f).__name__ and "forbidden" in type(f).__module__
                   for f in sys.meta_path)  # fmt: skip


def test_a_package_that_was_imported_meanwhile_is_imported_again(tmp_path: Any) -> None:
    """A stand-in inside somebody else's module must not outlive the call."""
    (tmp_path / "leans_on_it.py").write_text("import torch\nfrom torch import nn\n")
    sys.path.insert(0, str(tmp_path))
    try:
        with Forbidden(("torch",)):
            assert isinstance(importlib.import_module("leans_on_it").nn, StandIn)

        assert importlib.import_module("leans_on_it").nn is torch.nn
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("leans_on_it", None)


def test_the_other_side_may_use_it_while_it_answers(served: Served) -> None:
    """An upstream that is put in is the reference's, and no rule binds the reference."""

    def ask(_: wire.Asked) -> wire.Supplied:
        real = importlib.import_module("torch")
        value = float(real.sigmoid(real.zeros(1)))
        return wire.Supplied(wire.encode(value), wire.encode((1,)))

    code = "def f(x): return g(x) + 1"
    host = served(code, forbidden=("torch",), supplied={"g": "(x)"}, ask=ask)

    assert host.value("f", 1) == 1.5


def test_an_allowed_exercise_is_left_alone(served: Served) -> None:
    """Without a rule nothing is replaced."""
    code = "import torch\ndef f(x): return torch.nn.LSTMCell(2, 2)(x)[0].shape[0]"

    assert served(code).value("f", torch.ones(3, 2)) == 3
