"""Which confinement this machine can form, strongest first, and what each tier means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.errors import SandboxError, UsageError
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.selftest import MEANINGS, SUCCEEDED, attempts
from grader.worker.confine import Layers

if TYPE_CHECKING:
    from collections.abc import Mapping

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
CONFINED_TIERS: Final = ("A", "B")


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
    reasons = []
    for tier in CHOICES[isolation]:
        server = ForkServer(torch=torch, layers=TIERS.get(tier, Layers()), tier=tier)
        try:
            server.__enter__()
        except SandboxError as error:
            reasons.append(f"tier {tier}: {error}")
            continue
        leaks = [] if tier in {"C", OFF} else leaks_of(server)
        if not leaks:
            return server
        server.__exit__(None, None, None)
        reasons.append(f"tier {tier}: a worker could {', '.join(leaks)}")
    raise SandboxError("; ".join(reasons) + "; `grader doctor` tells what to do")


def leaks_of(server: ForkServer) -> list[str]:
    """List what a worker of this server could do and must not."""
    return [MEANINGS[name] for name, found in attempts(server).items() if found == SUCCEEDED]
