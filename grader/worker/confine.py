"""What a worker takes away from itself before it sees a line of the submission.

The layers, from the outside in. Which of them are in force is the server's to say; each that is
asked for either works or ends the worker.

* process: a group of its own, an end with its server, bounds on memory, processor time, files and
  descriptors, no way to new privileges. Always.
* namespaces: no network, no other processes, no files but what Python needs, an own scratch folder.
* landlock: files once more, by the kernel's access checks.
* seccomp: the system calls that a computation needs, and no others.

Where there are neither namespaces nor Landlock, bubblewrap or another user than the grader's can
keep files from a worker; it may then write none at all.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import SandboxError
from grader.worker import devices, kernel, landlock, namespaces, seccomp

with contextlib.suppress(ImportError):  # on Windows, where nothing is confined
    import resource

if TYPE_CHECKING:
    from grader.worker.seccomp import Files

SIGKILL: Final = 9
# Above what distributions, containers and systemd give away, and below the largest there is.
FIRST_FREE_USER: Final = 1_900_000_000
ALWAYS_READABLE: Final = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
PROC_READABLE: Final = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo")


class Bounds(msgspec.Struct, frozen=True, array_like=True):
    """What one worker may use.

    Parameters
    ----------
    memory_bytes : int
        Address space on top of what the fork server has mapped.
    cpu_s : int
        Processor time, in seconds.
    scratch_bytes : int
        What it may write to its folder.
    descriptors : int
        Open files at once.
    threads : int
        Threads at once. Where there are namespaces, those of all workers together.
    processor : int
        The one that it runs on; -1 takes any.
    """

    memory_bytes: int = 2 << 30
    cpu_s: int = 600
    scratch_bytes: int = 64 << 20
    descriptors: int = 64
    threads: int = 128
    processor: int = -1


class Layers(msgspec.Struct, frozen=True, array_like=True):
    """Which layers are in force, besides the bounds that always are.

    Parameters
    ----------
    namespaces, landlock, seccomp : bool
        See the head of this module.
    bubblewrap : bool
        The server was started by bubblewrap, in a root of its own.
    other_user : bool
        The grader's files are kept from the workers by owner and mode alone.
    device : bool
        Whether there is a hole in them for a GPU: its device files may be used, and address space,
        of which CUDA takes far more than memory, is not bounded. Not with namespaces.
    """

    namespaces: bool = False
    landlock: bool = False
    seccomp: bool = False
    bubblewrap: bool = False
    other_user: bool = False
    device: bool = False

    @property
    def files(self) -> Files:
        """What a worker may do to files, as far as system calls tell."""
        if self.bubblewrap or self.other_user:
            return "read"  # nothing else keeps what one worker writes from the next
        if self.device:
            return "own"  # compilers of kernels rename what they write
        # Without an own file system, a file that has lost its name could not be counted any more.
        return "own" if self.namespaces else "kept"


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of whatever the workers leave behind, so that it can be ended."""
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def drop_root(*, to_nobody_elses: bool = False) -> None:
    """Become an unprivileged user for good, if root: no submission ever runs as root.

    Parameters
    ----------
    to_nobody_elses : bool
        Whether that must be one whose processes and files are no other program's.

    Raises
    ------
    SandboxError
        Where that user could not read Python's own library.
    """
    if os.geteuid() != 0:
        return
    user = FIRST_FREE_USER + os.getpid() if to_nobody_elses else namespaces.NOBODY
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    die_with_parent()  # a change of user clears this
    if not os.access(os.__file__, os.R_OK):
        raise SandboxError(
            f"started as root, the workers become an ordinary user, who cannot read {os.__file__}: "
            "use a Python outside of root's home, or start as an ordinary user"
        )


def confine(
    bounds: Bounds, layers: Layers, keep: int, folder: Path, readable: tuple[str, ...]
) -> None:
    """Confine the calling process for good.

    Parameters
    ----------
    bounds : Bounds
        What it may still use.
    layers : Layers
        What else is in force.
    keep : int
        The one descriptor besides 0, 1 and 2 that stays open.
    folder : Path
        Its working folder, where there are no namespaces.
    readable : tuple of str
        What Landlock lets it read.

    Raises
    ------
    SandboxError
        When a layer that is asked for does not work.
    """
    os.setsid()
    die_with_parent()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)
    os.closerange(3, keep)
    os.closerange(keep + 1, 4096)
    if layers.namespaces:
        namespaces.own_scratch(bounds.scratch_bytes)
        folder = Path(namespaces.SCRATCH)
    os.chdir(folder)
    os.environ["HOME"] = os.environ["TMPDIR"] = str(folder)
    # On disk only the folder's sum is watched; files without a name escape that, so each is small.
    _one_processor(bounds.processor)
    if layers.namespaces:
        # Counted for the user inside the namespace; outside it all of their programs would count.
        _bound("RLIMIT_NPROC", bounds.threads)
    _limit(bounds, bounds.scratch_bytes if layers.namespaces else bounds.scratch_bytes // 8)
    if not layers.device:
        limit_address_space(bounds.memory_bytes)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if layers.landlock:
        driver = devices.READABLE if layers.device else ()
        landlock.restrict(
            (*readable, *ALWAYS_READABLE, *PROC_READABLE, *driver),
            (str(folder),),
            devices.files() if layers.device else (),
        )
    if layers.seccomp:
        seccomp.install(os.getpid(), layers.files, device=layers.device)


def _one_processor(wanted: int) -> None:
    """Stay on one processor, so that no number of threads takes more than that."""
    allowed = sorted(os.sched_getaffinity(0))
    chosen = wanted if wanted in allowed else allowed[os.getpid() % len(allowed)]
    os.sched_setaffinity(0, {chosen})


def limit_address_space(more_bytes: int, *, for_good: bool = True) -> None:
    """Let this process map only so much more than it has mapped now."""
    mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    most = mapped + more_bytes
    hard = most if for_good else resource.getrlimit(resource.RLIMIT_AS)[1]
    _bound("RLIMIT_AS", most, hard)


def _limit(bounds: Bounds, file_bytes: int) -> None:
    for limit, value in (
        ("RLIMIT_CPU", bounds.cpu_s),
        ("RLIMIT_FSIZE", file_bytes),
        ("RLIMIT_NOFILE", bounds.descriptors),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0),
    ):
        _bound(limit, value)


def _bound(limit: str, value: int, hard: int | None = None) -> None:
    """Set a limit for good; less than a submission is promised would be a mark by accident."""
    number = getattr(resource, limit)
    try:
        resource.setrlimit(number, (value, value if hard is None else hard))
    except ValueError:
        given = resource.getrlimit(number)[1]
        raise SandboxError(
            f"{limit} is {given} where this was started, and a submission is promised {value}: "
            "raise it there (ulimit, LimitXXX= of systemd)"
        ) from None
