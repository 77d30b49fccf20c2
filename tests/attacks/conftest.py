"""Nothing of an earlier run may pass for the spoils of this one."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where the attack `write_everywhere` leaves a file if no layer is in its way.
SHARED: Final = ("/tmp", "/dev/shm", "/var/tmp")  # noqa: S108 - these very folders


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Take away what an unprotected attack has left in folders that everybody shares."""
    _clean()
    yield
    _clean()


def _clean() -> None:
    for folder in SHARED:
        with contextlib.suppress(OSError):
            (Path(folder) / "left_behind").unlink()
