"""The trusted side of every call into a submission: transports, deadlines, the fork server.

What starts and confines processes is imported when it is first asked for: a student's pytest runs
a submission in its own.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.client import Client, Result
from grader.sandbox.gpu import has_gpu
from grader.sandbox.local import LocalTransport, libraries_of
from grader.sandbox.transport import Supply, Transport, refuse_to_supply

if TYPE_CHECKING:
    from grader.sandbox.devices import open_device_server
    from grader.sandbox.fake import FakeTransport
    from grader.sandbox.forkserver import ForkServer
    from grader.sandbox.tiers import (
        CHOICES,
        CONFINED_TIERS,
        HIDDEN_REFUSED,
        open_server,
        refuse_elsewhere,
        remedy,
    )
    from grader.sandbox.twin import Twin

__all__ = [
    "CHOICES",
    "CONFINED_TIERS",
    "HIDDEN_REFUSED",
    "Client",
    "FakeTransport",
    "ForkServer",
    "LocalTransport",
    "Result",
    "Supply",
    "Transport",
    "Twin",
    "has_gpu",
    "libraries_of",
    "open_device_server",
    "open_server",
    "refuse_elsewhere",
    "refuse_to_supply",
    "remedy",
]

_LATER: Final = {
    "open_device_server": "devices",
    "FakeTransport": "fake",
    "ForkServer": "forkserver",
    "CHOICES": "tiers",
    "CONFINED_TIERS": "tiers",
    "HIDDEN_REFUSED": "tiers",
    "open_server": "tiers",
    "refuse_elsewhere": "tiers",
    "remedy": "tiers",
    "Twin": "twin",
}


def __getattr__(name: str) -> Any:
    """Import what was put off, when somebody asks for it."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
