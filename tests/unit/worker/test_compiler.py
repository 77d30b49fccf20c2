"""torch's compiler is imported for whoever asks for it, and for nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

# In a process of its own: what has once been imported stays so.
BEGIN = """
import json, sys
import torch
from grader.worker import compiler
if {put_off}:
    compiler.put_off()
layer = torch.nn.Linear(2, 1)
torch.nn.init.ones_(layer.weight)
torch.nn.init.ones_(layer.bias)
def train(kind):
    optimizer = kind(layer.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        layer(torch.ones(1, 2)).pow(2).sum().backward()
        optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())
    return layer.weight.tolist()
def is_imported():
    return "torch._dynamo.eval_frame" in sys.modules
"""
TRAIN = "kinds = (torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop, torch.optim.Adagrad)\n"
TRAIN += "print(json.dumps([[train(kind) for kind in kinds], is_imported()]))\n"


def ran(code: str, *, put_off: bool = True) -> Any:
    """Run code in a fresh Python; return what it prints."""
    text = BEGIN.format(put_off=put_off) + code
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_optimizers_do_the_same_without_the_compiler() -> None:
    """Weights come out to the last bit, and nothing of the compiler is imported."""
    (with_it, imported), (without, put_off) = ran(TRAIN, put_off=False), ran(TRAIN)

    assert imported
    assert not put_off
    assert without == with_it


@pytest.mark.parametrize(
    "ask",
    [
        "torch.compile(torch.sin, backend='eager')",
        pytest.param("import torch._dynamo.config", marks=pytest.mark.proof),
        pytest.param("torch._dynamo.reset()", marks=pytest.mark.proof),
        pytest.param("torch.compiler.disable(torch.sin)", marks=pytest.mark.proof),
    ],
)
def test_who_asks_for_the_compiler_gets_it(ask: str) -> None:
    """It takes the stand-in's place, and what was handed out before is kept from being compiled."""
    code = (
        f"train(torch.optim.SGD)\n{ask}\n"
        "kept = torch.optim.Optimizer.add_param_group.__wrapped__\n"
        "print(json.dumps([is_imported(), type(sys.modules['torch._dynamo']).__name__,"
        " getattr(kept, compiler.DISABLED) is not kept, train(torch.optim.SGD) is not None]))"
    )

    assert ran(code) == [True, "module", True, True]


def test_going_over_all_modules_imports_nothing() -> None:
    """As `inspect` does, and whoever looks for warnings."""
    code = (
        "import inspect\n"
        "[(hasattr(one, '__file__'), getattr(one, '__warningregistry__', None))"
        " for one in list(sys.modules.values())]\n"
        "inspect.getmodule(train, '<somewhere>')\n"
        "print(json.dumps(is_imported()))"
    )

    assert ran(code) is False
