"""The batches of sample submissions, graded once for every test that reads them.

A test that asks for ``batch`` looks at what came of it: a sample's grade, page or row. What a
new test needs graded is best added to the samples, as `tests/hw8/samples.py` says; a batch of its
own would take as long to start as five submissions take to grade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hw8.samples import Batches, grade_again

if TYPE_CHECKING:
    from tests.hw8.samples import Again, Batch


@pytest.fixture(scope="session")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Batches:
    """Runs of the command line on the samples."""
    return Batches(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def batch(batches: Batches, request: pytest.FixtureRequest) -> Batch:
    """The batch that a test names, or that of the sample that it names, or the quick one."""
    if hasattr(request, "param"):
        return batches[request.param]
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    return batches.holding(params["name"]) if "name" in params else batches["quick"]


@pytest.fixture(scope="session")
def again(tmp_path_factory: pytest.TempPathFactory) -> Again:
    """Three runs on a few of them."""
    return grade_again(tmp_path_factory.mktemp("again"))
