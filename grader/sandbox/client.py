"""Plain Python calls on the trusted side: values in, values or a student's error out."""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgspec

from grader import wire
from grader.errors import (
    CodeRaisedError,
    CrashedError,
    MissingNameError,
    OutOfTimeError,
    StudentError,
    TimedOutError,
    UnusableValueError,
    WireError,
    WrongValueError,
)
from grader.sandbox.places import Lines, place_of, where
from grader.sandbox.raised import error_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.model import Limits, Text
    from grader.sandbox.transport import Transport

_FAILED: Final[Mapping[str, type[StudentError]]] = {
    "missing": MissingNameError,
    "missing_in_text": MissingNameError,
    "missing_left_out": MissingNameError,
    "missing_parameter": MissingNameError,
    "unusable_type": UnusableValueError,
    "unusable_gradient": UnusableValueError,
    "unusable_size": UnusableValueError,
    "wrong_parameter_shape": WrongValueError,
    "too_many_draws": WrongValueError,
}
NOTE_CHARS: Final = 100  # which a worker adds where it has cut what was printed


class Result(msgspec.Struct, frozen=True):
    """What a call gave, decoded.

    Parameters
    ----------
    value : Any
        The result; a `Handle` for an object that stays with the worker.
    after : tuple
        The arguments asked for, as they stand after the call.
    gradients : dict or None
        Gradients of the projected result, by path.
    offers : list of (n,) ndarray, or None
        The probabilities that each forced draw was offered.
    output : str
        What the call printed.
    size_bytes : int
        How long the encodings of all of it were.
    """

    value: Any
    after: tuple[Any, ...] = ()
    gradients: dict[str, Any] | None = None
    offers: list[Any] | None = None
    output: str = ""
    size_bytes: int = 0


class Client:
    """One loaded submission, as the trusted side calls it.

    Parameters
    ----------
    transport : Transport
        The way in; the client owns it.
    limits : Limits
        Deadlines.
    left_s : callable or None
        How many seconds there are for all that is still asked; None for as many as the limits give.
        With it, whatever does not end in time raises `OutOfTimeError`: nothing follows from that.
    """

    def __init__(
        self, transport: Transport, limits: Limits, left_s: Callable[[], float] | None = None
    ) -> None:
        self.transport = transport
        self._limits = limits
        self._left_s = left_s
        self._nonce = 0
        self._lines = Lines(wire.Source(()))
        self._forbidden: Mapping[str, Text] = {}
        self.output = ""

    def load(
        self,
        source: wire.Source,
        given: wire.Source,
        home: str,
        supplied: Mapping[str, str] | None = None,
        names: Sequence[str] = (),
        forbidden: Mapping[str, Text] | None = None,
        recorder: str = "",
    ) -> None:
        """Hand the source over, and have what defines the names run; see `wire.Load`.

        For what is forbidden, `forbidden` has the reasons.

        Raises
        ------
        StudentError
            When that does not come to an end.
        """
        self._lines = Lines(source)
        self._forbidden = forbidden or {}
        request = wire.Load(
            nonce=self._next(),
            source=source,
            given=given,
            home=home,
            supplied=dict(supplied or {}),
            names=tuple(names),
            forbidden=tuple(self._forbidden),
            recorder=recorder,
        )
        try:
            self._checked(request, home, self._limits.load_s)
        except TimedOutError as error:
            claimed = self.transport.loading
            place = None if claimed is None else self._lines.believed(claimed)
            fields = {**error.fields, "where": where(place), **place_of(place)}
            raise TimedOutError("timed_out_loading", **fields) from None
        except CodeRaisedError as error:
            key = "raised_loading" if error.key in {"raised", "file_not_there"} else error.key
            raise CodeRaisedError(key, **error.fields) from None

    def call(
        self,
        target: str | wire.Handle,
        args: Sequence[Any],
        *,
        method: str = "",
        what: str = "",
        after: tuple[int, ...] = (),
        cotangent: Any = None,
        draws: Sequence[int] | None = None,
        seed: int = 0,
        timeout_s: float | None = None,
    ) -> Result:
        """Call a function, a class, or an object behind a handle.

        Parameters
        ----------
        target : str or Handle
            What is called.
        args : sequence
            Positional arguments; the other side gets copies.
        method : str
            For a handle: the method; empty for the object itself.
        what : str
            What messages call it; the target's name if empty.
        after, cotangent, draws, seed
            See `wire.Call`.
        timeout_s : float or None
            Seconds; None for the limits' own.

        Returns
        -------
        Result
            Decoded plain data.

        Raises
        ------
        StudentError
            Whatever kept the submission from giving a result.
        """
        try:
            args_payload = wire.encode(tuple(args))
        except wire.TooLargeError as error:
            # What a suite makes itself is small: an earlier result is among the arguments.
            raise UnusableValueError("unusable_size", limit=error.bound) from error
        request = wire.Call(
            nonce=self._next(),
            target=target.number if isinstance(target, wire.Handle) else target,
            method=method,
            args_payload=args_payload,
            after=after,
            cotangent_payload=wire.encode(cotangent),
            draws_payload=wire.encode(None if draws is None else list(draws)),
            seed=seed,
        )
        name = what or (target if isinstance(target, str) else method)
        reply = self._checked(request, name, timeout_s or self._limits.call_s)
        result = self._result(reply, name)
        fits = (
            len(result.after) == len(after)
            and (result.gradients is None) == (cotangent is None)
            and (result.offers is None) == (draws is None)
        )
        if not fits:
            self._broken(name, "a reply that does not fit the request")
        return result

    def set_parameters(self, handle: wire.Handle, values: Mapping[str, Any], what: str) -> None:
        """Copy values by name into a module's parameters."""
        request = wire.SetParameters(
            nonce=self._next(), handle=handle.number, values_payload=wire.encode(dict(values))
        )
        self._checked(request, what, self._limits.call_s)

    def parameters(self, handle: wire.Handle, what: str) -> dict[str, Any]:
        """Read a module's parameters by name."""
        request = wire.GetParameters(nonce=self._next(), handle=handle.number)
        reply = self._checked(request, what, self._limits.call_s)
        values = self._result(reply, what).value
        if not isinstance(values, dict):
            self._broken(what, "no parameters came")
        return values

    def take_output(self) -> str:
        """Return what the submission has printed since the last time."""
        text, self.output = self.output, ""
        return text

    def record(
        self,
        *,
        keep: bool = False,
        instead: Mapping[int, Sequence[Any]] | None = None,
        scaled: bool = False,
    ) -> Any:
        """Fetch what marks have told since the last time, and say what they are to do next.

        See `wire.Record`. What comes is anything that can be decoded: it is not looked into.
        """
        request = wire.Record(
            nonce=self._next(),
            keep=keep,
            instead_payload=wire.encode({mark: [*one] for mark, one in (instead or {}).items()}),
            scaled=scaled,
        )
        reply = self._checked(request, "record", self._limits.call_s)
        return self._result(reply, "record").value

    def close(self) -> None:
        """Close the transport."""
        self.transport.close()

    def _next(self) -> int:
        self._nonce += 1
        return self._nonce

    def _checked(self, request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:
        try:
            reply = self.transport.request(request, what, self._at_most(timeout_s))
        except MemoryError:
            self.close()
            raise self._too_large() from None
        except TimedOutError:
            if self._left_s is not None:
                raise OutOfTimeError("no answer in time") from None
            raise
        room = max(0, (self._limits.output_kib << 10) + NOTE_CHARS - len(self.output))
        self.output += getattr(reply, "output", "")[:room]
        match reply:
            case wire.Raised():
                self._raise(reply, what)
            case wire.Failed():
                kind = _FAILED.get(reply.key, CodeRaisedError)
                raise kind(reply.key, **reply.fields)
        return reply

    def _at_most(self, timeout_s: float) -> float:
        left_s = timeout_s if self._left_s is None else min(timeout_s, self._left_s())
        if left_s <= 0:
            raise OutOfTimeError("nothing more may be asked")
        return left_s

    def _result(self, reply: wire.Replies, what: str) -> Result:
        if not isinstance(reply, wire.Returned):
            self._broken(what, "a reply of the wrong kind")
        bounds = wire.Limits(size_bytes=self._limits.result_mib << 20)
        payloads = (
            reply.value_payload,
            reply.after_payload,
            reply.gradients_payload,
            reply.offers_payload,
        )
        size_bytes = sum(map(len, payloads))
        if size_bytes > bounds.size_bytes:
            raise self._too_large()
        try:
            value, after, gradients, offers = (wire.decode(one, bounds) for one in payloads)
        except WireError as error:
            self._broken(what, str(error))
        except MemoryError:
            raise self._too_large() from None
        kinds = (
            isinstance(after, (tuple, NoneType))
            and isinstance(gradients, (dict, NoneType))
            and isinstance(offers, (list, NoneType))
        )
        if not kinds:
            self._broken(what, "a reply of the wrong kind")
        return Result(value, after or (), gradients, offers, reply.output, size_bytes)

    def _too_large(self) -> UnusableValueError:
        return UnusableValueError("unusable_size", limit=f"{self._limits.result_mib} MiB")

    def _broken(self, what: str, reason: str) -> NoReturn:
        """Give up a worker that does not keep to the protocol; only the submission can do that."""
        self.close()
        raise CrashedError("crashed", name=what, reason=f"broken message: {reason}")

    def _raise(self, reply: wire.Raised, what: str) -> NoReturn:
        error = error_of(reply, what, self._lines, self._forbidden, self._limits)
        original = getattr(self.transport, "error", None)
        if isinstance(original, BaseException) and isinstance(
            error, CodeRaisedError | CrashedError
        ):
            # A debugger then opens at the line of the submission that raised.
            raise error.with_traceback(original.__traceback__)
        raise error
