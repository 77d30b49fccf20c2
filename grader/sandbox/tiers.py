"""Which confinement this machine can form, strongest first, and what each tier means."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from grader.errors import SandboxError, UsageError
from grader.sandbox.cgroups import open_rooms
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.selftest import MEANINGS, SUCCEEDED, attempts
from grader.worker.confine import Layers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.sandbox.cgroups import Rooms

TIERS: Final[Mapping[str, Layers]] = {
    "A": Layers(namespaces=True, landlock=True, seccomp=True),
    "B": Layers(namespaces=False, landlock=True, seccomp=True),
    "C": Layers(),
}
OFF: Final = "off"
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "strict": ("A",),
    "best": ("A", "B", "C"),
    OFF: (OFF,),
}
# In C a submission could read hidden suites and answers off the disk.
HIDDEN_REFUSED: Final = "C"


def open_server(isolation: str, *, torch: bool) -> ForkServer:
    """Start a fork server in the strongest tier that is allowed and proves to work.

    Parameters
    ----------
    isolation : str
        ``strict`` for tier A or nothing, ``best`` for what there is, ``off`` for bounds alone.
    torch : bool
        Whether the server imports torch.

    Returns
    -------
    ForkServer
        Running; the caller ends it. Its ``tier`` is ``A``, ``B``, ``C`` or ``off``.

    Raises
    ------
    SandboxError
        When none of the allowed tiers works; the message says why for each.
    UsageError
        For another word.
    """
    if isolation not in CHOICES:
        raise UsageError(f"--isolation takes {', '.join(CHOICES)}, not {isolation}")
    rooms = _rooms()  # before the server starts: it would keep us from dividing our own group
    reasons = []
    for tier in CHOICES[isolation]:
        server = ForkServer(torch=torch, layers=TIERS.get(tier, Layers()), tier=tier, rooms=rooms)
        try:
            server.__enter__()
        except SandboxError as error:
            reasons.append(f"tier {tier}: {error}")
            continue
        leaks = [] if tier in {"C", OFF} else leaks_of(server)
        if not leaks:
            return server
        server.stop()
        reasons.append(f"tier {tier}: a worker could {', '.join(leaks)}")
    if rooms is not None:
        rooms.close()
    raise SandboxError("; ".join(reasons) + "; `grader doctor` tells what to do")


def _rooms() -> Rooms | None:
    """Make ready for control groups; none of the tiers needs them."""
    with contextlib.suppress(SandboxError):
        return open_rooms()
    return None


def leaks_of(server: ForkServer) -> list[str]:
    """List what a worker of this server could do and must not."""
    return [MEANINGS[name] for name, found in attempts(server).items() if found == SUCCEEDED]
