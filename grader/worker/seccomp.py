"""The system calls that a worker may still make; all others fail with EPERM.

A list of what is allowed, not of what is forbidden: a call that a newer kernel brings is refused
until somebody has thought about it. The filter is classic BPF, assembled here, since the bindings
for libseccomp are not on PyPI.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from typing import Final, Literal

from grader.errors import SandboxError
from grader.worker import kernel

# name: (x86-64, aarch64); None where the machine has no such call.
ALLOWED: Final[dict[str, tuple[int | None, int | None]]] = {
    # memory
    "brk": (12, 214), "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226),
    "mremap": (25, 216), "madvise": (28, 233), "mincore": (27, 232), "msync": (26, 227),
    # threads of this process, its own signals and its end
    "futex": (202, 98), "futex_waitv": (449, 449), "set_robust_list": (273, 99),
    "get_robust_list": (274, 100), "rseq": (334, 293), "set_tid_address": (218, 96),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "membarrier": (324, 283),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132), "restart_syscall": (219, 128), "pause": (34, None),
    "exit": (60, 93), "exit_group": (231, 94), "arch_prctl": (158, None),
    # what it is, and what time it is
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "getpgrp": (111, None),
    "getpgid": (121, 155), "getsid": (124, 156), "uname": (63, 160), "sysinfo": (99, 179),
    "getrusage": (98, 165), "times": (100, 153), "getcpu": (309, 168), "getrandom": (318, 278),
    "getrlimit": (97, 163), "getpriority": (140, 141), "capget": (125, 90),
    "time": (201, None), "gettimeofday": (96, 169), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101),
    "getitimer": (36, 102), "setitimer": (38, 103), "alarm": (37, None),
    # descriptors; new ones only from `openat`, pipes and the like
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66),
    "pread64": (17, 67), "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70),
    "lseek": (8, 62), "close": (3, 57), "close_range": (436, 436), "dup": (32, 23),
    "dup2": (33, None), "dup3": (292, 24), "pipe": (22, None),
    "pipe2": (293, 59), "eventfd2": (290, 19), "poll": (7, None), "ppoll": (271, 73),
    "select": (23, None), "pselect6": (270, 72), "epoll_create1": (291, 20),
    "epoll_create": (213, None), "epoll_ctl": (233, 21), "epoll_wait": (232, None),
    "epoll_pwait": (281, 22), "epoll_pwait2": (441, 441), "sendfile": (40, 71),
    "copy_file_range": (326, 285), "sendto": (44, 206), "recvfrom": (45, 207),
    "getsockopt": (55, 209), "getsockname": (51, 204), "getpeername": (52, 205),
    "shutdown": (48, 210),
    # files, as far as Landlock and the mounts let it
    "openat": (257, 56), "open": (2, None), "creat": (85, None), "stat": (4, None),
    "lstat": (6, None), "fstat": (5, 80), "newfstatat": (262, 79), "statx": (332, 291),
    "statfs": (137, 43), "fstatfs": (138, 44), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78),
    "getdents64": (217, 61), "getdents": (78, None), "getcwd": (79, 17), "chdir": (80, 49),
    "fchdir": (81, 50), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "ftruncate": (77, 46), "fsync": (74, 82),
    "fdatasync": (75, 83), "fadvise64": (221, 223), "flock": (73, 32), "umask": (95, 166),
    "readahead": (187, 213),
}  # fmt: skip
# What may be done to files: anything, in an own file system; where a folder is watched, everything
# but to take away a file's name; or to read and nothing else.
Files = Literal["own", "kept", "read"]
# Taking away looks like success, for many programs tidy up, and does nothing.
PRETENDED: Final = ("unlink", "unlinkat")
RENAMES: Final = ("rename", "renameat", "renameat2")
WRITES: Final = (*PRETENDED, *RENAMES, "creat", "mkdir", "mkdirat", "rmdir", "ftruncate")
OPENS: Final = ("open", "openat")
O_TMPFILE: Final = 0o20000000  # the bit that is its own
O_WRITE: Final = 0o3 | 0o100 | 0o1000 | O_TMPFILE  # access modes, O_CREAT, O_TRUNC
ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT: Final = 0x40000000
CALLS: Final = {
    "kill": (62, 129), "tgkill": (234, 131), "clone": (56, 220), "clone3": (435, 435),
    "prlimit64": (302, 261), "ioctl": (16, 29), "prctl": (157, 167), "fcntl": (72, 25),
}  # fmt: skip
THREAD_FLAGS: Final = 0x00010100  # CLONE_THREAD and CLONE_VM must be there
FOREIGN_FLAGS: Final = 0x7E020080  # every namespace flag, and what makes it no mere thread
TCGETS: Final = 0x5401  # isatty() asks this
FIOCLEX: Final = 0x5451
FIONREAD: Final = 0x541B
FIONBIO: Final = 0x5421  # what a socket with a time-out asks
# Duplicates, flags and locks; not who gets a signal when a descriptor is ready.
FCNTL: Final = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)
PR_SET_NAME: Final = 15
PR_GET_NAME: Final = 16
PR_SET_VMA: Final = 0x53564D41  # malloc names its arenas

ALLOW: Final = 0x7FFF0000
KILL: Final = 0x80000000
ERROR: Final = 0x00050000
SECCOMP_SET_MODE_FILTER: Final = 1
SECCOMP_FILTER_FLAG_TSYNC: Final = 1

_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_AND: Final = 0x54
_RETURN: Final = 0x06
_NR, _ARCH, _ARG0, _ARG1, _ARG2 = 0, 4, 16, 24, 32
_BRANCH_REACH: Final = 255


class _Program:
    """Assembles instructions; jumps only ever skip forward over a few of them."""

    def __init__(self) -> None:
        self._code: list[tuple[int, int, int, int]] = []

    def add(self, code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self._code.append((code, if_true, if_false, value & 0xFFFFFFFF))

    def load(self, offset: int) -> None:
        self.add(_LOAD, offset)

    def answer(self, action: int) -> None:
        self.add(_RETURN, action)

    def when(self, nr: int, body: _Program) -> None:
        """Run `body`, which answers, if the call is `nr`; it leaves the accumulator alone else."""
        self.add(_EQUAL, nr, 0, len(body._code))
        self._code += body._code

    def to_bytes(self) -> bytes:
        return b"".join(struct.pack("=HBBI", code, t, f, k) for code, t, f, k in self._code)

    def __len__(self) -> int:
        return len(self._code)


def build_filter(
    pid: int, machine: str = kernel.MACHINE, files: Files = "own", *, device: bool = False
) -> bytes:
    """Assemble the filter for one worker.

    Parameters
    ----------
    pid : int
        The worker, the only process that it may signal.
    machine : str
        ``x86_64`` or ``aarch64``.
    files : str
        What it may do to files; see `Files`.
    device : bool
        Whether commands to devices are allowed; to which ones is Landlock's to say.

    Returns
    -------
    bytes
        Instructions of eight bytes each.

    Raises
    ------
    SandboxError
        On a machine without a table.
    """
    if machine not in ARCHITECTURES:
        raise SandboxError(f"no table of system calls for {machine}")
    column = list(ARCHITECTURES).index(machine)
    program = _Program()
    program.load(_ARCH)
    program.add(_EQUAL, ARCHITECTURES[machine], 1, 0)
    program.answer(KILL)
    program.load(_NR)
    if machine == "x86_64":
        program.add(_AT_LEAST, X32_BIT, 0, 1)
        program.answer(ERROR | errno.ENOSYS)
    numbers = {name: numbers[column] for name, numbers in CALLS.items()}
    program.when(numbers["clone3"], _answer(ERROR | errno.ENOSYS))  # the C library then uses clone
    program.when(numbers["clone"], _threads_only())
    for name in ("kill", "tgkill"):
        program.when(numbers[name], _first_argument(pid))
    program.when(numbers["prlimit64"], _first_argument(0, pid))
    commands = _argument(_ARG1, TCGETS, FIOCLEX, FIONREAD, FIONBIO)
    program.when(numbers["ioctl"], _answer(ALLOW) if device else commands)
    program.when(numbers["fcntl"], _argument(_ARG1, *FCNTL))
    program.when(numbers["prctl"], _first_argument(PR_SET_NAME, PR_GET_NAME, PR_SET_VMA))
    for name, machines in ALLOWED.items():
        nr = machines[column]
        if nr is not None:
            program.when(nr, _to_files(name, files))
    program.answer(ERROR | errno.EPERM)
    return program.to_bytes()


def install(pid: int, files: Files = "own", *, device: bool = False) -> None:
    """Put the filter over every thread of this process, for good.

    Parameters
    ----------
    pid, files, device
        See `build_filter`.

    Raises
    ------
    SandboxError
        Where the kernel refuses; no_new_privs must be set before.
    """
    code = build_filter(pid, files=files, device=device)
    buffer = ctypes.create_string_buffer(code, len(code))

    class _Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    wrapped = _Filter(len(code) // 8, ctypes.addressof(buffer))
    kernel.syscall(
        kernel.number("seccomp"), "seccomp", SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
        ctypes.byref(wrapped),
    )  # fmt: skip


def _answer(action: int) -> _Program:
    body = _Program()
    body.answer(action)
    return body


def _to_files(name: str, files: Files) -> _Program:
    """Answer an allowed call, as far as it is one on files that `files` has something against."""
    if files == "own":
        return _answer(ALLOW)
    if name in OPENS:
        # Flags are the second argument of one and the third of the other.
        offset = _ARG1 if name == "open" else _ARG2
        return _without_flags(offset, O_TMPFILE if files == "kept" else O_WRITE)
    if files == "kept" and name in PRETENDED:
        return _answer(ERROR)
    forbidden = RENAMES if files == "kept" else WRITES
    return _answer(ERROR | errno.EPERM if name in forbidden else ALLOW)


def _without_flags(offset: int, flags: int) -> _Program:
    """Allow the call if none of the flags is set in an argument."""
    body = _Program()
    body.load(offset)
    body.add(_AND, flags)
    body.add(_EQUAL, 0, 0, 1)
    body.answer(ALLOW)
    body.answer(ERROR | errno.EPERM)
    return body


def _argument(offset: int, *values: int) -> _Program:
    """Allow the call if the low half of an argument is one of the values."""
    body = _Program()
    body.load(offset)
    for value in values:
        body.add(_EQUAL, value, 0, 1)
        body.answer(ALLOW)
    body.answer(ERROR | errno.EPERM)
    return body


def _first_argument(*values: int) -> _Program:
    return _argument(_ARG0, *values)


def _threads_only() -> _Program:
    """Allow clone only where it makes a thread of this process."""
    body = _Program()
    body.load(_ARG0)
    body.add(_AND, THREAD_FLAGS | FOREIGN_FLAGS)
    body.add(_EQUAL, THREAD_FLAGS, 0, 1)
    body.answer(ALLOW)
    body.answer(ERROR | errno.EPERM)
    return body
