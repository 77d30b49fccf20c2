"""Gradients of a random projection are autograd's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from grader import wire

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_gradients_of_arguments_and_parameters_agree_with_autograd(served: Served) -> None:
    """By path for arguments, nested ones too, and by name for parameters."""
    host = served(LINEAR + "def f(x, more): return x.T @ more['h'][0], (2 * x).sum()")
    x, h = torch.randn(3, 2, requires_grad=True), torch.randn(3, 4, requires_grad=True)
    weights = np.arange(1.0, 10.0)
    total = (
        torch.cat([(x.T @ h).reshape(-1), (2 * x).sum().reshape(1)])
        * torch.tensor(weights, dtype=torch.float32)
    ).sum()
    expected = torch.autograd.grad(total, [x, h])

    reply = host.call("f", x, {"h": [h, 5]}, cotangent=weights)

    found = wire.decode(reply.gradients_payload)
    assert set(found) == {"0", "1['h'][0]"}
    # The same operations on the same numbers: nothing may differ but a sum's order.
    torch.testing.assert_close(found["0"], expected[0])
    torch.testing.assert_close(found["1['h'][0]"], expected[1])


def test_gradients_of_a_module_come_by_parameter_name(served: Served) -> None:
    """Zero where the result does not depend on one."""
    host = served(LINEAR)
    handle = host.value("Net", 2, 3)

    reply = host.call(handle.number, torch.ones(1, 2), cotangent=np.array([1.0, 2.0, 3.0]))

    found = wire.decode(reply.gradients_payload)
    assert found["weight"].tolist() == [[1.0, 2.0, 3.0]] * 2
    assert found["bias"].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("expression", ["x.detach() * 2", "torch.ones(2)", "0 * x"])
def test_gradients_of_a_cut_graph_are_zero(served: Served, expression: str) -> None:
    """A detached result has the gradient it has, which the check then finds wrong."""
    host = served(f"import torch\ndef f(x): return {expression}")

    reply = host.call("f", torch.ones(2, requires_grad=True), cotangent=np.ones(2))

    assert wire.decode(reply.gradients_payload)["0"].tolist() == [0.0, 0.0]


def test_a_leaf_counts_where_the_call_has_put_another_tensor(served: Served) -> None:
    """A list of states may be gone on with in place; what was passed in is what is asked about."""
    host = served("def f(states):\n    states[0] = 3 * states[0]\n    return states[0]")

    reply = host.call("f", [torch.ones(2, requires_grad=True)], cotangent=np.ones(2))

    assert wire.decode(reply.gradients_payload)["0[0]"].tolist() == [3.0, 3.0]


def test_a_result_of_another_size_has_no_gradient(served: Served) -> None:
    """Both sizes are named."""
    reply = served("def f(x): return x").call(
        "f", torch.ones(3, requires_grad=True), cotangent=np.ones(2)
    )

    assert reply.key == "unusable_gradient"
    assert "3" in reply.fields["text"]
    assert "2" in reply.fields["text"]
