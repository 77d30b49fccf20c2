"""``grader doctor``: try on this machine what a batch relies on, and say what to do about it."""

from __future__ import annotations

import os
import platform
import statistics
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader import clock, wire
from grader.environment import PACKAGES
from grader.errors import GraderError, SandboxError, StudentError
from grader.model import Limits
from grader.sandbox import Client, ForkServer
from grader.sandbox.cgroups import open_rooms
from grader.sandbox.selftest import MEANINGS, SUCCEEDED, attempts
from grader.sandbox.tiers import TIERS
from grader.worker.confine import Layers

if TYPE_CHECKING:
    import argparse

OURS: Final = 3
INSTALLED: Final = (*PACKAGES, "sqlalchemy")
LIMITS: Final = Limits(call_s=2.0, memory_mib=512, result_mib=4)
WORKERS: Final = 20
# Each probe does inside a worker what a submission might do, and must end as told.
PROBES: Final = {
    "answers a call": ("def probe():\n    return [1, 2.5, 'ok']\n", "result"),
    "an endless loop is ended": ("def probe():\n    while True:\n        pass\n", "timed_out"),
    "memory is bounded": (
        "def probe():\n    import numpy\n    return numpy.ones(1 << 28)\n",
        "out_of_memory",
    ),
    "a crash is survived": ("def probe():\n    import os\n    os.abort()\n", "crashed"),
    "a huge result is refused": ("def probe():\n    return 'x' * (8 << 20)\n", "unusable_size"),
    "the environment holds nothing of ours": (
        "def probe():\n    import os\n    return sorted(os.environ)\n",
        "result",
    ),
}

LAYERS: Final = {
    "namespaces": "sysctl kernel.unprivileged_userns_clone=1 (Debian), sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), or a container started with "
    "--security-opt seccomp=unconfined",
    "landlock": "Linux 5.13 or later, booted with landlock in the list of lsm=",
    "bubblewrap": "needed only without namespaces and Landlock: apt-get install bubblewrap",
    "seccomp": "a kernel with seccomp filters, on x86-64 or aarch64",
}


def doctor(_options: argparse.Namespace) -> int:
    """Print a table of checks; exit code 3 if a batch would not work here."""
    console = Console(highlight=False)
    console.print(f"Python {platform.python_version()} on {platform.platform()}")
    console.print(", ".join(f"{name} {version(name)}" for name in INSTALLED), soft_wrap=True)
    console.print(_layer_table())
    works = False
    for tier in TIERS:
        console.print()
        try:
            server = ForkServer(torch=False, layers=TIERS[tier], tier=tier).__enter__()
        except SandboxError as error:
            console.print(f"tier {tier}: missing: {error}", soft_wrap=True)
            continue
        with server:
            console.print(_tier_table(server))
        works = True
        break
    console.print("CUDA: " + _cuda())
    return 0 if works else OURS


def _layer_table() -> Table:
    """Try each layer by itself, on top of namespaces where there are any."""
    table = Table(title="layers", title_justify="left")
    for heading in ("layer", "result", "detail or remedy"):
        table.add_column(heading, overflow="fold")
    below = {"namespaces": True}
    missing = _missing(Layers(**below))
    table.add_row("namespaces", *_result(missing, "namespaces"))
    if missing:
        below = {}
    for name in ("landlock", "seccomp"):
        table.add_row(name, *_result(_missing(Layers(**below, **{name: True})), name))
    bubblewrap = Layers(bubblewrap=True, seccomp=True)
    table.add_row("bubblewrap", *_result(_missing(bubblewrap), "bubblewrap"))
    table.add_row("another user", *_other_user())
    table.add_row("control groups", *_groups())
    user = "workers become user 65534" if os.geteuid() == 0 else f"workers run as {os.geteuid()}"
    table.add_row("no root", "works", user)
    table.add_row("bounds", "works", "memory, processor time, file size, descriptors, output")
    return table


def _other_user() -> tuple[str, str]:
    """Try to start workers as a user of their own; whether files are closed shows in a batch."""
    if os.geteuid() != 0:
        return "missing", "needed only without the others; remedy: start the grader as root"
    missing = _missing(Layers(other_user=True, seccomp=True))
    if missing:
        return "missing", missing
    return "works", "if the course's folders are closed: chmod 700; a batch tries that"


def _groups() -> tuple[str, str]:
    """Try to give a process a group with limits; no tier needs it, and each gains by it."""
    try:
        open_rooms().close()
    except SandboxError as error:
        return "missing", escape(f"optional; {error}")
    return "works", "memory and processes of each worker, counted by the kernel"


def _result(missing: str, name: str) -> tuple[str, str]:
    return ("missing", f"{missing}; remedy: {LAYERS[name]}") if missing else ("works", "")


def _missing(layers: Layers) -> str:
    """Start a server with some layers and have a worker answer; say why it does not."""
    try:
        with ForkServer(torch=False, layers=layers) as server:
            client = Client(server.worker(LIMITS), LIMITS)
            client.load(wire.Source(()), wire.Source(()), "empty")
            client.close()
    except GraderError as error:
        return escape(str(error))
    return ""


def _tier_table(server: ForkServer) -> Table:
    """Try what a worker must do and must not be able to do."""
    table = Table(title=f"tier {server.tier}", title_justify="left")
    table.add_column("check")
    table.add_column("result")
    table.add_column("detail", overflow="fold")
    for name, (code, expected) in PROBES.items():
        found = _probe(server, code)
        table.add_row(name, "works" if found.startswith(expected) else "FAILS", escape(found))
    for name, found in attempts(server).items():
        verdict = "POSSIBLE" if found.startswith(SUCCEEDED) else "stopped"
        table.add_row(f"a worker tries to {MEANINGS[name]}", verdict, escape(found))
    table.add_row("time to a fresh worker", "works", f"median {_ready_ms(server):.1f} ms")
    return table


def _probe(server: ForkServer, code: str) -> str:
    """Run a probe in a fresh worker; return how it ended."""
    client = Client(server.worker(LIMITS), LIMITS)
    piece = wire.Piece(code, "probe.py", 1, "definition", ("probe",))
    module = wire.Module(name="probe", origin="probe.py", pieces=(piece,))
    try:
        client.load(wire.Source((module,)), wire.Source(()), "probe")
        return f"result {client.call('probe', ()).value!r:.120}"
    except StudentError as error:
        listed = ", ".join(f"{name} {value}" for name, value in error.fields.items())
        return f"{error.key}: {listed}"
    except GraderError as error:
        return f"{type(error).__name__}: {error}"
    finally:
        client.close()


def _ready_ms(server: ForkServer) -> float:
    """Return the median time, in milliseconds, from asking for a worker to its first answer."""
    times = []
    for _ in range(WORKERS):
        started_s = clock.monotonic()
        client = Client(server.worker(LIMITS), LIMITS)
        client.load(wire.Source(()), wire.Source(()), "probe")
        times.append(clock.monotonic() - started_s)
        client.close()
    return 1000 * statistics.median(times)


def _cuda() -> str:
    if not os.path.exists("/dev/nvidia0"):  # noqa: PTH110 - a device node, no file of ours
        return "none here; timing checks on a GPU are skipped"
    import torch  # noqa: PLC0415 - seconds, and only where there is a device

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "a device without driver"
