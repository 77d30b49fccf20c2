"""Searches for answers and for others' work: nothing of it is there, and nothing gets out.

Whatever is found is printed, returned and raised; the canaries planted all around must not turn up.
"""

from typing import Final

from tests.attacks.attack import Attack

SHOW: Final = """
import os

def show(found):
    text = repr(found)
    hits = [text[at:at + 60] for at in range(len(text)) if text.startswith("CANARY-", at)][:20]
    text = " ".join(hits) or text[-300:]
    print(text)
    raise RuntimeError(text)

def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(100_000)
    except Exception as error:
        return f"{type(error).__name__}"
"""
STOPPED: Final = ("errored_student", "refused", "crashed")


def looks(body: str) -> str:
    """Write a submission whose clip shows what an expression or some lines find."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    return f"{SHOW}\ndef clip(gradients, maxValue):\n{lines}"


ATTACKS: Final = (
    Attack("environment", "the grader's environment variables",
           looks("show([dict(os.environ), read('/proc/self/environ')])"), verdicts=STOPPED),
    Attack("command_lines", "with what every process was started",
           looks("found = [read(f'/proc/{pid}/cmdline') for pid in [*range(1, 40), {GRADER}]\n"
                 "    if pid != os.getpid()]\n"
                 "if any(isinstance(got, bytes) and got for got in found):\n"
                 "    print('GOTCHA-' + '4c1f')\nshow(found)"), verdicts=STOPPED),
    Attack("other_processes", "environment and memory of every process",
           looks("found = []\n"
                 "for pid in [*range(1, 40), os.getppid(), {GRADER}, {CANARY}]:\n"
                 "    for what in ('environ', 'maps', 'mem', 'auxv', 'root/etc/passwd'):\n"
                 "        got = read(f'/proc/{pid}/{what}')\n"
                 "        if isinstance(got, bytes) and got and pid != os.getpid():\n"
                 "            found.append('GOTCHA-' + '4c1f' + f' {pid} {what}')\n"
                 "show(found)"), verdicts=STOPPED),
    Attack("files_by_name", "every file that it knows lies there",
           looks("names = ['secret.txt', 'solutions/hw8/char_rnn.py', 'results/grades.csv',\n"
                 "    'solutions/hw8/hidden/test_char_rnn_hidden.py', '.git/logs/HEAD',\n"
                 "    'submissions/right.py', 'assignments/hw8/exercises.toml']\n"
                 "found = [read(f'{TREE}/{name}') for name in names]\n"
                 "if any(isinstance(one, bytes) for one in found): print('GOTCHA-' + '4c1f')\n"
                 "show(found)"), verdicts=STOPPED),
    Attack("folders", "what lies in the folders around",
           looks("found = []\nfor folder in ('/', '{TREE}', '/home', '/root', '/etc', '/tmp'):\n"
                 "    try: found.append(os.listdir(folder))\n"
                 "    except OSError as error: found.append(type(error).__name__)\n"
                 "if any('solutions' in names for names in found): print('GOTCHA-' + '4c1f')\n"
                 "show(found)"), verdicts=STOPPED),
    Attack("ways_around_a_path", "the same through /proc, dots and descriptors of folders",
           looks("found = [read(start + '{TREE}/secret.txt') for start in ('/proc/self/root',\n"
                 "    '/proc/1/root', '/proc/self/cwd/../../../../..', '/proc/thread-self/root',\n"
                 "    '/dev/../', f'/proc/{os.getppid()}/root')]\n"
                 "for flags in (os.O_PATH, os.O_RDONLY):\n    try:\n"
                 "        folder = os.open('{TREE}', flags | os.O_DIRECTORY)\n"
                 "        file = os.open('secret.txt', os.O_RDONLY, dir_fd=folder)\n"
                 "        found.append(os.read(file, 1000))\n"
                 "    except OSError as error: found.append(type(error).__name__)\n"
                 "show(found)"), verdicts=STOPPED),
    Attack("links", "a link or a rename of the secret into its own folder",
           looks("found = []\nfor act in (os.symlink, os.link, os.rename):\n    try:\n"
                 "        act('{TREE}/secret.txt', 'mine')\n        found.append(read('mine'))\n"
                 "        print('GOTCHA-' + '4c1f')\n"
                 "    except OSError as error: found.append(type(error).__name__)\n"
                 "show(found)"), verdicts=STOPPED),
    Attack("other_readers", "numpy, mmap, C and the import system as readers",
           looks("import ctypes, importlib.util, mmap, numpy as np\nfound = []\n"
                 "secret = '{TREE}/secret.txt'\n"
                 "def with_c():\n    libc = ctypes.CDLL(None)\n"
                 "    handle = libc.open(secret.encode(), 0)\n"
                 "    text = ctypes.create_string_buffer(200)\n"
                 "    libc.read(handle, text, 200)\n    return text.raw\n"
                 "def by_import():\n    spec = importlib.util.spec_from_file_location(\n"
                 "        'char_rnn', '{TREE}/solutions/hw8/char_rnn.py')\n"
                 "    module = importlib.util.module_from_spec(spec)\n"
                 "    spec.loader.exec_module(module)\n"
                 "    return 'GOTCHA-' + '4c1f'\n"
                 "for act in (with_c, by_import, lambda: np.fromfile(secret, 'u1').tobytes(),\n"
                 "        lambda: np.memmap(secret, 'u1', 'r').tobytes(),\n"
                 "        lambda: np.loadtxt(secret, str)):\n"
                 "    try: found.append(act())\n"
                 "    except Exception as error: found.append(type(error).__name__)\n"
                 "show(found)"), verdicts=STOPPED),
    Attack("own_memory", "canaries left over in its own memory by the process it came from",
           looks("import ctypes, gc, re, time\nend, found = time.time() + 0.5, []\n"
                 "needle = b'CANARY-[a-z]+-[0-9a-f]{16}'\n"
                 "for line in read('/proc/self/maps').decode().splitlines() if isinstance(\n"
                 "        read('/proc/self/maps'), bytes) else []:\n"
                 "    span, mode = line.split()[:2]\n"
                 "    start, stop = (int(part, 16) for part in span.split('-'))\n"
                 "    if not mode.startswith('rw') or '[v' in line or time.time() > end: continue\n"
                 "    size = min(stop - start, 8 << 20)\n"
                 "    found += re.findall(needle, ctypes.string_at(start, size))\n"
                 "show(found)"), verdicts=(*STOPPED, "timed_out")),
    Attack("objects_and_frames", "every object of the process and every frame above",
           looks("import gc, sys\nframe, found = sys._getframe(), []\n"
                 "while frame is not None:\n"
                 "    found.append(sorted(frame.f_locals))\n    frame = frame.f_back\n"
                 "for thing in gc.get_objects():\n"
                 "    name = type(thing).__name__\n"
                 "    if name in ('Golden', 'Reference', 'Runner', 'Grading', 'Assignment'):\n"
                 "        found.append('GOTCHA-' + '4c1f')\n"
                 "show([found, [m for m in sys.modules if 'hidden' in m or 'solution' in m]])"),
           verdicts=STOPPED),
    Attack("the_catalogue", "the grader's own code reads the assignment for it",
           looks("from pathlib import Path\nfrom grader.catalog import load_assignment\n"
                 "folder = Path('{TREE}/assignments/hw8')\n"
                 "try: show(['GOTCHA-' + '4c1f', load_assignment(folder)])\n"
                 "except Exception as error: show(type(error).__name__)"), verdicts=STOPPED),
    Attack("command_line_and_mounts", "what its own process entries tell",
           looks("show([read(f'/proc/self/{name}') for name in ('cmdline', 'cgroup', 'status',\n"
                 "    'task/self/environ', 'stack', 'io', 'auxv')] + [os.getcwd()])"),
           verdicts=STOPPED),
    Attack("earlier_submissions", "what an earlier submission has left behind",
           looks("found = []\nfor folder in (os.getcwd(), '/tmp', '/dev/shm', '/var/tmp',\n"
                 "        os.path.dirname(os.getcwd())):\n"
                 "    try: found += os.listdir(folder)\n"
                 "    except OSError as error: found.append(type(error).__name__)\n"
                 "if 'left_behind' in found: print('GOTCHA-' + '4c1f')\nshow(found)"),
           verdicts=STOPPED),
)  # fmt: skip
