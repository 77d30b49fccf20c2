"""Which files a worker may read and write, by Landlock (Linux 5.13 and later)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
from typing import TYPE_CHECKING, Final

from grader.errors import SandboxError
from grader.worker import kernel

if TYPE_CHECKING:
    from collections.abc import Iterable

WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
REMOVE_DIR: Final = 1 << 4
REMOVE_FILE: Final = 1 << 5
MAKE_DIR: Final = 1 << 7
MAKE_REG: Final = 1 << 8
REFER: Final = 1 << 13
TRUNCATE: Final = 1 << 14
IOCTL_DEVICE: Final = 1 << 15
# Rights on files that each version of the interface knows; all that are known are handled, that
# is, forbidden but where a rule allows them.
KNOWN: Final = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 4: 1 << 15, 5: 1 << 16}
NETWORK: Final = 0b11  # bind and connect, since version 4
SCOPES: Final = 0b11  # abstract sockets and signals, since version 6
READ: Final = READ_FILE | READ_DIR
WRITE: Final = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
FILE_ONLY: Final = WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
VERSION_FLAG: Final = 1
RULE_PATH: Final = 1


def version() -> int:
    """Return the interface's version; 0 where the kernel has none or it is switched off."""
    with contextlib.suppress(SandboxError):
        return kernel.syscall(
            kernel.LANDLOCK_CREATE, "landlock", None, ctypes.c_size_t(0), VERSION_FLAG
        )
    return 0


def restrict(readable: Iterable[str], writable: Iterable[str], devices: Iterable[str] = ()) -> None:
    """Confine this process, for good, to reading and writing below the given paths.

    Parameters
    ----------
    readable, writable : iterable of str
        Files and folders; one that does not exist is passed over.
    devices : iterable of str
        Device files that may be read, written and given commands.

    Raises
    ------
    SandboxError
        Where the kernel has no Landlock or refuses; no_new_privs must be set before.
    """
    known = version()
    if not known:
        raise SandboxError("the kernel has no Landlock, or it is switched off at boot")
    handled = KNOWN[min(known, max(KNOWN))] - 1
    fields = [handled, NETWORK if known >= 4 else 0, SCOPES if known >= 6 else 0]  # noqa: PLR2004 - versions of the interface, as its comments above have them
    size = 8 * (1 + (known >= 4) + (known >= 6))  # noqa: PLR2004
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", *fields), 24)
    ruleset = kernel.syscall(
        kernel.LANDLOCK_CREATE, "landlock_create_ruleset", attributes, ctypes.c_size_t(size), 0
    )
    try:
        for path in readable:
            _allow(ruleset, path, READ & handled)
        for path in writable:
            _allow(ruleset, path, WRITE & handled)
        for path in devices:
            _allow(ruleset, path, (READ_FILE | WRITE_FILE | IOCTL_DEVICE) & handled)
        kernel.syscall(kernel.LANDLOCK_RESTRICT, "landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= FILE_ONLY
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor), 12)
        kernel.syscall(kernel.LANDLOCK_ADD, f"landlock: {path}", ruleset, RULE_PATH, rule, 0)
    finally:
        os.close(descriptor)
