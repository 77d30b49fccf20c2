"""Serve the requests of the trusted side on one submission."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from grader import wire
from grader.errors import WireError
from grader.worker import gradients, parameters, repeats
from grader.worker.absent import AbsentError
from grader.worker.callbacks import put_in, write_back
from grader.worker.forbidden import Forbidden
from grader.worker.namespace import Namespace
from grader.worker.randomness import DrawsUsedUpError, RandomWatch, seed_all
from grader.worker.reasons import Unavailable, safe_text
from grader.worker.recording import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

    from grader.worker.output import Output

    Ask = Callable[[wire.Asked], wire.Supplied]

TEXT_CHARS: Final = 2000
FRAMES: Final = 20


class Host:
    """One loaded submission: finds names, makes calls, keeps the objects behind handles.

    Parameters
    ----------
    ask : callable
        Sends `Asked` to the trusted side and returns its `Supplied`; for upstream put in.
    output : Output or None
        Where the submission's prints go; None leaves ``sys.stdout`` alone.
    limits : Limits
        Bounds on the values that are sent back.
    """

    def __init__(
        self, ask: Ask, output: Output | None = None, limits: wire.Limits = wire.DEFAULT_LIMITS
    ) -> None:
        self._ask = ask
        self._output = output
        self._limits = limits
        self._objects: dict[int, Any] = {}
        self._watch = RandomWatch()
        self._forbidden = Forbidden()
        self._namespace: Namespace | None = None
        self._recorder = Recorder()
        self.error: BaseException | None = None

    def serve(self, request: wire.Requests) -> wire.Replies:
        """Carry out one request.

        Parameters
        ----------
        request : Load, Call, Repeat, SetParameters, GetParameters or Record
            What the trusted side wants.

        Returns
        -------
        Loaded, Returned, Raised or Failed
            What became of it; nothing that the submission raises gets out.
        """
        self.error = None
        if isinstance(request, wire.Load):
            self._load(request)
        if self._namespace is None:
            raise WireError("nothing is loaded")
        with self._namespace, self._watch:
            match request:
                case wire.Load():
                    return self._guarded(request.nonce, lambda: self._run(request))
                case wire.Call():
                    return self._guarded(request.nonce, lambda: self._call(request))
                case wire.Repeat():
                    return self._guarded(request.nonce, lambda: self._repeat(request))
                case wire.SetParameters():
                    return self._guarded(request.nonce, lambda: self._set_parameters(request))
                case wire.GetParameters():
                    return self._guarded(request.nonce, lambda: self._get_parameters(request))
                case wire.Record():
                    return self._guarded(request.nonce, lambda: self._record(request))
        raise WireError(f"a worker does not serve {type(request).__name__}")

    def _load(self, request: wire.Load) -> None:
        quiet = self._output is not None
        self._namespace = Namespace(
            request.source, request.given, request.home, graded=request.names, quiet=quiet
        )
        self._objects = {}
        self._forbidden = Forbidden(request.forbidden)
        if request.recorder:
            self._namespace.offer(request.recorder, self._recorder.saw)
        for name, signature in request.supplied.items():
            self._namespace.supply(name, self._callback(name, signature))

    def _run(self, request: wire.Load) -> wire.Loaded:
        """Run what defines the names that will be called; what fails there is told when they are.

        A module that none of them needs is left alone, however long it would take.
        """
        seed_all(0)  # what a file draws at its top is the same on every run
        for name in request.names:
            with contextlib.suppress(Exception, SystemExit):
                self._found(name)
        return wire.Loaded(nonce=request.nonce)

    def place(self, entries: Iterable[tuple[FrameType, int]]) -> wire.Frame | None:
        """Find the first of some entries that is a line of the submission; None if none is."""
        return next(self._inside(entries), None)

    def _guarded(  # noqa: PLR0911 - one answer for each way to end
        self, nonce: int, action: Callable[[], wire.Replies]
    ) -> wire.Replies:
        try:
            return action()
        except Unavailable as gone:
            return self._failed(nonce, gone.key, **gone.fields)
        except wire.TooLargeError as error:
            return self._failed(nonce, "unusable_size", limit=error.bound)
        except _UnusableError as unusable:
            return self._failed(nonce, "unusable_type", type=str(unusable))
        except DrawsUsedUpError as error:
            return self._failed(nonce, "too_many_draws", expected=str(error.foreseen))
        except gradients.SizeMismatchError as error:
            return self._failed(nonce, "unusable_gradient", text=str(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if not self._is_the_submissions(error):
                raise
            self.error = error
            return self._raised(nonce, error)

    def _is_the_submissions(self, error: BaseException) -> bool:
        """Tell an exception of the submission from one that ends the process or a test runner.

        Those derive from BaseException alone, as does what a submission may define to get past us.
        """
        kind = type(error)
        module = type.__dict__["__dict__"].__get__(kind).get("__module__")
        own = self._namespace is not None and self._namespace.is_own(module)
        return own or issubclass(kind, Exception | SystemExit)

    def _failed(self, nonce: int, key: str, **fields: str) -> wire.Failed:
        cut = {name: text[:TEXT_CHARS] for name, text in fields.items()}
        return wire.Failed(nonce=nonce, key=key, fields=cut, output=self._printed())

    def _call(self, request: wire.Call) -> wire.Returned:
        owner, function = self._target(request)
        arguments = tuple(self._decoded(request.args_payload))
        draws = wire.decode(request.draws_payload)
        cotangent = wire.decode(request.cotangent_payload)
        by = {} if cotangent is None else gradients.leaves(arguments, owner)
        seed_all(request.seed)
        self._watch.force(draws)
        try:
            with self._forbidden:
                result = _collected(function(*arguments))
        finally:
            offers = self._watch.take_offers()
            self._watch.force(None)
        grads = None
        if cotangent is not None:
            grads = gradients.projected(result, cotangent, by)
        payloads = {
            "value_payload": self._encoded(result, keep=isinstance(function, type)),
            "after_payload": self._encoded(tuple(arguments[index] for index in request.after)),
            "gradients_payload": self._encoded(grads),
            "offers_payload": b"N" if draws is None else wire.encode(offers, self._limits),
        }
        if sum(map(len, payloads.values())) > self._limits.size_bytes:
            raise wire.TooLargeError("larger than", f"{self._limits.size_bytes >> 20} MiB")
        return wire.Returned(nonce=request.nonce, output=self._printed(), **payloads)

    def _repeat(self, request: wire.Repeat) -> wire.Returned:
        function = self._found(request.target)
        seed_all(request.seed)
        with self._forbidden:
            results = repeats.call_each(function, request.args_payloads, request.device)
        return wire.Returned(
            nonce=request.nonce, value_payload=self._encoded(results), output=self._printed()
        )

    def _target(self, request: wire.Call) -> tuple[Any, Any]:
        if isinstance(request.target, str):
            function = self._found(request.target)
            if not callable(function):
                kind = wire.type_name(function)
                raise Unavailable("not_callable", name=request.target, type=kind)
            return None, function
        owner = self._objects[request.target]
        return owner, getattr(owner, request.method) if request.method else owner

    def _found(self, name: str) -> Any:
        if self._namespace is None:
            raise WireError("nothing is loaded")
        with self._forbidden:
            return self._namespace.find(name)

    def _set_parameters(self, request: wire.SetParameters) -> wire.Returned:
        parameters.copy_in(self._objects[request.handle], wire.decode(request.values_payload))
        return wire.Returned(nonce=request.nonce, value_payload=b"N")

    def _get_parameters(self, request: wire.GetParameters) -> wire.Returned:
        values = parameters.by_name(self._objects[request.handle])
        return wire.Returned(nonce=request.nonce, value_payload=self._encoded(values))

    def _record(self, request: wire.Record) -> wire.Returned:
        return wire.Returned(
            nonce=request.nonce, value_payload=self._encoded(self._recorder.begin(request))
        )

    def _encoded(self, value: Any, *, keep: bool = False) -> bytes:
        """Encode plain data; a constructed object is kept here and goes out as a handle."""
        if keep:
            number = len(self._objects) + 1
            self._objects[number] = value
            return wire.encode(wire.Handle(number))
        try:
            return wire.encode(value, self._limits)
        except wire.TooLargeError:
            raise
        except WireError as error:
            raise _UnusableError(str(error)) from error

    def _decoded(self, payload: bytes) -> Any:
        value = wire.decode(payload)  # from the trusted side, whose own limits it kept
        return tuple(
            self._objects[item.number] if isinstance(item, wire.Handle) else item for item in value
        )

    def _callback(self, name: str, signature: str) -> Any:
        """Build a function with the upstream's own parameter names that asks the trusted side.

        What crosses is a copy. Where that would lose a gradient, or cannot be made, the call goes
        to the submission's own version.
        """

        def call(args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
            arguments = (*args, *keywords.values())
            with self._forbidden.lifted():
                payload = self._copied(arguments)
                if payload is not None:
                    answer = self._ask(wire.Asked(nonce=0, name=name, args_payload=payload))
                    write_back(arguments, wire.decode(answer.after_payload))
                    return wire.decode(answer.result_payload)
            return self._own(name)(*args, **keywords)

        return put_in(name, signature, call)

    def _copied(self, arguments: tuple[Any, ...]) -> bytes | None:
        """Encode arguments; None where copies of them would not do."""
        if not gradients.would_stay_behind(arguments):
            with contextlib.suppress(WireError):
                return wire.encode(arguments, self._limits)
        return None

    def _own(self, name: str) -> Any:
        if self._namespace is None:
            raise WireError("nothing is loaded")
        return self._namespace.own(name)

    def _raised(self, nonce: int, error: BaseException) -> wire.Replies:
        explained = self._explained(error)
        if explained is not None:
            return self._failed(nonce, explained.key, **explained.fields)
        return wire.Raised(
            nonce=nonce,
            exception=_clean(wire.type_name(error)),
            text=safe_text(error),
            frames=self._frames(error),
            output=self._printed(),
        )

    def _explained(self, error: BaseException) -> Unavailable | None:
        if self._namespace is None:
            return None
        frames = self._frames(error)
        where = f"{frames[-1].filename}:{frames[-1].line}" if frames else "?"
        if type(error) in {AbsentError, ModuleNotFoundError}:
            return self._namespace.why_import_failed(error, where)
        if not issubclass(type(error), NameError):
            return None
        name = NameError.__dict__["name"].__get__(error)
        if not isinstance(name, str):
            return None
        known = self._namespace.why_global_missing(name)
        is_local = issubclass(type(error), UnboundLocalError)
        if known is None and not frames and not is_local:
            # What is handed out calls what is graded, and that is not there.
            known = self._namespace.why_missing(name)
        if known is not None or is_local:
            return known
        return Unavailable("global_unknown", name=name, where=where)

    def _frames(self, error: BaseException) -> tuple[wire.Frame, ...]:
        """List the traceback's entries inside the submission, outermost first."""
        trace = BaseException.__dict__["__traceback__"].__get__(error)
        return tuple(self._inside(traceback.walk_tb(trace)))[-FRAMES:]

    def _inside(self, entries: Iterable[tuple[FrameType, int]]) -> Iterator[wire.Frame]:
        """Describe those of some entries that are lines of the submission."""
        if self._namespace is None:
            return
        lines, origin = self._namespace.lines, self._namespace.origin
        for frame, line in entries:
            filename = frame.f_code.co_filename
            if filename in lines:
                yield wire.Frame(
                    filename=origin(filename),
                    line=line,
                    function=frame.f_code.co_name,
                    text=lines[filename].get(line, "").strip()[:TEXT_CHARS],
                )

    def _printed(self) -> str:
        return "" if self._output is None else self._output.take()


class _UnusableError(Exception):
    """The result is nothing that the wire can carry."""


def _collected(value: Any) -> Any:
    """Take the items of a generator or another iterator, and of torch's list of parameters.

    Whoever called the function at home would walk through them as through a list.
    """
    torch = sys.modules.get("torch")
    kinds = (Iterator,) if torch is None else (Iterator, torch.nn.ParameterList)
    return list(value) if isinstance(value, kinds) else value


def _clean(text: str) -> str:
    """Cut a text to what a message carries, and make it a plain one that UTF-8 can hold."""
    return str.encode(text[:TEXT_CHARS], "utf-8", "replace").decode()
