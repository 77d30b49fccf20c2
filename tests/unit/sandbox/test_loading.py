"""Loading is a phase of its own: bounded by itself, told by itself, no part of a call's time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader import wire
from grader.errors import CodeRaisedError, TimedOutError
from grader.model import Limits
from grader.sandbox import Client, FakeTransport, LocalTransport, refuse_to_supply

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox import ForkServer

NOTHING = wire.Source(modules=())
# Takes longer than a call may, and than the worker lets pass before it tells where it is.
SLOW = """
import time

class Table:
    rows = []
    for number in range(9):
        time.sleep(0.1)
        rows.append(number)

def f(): return len(Table.rows)
"""
ENDLESS = "import time\n\nclass Now:\n    while True: time.sleep(0.01)\n\ndef f(): return 1\n"


@pytest.fixture(params=["worker", "local"])
def loaded(
    request: Any, server: ForkServer, limits: Limits, source: Callable[[str], wire.Source]
) -> Any:
    """Load a text both ways, with what will be called, under bounds of one's own."""
    clients: list[Client] = []

    def load(text: str, *names: str, **bounds: float) -> Client:
        chosen = msgspec.structs.replace(limits, **bounds)
        transport: Any = (
            server.worker(chosen)
            if request.param == "worker"
            else LocalTransport(refuse_to_supply, held=lambda: False)
        )
        client = Client(transport, chosen)
        clients.append(client)
        client.load(source(text), NOTHING, "answers", names=names)
        return client

    yield load
    for client in clients:
        client.close()


def test_what_a_file_computes_is_no_part_of_a_call(loaded: Any) -> None:
    """A table that takes longer than a call may is made before the first call."""
    client = loaded(SLOW, "f", call_s=0.6)

    assert client.call("f", ()).value == 9


def test_loading_ends_at_its_own_bound_and_tells_where_it_was(loaded: Any) -> None:
    """Whatever a call may take; with file and line as a student knows them."""
    with pytest.raises(TimedOutError) as caught:
        loaded(ENDLESS, "f", load_s=1.2, call_s=60.0)

    error = caught.value
    assert error.key == "timed_out_loading"
    assert error.fields["seconds"] == "1.2"
    assert error.fields["where"] == "answers.py:4"
    assert (error.fields["line"], error.fields["code"]) == (4, "while True: time.sleep(0.01)")


def test_what_no_name_needs_is_not_run(loaded: Any) -> None:
    """Another file of the submission may be as slow as it likes."""
    client = loaded(ENDLESS, load_s=1.2)

    assert client.transport.alive


def test_what_fails_while_it_loads_is_told_when_it_is_called(loaded: Any) -> None:
    """One broken piece costs what needs it, not the rest."""
    client = loaded("x = 1 // 0\ndef f(): return 1\ndef g(): return x\n", "f", "g")

    assert client.call("f", ()).value == 1
    with pytest.raises(CodeRaisedError):
        client.call("g", ())


def test_what_a_file_draws_at_its_top_is_the_same_on_every_run(loaded: Any) -> None:
    """As for what a function draws."""
    text = "import numpy as np\nclass T:\n    rows = np.random.rand(3)\ndef f(): return T.rows\n"

    first, second = (loaded(text, "f").call("f", ()).value for _ in range(2))

    assert first.tolist() == second.tolist()


@pytest.mark.parametrize("claim", ["answers.py", "elsewhere.py"])
def test_where_a_worker_says_it_was_is_a_claim(claim: str) -> None:
    """A place that the submission has not is not believed."""

    class Late(FakeTransport):
        def request(self, request: Any, what: str, timeout_s: float) -> Any:
            self.loading = wire.Frame(claim, 2, "<module>", "the answer is 5")
            raise TimedOutError("timed_out", name=what, seconds=f"{timeout_s:g}")

    piece = wire.Piece("x = 1", "answers.py", 2, "constant", ("x",))
    source = wire.Source((wire.Module("answers", "answers.py", (piece,)),))
    with pytest.raises(TimedOutError) as caught:
        Client(Late(), Limits()).load(source, NOTHING, "answers")

    told = caught.value.fields
    assert told.get("code", "") == ("x = 1" if claim == "answers.py" else "")
