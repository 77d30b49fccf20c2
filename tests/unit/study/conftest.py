"""The tiny course, and a checker of it that all tests of a module share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.study.checker import Asking
from tests.tiny import write_tiny

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.catalog import Assignment


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """The tiny assignment, as students have it."""
    return write_tiny(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def asking(tiny: Assignment) -> Iterator[Asking]:
    """A checker of it."""
    asking = Asking(tiny.folder)
    asking.start()
    yield asking
    asking.close()
