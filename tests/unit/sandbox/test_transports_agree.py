"""What grades at home grades in the batch: both transports give the same replies, bit by bit."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
import torch

from grader import wire
from grader.errors import SandboxError, StudentError
from grader.sandbox import Client, ForkServer, LocalTransport, open_server, refuse_to_supply
from grader.sandbox.tiers import TIERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.model import Limits

TEXT = """
import random
import numpy as np
import torch
import torch.nn as nn

class Cell(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.cell = nn.GRUCell(n, m)
    def forward(self, x, h):
        return self.cell(x, h)

def matmul(a, b): return np.tanh(a @ b)
def softmax(x):
    e = np.exp(x - x.max(axis=0))
    return e / e.sum(axis=0)
def backward(x, w):
    h = torch.zeros(3, 5)
    for step in x:
        h = torch.tanh(step @ w + h)
    return h, [h.sum(), {'mean': h.mean()}]
def in_place(x): x += 1
def drawn(): return [int(np.random.choice(3, p=[0.2, 0.3, 0.5])) for _ in range(2)]
def unseeded(): return random.random(), np.random.randn(4), torch.randn(4)
def raising(x): return x / {}
def missing(x): return no_such_name
def unusable(): return {1, 2}
def stub(): raise NotImplementedError
def exits(): raise SystemExit
class E(BaseException): pass
def ends(): raise E('x')
def nan_key(): return {float('nan'): 1}
def tensor_key(): return {torch.ones(1): 1}
def large(): return np.zeros(1 << 18)
"""
RNG = np.random.default_rng(0)
A, B = RNG.standard_normal((40, 30)), RNG.standard_normal((30, 7))
X = torch.tensor(RNG.standard_normal((4, 3, 6)), dtype=torch.float32)
W = torch.tensor(RNG.standard_normal((6, 5)), dtype=torch.float32, requires_grad=True)

CALLS: dict[str, dict[str, Any]] = {
    "numpy": {"target": "matmul", "args": (A, B)},
    "float32": {"target": "softmax", "args": (A.astype("float32"),)},
    "torch": {"target": "backward", "args": (X, W), "cotangent": RNG.standard_normal(17)},
    "in place": {"target": "in_place", "args": (np.zeros(3),), "after": (0,)},
    "draws": {"target": "drawn", "args": (), "draws": [2, 0]},
    "too many draws": {"target": "drawn", "args": (), "draws": [2]},
    "unseeded": {"target": "unseeded", "args": ()},
    "class": {"target": "Cell", "args": (2, 3)},
    "raising": {"target": "raising", "args": (1,)},
    "unknown name": {"target": "missing", "args": (1,)},
    "missing": {"target": "nowhere", "args": ()},
    "unusable": {"target": "unusable", "args": ()},
    "stub": {"target": "stub", "args": ()},
    "exit": {"target": "exits", "args": ()},
    "base": {"target": "ends", "args": ()},
}


def reply_to(
    transport: Any, source: wire.Source, *, target: str, args: Any, **options: Any
) -> wire.Replies:
    """Load a submission and make one call; return the bare reply."""
    transport.request(wire.Load(nonce=1, source=source, given=source, home="answers"), "", 60.0)
    payloads: dict[str, Any] = {
        "cotangent_payload": wire.encode(options.pop("cotangent", None)),
        "draws_payload": wire.encode(options.pop("draws", None)),
    }
    call = wire.Call(
        nonce=2, target=target, args_payload=wire.encode(args), seed=11, **payloads, **options
    )
    reply: wire.Replies = transport.request(call, target, 60.0)
    transport.close()
    return reply


@pytest.fixture(scope="module", params=["best", *TIERS])
def confined(request: pytest.FixtureRequest) -> Iterator[ForkServer]:
    """A fork server in the strongest tier that works here, and in each one that does."""
    with contextlib.ExitStack() as stack:
        try:
            layers = TIERS.get(request.param)
            server = (
                open_server("best", torch=True)
                if layers is None
                else ForkServer(torch=True, layers=layers)
            )
            stack.enter_context(server)
        except SandboxError as error:
            pytest.skip(f"{request.param} cannot be formed here: {error}")
        yield server


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_confinement_changes_no_bit_of_a_reply(
    server: ForkServer,
    confined: ForkServer,
    source: Callable[..., wire.Source],
    limits: Limits,
    call: dict[str, Any],
) -> None:
    """With every layer in force torch and numpy choose the same kernels, and sum in that order."""
    loaded = source(TEXT)

    replies = [reply_to(which.worker(limits), loaded, **call) for which in (server, confined)]

    assert replies[0] == replies[1]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_both_transports_give_the_same_reply(
    server: ForkServer, limits: Limits, source: Callable[[str], wire.Source], call: Any
) -> None:
    """Values, gradients, offers, exceptions and their places, to the last bit."""
    loaded = source(TEXT)

    def here() -> wire.Replies | None:
        try:
            return reply_to(LocalTransport(refuse_to_supply), loaded, **call)
        except BaseException:  # noqa: BLE001 - it would take pytest itself down
            return None

    assert here() == reply_to(server.worker(limits), loaded, **call)


@pytest.mark.parametrize("name", ["nan_key", "tensor_key", "large"])
def test_both_transports_give_the_same_verdict_on_a_value_that_cannot_cross(
    opened: Any, limits: Limits, name: str
) -> None:
    """A key or size that is refused is an unusable value everywhere, and no crash."""
    tight = msgspec.structs.replace(limits, result_mib=1)
    here = opened.through(LocalTransport(refuse_to_supply, tight), TEXT, tight)
    there = opened(TEXT, tight)

    assert [verdict(here, name), verdict(there, name)] == ["failed", "failed"]


def verdict(client: Client, name: str) -> str:
    """Call a function that must fail and return how."""
    with pytest.raises(StudentError) as caught:
        client.call(name, ())
    return caught.value.verdict


def test_arguments_may_be_larger_than_results(opened: Any, limits: Limits) -> None:
    """The bound on results binds the submission, not the suite."""
    tight = msgspec.structs.replace(limits, result_mib=1)

    client = opened("def f(x): return float(x.sum())", tight)

    assert client.call("f", (np.ones(1 << 18),)).value == float(1 << 18)


def test_an_upstream_put_in_leaves_the_submissions_generators_alone(opened: Any) -> None:
    """At home the reference runs in the same process; it must not reseed the submission."""
    text = """
    import numpy as np
    def up(x): pass
    def f():
        one = np.random.random()
        up(1)
        return one, np.random.random()
    """
    reference = opened.through(LocalTransport(refuse_to_supply), "def up(x): return 1")

    def supply(question: wire.Asked) -> wire.Supplied:
        result = reference.call(question.name, wire.decode(question.args_payload))
        return wire.Supplied(wire.encode(result.value), wire.encode(()))

    def drawn(transport: Any) -> Any:
        client = opened.through(transport, text, supplied={"up": "(x)"})
        return client.call("f", (), seed=3).value

    here = drawn(LocalTransport(supply))

    assert here == drawn(opened.server.worker(opened.limits, supply))
