"""Which engine grades a batch, and what it needs on this machine."""

from __future__ import annotations

from argparse import Namespace

import pytest

from grader.cli import engines
from grader.sandbox.tiers import TIERS


@pytest.mark.parametrize(("engine", "runs"), [("local", True), ("dask", False)])
def test_the_head_of_a_cluster_has_no_server_of_its_own(engine: str, runs: bool) -> None:
    """It has proven which tier the nodes must have, and ends: their submissions run elsewhere."""
    options = Namespace(engine=engine, isolation="best")

    with engines.server_of(options, torch=False, kept=[]) as server:
        assert server.tier in TIERS
        assert server.alive is runs
