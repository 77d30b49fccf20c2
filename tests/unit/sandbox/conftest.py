"""One warm fork server for all tests here, and submissions made of text."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import select
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from grader import wire
from grader.errors import SandboxError
from grader.intake import read_submission
from grader.model import Limits
from grader.sandbox import Client, ForkServer, refuse_to_supply
from grader.worker.confine import Layers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.sandbox import Supply, Transport

NOTHING = wire.Source(modules=())
# A deadline that only a worker that hangs reaches, and one for those that shall hang.
PATIENT_S = 60.0
SHORT_S = 0.5
GOING_MS = 20_000  # how long a killed process may take to go; reached only when it does not


@pytest.fixture(scope="session")
def layers() -> Layers:
    """The fewest layers under which workers start here.

    Root's workers become an ordinary user, who needs a Python that everybody can read; where it
    lies in root's home, only a root folder of their own makes it readable.
    """
    try:
        with ForkServer(torch=False):
            return Layers()
    except SandboxError:
        return Layers(namespaces=True)


@pytest.fixture(scope="session")
def server(layers: Layers) -> Iterator[ForkServer]:
    """A fork server with numpy and torch warm."""
    torch.set_num_threads(1)  # as in a worker, so that sums are taken in the same order
    with ForkServer(torch=True, layers=layers) as server:
        yield server


@pytest.fixture
def numpy_server(layers: Layers) -> Iterator[ForkServer]:
    """A fork server of one test's own, with numpy alone."""
    with ForkServer(torch=False, layers=layers) as server:
        yield server


@pytest.fixture
def limits() -> Limits:
    """Bounds that no test reaches unless it means to."""
    return Limits(call_s=PATIENT_S, load_s=PATIENT_S, memory_mib=512, output_kib=1)


@pytest.fixture
def short(limits: Limits) -> Limits:
    """The same with a deadline for calls that never end."""
    return msgspec.structs.replace(limits, call_s=SHORT_S)


@pytest.fixture
def source(tmp_path: Path) -> Callable[[str], wire.Source]:
    """Read a text as a submission of one file."""

    def read(text: str) -> wire.Source:
        path = tmp_path / "answers.py"
        path.write_text(textwrap.dedent(text), "utf-8")
        found = read_submission(path, modules=("answers",), exercises={}).source
        assert found is not None
        return found

    return read


@dataclasses.dataclass
class Opener:
    """Loads submissions into fresh workers and ends those at the end of a test."""

    server: ForkServer
    limits: Limits
    source: Callable[[str], wire.Source]
    opened: list[Client] = dataclasses.field(default_factory=list)

    def __call__(
        self, text: str, limits: Limits | None = None, supply: Supply = refuse_to_supply
    ) -> Client:
        """Fork a worker and load a text into it."""
        limits = limits or self.limits
        return self.through(self.server.worker(limits, supply), text, limits)

    def through(
        self,
        transport: Transport,
        text: str,
        limits: Limits | None = None,
        supplied: dict[str, str] | None = None,
    ) -> Client:
        """Load a text through any transport."""
        client = Client(transport, limits or self.limits)
        self.opened.append(client)
        client.load(self.source(text), NOTHING, "answers", supplied)
        return client


@pytest.fixture
def opened(
    server: ForkServer, limits: Limits, source: Callable[[str], wire.Source]
) -> Iterator[Opener]:
    """Load texts into fresh workers."""
    opener = Opener(server, limits, source)
    yield opener
    for client in opener.opened:
        with contextlib.suppress(SandboxError):  # a test has ended the server
            client.close()


@pytest.fixture
def watched() -> Iterator[Callable[[Client], Callable[[], bool]]]:
    """Watch a worker and all that shares its socket; the result tells whether they are gone.

    A process number says nothing across namespaces. A pidfd does, and so does the end of the
    stream: it comes when the last process that holds the worker's socket has ended.
    """
    kept: list[int] = []

    def watch(client: Client) -> Callable[[], bool]:
        worker = client.transport
        pidfd = os.dup(worker._pidfd)  # type: ignore[attr-defined] # noqa: SLF001 - see above
        stream = os.dup(worker._stream.fileno())  # type: ignore[attr-defined] # noqa: SLF001
        kept.extend((pidfd, stream))

        def gone() -> bool:
            return ended(pidfd) and ended(stream)

        return gone

    yield watch
    for descriptor in kept:
        os.close(descriptor)


def ended(descriptor: int) -> bool:
    """Wait until a process has ended, or a stream has no other end any more."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN if _is_process(descriptor) else 0)
    return bool(poll.poll(GOING_MS))


def _is_process(descriptor: int) -> bool:
    return "pidfd" in str(Path(f"/proc/self/fd/{descriptor}").readlink())
