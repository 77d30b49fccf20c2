"""Print a digest of all that each case of an assignment asks, for a comparison of two processes.

python tests/e2e/inputs.py assignments/hw8
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from grader.catalog import load_assignment
from grader.suite.collecting import collected
from grader.suite.redrawing import asked
from grader.suite.session import record


def inputs(folder: Path) -> dict[str, tuple[str, ...]]:
    """Digest the calls of every case, with public and hidden inputs of a fixed salt."""
    with collected(load_assignment(folder)) as suites:
        grading, _ = record(suites, "salt")
    return {case: asked(heard) for case, heard in grading.calls.items()}


if __name__ == "__main__":
    print(json.dumps(inputs(Path(sys.argv[1]))))
