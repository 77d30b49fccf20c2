"""Run something as if on another system: what only Linux has, or only POSIX, is not there.

Started as a script: ``python other_system.py windows|mac PROGRAM ARGUMENTS``, where the program is
``pytest``, ``grader``, ``console`` (which is ``grader`` as a shell starts it), ``checker`` (which
`grader watch` and notebooks ask) or ``loop``.

Other people's packages are imported first, since they ask what system it is when they are imported;
grader, its plugin and pytest-timeout come afterwards and find the modules, functions and constants
gone. No file below ``/proc``, ``/sys`` or ``/dev`` is there, and a text file that is opened without
an encoding is an error in our own modules: on Windows it would be read in the console's.
"""

from __future__ import annotations

import asyncio
import builtins
import ctypes
import importlib.abc
import io
import os
import select
import signal
import socket
import sys
import sysconfig
import time
import warnings
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

LIBRARIES: Final = (
    "IPython", "_pytest.capture", "jinja2", "msgspec", "nbformat", "numpy", "pytest",
    "rich.console", "subprocess", "tempfile", "yaml",
)  # fmt: skip
MODULES: Final = {
    "windows": frozenset(
        {
            "_posixshmem", "_posixsubprocess", "crypt", "fcntl", "grp", "nis", "ossaudiodev",
            "posix", "pty", "pwd", "readline", "resource", "spwd", "syslog", "termios", "tty",
        }
    ),
    "mac": frozenset({"spwd"}),
}  # fmt: skip
ATTRIBUTES: Final[Mapping[str, Mapping[ModuleType, str]]] = {
    "windows": {
        os: "EX_OK F_LOCK O_ASYNC O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK O_SYNC P_PID WNOHANG "
        "chown chroot confstr fchdir fchmod fchown fork forkpty getegid geteuid getgid getgroups "
        "getloadavg getpgid getpgrp getpriority getresuid getsid getuid initgroups killpg lchown "
        "lockf major memfd_create mkfifo mknod nice openpty pidfd_open pipe2 posix_fadvise "
        "posix_fallocate posix_spawn pread preadv pwrite readv register_at_fork sched_getaffinity "
        "sched_setaffinity sched_yield sendfile setegid seteuid setgid setgroups setpgid setresgid "
        "setresuid setsid setuid splice statvfs sync sysconf tcgetpgrp ttyname uname wait wait3 "
        "wait4 waitid waitstatus_to_exitcode writev",
        select: "EPOLLIN POLLIN POLLOUT POLLPRI epoll poll",
        signal: "ITIMER_PROF ITIMER_REAL ITIMER_VIRTUAL SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP "
        "SIGIO SIGKILL SIGPIPE SIGPROF SIGQUIT SIGSTOP SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG "
        "SIGUSR1 SIGUSR2 SIGVTALRM SIGXCPU SIGXFSZ SIG_BLOCK alarm getitimer pause "
        "pidfd_send_signal pthread_kill pthread_sigmask setitimer siginterrupt sigpending "
        "sigtimedwait sigwait",
        socket: "AF_UNIX MSG_DONTWAIT SCM_RIGHTS SOCK_CLOEXEC SOCK_SEQPACKET recv_fds send_fds",
        time: "CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID CLOCK_REALTIME clock_getres clock_gettime "
        "clock_gettime_ns pthread_getcpuclockid tzset",
    },
    "mac": {
        os: "O_PATH getresuid memfd_create pidfd_open posix_fadvise posix_fallocate "
        "sched_getaffinity sched_setaffinity setresgid setresuid splice",
        select: "EPOLLIN epoll",
        signal: "pidfd_send_signal sigtimedwait",
        socket: "AF_NETLINK SOCK_CLOEXEC",
        time: "pthread_getcpuclockid",
    },
}
PLATFORMS: Final = {"windows": "win32", "mac": "darwin"}
LINUX_ONLY: Final = ("/proc", "/sys", "/dev")
STAYS: Final = "/dev/null"


class NotThere(importlib.abc.MetaPathFinder):
    """Refuses to import what the other system has not."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Find nothing, and let nobody else look."""
        if fullname in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


class Library(ctypes.CDLL):
    """A C library, which on Windows must have a name."""

    def __init__(self, name: str | None, *args: Any, **options: Any) -> None:
        if name is None:
            raise TypeError("bad argument type for built-in operation")
        super().__init__(name, *args, **options)


def become(system: str, libraries: Sequence[str]) -> None:
    """Take away what the system has not."""
    for name in libraries:
        importlib.import_module(name)
    asyncio.new_event_loop().close()
    sysconfig.get_config_vars()
    gone = MODULES[system]
    for name in gone:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, NotThere(gone))
    sys.builtin_module_names = tuple(set(sys.builtin_module_names) - gone)
    for module, names in ATTRIBUTES[system].items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    _hide_files()
    if system == "windows":
        ctypes.CDLL = Library  # type: ignore[misc]  # for this process
        io._WindowsConsoleIO = Library  # type: ignore[attr-defined]  # noqa: SLF001 - pytest asks
    sys.platform = PLATFORMS[system]
    warnings.filterwarnings("error", category=EncodingWarning, module=r"grader(\..*)?$")


def _hide_files() -> None:
    """Let no file be found below the folders that only Linux has."""

    def hidden(function: Any) -> Any:
        def looked(path: Any = ".", *args: Any, **options: Any) -> Any:
            text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
            if text.startswith(LINUX_ONLY) and text != STAYS:
                raise FileNotFoundError(2, "No such file or directory", text)
            return function(path, *args, **options)

        return looked

    for name in ("stat", "lstat", "open", "listdir", "scandir"):
        setattr(os, name, hidden(getattr(os, name)))
    io.open = builtins.open = hidden(builtins.open)


def main(arguments: Sequence[str]) -> int:
    """Run a program on the system that is named first."""
    system, program, *words = arguments
    become(system, (*LIBRARIES, "torch") if {"assignments/hw8", "demo"} & set(words) else LIBRARIES)
    # What is loaded from here on finds the other system.
    if program == "pytest":
        return int(importlib.import_module("pytest").main(words))
    if program == "loop":
        return _loop()
    if program == "checker":
        return int(importlib.import_module("grader.study.serve").main(words))
    sys.argv = ["grader", *words]
    return int(importlib.import_module("grader.cli").main(words if program == "grader" else None))


def _loop() -> int:
    """Stay in a loop that only a deadline ends."""
    clock = importlib.import_module("grader.clock")
    try:
        with clock.bounded(0.05):
            while True:
                pass
    except clock.OverdueError:
        print("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
