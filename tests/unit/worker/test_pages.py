"""Large pages make forks cheap, and change nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from grader.worker import pages

SMAPS = Path("/proc/self/smaps_rollup")
SETTING = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def large_kib() -> int:
    """Return how much of this process is in large pages."""
    found = re.search(r"AnonHugePages: +(\d+) kB", SMAPS.read_text())
    return int(found[1]) if found else 0


def test_memory_is_put_into_large_pages_and_keeps_its_content() -> None:
    """Where the kernel has them."""
    if not SETTING.exists() or "[never]" in SETTING.read_text() or not SMAPS.exists():
        pytest.skip("there are no large pages here")
    kept = np.arange(8 << 20, dtype=np.uint8)
    before = large_kib()

    pages.enlarge()

    if large_kib() == before:
        pytest.skip("the kernel collapses no pages (before 6.1), or has no memory in one piece")
    assert large_kib() - before >= 2 * 1024
    assert np.array_equal(kept, np.arange(8 << 20, dtype=np.uint8))


def test_where_there_is_no_such_list_nothing_happens(tmp_path: Path) -> None:
    """As on other systems than Linux."""
    before = large_kib() if SMAPS.exists() else 0

    pages.enlarge(tmp_path / "maps")

    assert before == (large_kib() if SMAPS.exists() else 0)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("7f0000100000-7f0000900000 rw-p 00000000 00:00 0 ", [(0x7F0000200000, 0x7F0000800000)]),
        ("550000000000-550000600000 rw-p 0 00:00 0  [heap]", [(0x550000000000, 0x550000600000)]),
        ("7f0000100000-7f00002ff000 rw-p 00000000 00:00 0 ", []),
        ("7f0000000000-7f0000800000 r--p 00000000 00:00 0 ", []),
        ("7f0000000000-7f0000800000 rw-s 00000000 00:00 0 ", []),
        ("7f0000000000-7f0000800000 rw-p 00000000 08:01 99   /usr/lib/libm.so", []),
        ("7ffc00000000-7ffc00800000 rw-p 00000000 00:00 0    [stack]", []),
    ],
)  # fmt: skip
def test_only_memory_of_no_file_is_touched(line: str, expected: list[tuple[int, int]]) -> None:
    """The heap and what was mapped besides, as far as whole large pages fit in."""
    assert list(pages.anonymous(line)) == expected
