"""The trusted side of every call into a submission: transports, deadlines, the fork server."""

from grader.sandbox.client import Client, Result
from grader.sandbox.devices import has_gpu, open_device_server
from grader.sandbox.fake import FakeTransport
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.local import LocalTransport, libraries_of
from grader.sandbox.tiers import (
    CHOICES,
    CONFINED_TIERS,
    HIDDEN_REFUSED,
    open_server,
    refuse_elsewhere,
    remedy,
)
from grader.sandbox.transport import Supply, Transport, refuse_to_supply
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
