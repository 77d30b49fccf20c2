"""No check is vacuous: with the right layer taken away, the attack that it stops succeeds."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
UNAVAILABLE: Final = 69
LONGEST_S: Final = 1800  # a driver that hangs; nothing else takes this long, whatever else runs


@functools.cache
def successes() -> tuple[dict[str, dict[str, str]], str, str]:
    """Run a few attacks under every set of layers, as an ordinary user among its own processes.

    Returns
    -------
    dict, str, str
        For each set of layers what succeeded; why it cannot be run here; how it broke.
    """
    command = [
        sys.executable, str(HERE / "as_user.py"), "--own-processes",
        sys.executable, "-m", "tests.attacks.negative_control", "--quick",
    ]  # fmt: skip
    environment = {**os.environ, "ATTACK_CANARY": f"CANARY-environment-{os.urandom(8).hex()}"}
    done = subprocess.run(
        command, cwd=HERE.parents[1], env=environment, capture_output=True, text=True,
        timeout=LONGEST_S, check=False,
    )  # fmt: skip
    if done.returncode == UNAVAILABLE:
        return {}, done.stderr.strip().splitlines()[-1], ""
    if done.returncode:
        return {}, "", done.stderr[-3000:]
    return json.loads(done.stdout), "", ""


@pytest.mark.parametrize(
    ("layers", "attack"),
    [
        ("without seccomp", "fork"),
        ("seccomp alone", "files_by_name"),
        ("seccomp alone", "write_everywhere"),
        ("namespaces alone", "signal_others"),
        ("none (tier C)", "connect"),
        ("none (tier C)", "files_by_name"),
    ],
)
def test_an_attack_succeeds_without_what_stops_it(layers: str, attack: str) -> None:
    """What the other tests look for shows when the layer is missing."""
    found, unavailable, broke = successes()
    if unavailable:
        pytest.skip(unavailable)

    assert not broke, broke
    assert attack in found[layers]


@pytest.mark.parametrize("layers", ["all (tier A)", "without namespaces (tier B)"])
def test_none_succeeds_in_the_tiers_that_run_hidden_suites(layers: str) -> None:
    """The same attacks, the same way of looking, and all layers of a tier in force."""
    found, unavailable, broke = successes()
    if unavailable:
        pytest.skip(unavailable)

    assert not broke, broke
    assert found[layers] == {}
