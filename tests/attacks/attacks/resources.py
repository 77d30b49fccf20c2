"""Processes, memory, disk, descriptors, output, time: bounded, and paid for by nobody else.

Each attack is bounded by itself too: it ends within half a minute, starts at most twenty children,
touches at most three GiB under its limit and writes at most a hundred MiB.
"""

from typing import Final

from tests.attacks.attack import RIGHT_CLIP, Attack

DEF: Final = "\ndef clip(gradients, maxValue):\n"
RIGHT: Final = RIGHT_CLIP.replace("def clip", "def right")
REFUSED: Final = ("refused", "errored_student")
GOT: Final = "'GOTCHA-' + '4c1f'"


def child(start: str) -> str:
    """Write a submission that starts a process in some way."""
    return (
        f"import os, sys, subprocess{DEF}    {start}\n    print({GOT})\n"
        "    raise RuntimeError('a process was started')\n"
    )


ATTACKS: Final = (
    Attack("fork", "children that live on",
           f"import os, time{DEF}    for _ in range(1):\n        if os.fork() == 0:\n"
           "            time.sleep(5)\n            os._exit(0)\n"
           f"    print({GOT})\n    return None\n", verdicts=REFUSED),
    Attack("fork_in_c", "the same by the C library and by the bare system call",
           f"import ctypes, os, time{DEF}    libc = ctypes.CDLL(None, use_errno=True)\n"
           "    call = libc.syscall if os.uname().machine == 'x86_64' else lambda n: -1\n"
           "    for start in (libc.fork, lambda: call(57)):\n"
           "        pid = start()\n        if pid == 0:\n"
           "            libc.usleep(100000)\n            libc._exit(0)\n"
           f"        if pid > 0: print({GOT})\n    raise RuntimeError('tried')\n",
           verdicts=(*REFUSED, "crashed")),
    Attack("double_fork", "a process that leaves its parent",
           f"import os, time{DEF}    if os.fork() == 0:\n        os.setsid()\n"
           "        if os.fork() == 0: time.sleep(5)\n        os._exit(0)\n"
           f"    print({GOT})\n    return None\n", verdicts=REFUSED),
    Attack("run_a_program", "a program",
           child("subprocess.run([sys.executable, '-c', ''], env={})"), verdicts=REFUSED),
    Attack("shell", "a shell", child("if os.system('true') != 0: raise PermissionError"),
           verdicts=REFUSED),
    Attack("become_a_program", "exec in the place of itself",
           f"import os, sys{DEF}    os.execve('/bin/sleep', ['sleep', '5'], {{}})\n",
           verdicts=REFUSED),
    Attack("multiprocessing", "a pool of processes",
           child("import multiprocessing; multiprocessing.Process(target=print).start()"),
           verdicts=REFUSED),
    Attack("many_threads", "three hundred threads that sleep; a right answer stays right",
           RIGHT + f"\nimport threading, time{DEF}"
           "    for _ in range(300 * (threading.active_count() < 9)):\n"
           "        try:\n"
           "            threading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n"
           "        except RuntimeError:\n            break\n"
           "    return right(gradients, maxValue)\n",
           verdicts=("passed", "crashed", "timed_out"), marks="any"),
    Attack("memory", "three GiB, touched slowly",
           f"{DEF}    kept = []\n    for _ in range(48):\n"
           "        kept.append(bytearray(64 << 20))\n"
           f"    print({GOT})\n    return None\n", verdicts=("crashed", "timed_out")),
    Attack("memory_in_c", "the same by mmap, past Python's own allocator",
           f"import mmap{DEF}    kept = [mmap.mmap(-1, 64 << 20) for _ in range(48)]\n"
           f"    print({GOT})\n    return None\n",
           verdicts=("crashed", "errored_student", "timed_out")),
    Attack("numpy_giant", "an array of a terabyte",
           f"import numpy as np{DEF}    return np.zeros((1 << 20, 1 << 17))\n",
           verdicts=("crashed",)),
    Attack("big_power", "a number with a hundred million digits",
           f"{DEF}    return 10 ** 10 ** 8 % 7\n", verdicts=("timed_out", "crashed")),
    Attack("disk", "a file of a hundred MiB",
           f"{DEF}    with open('big', 'wb') as file:\n        for _ in range(100):\n"
           f"            file.write(bytes(1 << 20))\n            file.flush()\n    print({GOT})\n",
           verdicts=("errored_student", "crashed", "refused")),
    Attack("unlinked_files", "ninety MiB in files that have no name any more",
           f"import os, time{DEF}    kept = []\n    for n in range(3):\n"
           "        file = open(f'part{n}', 'wb')\n        os.unlink(f'part{n}')\n"
           "        file.write(bytes(30 << 20))\n        file.flush()\n        kept.append(file)\n"
           f"    time.sleep(0.5)\n    print({GOT})\n",
           verdicts=("errored_student", "crashed", "refused")),
    Attack("pinned_files", "a hundred and sixty MiB in files without a name, held by a page each",
           f"import mmap, os, time{DEF}    kept = []\n    for n in range(40):\n"
           "        with open(f'part{n}', 'w+b') as file:\n"
           "            file.write(bytes(4 << 20))\n            file.flush()\n"
           "            kept.append(mmap.mmap(file.fileno(), 4096))\n"
           "        os.unlink(f'part{n}')\n"
           f"    time.sleep(0.5)\n    print({GOT})\n",
           verdicts=("errored_student", "crashed", "refused")),
    Attack("replaced_files", "the same by putting one file in another's place",
           f"import mmap, os, time{DEF}    kept = []\n    for n in range(40):\n"
           "        with open('part', 'w+b') as file:\n"
           "            file.write(bytes(4 << 20))\n            file.flush()\n"
           "            kept.append(mmap.mmap(file.fileno(), 4096))\n"
           "        os.rename('part', 'whole')\n"
           f"    time.sleep(0.5)\n    print({GOT})\n",
           verdicts=("errored_student", "crashed", "refused")),
    Attack("nameless_files", "the same by files that never had a name",
           f"import mmap, os, time{DEF}    kept = []\n    for n in range(40):\n"
           "        file = os.open('.', os.O_TMPFILE | os.O_RDWR)\n"
           "        os.write(file, bytes(4 << 20))\n"
           "        kept.append(mmap.mmap(file, 4096))\n        os.close(file)\n"
           f"    time.sleep(0.5)\n    print({GOT})\n",
           verdicts=("errored_student", "crashed", "refused")),
    Attack("empty_files", "a hundred thousand empty files",
           f"import time{DEF}    for n in range(100_000):\n"
           "        open(f'{n}', 'x').close()\n"
           f"    time.sleep(0.5)\n    print({GOT})\n",
           verdicts=("errored_student", "crashed", "refused", "timed_out")),
    Attack("threads_with_small_stacks", "four hundred threads that take little memory, and stay",
           f"import threading, time{DEF}    threading.stack_size(65536)\n"
           "    for n in range(400):\n"
           "        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n"
           f"    time.sleep(0.7)\n    print({GOT})\n",
           verdicts=("errored_student", "crashed", "refused")),
    Attack("blocks_past_the_end", "ninety MiB of blocks behind the end of an empty file",
           f"import ctypes, os, time{DEF}    libc = ctypes.CDLL(None, use_errno=True)\n"
           "    file = os.open('empty', os.O_CREAT | os.O_RDWR)\n"
           "    size = ctypes.c_long(90 << 20)\n"
           "    failed = libc.fallocate(file, 1, ctypes.c_long(0), size)\n"
           "    time.sleep(0.5)\n"
           "    if not failed and os.fstat(file).st_blocks * 512 >= 80 << 20:\n"
           f"        print({GOT})\n    raise RuntimeError('tried')\n",
           verdicts=("errored_student", "crashed", "refused")),
    Attack("many_files", "thousands of small files, then folders in folders",
           f"import os{DEF}    try:\n        for n in range(3000):\n"
           "            open(f'file{n}', 'w').close()\n    except OSError as error:\n"
           "        pass\n    try:\n        for n in range(100):\n"
           "            os.mkdir('folder')\n            os.chdir('folder')\n"
           "    except OSError:\n        pass\n    return None\n",
           verdicts=("failed", "crashed")),
    Attack("descriptors", "a thousand open files",
           f"{DEF}    kept = [open('/dev/null') for _ in range(1000)]\n    print({GOT})\n",
           verdicts=("errored_student",)),
    Attack("output_flood", "fifty MiB printed, and as much to the descriptors below",
           f"import os, sys{DEF}    for _ in range(50):\n        print('x' * (1 << 20))\n"
           "        sys.stderr.write('y' * (1 << 20))\n        os.write(1, b'z' * (1 << 20))\n"
           "        os.write(2, b'z' * (1 << 20))\n    return None\n",
           verdicts=("failed", "timed_out")),
    Attack("endless_loop", "a loop", f"import time{DEF}    end = time.time() + 30\n"
           "    while time.time() < end: pass\n", verdicts=("timed_out",)),
    Attack("endless_loop_at_import", "a loop while a class is defined",
           "import time\nclass Now:\n    end = time.time() + 30\n"
           "    while time.time() < end: pass\n" + RIGHT_CLIP, verdicts=("timed_out",)),
    Attack("blocked_in_c", "C code that sleeps with every signal blocked",
           f"import ctypes, signal{DEF}    signal.pthread_sigmask(signal.SIG_BLOCK,\n"
           "        signal.valid_signals())\n    ctypes.PyDLL(None).usleep(30_000_000)\n",
           verdicts=("timed_out",)),
    Attack("catastrophic_pattern", "a regular expression that backtracks",
           f"import re{DEF}    re.match('(a+)+$', 'a' * 40 + 'b')\n", verdicts=("timed_out",)),
    Attack("null_pointer", "a segmentation fault",
           f"import ctypes{DEF}    ctypes.string_at(0)\n", verdicts=("crashed",)),
    Attack("abort", "abort() in C", f"import os{DEF}    os.abort()\n", verdicts=("crashed",)),
    Attack("stack_overflow", "recursion past every limit",
           f"import sys{DEF}    sys.setrecursionlimit(10**8)\n    def down(n): return down(n + 1)\n"
           "    down(0)\n", verdicts=("crashed", "errored_student", "timed_out")),
    Attack("raise_the_limits", "its own limits, up",
           f"import resource{DEF}    done = []\n"
           "    for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):\n"
           "        try:\n            resource.setrlimit(what, (resource.RLIM_INFINITY,) * 2)\n"
           "            done.append(what)\n        except (ValueError, OSError): pass\n"
           f"    if done: print({GOT})\n    raise RuntimeError('tried')\n",
           verdicts=("errored_student",)),
    Attack("deadlock", "a lock taken twice",
           f"import threading{DEF}    lock = threading.Lock()\n    lock.acquire()\n"
           "    lock.acquire(timeout=30)\n", verdicts=("timed_out",)),
)  # fmt: skip
