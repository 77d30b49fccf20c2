"""The batch of all sample submissions, graded once for every test that reads it.

A test that asks for ``batch`` looks at what came of it: a sample's grade, page or row. What a new
test needs graded is best added to the samples, as `tests/hw8/samples.py` says; a batch of its own
would take as long to start as five submissions take to grade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hw8.samples import grade_again, grade_samples

if TYPE_CHECKING:
    from tests.hw8.samples import Again, Batch


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """A run of the command line on the samples."""
    return grade_samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="session")
def again(tmp_path_factory: pytest.TempPathFactory) -> Again:
    """Three runs on a few of them."""
    return grade_again(tmp_path_factory.mktemp("again"))
