"""Workers that may use a GPU: how far they can be confined there."""

from __future__ import annotations

from typing import Final

from grader import wire
from grader.errors import SandboxError, StudentError
from grader.model import Limits
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.tiers import leaks_of
from grader.sandbox.twin import Twin
from grader.worker.confine import Layers

CUDA: Final = "cuda"
CONFINED: Final = Layers(landlock=True, seccomp=True, device=True)
BOUNDED: Final = Layers(device=True)
# The first use of a GPU in a process takes seconds.
PROBE_LIMITS: Final = Limits(call_s=60.0, load_s=20.0)
# The trusted process need not import torch for this, so the worker makes its own tensor.
PROBE: Final = """
import torch


def probe(device):
    values = torch.ones(2, device=device)
    return (values + values @ values).sum(), str(values.device)
"""
EXPECTED: Final = 6.0


def open_device_server(*, confined: bool, device: str = CUDA) -> ForkServer:
    """Start a fork server whose workers can compute on a device, and prove that they can.

    The server itself never starts CUDA; each worker does, after it was forked and confined.

    Parameters
    ----------
    confined : bool
        Whether workers must be kept from files, network and other processes, as in tier B; else
        only bounds apply, as in tier C. Namespaces would hide the device files.
    device : str
        What torch calls the device.

    Returns
    -------
    ForkServer
        Running; the caller ends it.

    Raises
    ------
    SandboxError
        Where a worker cannot compute there under that confinement, or is not confined by it.
    """
    server = ForkServer(
        torch=True, layers=CONFINED if confined else BOUNDED, tier="B" if confined else "C"
    )
    server.__enter__()
    try:
        leaks = leaks_of(server) if confined else []
        problem = f"a worker could {', '.join(leaks)}" if leaks else _why_not(server, device)
    except SandboxError as error:
        problem = str(error)
    if problem:
        server.__exit__(None, None, None)
        raise SandboxError(f"{device}: {problem}")
    return server


def _why_not(server: ForkServer, device: str) -> str:
    """Compute something in a worker; return what was wrong, or nothing."""
    piece = wire.Piece(PROBE, "probe.py", 1, "definition", ("torch", "probe"))
    source = wire.Source((wire.Module(name="probe", origin="probe.py", pieces=(piece,)),))
    twin = Twin(server.worker(PROBE_LIMITS), PROBE_LIMITS)
    try:
        twin.load(source, wire.Source(()), "probe")
        _, ((total, found),) = twin.lap("probe", [wire.encode((device,))], device, 0)
    except StudentError as error:
        return str(error)
    finally:
        twin.close()
    right = float(total) == EXPECTED and str(found).startswith(device)
    return "" if right else f"the worker computed {total} on {found}"
