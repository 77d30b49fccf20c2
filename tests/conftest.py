"""What holds for every test: the garbage collector leaves alone what stays to the end anyway."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Take all that is there once the tests are collected out of the collector's sight.

    torch, numpy and the tests themselves are some million objects. pytest collects garbage twice
    at the end of each session, and so do the sessions that tests start in this very process. To
    look through those objects each time took most of the time of such tests.
    """
    gc.collect()
    gc.freeze()
