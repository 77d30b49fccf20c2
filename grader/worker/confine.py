"""What a worker takes away from itself before it sees a line of the submission.

This is the tier called ``process``: a process group of its own, an end with its server, bounds on
memory, files, descriptors and processor time, no way to new privileges, an empty working folder.
"""

from __future__ import annotations

import ctypes
import os
import resource
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import SandboxError

PR_SET_PDEATHSIG: Final = 1
PR_SET_NO_NEW_PRIVS: Final = 38
PR_SET_CHILD_SUBREAPER: Final = 36
SIGKILL: Final = 9


class Bounds(msgspec.Struct, frozen=True, array_like=True):
    """What one worker may use.

    Parameters
    ----------
    memory_bytes : int
        Address space on top of what the fork server has mapped.
    cpu_s : int
        Processor time, in seconds.
    file_bytes : int
        Longest file that it may write.
    descriptors : int
        Open files at once.
    """

    memory_bytes: int = 2 << 30
    cpu_s: int = 600
    file_bytes: int = 64 << 20
    descriptors: int = 64


def prctl(option: int, argument: int) -> None:
    """Call prctl(2); raises `SandboxError` where the kernel refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(argument), 0, 0, 0) < 0:
        raise SandboxError(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends."""
    prctl(PR_SET_PDEATHSIG, SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of whatever the workers leave behind, so that it can be ended."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def confine(bounds: Bounds, keep: int, folder: Path) -> None:
    """Confine the calling process for good.

    Parameters
    ----------
    bounds : Bounds
        What it may still use.
    keep : int
        The one descriptor besides 0, 1 and 2 that stays open.
    folder : Path
        Its working folder.
    """
    os.setsid()
    die_with_parent()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)
    os.closerange(3, keep)
    os.closerange(keep + 1, 4096)
    os.chdir(folder)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for limit, value in (
        (resource.RLIMIT_AS, mapped + bounds.memory_bytes),
        (resource.RLIMIT_CPU, bounds.cpu_s),
        (resource.RLIMIT_FSIZE, bounds.file_bytes),
        (resource.RLIMIT_NOFILE, bounds.descriptors),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
