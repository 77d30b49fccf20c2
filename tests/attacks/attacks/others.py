"""Signals and calls that reach for others, and system calls that a computation never needs.

The only targets are a process that the test itself started and stopped (the canary), its parent and
process 1; the only signals are SIGCONT, which wakes the canary and harms nobody, and 0.
"""

from typing import Final

from tests.attacks.attack import Attack

GOT: Final = "print('GOTCHA-' + '4c1f')"
TRIED: Final = ("errored_student", "refused")


def tries(body: str) -> str:
    """Write a submission that makes some attempts and says when one succeeds."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    return (
        "import ctypes, os, signal\n\n"
        "def loaded():\n    return ctypes.CDLL(None, use_errno=True)\n\n"
        # Numbers of calls are those of x86-64; elsewhere they would be other calls.
        "def call(*arguments):\n    return loaded().syscall(*arguments)"
        " if os.uname().machine == 'x86_64' else -1\n\n"
        "def attempt(action):\n    try:\n        if action() in (-1, False): return\n"
        f"    except OSError:\n        return\n    {GOT}\n\n"
        f"def clip(gradients, maxValue):\n    libc = loaded()\n{lines}"
        "    raise RuntimeError('tried')\n"
    )


ATTACKS: Final = (
    Attack("signal_others", "kill, tgkill and pidfd on canary, parent and process 1",
           tries("attempt(lambda: os.kill({CANARY}, signal.SIGCONT))\n"
                 "attempt(lambda: os.kill(os.getppid(), signal.SIGCONT))\n"
                 "attempt(lambda: os.kill(1, 0))\n"
                 "attempt(lambda: call(234, {CANARY}, {CANARY}, signal.SIGCONT))\n"
                 "attempt(lambda: call(200, {CANARY}, signal.SIGCONT))\n"
                 "attempt(lambda: signal.pidfd_send_signal(os.pidfd_open({CANARY}),\n"
                 "    signal.SIGCONT))\n"
                 "attempt(lambda: libc.sigqueue({CANARY}, signal.SIGCONT, None))"),
           verdicts=TRIED),
    Attack("signal_by_descriptor", "the owner of a descriptor is told by a signal of one's choice",
           tries("import fcntl\nread, write = os.pipe()\n"
                 "try:\n"
                 "    fcntl.fcntl(read, 10, int(signal.SIGCONT))  # F_SETSIG\n"
                 "    fcntl.fcntl(read, fcntl.F_SETOWN, {CANARY})\n"
                 "    fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)\n"
                 "    os.write(write, b'x')\n"
                 "except OSError:\n    pass"), verdicts=TRIED),
    Attack("trace_others", "ptrace, memory and files of canary and parent",
           tries("attempt(lambda: libc.ptrace(16, {CANARY}, None, None))\n"
                 "attempt(lambda: libc.ptrace(16, os.getppid(), None, None))\n"
                 "buffer = ctypes.create_string_buffer(64)\n"
                 "attempt(lambda: libc.process_vm_readv({CANARY}, buffer, 0, buffer, 0, 0))\n"
                 "attempt(lambda: call(438, os.pidfd_open(os.getppid()), 0, 0))\n"
                 "attempt(lambda: call(312, os.getpid(), {CANARY}, 0, 0, 0))"),
           verdicts=TRIED),
    Attack("slow_others_down", "priority, processors and limits of the canary",
           tries("attempt(lambda: os.setpriority(os.PRIO_PROCESS, {CANARY}, 19))\n"
                 "attempt(lambda: os.sched_setaffinity({CANARY}, {0}))\n"
                 "import resource\n"
                 "attempt(lambda: resource.prlimit({CANARY}, resource.RLIMIT_CORE, (0, 0)))"),
           verdicts=TRIED),
    Attack("leave_the_group", "a session, a group and namespaces of its own",
           tries("attempt(os.setsid)\nattempt(lambda: os.setpgid(0, 0))\n"
                 "for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000):\n"
                 "    attempt(lambda: libc.unshare(flag) == 0)\n"
                 "attempt(lambda: call(308, 0, 0) == 0)"), verdicts=TRIED),
    Attack("mounts", "mount, pivot_root, chroot and the new calls for them",
           tries("attempt(lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0)\n"
                 "attempt(lambda: libc.chroot(b'.') == 0)\n"
                 "attempt(lambda: call(155, b'.', b'.') == 0)\n"
                 "for nr in (428, 429, 430, 432, 442):\n"
                 "    attempt(lambda: call(nr, -100, b'.', 0, 0, 0) >= 0)"),
           verdicts=TRIED),
    Attack("calls_never_needed", "io_uring, memfd, bpf, perf, keys, userfaultfd, handles of files",
           tries("zeros = ctypes.create_string_buffer(512)\n"
                 "for nr in (425, 319, 321, 298, 250, 248, 323, 303, 304, 447, 310, 311, 101):\n"
                 "    attempt(lambda: call(nr, 1, zeros, 0, 0, 0) >= 0)"),
           verdicts=TRIED),
    Attack("new_privileges", "users, groups, capabilities, and the filter itself",
           tries("attempt(lambda: libc.setuid(0) == 0)\nattempt(lambda: libc.setgid(0) == 0)\n"
                 "attempt(lambda: libc.setgroups(0, None) == 0)\n"
                 "attempt(lambda: libc.prctl(38, 0, 0, 0, 0) == 0)\n"
                 "attempt(lambda: libc.prctl(4, 1, 0, 0, 0) == 0)\n"
                 "attempt(lambda: libc.prctl(22, 0, 0, 0, 0) == 0)\n"
                 "attempt(lambda: libc.prctl(1, 0, 0, 0, 0) == 0)\n"
                 "attempt(lambda: call(317, 0, 0, None) == 0)"), verdicts=TRIED),
    Attack("old_call_tables", "calls by the 32-bit and x32 tables, which the filter must know too",
           tries("attempt(lambda: call(0x40000000 | 39) > 0)\n"
                 "attempt(lambda: call(0x40000000 | 57) >= 0)"), verdicts=TRIED),
    Attack("modes_and_times", "modes, owners, times and attributes of files that it can name",
           tries("for path in ('{TREE}/drop/file', '{TREE}/drop'):\n"
                 "    attempt(lambda: os.chmod(path, 0o777))\n"
                 "    attempt(lambda: os.utime(path, (0, 0)))\n"
                 "    attempt(lambda: os.truncate(path, 0))\n"
                 "    attempt(lambda: os.setxattr(path, 'user.x', b'1'))\n"
                 "    attempt(lambda: os.chown(path, os.getuid(), -1))"), verdicts=TRIED),
)  # fmt: skip
