"""What a case asks is the same in every process, whatever order Python's sets are in there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def asked(assignment: str, hash_seed: int) -> dict[str, list[str]]:
    """Run the suites of an assignment on its reference in a process with a seed for hashes."""
    told = subprocess.run(
        [sys.executable, "tests/e2e/inputs.py", f"assignments/{assignment}"],
        cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, list[str]] = json.loads(told.stdout)
    return found


@pytest.mark.proof
def test_inputs_do_not_depend_on_the_order_of_sets() -> None:
    """Else stored values would be those of one process, and a mark that of one run."""
    once, again = asked("hw8", 1), asked("hw8", 2)

    assert len(once) > 300
    assert all(once.values())
    assert once == again
