"""The batch of all sample submissions, graded once for every test that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.samples import grade_samples

if TYPE_CHECKING:
    from tests.e2e.samples import Batch


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Three runs of the command line on the samples."""
    return grade_samples(tmp_path_factory.mktemp("samples"))
