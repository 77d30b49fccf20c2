"""What the garbage collector need not look through."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def everything_kept() -> Iterator[None]:
    """Look for no garbage in what is made in the block, then or later: it is needed to the end.

    To look through all that torch alone has made takes a tenth of a second each time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
