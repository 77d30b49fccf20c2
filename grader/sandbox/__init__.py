"""The trusted side of every call into a submission: transports, deadlines, the fork server."""

from grader.sandbox.client import Client, Result
from grader.sandbox.fake import FakeTransport
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.local import LocalTransport
from grader.sandbox.transport import Supply, Transport, refuse_to_supply

__all__ = [
    "Client",
    "FakeTransport",
    "ForkServer",
    "LocalTransport",
    "Result",
    "Supply",
    "Transport",
    "refuse_to_supply",
]
