"""Whatever a submission does to its worker, it ends in time, and with a reason."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader.errors import CodeRaisedError, CrashedError, TimedOutError, UnusableValueError

if TYPE_CHECKING:
    from grader.model import Limits
    from grader.worker.confine import Layers


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import ctypes\ndef f(): ctypes.string_at(0)", "SIGSEGV"),
        ("import os\ndef f(): os.abort()", "SIGABRT"),
        ("import os\ndef f(): os._exit(7)", "exit code 7"),
        ("import os, signal\ndef f(): os.kill(os.getpid(), signal.SIGTERM)", "SIGTERM"),
        ("import os\ndef f(): os.kill(os.getpid(), 9)", "SIGKILL"),
    ],
    ids=["segfault", "abort", "exit", "terminated", "killed"],
)
def test_a_worker_that_dies_is_reported_with_its_reason(
    opened: Any, code: str, reason: str
) -> None:
    """By the signal's name or the exit code, and further requests are refused."""
    client = opened(code)

    with pytest.raises(CrashedError) as caught:
        client.call("f", ())

    assert reason in str(caught.value.fields["reason"])
    assert caught.value.fields["name"] == "f"
    assert not client.transport.alive


def test_an_exit_is_an_exception_and_no_end(opened: Any) -> None:
    """``exit()`` raises SystemExit, which has a line that can be shown."""
    client = opened("import sys\ndef f():\n    sys.exit(3)\ndef g(): return 1")

    with pytest.raises(CodeRaisedError) as caught:
        client.call("f", ())

    assert (caught.value.fields["exception"], caught.value.fields["line"]) == ("SystemExit", 3)
    assert client.call("g", ()).value == 1


CATCHES_ALL = """
def f():
    while True:
        try:
            while True: pass
        except BaseException: pass
"""
DEAF = """
import signal
def f():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True: pass
"""


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    while True: pass",
        CATCHES_ALL,
        DEAF,
        "import os, signal\ndef f(): os.kill(os.getpid(), signal.SIGSTOP)",
        "import signal\ndef f(): signal.pause()",
        "def f():\n    while True: print('x' * 1000)",
    ],
    ids=["loop", "catches all", "ignores signals", "stops itself", "sleeps", "prints"],
)
def test_a_call_that_never_ends_is_ended(
    opened: Any, watched: Any, short: Limits, code: str
) -> None:
    """By the deadline, and with the whole process."""
    client = opened(code, short)
    gone = watched(client)

    with pytest.raises(TimedOutError) as caught:
        client.call("f", ())

    assert caught.value.fields == {"name": "f", "seconds": "0.5"}
    assert gone()


def test_a_deadline_can_be_given_for_one_call(opened: Any) -> None:
    """It replaces that of the limits."""
    client = opened("def f():\n    while True: pass")

    with pytest.raises(TimedOutError, match=r"0\.25"):
        client.call("f", (), timeout_s=0.25)


@pytest.mark.parametrize(
    "code",
    [
        "def f(): return len(bytearray(4 << 30))",
        "def f():\n    kept = []\n    while True: kept.append(bytearray(1 << 24))",
        "import numpy as np\ndef f(): return np.ones(1 << 30).sum()",
        "import torch\ndef f(): return torch.ones(1 << 30).sum()",
    ],
    ids=["at once", "bit by bit", "numpy", "torch"],
)
def test_memory_is_bounded_and_named(opened: Any, code: str) -> None:
    """Whoever asks for the memory, the verdict is the same and names the bound."""
    client = opened(code)

    with pytest.raises(CrashedError) as caught:
        client.call("f", ())

    assert caught.value.key == "out_of_memory"
    assert caught.value.fields["mib"] == 512


def test_an_expanded_tensor_is_refused_for_its_size(opened: Any) -> None:
    """Its elements are counted before they are laid out in memory."""
    client = opened("import torch\ndef f(): return torch.ones(1).expand(1 << 34)")

    with pytest.raises(UnusableValueError):
        client.call("f", ())


def test_written_files_are_bounded(opened: Any) -> None:
    """The disk is no way around the memory."""
    client = opened("def f():\n    with open('big', 'wb') as file: file.write(bytes(65 << 20))")

    with pytest.raises((CodeRaisedError, CrashedError)):
        client.call("f", ())


@pytest.mark.parametrize("kib", [1, 16, 64])
def test_a_flood_of_output_is_cut(opened: Any, limits: Limits, kib: int) -> None:
    """The first characters are kept, whatever bound the instructor chose."""
    client = opened(
        "def f():\n    for _ in range(2000): print('x' * 99)",
        msgspec.structs.replace(limits, output_kib=kib),
    )

    output = client.call("f", ()).output

    assert output.startswith("x" * 99 + "\n")
    assert f"{2000 * 100 - (kib << 10)} more characters" in output


def test_writing_past_python_reaches_nobody(opened: Any, capfd: Any) -> None:
    """Descriptors 1 and 2 of a worker lead nowhere."""
    client = opened("import os\ndef f(): return os.write(1, b'out') + os.write(2, b'err')")

    assert client.call("f", ()).value == 6
    assert capfd.readouterr() == ("", "")


CHILDREN = """
import os, signal
def child():
    if not os.fork():
        while True: signal.pause()
def grandchild():
    if not os.fork():
        os.setsid()
        if not os.fork():
            os.setsid()
            while True: signal.pause()
        os._exit(0)
    os.wait()
def die():
    os._exit(1)
"""


@pytest.mark.parametrize("crashes", [False, True], ids=["ended", "crashed"])
@pytest.mark.parametrize("name", ["child", "grandchild"])
def test_what_a_worker_started_ends_with_it(
    opened: Any, watched: Any, name: str, crashes: bool
) -> None:
    """Children, and a daemon in a session of its own, however the worker itself ends."""
    client = opened(CHILDREN, msgspec.structs.replace(opened.limits, call_s=3.0))
    gone = watched(client)
    client.call(name, ())

    if crashes:
        with pytest.raises(CrashedError):
            client.call("die", ())
    client.close()

    assert gone()


def test_a_worker_keeps_to_one_processor(opened: Any, limits: Limits) -> None:
    """However many threads it starts."""
    text = "import os\ndef f(): return len(os.sched_getaffinity(0))"

    assert opened(text, limits).call("f", ()).value == 1


def test_threads_share_a_heap(opened: Any) -> None:
    """With one each, a handful would take all the address space that a submission has."""
    text = """
    import threading
    def f():
        stop = threading.Event()
        threads = [threading.Thread(target=stop.wait, daemon=True) for _ in range(20)]
        for thread in threads:
            thread.start()
        stop.set()
        return len(threads)
    """

    assert opened(textwrap.dedent(text)).call("f", ()).value == 20


def test_threads_are_bounded(opened: Any, limits: Limits, layers: Layers) -> None:
    """Inside a namespace, where only the workers' own count."""
    text = """
    import threading
    def f(wait):
        stop = threading.Event()
        started = 0
        try:
            for _ in range(300):
                threading.Thread(target=stop.wait, daemon=True).start()
                started += 1
        except RuntimeError:
            pass
        stop.set()
        return started
    """

    started = opened(textwrap.dedent(text), limits).call("f", (0,)).value

    assert started < 150 or not layers.namespaces
