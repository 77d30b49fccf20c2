"""Requests and replies, and the source text that a worker is given.

The trusted side sends a `Request` and waits for one `Reply` with the same nonce. While it serves a
call, a worker may send `Asked` to have an upstream exercise computed by the reference; `Supplied`
answers it. While it loads, it may send `Loading`, which nobody answers. Fields named ``*_payload``
hold bytes of `grader.wire.codec`.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from grader.errors import WireError

Text = Annotated[str, msgspec.Meta(max_length=4096)]
Printed = Annotated[str, msgspec.Meta(max_length=1 << 20)]
LongText = Annotated[str, msgspec.Meta(max_length=65_536)]


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """One top-level statement of a submission.

    Parameters
    ----------
    code : str
        Its text, decorators included.
    filename : str
        What tracebacks call its origin: a path, or ``hw8.ipynb[cell 5]``.
    line : int
        Line within that origin, from 1, where `code` begins.
    kind : str
        ``import``, ``definition``, ``constant``, or ``fallback`` (a constant under a main guard,
        run last and only for names that nothing else has set).
    names : tuple of str
        Names that it binds; empty for a star import.
    needed_by : tuple of str
        Graded names for whose sake alone it is run; run with its module if empty.
    amends : tuple of str
        Definitions that it changes: a class that it gives a method.
    """

    code: str
    filename: str
    line: int
    kind: str
    names: tuple[str, ...]
    needed_by: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()


class LeftOut(msgspec.Struct, frozen=True, array_like=True):
    """A statement that is not run, kept so that a missing name can be explained."""

    names: tuple[str, ...]
    filename: str
    line: int
    # "call", "syntax", "shadowed", "magic"; "newer", for another Python; "outside", which reads
    # files and the like; "tries", which calls what is graded; "text", in a cell of text.
    reason: str
    detail: str = ""


class Module(msgspec.Struct, frozen=True, array_like=True):
    """The pieces of one file, in order.

    Parameters
    ----------
    name : str
        Module name, as other files of the submission import it.
    origin : str
        The file's name as the student knows it.
    pieces : tuple of Piece
        What is run, in order.
    left_out : tuple of LeftOut
        What is not run.
    unwritten : tuple of str
        Names whose definition is still the stub.
    cells : dict of str to str
        Text of each origin (cell), for tracebacks; empty where `origin` is a real file.
    """

    name: str
    origin: str
    pieces: tuple[Piece, ...]
    left_out: tuple[LeftOut, ...] = ()
    unwritten: tuple[str, ...] = ()
    cells: dict[str, str] = {}

    def called(self, filename: str) -> str:
        """Return what the student calls what tracebacks call so: the cell, or the file."""
        return filename if filename in self.cells else self.origin


class Source(msgspec.Struct, frozen=True, array_like=True):
    """Everything that a worker gets of one submission."""

    modules: tuple[Module, ...]


class Request(msgspec.Struct, frozen=True, tag=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what the trusted side sends."""

    nonce: int


class Load(Request, frozen=True, kw_only=True):
    """Make the submission ready for the exercises of one module.

    Parameters
    ----------
    source : Source
        The submission.
    given : Source
        Code that the assignment gives out; serves names that the submission lacks.
    home : str
        Name of the module in which names are looked up first.
    supplied : dict of str to str
        Names that are put in from outside as callbacks, with their signatures: ``(x, n=3)``.
    names : tuple of str
        What will be called: the modules that define it are run now, so that no call waits for them.
    forbidden : tuple of str
        Full names of modules, classes and functions that the submission's code cannot use.
    recorder : str
        What marks in the source call (see `grader.worker.recording`); empty if it has none.
    """

    source: Source
    given: Source
    home: str
    supplied: dict[str, str] = {}
    names: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    recorder: str = ""


class Call(Request, frozen=True, kw_only=True):
    """Call a function, construct an object, or call an object or its method.

    Parameters
    ----------
    target : str or int
        A name of the submission, or the number of a handle.
    method : str
        For a handle: the method's name; empty to call the object itself.
    args_payload : bytes
        A tuple of positional arguments.
    after : tuple of int
        Indices of the arguments that are sent back as they stand after the call.
    cotangent_payload : bytes
        None, or a flat float array: the gradient of ``sum(cotangent * flattened result)`` is sent
        back for every argument tensor that requires one and for a module's parameters.
    draws_payload : bytes
        None, or a list of ints: random choices return these in turn, and what was offered to each
        is sent back.
    seed : int
        What the global generators are seeded with before the call, so that code that forgets to
        seed them still gives the same result on every run.
    """

    target: str | int
    method: str = ""
    args_payload: bytes
    after: tuple[int, ...] = ()
    cotangent_payload: bytes = b"N"
    draws_payload: bytes = b"N"
    seed: int = 0


class Repeat(Request, frozen=True, kw_only=True):
    """Call a function once for each of several sets of arguments, and send back all results.

    The reply is a `Returned` whose value is the list of results. There is no reply before the last
    of them can be read, wherever it was computed, so the time of the exchange is that of the work.

    Parameters
    ----------
    target : str
        A name of the submission.
    args_payloads : tuple of bytes
        A tuple of positional arguments each.
    device : str
        Where their tensors are put before the call: ``cpu`` or ``cuda``.
    seed : int
        As in `Call`; before the first of them.
    """

    target: str
    args_payloads: tuple[bytes, ...]
    device: str = "cpu"
    seed: int = 0


class SetParameters(Request, frozen=True, kw_only=True):
    """Copy values, by name, into the parameters of a module behind a handle."""

    handle: int
    values_payload: bytes


class GetParameters(Request, frozen=True, kw_only=True):
    """Send back the parameters of a module behind a handle, by name."""

    handle: int


class Record(Request, frozen=True, kw_only=True):
    """Send back what marks have told since the last such request, and go on as this one says.

    The reply is a `Returned` whose value is a list of numbers and values, or None if they were too
    many.

    Parameters
    ----------
    keep : bool
        Whether what they tell is kept.
    instead_payload : bytes
        A dict of lists: by mark, the values that take the places of what it is told, in turn.
    scaled : bool
        Whether, of tensors that are differentiated, the ratio is a constant, not the difference.
    """

    keep: bool = False
    instead_payload: bytes = b"N"
    scaled: bool = False


class Supplied(msgspec.Struct, frozen=True, tag=True):
    """Answer to `Asked`: the upstream's result, and its arguments as they stand after it."""

    result_payload: bytes
    after_payload: bytes


class Reply(msgspec.Struct, frozen=True, tag=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what the worker sends back."""

    nonce: int


class Frame(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One entry of a traceback."""

    filename: Text
    line: int
    function: Text
    text: Text


class Loaded(Reply, frozen=True, kw_only=True):
    """The source has been read and run as far as it is needed.

    Failures of single pieces wait until a name is used.
    """


class Loading(Reply, frozen=True, kw_only=True):
    """Sent now and then while the source is run: where in it the worker is."""

    place: Frame


class Returned(Reply, frozen=True, kw_only=True):
    """A call came to its end.

    Parameters
    ----------
    value_payload : bytes
        The result; an object that is no plain data comes as a `Handle`.
    after_payload : bytes
        Tuple of the arguments asked for with ``after``.
    gradients_payload : bytes
        None, or dict of gradients: ``"0"``, ``"1[2]"`` for arguments, names for parameters.
    offers_payload : bytes
        None, or a list with one dict for each random draw.
    output : str
        What the call printed, cut to a bound.
    """

    value_payload: bytes
    after_payload: bytes = b"N"
    gradients_payload: bytes = b"N"
    offers_payload: bytes = b"N"
    output: Printed = ""


class Raised(Reply, frozen=True, kw_only=True):
    """The submission's code raised."""

    exception: Text
    text: LongText
    frames: Annotated[tuple[Frame, ...], msgspec.Meta(max_length=64)]
    output: Printed = ""


class Failed(Reply, frozen=True, kw_only=True):
    """The call could not be made or its result not be sent; `key` names the text for it."""

    key: Text
    fields: Annotated[dict[Text, Text], msgspec.Meta(max_length=16)]
    output: Printed = ""


class Asked(Reply, frozen=True, kw_only=True):
    """The code calls an upstream that the grader supplies."""

    name: Text
    args_payload: bytes


Requests = Load | Call | Repeat | SetParameters | GetParameters | Record | Supplied
Replies = Loaded | Loading | Returned | Raised | Failed | Asked

_encoder: Final = msgspec.msgpack.Encoder()
_request_decoder: Final = msgspec.msgpack.Decoder(Requests)
_reply_decoder: Final = msgspec.msgpack.Decoder(Replies)


def pack(message: Requests | Replies) -> bytes:
    """Write a message as bytes."""
    return _encoder.encode(message)


def unpack_request(data: bytes) -> Requests:
    """Read a request; raises `WireError` for anything else."""
    try:
        request: Requests = _request_decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"no request: {error}") from error
    return request


def unpack_reply(data: bytes) -> Replies:
    """Read a reply; raises `WireError` for anything else."""
    try:
        reply: Replies = _reply_decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"no reply: {error}") from error
    return reply
