"""What crosses the boundary between trusted and untrusted processes, and nothing else.

`format` says how values are encoded, `writer` and `reader` do it, `codec` is their front;
`messages` are the requests and replies, `stream` moves them over a socket before a deadline.
Nothing is ever unpickled.
"""

from grader.wire.codec import decode, encode
from grader.wire.format import DEFAULT_LIMITS, Handle, Limits, TooLargeError, type_name
from grader.wire.messages import (
    Asked,
    Call,
    Failed,
    Frame,
    GetParameters,
    LeftOut,
    Load,
    Loaded,
    Loading,
    Module,
    Piece,
    Raised,
    Record,
    Repeat,
    Replies,
    Reply,
    Request,
    Requests,
    Returned,
    SetParameters,
    Source,
    Supplied,
    pack,
    unpack_reply,
    unpack_request,
)
from grader.wire.stream import Stream, Until

__all__ = [
    "DEFAULT_LIMITS",
    "Asked",
    "Call",
    "Failed",
    "Frame",
    "GetParameters",
    "Handle",
    "LeftOut",
    "Limits",
    "Load",
    "Loaded",
    "Loading",
    "Module",
    "Piece",
    "Raised",
    "Record",
    "Repeat",
    "Replies",
    "Reply",
    "Request",
    "Requests",
    "Returned",
    "SetParameters",
    "Source",
    "Stream",
    "Supplied",
    "TooLargeError",
    "Until",
    "decode",
    "encode",
    "pack",
    "type_name",
    "unpack_reply",
    "unpack_request",
]
