"""What holds for every test: a cache of its own, and less for the garbage collector to look at."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_collection_finish() -> None:
    """Take all that is there once the tests are collected out of the collector's sight.

    torch, numpy and the tests themselves are some million objects. pytest collects garbage twice
    at the end of each session, and so do the sessions that tests start in this very process. To
    look through those objects each time took most of the time of such tests.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what commands keep for the next run away from what the user's own runs have kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
