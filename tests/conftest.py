"""What holds for every test: one thread, a cache of its own, less for the collector to look at."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import Server, server

if TYPE_CHECKING:
    from collections.abc import Iterator

# As in a worker. Tests run side by side, and threads of several of them would only wait for one
# another; what they compute is small, and does not get faster by more.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# Where tests run on a CI system, `grader ci` would else write what that one reads.
for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI"):
    os.environ.pop(name, None)


# Services that tests start have their gradebooks where the tests say.
os.environ.pop("GRADER_DATABASE", None)

# A busy machine is no reason for a test to fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_finish() -> None:
    """Take all that is there once the tests are collected out of the collector's sight.

    torch, numpy and the tests themselves are some million objects. pytest collects garbage twice
    at the end of each session, and so do the sessions that tests start in this very process. To
    look through those objects each time took most of the time of such tests.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Return a PostgreSQL server; a test that asks for it is skipped where there is none."""
    with server() as started:
        yield started


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what commands keep for the next run away from what the user's own runs have kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
