"""The memory of a process that is about to fork many times, in few and large pages.

A fork copies an entry for each page of memory that was written to, and the end of the copy takes
each back: with torch imported some 36,000, which is most of what a worker costs. Where a page is
2 MiB large instead of 4 KiB, there are a few hundred. What the copy writes to is still its own,
4 KiB at a time.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.errors import SandboxError
from grader.worker import kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE: Final = 2 << 20
MAPS: Final = Path("/proc/self/maps")
# Memory that may be written to and belongs to no file: the heap, and what was mapped besides.
ANONYMOUS: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ 0 *(?:\[heap\])?$")


def enlarge(maps: Path = MAPS) -> None:
    """Put what this process has in memory into large pages, as far as the kernel does that."""
    with contextlib.suppress(OSError):
        for start, end in anonymous(maps.read_text("utf-8", "replace")):
            with contextlib.suppress(SandboxError):
                kernel.madvise(start, end - start, kernel.MADV_HUGEPAGE)
                kernel.madvise(start, end - start, kernel.MADV_COLLAPSE)


def anonymous(maps: str) -> Iterator[tuple[int, int]]:
    """List the parts of anonymous memory that large pages fit into."""
    for line in maps.splitlines():
        found = ANONYMOUS.match(line)
        if found is not None:
            start, end = (int(number, 16) for number in found.groups())
            start, end = -(-start // LARGE) * LARGE, end // LARGE * LARGE
            if start < end:
                yield start, end
