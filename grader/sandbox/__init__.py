"""The trusted side of every call into a submission: transports, deadlines, the fork server."""

from grader.sandbox.client import Client, Result
from grader.sandbox.fake import FakeTransport
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.local import LocalTransport
from grader.sandbox.tiers import CHOICES, HIDDEN_REFUSED, open_server, remedy
from grader.sandbox.transport import Supply, Transport, refuse_to_supply

__all__ = [
    "CHOICES",
    "HIDDEN_REFUSED",
    "Client",
    "FakeTransport",
    "ForkServer",
    "LocalTransport",
    "Result",
    "Supply",
    "Transport",
    "open_server",
    "refuse_to_supply",
    "remedy",
]
