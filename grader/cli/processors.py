"""How many processors this process may use, which is not how many the machine has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUPS: Final = Path("/sys/fs/cgroup")
MEMBERSHIP: Final = Path("/proc/self/cgroup")


def available_processors(groups: Path = GROUPS, membership: Path = MEMBERSHIP) -> int:
    """Count the processors that affinity (``taskset``) and control groups (containers) leave us.

    Parameters
    ----------
    groups : Path
        Where control groups are mounted.
    membership : Path
        The kernel's list of the groups of this process.

    Returns
    -------
    int
        At least one; a share of a processor counts as one.
    """
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        allowed = os.cpu_count() or 1
    return max(1, min([allowed, *_quotas(groups, membership)]))


def _quotas(groups: Path, membership: Path) -> Iterator[int]:
    """Yield the bounds of the groups that this process is in, and of those around them."""
    for line in _text(membership).splitlines():
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if controllers and "cpu" not in controllers.split(","):
            continue
        mount = groups / controllers if controllers else groups
        folder = mount / group.lstrip("/")
        # In a container the path may be that of the host, which is not there; the mount is.
        for each in (folder, *folder.parents):
            quota = _quota(each)
            if quota is not None:
                yield quota
            if each == mount:
                break


def _quota(folder: Path) -> int | None:
    """Read a group's bound in processors, rounded up, in either version's files; None for none."""
    words = _text(folder / "cpu.max").split()
    if not words:
        words = [_text(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period")]
    try:
        quota, period = (int(word) for word in words)
    except ValueError:  # "max", or no such file
        return None
    return -(-quota // period) if quota > 0 and period > 0 else None


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return ""
