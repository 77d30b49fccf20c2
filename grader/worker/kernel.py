"""The few kernel calls that Python does not offer, through ctypes."""

from __future__ import annotations

import ctypes
import functools
import os
import platform
from typing import Final

from grader.errors import SandboxError

MACHINE: Final = platform.machine()
# Numbers that differ between the machines we know; the Landlock ones are the same everywhere.
NUMBERS: Final = {
    "x86_64": {"pivot_root": 155, "capset": 126, "seccomp": 317},
    "aarch64": {"pivot_root": 41, "capset": 91, "seccomp": 277},
}
LANDLOCK_CREATE: Final = 444
LANDLOCK_ADD: Final = 445
LANDLOCK_RESTRICT: Final = 446
MOUNT_SETATTR: Final = 442

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_DROP: Final = 24
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4

MADV_HUGEPAGE: Final = 14
MADV_COLLAPSE: Final = 25  # 6.1

AT_FDCWD: Final = -100
AT_RECURSIVE: Final = 0x8000
MOUNT_ATTR_RDONLY: Final = 1
MOUNT_ATTR_NOSUID: Final = 2
MOUNT_ATTR_NODEV: Final = 4


@functools.cache
def _libc() -> ctypes.CDLL:
    """Open the C library on first use: this module is imported on Windows, too, which has none."""
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise SandboxError(f"{what}: {os.strerror(code)}")
    return result


def number(name: str) -> int:
    """Return a call's number on this machine; raises `SandboxError` on an unknown one."""
    try:
        return NUMBERS[MACHINE][name]
    except KeyError:
        raise SandboxError(f"no table of system calls for {MACHINE}") from None


def syscall(nr: int, what: str, *arguments: object) -> int:
    """Make a system call by number; raises `SandboxError` where the kernel refuses."""
    return _checked(_libc().syscall(ctypes.c_long(nr), *arguments), what)


def prctl(option: int, argument: int = 0) -> None:
    """Call prctl(2); raises `SandboxError` where the kernel refuses."""
    zero = ctypes.c_ulong(0)
    arguments = (ctypes.c_ulong(argument), zero, zero, zero)
    _checked(_libc().prctl(option, *arguments), f"prctl {option}")


def madvise(start: int, length: int, advice: int) -> None:
    """Call madvise(2); raises `SandboxError` where the kernel refuses."""
    where = ctypes.c_void_p(start), ctypes.c_size_t(length)
    _checked(_libc().madvise(*where, advice), f"madvise {advice}")


def unshare(flags: int) -> None:
    """Call unshare(2); raises `SandboxError` where the kernel refuses."""
    _checked(_libc().unshare(flags), f"unshare {flags:#x}")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Call mount(2); raises `SandboxError` where the kernel refuses."""
    arguments = [None if text is None else text.encode() for text in (source, target, kind)]
    result = _libc().mount(*arguments, ctypes.c_ulong(flags), data.encode() or None)
    _checked(result, f"mount {source} on {target}")


def make_read_only(target: str) -> None:
    """Make a mount and all below it read-only, without set-uid programs and devices (5.12)."""
    attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    arguments = (AT_FDCWD, target.encode(), AT_RECURSIVE, attributes, size)
    syscall(MOUNT_SETATTR, f"make {target} read-only", *arguments)


def unmount(target: str, flags: int) -> None:
    """Call umount2(2); raises `SandboxError` where the kernel refuses."""
    _checked(_libc().umount2(target.encode(), flags), f"unmount {target}")


def pivot_root(new: str, old: str) -> None:
    """Call pivot_root(2); raises `SandboxError` where the kernel refuses."""
    syscall(number("pivot_root"), "pivot_root", new.encode(), old.encode())


def drop_capabilities() -> None:
    """Give up every capability for good, in all sets."""
    for capability in range(64):
        if _libc().prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break  # past the last one that this kernel has, or none may be dropped
    _libc().prctl(PR_CAP_AMBIENT, ctypes.c_ulong(PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    syscall(number("capset"), "capset", header, nothing)
