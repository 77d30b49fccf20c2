"""A world of its own for the fork server: namespaces, and a root that holds only what Python needs.

The launcher stays outside and waits; its child enters the namespaces, and that one's child is
process 1 in there, the fork server. Started as root, the world belongs to an unprivileged user.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.errors import SandboxError
from grader.worker import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000
ALL: Final = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2
NOBODY: Final = 65534
DEVICES: Final = ("null", "zero", "random", "urandom")
ANCHOR: Final = "/tmp"  # noqa: S108 - only a place to mount on; every system has it
SCRATCH: Final = "/scratch"  # in the new root, where each worker mounts its own; covers nothing


class Sources:
    """Parts of the old root, opened before anything is covered and before the user changes.

    So they can be had even below folders that only the caller's user may walk through.

    Parameters
    ----------
    readable : sequence of str
        Absolute paths; links are kept as links.
    """

    def __init__(self, readable: Sequence[str]) -> None:
        self.links = {
            path: os.readlink(path)  # noqa: PTH115 - the text of the link, as it stands
            for path in readable
            if Path(path).is_symlink()
        }
        real = [path for path in readable if path not in self.links]
        outermost = [path for path in real if not any(_is_below(path, other) for other in real)]
        self.opened = {path: os.open(path, os.O_PATH) for path in outermost}
        devices = (f"/dev/{name}" for name in DEVICES)
        self.devices = {path: os.open(path, os.O_PATH) for path in devices}


def enter(readable: Sequence[str]) -> Sources:
    """Leave this process behind as the launcher, and go on as process 1 of new namespaces.

    Parameters
    ----------
    readable : sequence of str
        What the new root is to hold.

    Returns
    -------
    Sources
        The same, opened while the caller's own user may still walk there.

    Raises
    ------
    SandboxError
        Where the kernel, or a rule on top of it, allows no user namespaces.
    """
    ready_read, ready_write = os.pipe()
    mapped_read, mapped_write = os.pipe()
    child = os.fork()
    if child:
        os.close(ready_write)
        os.close(mapped_read)
        _map_and_wait(child, ready_read, mapped_write)
    os.close(ready_read)
    os.close(mapped_write)
    kernel.unshare(ALL)
    os.write(ready_write, b"1")
    os.close(ready_write)
    if os.read(mapped_read, 1) != b"1":
        raise SandboxError("the user namespace could not be given a user")
    os.close(mapped_read)
    sources = Sources(readable)
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # A change of user clears this; it must be said again on each level.
    kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)
    server = os.fork()
    if server:
        _wait_for(server)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)
    return sources


def _map_and_wait(child: int, ready: int, mapped: int) -> None:
    """Give the child's namespace its one user, then wait for the child and end like it."""
    if os.read(ready, 1) == b"1":
        root = os.geteuid() == 0
        with contextlib.suppress(OSError):
            if not root:
                Path(f"/proc/{child}/setgroups").write_text("deny", encoding="utf-8")
            outer = (NOBODY, NOBODY) if root else (os.geteuid(), os.getegid())
            Path(f"/proc/{child}/gid_map").write_text(f"{NOBODY} {outer[1]} 1", encoding="utf-8")
            Path(f"/proc/{child}/uid_map").write_text(f"{NOBODY} {outer[0]} 1", encoding="utf-8")
            os.write(mapped, b"1")
    os.close(mapped)
    _wait_for(child)


def _wait_for(child: int) -> None:
    """Hold nothing open, wait for a child, and end with its exit code."""
    os.closerange(0, 4096)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(code if code >= 0 else 128 - code)


def build_root(sources: Sources) -> None:
    """Put a new root in place of the old one: what is readable, devices, /proc, and nothing else.

    Parameters
    ----------
    sources : Sources
        What appears, read-only, under its own name.

    Raises
    ------
    SandboxError
        Where a mount is refused.
    """
    kernel.mount(None, "/", None, MS_REC | MS_PRIVATE)
    kernel.mount("tmpfs", ANCHOR, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    os.chdir(ANCHOR)
    for path, descriptor in sources.opened.items():
        _bind(descriptor, path)
        kernel.make_read_only(f".{path}")
    for path, descriptor in sources.devices.items():
        _bind(descriptor, path)
    for folder in ("proc", SCRATCH.lstrip("/")):
        Path(folder).mkdir(exist_ok=True)
    for path, target in sources.links.items():
        if not os.path.lexists(f".{path}"):
            Path(f".{path}").parent.mkdir(parents=True, exist_ok=True)
            Path(f".{path}").symlink_to(target)
    kernel.mount("proc", "./proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    kernel.pivot_root(".", ".")
    kernel.unmount(".", MNT_DETACH)
    os.chdir("/")
    kernel.mount(None, "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def own_scratch(size_bytes: int) -> None:
    """Give the calling worker an empty folder in memory that nobody else sees."""
    kernel.unshare(CLONE_NEWNS)
    options = f"size={size_bytes},nr_inodes=2000,mode=700"
    kernel.mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)


def python_needs(package: Path) -> list[str]:
    """List what the interpreter, its packages and this package need to be read from.

    Parameters
    ----------
    package : Path
        Folder of the package ``grader`` itself, which may lie outside the interpreter's.

    Returns
    -------
    list of str
        Absolute paths that exist.
    """
    wanted = [
        "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache",
        "/sys/devices/system/cpu", sys.prefix, sys.base_prefix, str(package),
    ]  # fmt: skip
    if sys.base_prefix == "/usr":
        wanted.remove(sys.base_prefix)  # its interpreter is running, its packages are in /usr/lib
        wanted += ["/usr/local/lib", "/usr/bin"]
    # Packages that lie elsewhere; never a bare folder of the path, which might hold a checkout.
    wanted += [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
    return [path for path in dict.fromkeys(wanted) if os.path.lexists(path)]


def _is_below(path: str, other: str) -> bool:
    return path != other and Path(path).is_relative_to(other)


def _bind(descriptor: int, path: str) -> None:
    target = Path(f".{path}")
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    kernel.mount(f"/proc/self/fd/{descriptor}", str(target), None, MS_BIND | MS_REC)
    os.close(descriptor)
