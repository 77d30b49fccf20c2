"""Milliseconds until a fresh worker answers: confined beside unconfined, in one run.

    python tests/benchmarks/bench_workers.py [--rounds N] [--forks N]

The two kinds take turns, so that a busy machine slows both alike. ``--forks N`` adds N workers, one
after the other, each of which runs a forward and a backward pass; a hang shows as a time-out.
Started as root with a Python in root's own home, there is no unconfined kind, since no worker runs
as root; `tests/attacks/as_user.py` in front of the command makes one.
"""

from __future__ import annotations

import argparse
import statistics
import time

from grader import wire
from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox import Client, ForkServer
from grader.sandbox.tiers import TIERS

LIMITS = Limits(call_s=20.0)
PASSES = """
def passes():
    import torch
    cell = torch.nn.GRUCell(8, 16)
    state = torch.zeros(4, 16)
    for _ in range(5):
        state = cell(torch.randn(4, 8), state)
    state.sum().backward()
    return float(cell.weight_hh.grad.abs().sum()) > 0
"""


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=200)
    arguments.add_argument("--forks", type=int, default=0)
    options = arguments.parse_args()
    servers: dict[str, ForkServer] = {}
    for tier in ("A", "B", "C"):
        try:
            servers[tier] = ForkServer(torch=True, layers=TIERS[tier], tier=tier).__enter__()
        except SandboxError as error:
            print(f"tier {tier}: {error}")
    try:
        compare(servers, options.rounds)
        if options.forks:
            fork_many(servers, options.forks)
    finally:
        for server in servers.values():
            server.__exit__(None, None, None)


def compare(servers: dict[str, ForkServer], rounds: int) -> None:
    """Time workers of each kind in turn."""
    seconds: dict[str, list[float]] = {tier: [] for tier in servers}
    for _ in range(rounds):
        for tier, server in servers.items():
            started = time.perf_counter()
            client = Client(server.worker(LIMITS), LIMITS)
            client.load(wire.Source(()), wire.Source(()), "empty")
            seconds[tier].append(time.perf_counter() - started)
            client.close()
    least = min(map(statistics.median, seconds.values()))
    print(f"{'tier':6}{'median ms':>10}{'90 % ms':>10}{'times the least':>17}")
    for tier, measured in seconds.items():
        median, tenth = statistics.median(measured), statistics.quantiles(measured, n=10)[-1]
        print(f"{tier:6}{1000 * median:10.2f}{1000 * tenth:10.2f}{median / least:17.2f}")


def fork_many(servers: dict[str, ForkServer], count: int) -> None:
    """Run a forward and a backward pass in many workers of the strongest kind."""
    tier, server = next(iter(servers.items()))
    piece = wire.Piece(PASSES, "passes.py", 1, "definition", ("passes",))
    source = wire.Source((wire.Module("passes", "passes.py", (piece,)),))
    started = time.perf_counter()
    for number in range(count):
        client = Client(server.worker(LIMITS), LIMITS)
        client.load(source, wire.Source(()), "passes")
        if client.call("passes", ()).value is not True:
            raise SystemExit(f"worker {number} gave a wrong result")
        client.close()
    each = 1000 * (time.perf_counter() - started) / count
    print(
        f"{count} workers of tier {tier} with forward and backward passes: no hang, {each:.1f} ms"
    )


if __name__ == "__main__":
    main()
