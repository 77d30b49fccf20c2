"""Plain Python calls on the trusted side: values in, values or a student's error out."""

from __future__ import annotations

import dataclasses
import errno
import re
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from grader import wire
from grader.errors import (
    CodeRaisedError,
    CrashedError,
    Field,
    MissingNameError,
    NotWrittenError,
    RefusedError,
    StudentError,
    UnusableValueError,
    WireError,
    WrongValueError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


FORBIDDEN: Final = (
    "ForbiddenUseError"  # what a worker raises where a rule of the exercise is broken
)
_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,8}", re.ASCII)
READ_ONLY: Final = f"[Errno {errno.EROFS}]"
DISK_FULL: Final = (f"[Errno {errno.ENOSPC}]", f"[Errno {errno.EFBIG}]")


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
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
    """

    value: Any
    after: tuple[Any, ...] = ()
    gradients: dict[str, Any] | None = None
    offers: list[Any] | None = None
    output: str = ""


class Client:
    """One loaded submission, as the trusted side calls it.

    Parameters
    ----------
    transport : Transport
        The way in; the client owns it.
    limits : Limits
        Deadlines.
    """

    def __init__(self, transport: Transport, limits: Limits) -> None:
        self.transport = transport
        self._limits = limits
        self._nonce = 0
        self._lines: dict[str, dict[int, str]] = {}
        self._forbidden: Mapping[str, Text] = {}
        self.output = ""

    def load(
        self,
        source: wire.Source,
        given: wire.Source,
        home: str,
        supplied: Mapping[str, str] | None = None,
        forbidden: Mapping[str, Text] | None = None,
    ) -> None:
        """Hand the source over; see `wire.Load`. For what is forbidden, the reasons."""
        self._lines = _lines(source)
        self._forbidden = forbidden or {}
        request = wire.Load(
            nonce=self._next(),
            source=source,
            given=given,
            home=home,
            supplied=dict(supplied or {}),
            forbidden=tuple(self._forbidden),
        )
        self._checked(request, home, self._limits.load_s)

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
        request = wire.Call(
            nonce=self._next(),
            target=target.number if isinstance(target, wire.Handle) else target,
            method=method,
            args_payload=wire.encode(tuple(args)),
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

    def close(self) -> None:
        """Close the transport."""
        self.transport.close()

    def _next(self) -> int:
        self._nonce += 1
        return self._nonce

    def _checked(self, request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:
        reply = self.transport.request(request, what, timeout_s)
        self.output += getattr(reply, "output", "")
        match reply:
            case wire.Raised():
                self._raise(reply, what)
            case wire.Failed():
                kind = _FAILED.get(reply.key, CodeRaisedError)
                raise kind(reply.key, **reply.fields)
        return reply

    def _result(self, reply: wire.Replies, what: str) -> Result:
        if not isinstance(reply, wire.Returned):
            self._broken(what, "a reply of the wrong kind")
        bounds = wire.Limits(size_bytes=self._limits.result_mib << 20)
        try:
            value, after, gradients, offers = (
                wire.decode(payload, bounds)
                for payload in (
                    reply.value_payload,
                    reply.after_payload,
                    reply.gradients_payload,
                    reply.offers_payload,
                )
            )
        except WireError as error:
            self._broken(what, str(error))
        kinds = (
            isinstance(after, (tuple, NoneType))
            and isinstance(gradients, (dict, NoneType))
            and isinstance(offers, (list, NoneType))
        )
        if not kinds:
            self._broken(what, "a reply of the wrong kind")
        return Result(value, after or (), gradients, offers, reply.output)

    def _broken(self, what: str, reason: str) -> NoReturn:
        """Give up a worker that does not keep to the protocol; only the submission can do that."""
        self.close()
        raise CrashedError("crashed", name=what, reason=f"broken message: {reason}")

    def _believed(self, claimed: wire.Frame) -> wire.Frame | None:
        """Take a place only if the submission has such a line, and quote our own copy of it.

        A traceback is the worker's claim, and places are shown for hidden cases too.
        """
        text = self._lines.get(claimed.filename, {}).get(claimed.line)
        if text is None:
            return None
        known = claimed.function.isidentifier() and any(
            claimed.function in line for line in self._lines[claimed.filename].values()
        )
        return wire.Frame(
            filename=claimed.filename,
            line=claimed.line,
            function=claimed.function if known else "",
            text=text.strip(),
        )

    def _reason(self, used: str) -> Text | None:
        """Say why a name, or what it is part of, is forbidden; None if it is not."""
        if not _DOTTED.fullmatch(used):
            return None
        found = (
            reason for name, reason in self._forbidden.items() if f"{used}.".startswith(f"{name}.")
        )
        return next(found, None)

    def _raise(self, reply: wire.Raised, what: str) -> NoReturn:
        last = self._believed(reply.frames[-1]) if reply.frames else None
        where = f"{last.filename}:{last.line}" if last else ""
        if reply.exception == "NotImplementedError" and len(reply.frames) <= 1:
            raise NotWrittenError("not_written", name=what)
        if reply.exception == "NotImplementedError" and last is not None:
            raise NotWrittenError("upstream_not_written", name=what, upstream=last.function)
        error: StudentError
        if reply.exception == FORBIDDEN and (reason := self._reason(reply.text)) is not None:
            raise RefusedError(
                "forbidden",
                name=what,
                what=reply.text,
                where=where,
                reason_en=reason.en,
                reason_zh=reason.zh,
                **_place_of(last),
            )
        if reply.exception == "PermissionError" or READ_ONLY in reply.text:
            raise RefusedError(
                "refused", name=what, what=reply.text, where=where, **_place_of(last)
            )
        if any(sign in reply.text for sign in DISK_FULL):
            raise CodeRaisedError(
                "too_much_written", name=what, mib=self._limits.scratch_mib, **_place_of(last)
            )
        if reply.exception == "MemoryError" or "can't allocate memory" in reply.text:
            error = CrashedError("out_of_memory", name=what, mib=self._limits.memory_mib)
        else:
            error = CodeRaisedError(
                "raised",
                exception=reply.exception,
                text=reply.text,
                where=where,
                **_place_of(last),
            )
        original = getattr(self.transport, "error", None)
        if isinstance(original, BaseException):
            # A debugger then opens at the line of the submission that raised.
            raise error.with_traceback(original.__traceback__)
        raise error


def _place_of(frame: wire.Frame | None) -> dict[str, Field]:
    """Say where in the submission something rose, in the fields of an error."""
    if frame is None:
        return {}
    return {
        "line": frame.line,
        "filename": frame.filename,
        "function": frame.function,
        "code": frame.text,
    }


def _lines(source: wire.Source) -> dict[str, dict[int, str]]:
    """Index the lines of a submission by what a student calls the file or cell, and by number."""
    index: dict[str, dict[int, str]] = {}
    for module in source.modules:
        for piece in module.pieces:
            shown = piece.filename if piece.filename in module.cells else module.origin
            lines = re.split(r"\r\n|\r|\n", piece.code)
            index.setdefault(shown, {}).update(enumerate(lines, piece.line))
    return index
