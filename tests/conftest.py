"""What holds for every test: one thread, and a garbage collector that leaves alone what stays."""

from __future__ import annotations

import gc
import os

# As in a worker. Tests run side by side, and threads of several of them would only wait for one
# another; what they compute is small, and does not get faster by more.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def pytest_collection_finish() -> None:
    """Take all that is there once the tests are collected out of the collector's sight.

    torch, numpy and the tests themselves are some million objects. pytest collects garbage twice
    at the end of each session, and so do the sessions that tests start in this very process. To
    look through those objects each time took most of the time of such tests.
    """
    gc.collect()
    gc.freeze()
