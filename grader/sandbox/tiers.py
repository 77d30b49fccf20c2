"""Which confinement this machine can form, strongest first, and what each tier means."""

from __future__ import annotations

import contextlib
import os
import shlex
from typing import TYPE_CHECKING, Final

from grader.errors import SandboxError, UsageError
from grader.sandbox.cgroups import open_rooms
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.selftest import MEANINGS, SUCCEEDED, attempts
from grader.worker.confine import Layers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.sandbox.cgroups import Rooms

TIERS: Final[Mapping[str, Layers]] = {
    "A": Layers(namespaces=True, landlock=True, seccomp=True),
    "B": Layers(namespaces=False, landlock=True, seccomp=True),
    "C-bubblewrap": Layers(bubblewrap=True, seccomp=True),
    "C-user": Layers(other_user=True, seccomp=True),
    "C": Layers(),
}
OFF: Final = "off"
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "strict": ("A",),
    "best": tuple(TIERS),
    OFF: (OFF,),
}
# In C alone a submission could read hidden suites and answers off the disk.
HIDDEN_REFUSED: Final = "C"
# Where hidden suites run, nothing that serves them may be less confined.
CONFINED_TIERS: Final = tuple(tier for tier in TIERS if tier != HIDDEN_REFUSED)


def open_server(
    isolation: str, *, torch: bool, kept: Sequence[Path] = (), groups: bool = True
) -> ForkServer:
    """Start a fork server in the strongest tier that is allowed and proves to work.

    Parameters
    ----------
    isolation : str
        ``strict`` for tier A or nothing, ``best`` for what there is, ``off`` for bounds alone.
    torch : bool
        Whether the server imports torch.
    kept : sequence of Path
        What no worker may read: solutions, gradebook, submissions. A worker tries to.
    groups : bool
        Whether workers get control groups, where that can be. What else runs in the caller's own
        group is then moved within it.

    Returns
    -------
    ForkServer
        Running; the caller ends it. Its ``tier`` is one of `TIERS`, or ``off``.

    Raises
    ------
    SandboxError
        When none of the allowed tiers works; the message says why for each.
    UsageError
        For another word, and where this is not Linux.
    """
    if isolation not in CHOICES:
        raise UsageError(f"--isolation takes {', '.join(CHOICES)}, not {isolation}")
    refuse_elsewhere()
    # Before the server starts: it would keep us from dividing our own group.
    rooms = _rooms() if groups else None
    reasons: list[str] = []
    for tier in CHOICES[isolation]:
        try:
            return _proven(tier, torch=torch, kept=kept, rooms=rooms, stronger=reasons)
        except SandboxError as error:
            reasons.append(f"tier {tier}: {error}")
    if rooms is not None:
        rooms.close()
    raise SandboxError("; ".join(reasons) + "; `grader doctor` tells what to do")


def refuse_elsewhere() -> None:
    """Raise `UsageError` where this is not Linux: then there are no workers to be had."""
    if not hasattr(os, "pidfd_open"):
        raise UsageError("submissions run in processes of their own on Linux only")


def remedy(kept: Sequence[Path]) -> str:
    """Say how hidden suites can be run where neither namespaces nor Landlock work.

    Parameters
    ----------
    kept : sequence of Path
        What must then be closed to other users.
    """
    closed = " ".join(shlex.quote(str(path)) for path in kept if path.is_dir())
    return (
        "`apt-get install bubblewrap`; or start the grader as root, with its folders closed to "
        f"others: `chmod 700 {closed or 'FOLDER ...'}`"
    )


def leaks_of(server: ForkServer, kept: Sequence[Path] = ()) -> list[str]:
    """List what a worker of this server could do and must not."""
    leaks = []
    for name, found in attempts(server, kept).items():
        if found.startswith(SUCCEEDED):
            leaks.append(MEANINGS[name] + found.removeprefix(SUCCEEDED))
    return leaks


def _proven(
    tier: str,
    *,
    torch: bool,
    kept: Sequence[Path],
    rooms: Rooms | None,
    stronger: Sequence[str] = (),
) -> ForkServer:
    """Start a server and prove its tier by what a worker of it cannot do.

    Raises
    ------
    SandboxError
        When the tier cannot be formed, or does not hold.
    """
    layers = TIERS.get(tier, Layers())
    if layers.other_user and os.geteuid() != 0:
        raise SandboxError("the grader was not started as root, so it has no other user")
    if layers.other_user and not kept:
        raise SandboxError("nothing was named whose modes could be tried")
    server = ForkServer(torch=torch, layers=layers, tier=tier, rooms=rooms, reasons=stronger)
    server.__enter__()
    leaks = [] if layers == Layers() else leaks_of(server, kept)
    if leaks:
        server.stop()
        raise SandboxError(f"a worker could {', '.join(leaks)}")
    return server


def _rooms() -> Rooms | None:
    """Make ready for control groups; none of the tiers needs them."""
    with contextlib.suppress(SandboxError):
        return open_rooms()
    return None
