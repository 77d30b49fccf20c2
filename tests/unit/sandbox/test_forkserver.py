"""Workers come up clean, are bounded, and are gone when they are ended."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader import wire
from grader.errors import SandboxError, ServerLostError
from grader.sandbox import Client, ForkServer
from grader.sandbox.forkserver import REVIVALS
from grader.worker.confine import limit_address_space

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Limits
    from grader.worker.confine import Layers

PLAIN = {"PYTHONHASHSEED", "LC_ALL"}
THREADS = {"OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"}
SCRATCH = {"HOME", "TMPDIR"}
GPUS = {"CUDA_VISIBLE_DEVICES"}
# How long a killed process may take to go; reached only when it does not.
GONE_S = 60.0


def test_the_environment_holds_nothing_of_ours(opened: Any) -> None:
    """No paths, no tokens, no salt: what makes runs alike, and the worker's own folder."""
    client = opened("import os\ndef f(): return dict(os.environ), os.getcwd()")

    found, folder = client.call("f", ()).value

    assert PLAIN <= set(found) <= PLAIN | THREADS | SCRATCH | GPUS
    assert {found[name] for name in GPUS} == {""}  # none: autograd would start CUDA
    assert {found[name] for name in SCRATCH & set(found)} <= {folder}


def test_texts_hash_alike_in_every_worker(
    opened: Any, numpy_server: ForkServer, limits: Limits
) -> None:
    """So that sets iterate alike, today and tomorrow, with torch and without."""
    code = "def f(): return hash('grader'), list({'a', 'b', 'c', 'd'})"
    one = opened(code).call("f", ()).value
    other = opened.through(numpy_server.worker(limits), code).call("f", ()).value

    assert one == other


def test_a_server_without_torch_never_imports_it(
    opened: Any, numpy_server: ForkServer, limits: Limits
) -> None:
    """What needs numpy alone does not wait for torch."""
    code = "import sys\ndef f(): return 'numpy' in sys.modules, 'torch' in sys.modules"
    client = opened.through(numpy_server.worker(limits), code)

    assert client.call("f", ()).value == (True, False)


def test_a_server_with_torch_has_imported_what_optimizers_need(opened: Any) -> None:
    """It takes a second, which each worker that trains something would spend again."""
    code = """
        import sys, torch
        def f():
            before = set(sys.modules)
            torch.optim.Adam([torch.nn.Parameter(torch.ones(2))]).step()
            return len(set(sys.modules) - before)
    """

    assert opened(code).call("f", ()).value < 20  # rather than eight hundred


def test_a_worker_starts_in_an_empty_folder_of_its_own(
    opened: Any, watched: Any, layers: Layers
) -> None:
    """Two workers do not meet; the folder goes with its worker, whatever is left in it."""
    code = """
    import os
    def f():
        there = os.listdir()
        os.makedirs('deep/er')
        open('deep/er/file', 'w').close()
        os.symlink('/', 'link')
        os.chmod('deep', 0)
        return there, os.getcwd()
    def g(path): return os.path.exists(path)
    """
    one, two = opened(code), opened(code)
    (there, folder), (_, other) = one.call("f", ()).value, two.call("f", ()).value
    gone = watched(one)

    one.close()
    opened(code)  # the server serves in turn: the end of the first comes before this
    kept = two.call("g", (other,)).value

    assert there == []
    assert layers.namespaces or folder != other
    assert gone()
    assert layers.namespaces or not Path(folder).exists()
    assert kept


def test_a_worker_has_no_descriptor_but_its_own(opened: Any) -> None:
    """Nothing that the grader or the server has open."""
    code = """
    import os
    def f():
        there = []
        for fd in range(3, 60):
            try:
                os.fstat(fd)
            except OSError:
                continue
            there.append(fd)
        return there
    """

    found = opened(code).call("f", ()).value

    # The socket, and /dev/null in the place of stdin.
    assert len(found) <= 2


def test_many_workers_in_turn_leave_nothing_behind(opened: Any, layers: Layers) -> None:
    """No descriptors here, no processes and no folders with the server."""

    def once() -> Path:
        client = opened("import os\ndef f(): return os.getcwd()")
        folder = Path(client.call("f", ()).value)
        client.close()
        return folder.parent

    def count() -> tuple[int, int, int]:
        pid = opened.server._process.pid  # noqa: SLF001 - nothing public tells
        opened.server.worker(opened.limits).close()
        last = opened.server.worker(opened.limits)  # by now every earlier one has been ended
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        left = len(list(folders.iterdir())) if folders.exists() and not layers.namespaces else 0
        there = len(list(Path("/proc/self/fd").iterdir())), len(children), left
        last.close()
        return there

    folders = once()
    before = count()
    for _ in range(20):
        once()

    assert count() == before


def test_workers_run_side_by_side(opened: Any) -> None:
    """Each has its own globals; ending one leaves the other."""
    code = "seen = []\ndef f(x):\n    seen.append(x)\n    return seen"
    one, two = opened(code), opened(code)
    one.call("f", (1,))
    two.call("f", (2,))
    one.close()

    assert two.call("f", (3,)).value == [2, 3]


def test_an_ended_worker_can_be_ended_again(opened: Any) -> None:
    """Closing twice is no error; asking it something is ours."""
    client = opened("def f(): return 1")
    client.close()
    client.close()

    with pytest.raises(SandboxError):
        client.call("f", ())


def test_a_forked_process_has_workers_of_its_own(
    server: ForkServer, limits: Limits, source: Callable[[str], Any]
) -> None:
    """A twin with its own control socket serves a forked grader beside its parent."""
    loaded = source("def f(x): return x + 1")
    twin = server.attach()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            client = Client(twin.worker(limits), limits)
            client.load(loaded, loaded, "answers")
            code = 0 if client.call("f", (1,)).value == 2 else 2
            client.close()
        finally:
            os._exit(code)
    twin.detach()
    client = Client(server.worker(limits), limits)
    client.load(loaded, loaded, "answers")
    mine = client.call("f", (2,)).value
    client.close()

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert mine == 3


def test_a_detached_twin_forks_no_more(server: ForkServer, limits: Limits) -> None:
    """And the server runs on for the others."""
    twin = server.attach()
    twin.detach()

    with pytest.raises(SandboxError):
        twin.worker(limits)
    server.worker(limits).close()


def test_the_workers_of_a_grader_that_hangs_up_end_too(
    server: ForkServer, limits: Limits, source: Callable[[str], Any]
) -> None:
    """A grader killed amid an endless call leaves no worker that goes on burning a processor."""
    loaded = source("def loop():\n    while True: pass")
    twin = server.attach()
    worker = twin.worker(limits)
    pidfd = os.dup(worker._pidfd)  # noqa: SLF001 - its number says nothing across namespaces
    Client(worker, limits).load(loaded, loaded, "answers")
    call = wire.Call(nonce=2, target="loop", args_payload=wire.encode(()))
    worker._stream.send(wire.pack(call))  # noqa: SLF001 - a request that nobody waits for

    # What the kernel does to a process that is killed.
    worker._stream.close()  # noqa: SLF001
    os.close(worker._pidfd)  # noqa: SLF001
    twin.detach()
    gone = select.select([pidfd], [], [], GONE_S)[0]
    if not gone:
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    os.close(pidfd)

    assert gone


@pytest.fixture
def orphaned(opened: Any, numpy_server: ForkServer, limits: Limits) -> Callable[[], Client]:
    """Kill a server under its worker; the function gives the client that is left."""
    client: Client = opened.through(numpy_server.worker(limits), "def f(): return 1")

    def kill() -> Client:
        assert numpy_server._process is not None  # noqa: SLF001 - nobody else could kill it
        numpy_server._process.kill()  # noqa: SLF001
        numpy_server._process.wait()  # noqa: SLF001
        # With namespaces there is a process between the two, which takes its time to die.
        assert select.select([client.transport._pidfd], [], [], GONE_S)[0]  # type: ignore[attr-defined] # noqa: SLF001
        return client

    return kill


def test_the_death_of_the_server_is_ours(orphaned: Callable[[], Client]) -> None:
    """A student's call that was under way is no crash of the student's."""
    client = orphaned()

    with pytest.raises(ServerLostError, match="fork server"):
        client.call("f", ())


def test_the_next_worker_comes_from_another_server(
    orphaned: Callable[[], Client], numpy_server: ForkServer, opened: Any, limits: Limits
) -> None:
    """The death is told once, by what was under way; then life goes on."""
    client = orphaned()
    with pytest.raises(ServerLostError):
        client.call("f", ())

    again = opened.through(numpy_server.worker(limits), "def f(): return 2")

    assert again.call("f", ()).value == 2


def test_a_worker_that_was_not_asked_is_known_to_be_lost(
    orphaned: Callable[[], Client], numpy_server: ForkServer, opened: Any, limits: Limits
) -> None:
    """Its number may by now be that of another worker, which must neither answer nor end for it."""
    first = opened.through(numpy_server.worker(limits), "def f(): return 1")
    second = orphaned()
    with pytest.raises(ServerLostError):
        second.call("f", ())
    fresh = [opened.through(numpy_server.worker(limits), "def f(): return 2") for _ in range(2)]

    assert not first.transport.alive
    with pytest.raises(ServerLostError):
        first.call("f", ())
    first.close()
    assert [client.call("f", ()).value for client in fresh] == [2, 2]


def test_a_server_that_dies_again_and_again_is_given_up(
    numpy_server: ForkServer, limits: Limits
) -> None:
    """Each new one costs seconds; what ends them all is no accident."""
    for _ in range(REVIVALS):
        numpy_server._lose()  # noqa: SLF001 - as it notes a death; six real ones take long
        numpy_server.worker(limits).close()
    numpy_server._lose()  # noqa: SLF001

    with pytest.raises(SandboxError, match="has died"):
        numpy_server.worker(limits)


def test_a_forked_grader_starts_a_server_of_its_own(
    numpy_server: ForkServer, limits: Limits, source: Callable[[str], Any]
) -> None:
    """It cannot restart its parent's; what it has bound itself to does not bind its workers."""
    loaded = source("def f(x): return x + 1")
    twin = numpy_server.attach()
    assert numpy_server.pid is not None
    os.kill(numpy_server.pid, signal.SIGKILL)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            limit_address_space(256 << 20, for_good=False)
            with contextlib.suppress(ServerLostError):
                twin.worker(limits)
                code = 3
                os._exit(code)
            client = Client(twin.worker(limits), limits)
            client.load(loaded, loaded, "answers")
            code = 0 if client.call("f", (1,)).value == 2 else 2
            twin.__exit__(None, None, None)
        finally:
            os._exit(code)
    twin.detach()

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_death_of_the_server_ends_its_workers(
    opened: Any, watched: Any, orphaned: Callable[[], Client]
) -> None:
    """Whatever they are busy with."""
    gone = watched(opened.opened[-1])

    orphaned()

    assert gone()


def test_a_killed_server_leaves_no_folder(
    orphaned: Callable[[], Client], numpy_server: ForkServer
) -> None:
    """The next one, or the end of the grader, removes it with what the workers have left in it."""
    folder = numpy_server._folder  # noqa: SLF001 - nobody needs to know
    if folder is None:
        pytest.skip("the server has no folder on disk with these layers")
    (folder / "left").mkdir()
    orphaned()

    numpy_server.stop()

    assert not folder.exists()


def test_ending_a_worker_after_its_server_is_no_error(orphaned: Callable[[], Client]) -> None:
    """Cleaning up must not hide the error that led to it."""
    client = orphaned()

    client.close()

    assert not client.transport.alive


def test_a_server_that_was_not_started_says_so(limits: Limits) -> None:
    """A mistake of ours, named."""
    server = ForkServer(torch=False)

    with pytest.raises(SandboxError, match="not running"):
        server.worker(limits)
    server.__exit__(None, None, None)
