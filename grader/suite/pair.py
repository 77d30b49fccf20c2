"""One call on both sides: inputs frozen, everything compared, tolerances derived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from grader import wire
from grader.compare import Tolerances, coarsest_epsilon, compare, derive, perturb
from grader.compare.leaves import item_path, key_path
from grader.errors import HarnessError, UnusableValueError, WrongValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.model import Difference
    from grader.sandbox import Result
    from grader.suite.reference import ReferenceCaller
    from grader.suite.student import StudentCaller

    View = Callable[[Any], Any]

PROBES: Final = 2
EPS_FLOAT64: Final = 2.0**-52
EPS_FLOAT32: Final = 2.0**-23
KEPT_BYTES: Final = 4 << 20


class Compared(msgspec.Struct, frozen=True):
    """What both sides gave in one call, whole, whichever part of it a suite looks at.

    Parameters
    ----------
    what : str
        The function or class that was called.
    actual, expected : object
        What the submission gave, and the reference.
    """

    what: str
    actual: Any
    expected: Any


class MismatchError(WrongValueError):
    """A wrong value, with how it differs."""

    def __init__(
        self,
        key: str,
        difference: Difference | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(key, **fields)
        self.difference = difference


class CaseContext(msgspec.Struct):
    """What the fixtures of one running case share.

    Parameters
    ----------
    case : str
        Its id, as pytest takes it from the folder that holds ``assignments/``.
    seed : int
        Seed of its generator.
    student : StudentCaller
        The submission's side.
    reference : ReferenceCaller
        The reference's side.
    delta : float
        Relative size of the perturbations from which tolerances are derived.
    working_eps : float
        Precision of what the exercise computes in.
    forms : set of str
        In which other form than the expected one values were accepted; see `compare`.
    compared : list of Compared
        The calls that were judged so far.
    judging : bool
        Whether the last of them is being judged: if the case ends so, it is the one that failed.
    """

    case: str
    seed: int
    student: StudentCaller
    reference: ReferenceCaller
    delta: float
    working_eps: float
    forms: set[str] = msgspec.field(default_factory=set)
    compared: list[Compared] = msgspec.field(default_factory=list)
    judging: bool = False

    def begin_judging(self, compared: Compared) -> None:
        """Keep what a call gave, if that is no more than a diagnosis can look at."""
        self.judging = size_bytes((compared.actual, compared.expected)) <= KEPT_BYTES
        if self.judging:
            self.compared.append(compared)

    def end_judging(self) -> None:
        """Note that it was right."""
        self.judging = False


class Options(msgspec.Struct, frozen=True):
    """What a check compares besides the result; see `Check`."""

    after: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    draws: tuple[int, ...] | None = None
    gradients: bool = False
    like: View | None = None


class Pair:
    """One call on both sides."""

    def __init__(
        self,
        context: CaseContext,
        what: str,
        student: str | wire.Handle,
        expected: str | wire.Handle,
        method: str,
    ) -> None:
        self._context = context
        self._what = what
        self._student = student
        self._expected = expected
        self._method = method
        self._cotangent: Any = None

    def run(self, args: tuple[Any, ...], options: Options) -> tuple[Result, Result]:
        """Make the call on both sides with equal copies of the arguments."""
        # What a suite passes is frozen here: neither side sees a later change of it.
        try:
            frozen = wire.encode(args)
        except wire.TooLargeError as error:
            # What a suite makes itself is small: an earlier result is among the arguments.
            raise UnusableValueError("unusable_size", limit=error.bound) from error
        wanted = tuple(sorted({*options.after, *options.unchanged}))
        expected = self._ask_reference(wire.decode(frozen), wanted, options)
        student = self._context.student.call(
            self._student,
            wire.decode(frozen),
            method=self._method,
            what=self._what,
            after=wanted,
            cotangent=self._cotangent,
            draws=options.draws,
        )
        return student, expected

    def judge(
        self, args: tuple[Any, ...], student: Result, expected: Result, options: Options
    ) -> None:
        """Compare what both sides gave; raises `MismatchError` at the first part that differs."""
        if isinstance(student.value, wire.Handle):
            raise UnusableValueError("unusable_type", type="object")
        name = self._what.partition(".")[0]
        self._context.begin_judging(Compared(name, student.value, expected.value))
        wanted = tuple(sorted({*options.after, *options.unchanged}))
        bounds = self._tolerances(args, wanted, expected, options)
        call = call_text(self._what, args)
        if options.draws is not None:
            self._judge_offers(student.offers or [], expected.offers or [], bounds)
        view = options.like or _same
        wanted_part = view(expected.value)
        found = self._compare(view(student.value), wanted_part, bounds["value"])
        if found is not None:
            # Told by its place in the whole result, of which a suite may look at a part.
            path = place_within(wanted_part, expected.value) + found.path
            raise MismatchError("wrong_value", msgspec.structs.replace(found, path=path), call=call)
        for index in options.unchanged:
            at = wanted.index(index)
            if compare(student.after[at], args[index], Tolerances.from_dict({})) is not None:
                raise MismatchError("changed_argument", name=str(index + 1), call=call)
        for index in options.after:
            at = wanted.index(index)
            found = self._compare(student.after[at], expected.after[at], bounds[f"after{index}"])
            if found is not None:
                raise MismatchError("wrong_after", found, name=str(index + 1), call=call)
        if self._cotangent is not None:
            self._expect(
                student.gradients, expected.gradients, bounds["gradients"], "wrong_gradient", call
            )
        self._context.end_judging()

    def _judge_offers(
        self, actual: Sequence[Any], expected: Sequence[Any], bounds: Mapping[str, Tolerances]
    ) -> None:
        for draw, (offered, right) in enumerate(zip(actual, expected, strict=False)):
            # However they were computed, numpy has turned them into float64 before it draws.
            found = self._compare(offered, right, bounds[f"offer{draw}"], eps=EPS_FLOAT32)
            if found is not None:
                raise MismatchError("wrong_probabilities", found, draw=draw + 1, call=self._what)
        if len(actual) != len(expected):
            raise MismatchError("wrong_draw_count", expected=len(expected), got=len(actual))

    def _compare(
        self, actual: Any, expected: Any, bounds: Tolerances, *, eps: float = 0.0
    ) -> Difference | None:
        eps = max(eps, self._context.student.shown_eps)
        return compare(actual, expected, bounds, eps=eps, notes=self._context.forms)

    def _expect(self, actual: Any, expected: Any, bounds: Tolerances, key: str, call: str) -> None:
        found = self._compare(actual, expected, bounds)
        if found is not None:
            raise MismatchError(key, found, call=call)

    def _ask_reference(
        self, args: tuple[Any, ...], wanted: tuple[int, ...], options: Options
    ) -> Result:
        reference = self._context.reference
        settings: dict[str, Any] = {"method": self._method, "what": self._what}
        if options.gradients:
            value = reference.call(self._expected, args, **settings).value
            generator = np.random.default_rng([self._context.seed, 1])
            self._cotangent = generator.standard_normal(_float_count(value))
        return reference.call(
            self._expected,
            args,
            after=wanted,
            cotangent=self._cotangent,
            draws=options.draws,
            **settings,
        )

    def _tolerances(
        self, args: tuple[Any, ...], wanted: tuple[int, ...], expected: Result, options: Options
    ) -> dict[str, Tolerances]:
        """Derive a tolerance for each part of a result, from runs on perturbed inputs."""
        reference = self._context.reference
        view = options.like or _same

        def parts(result: Result) -> dict[str, Any]:
            found = {"value": view(result.value), "gradients": result.gradients}
            found |= {f"after{i}": v for i, v in zip(wanted, result.after, strict=True)}
            found |= {f"offer{i}": v for i, v in enumerate(result.offers or [])}
            return found

        def probes() -> list[dict[str, Any]]:
            generator = np.random.default_rng([self._context.seed, 2])
            results = []
            for _ in range(PROBES):
                shaken = perturb(args, generator, self._context.delta)
                try:
                    result = reference.once(
                        self._expected, shaken, method=self._method, what=self._what,
                        after=wanted, cotangent=self._cotangent, draws=options.draws,
                    )  # fmt: skip
                except HarnessError:
                    continue  # say, probabilities that no longer sum to one
                results.append(parts(result))
            return results

        # Parameters of modules are no arguments: what they are kept in counts as well.
        working_eps = max(coarsest_epsilon(args), self._context.working_eps)
        shaken: list[dict[str, Any]] | None = None
        bounds = {}
        for name, value in parts(expected).items():

            def derived(name: str = name, value: Any = value) -> Tolerances:
                nonlocal shaken
                shaken = probes() if shaken is None else shaken
                alike = [probe[name] for probe in shaken if name in probe]
                return derive(value, alike, self._context.delta, working_eps)

            bounds[name] = reference.tolerances(derived)
        return bounds


def place_within(part: Any, whole: Any) -> str:
    """Return the path of a part in the value that it was taken from; empty where unknown.

    Some of a dictionary's entries in a dictionary of their own keep the path of that dictionary.
    """
    path = _path_of(part, whole)
    if path is None and isinstance(part, dict) and part:
        key, item = next(iter(part.items()))
        found = _path_of(item, whole)
        ending = key_path("", key)
        path = found.removesuffix(ending) if found and found.endswith(ending) else None
    return path or ""


def _path_of(part: Any, whole: Any, path: str = "", depth: int = 3) -> str | None:
    if part is whole:
        return None if isinstance(part, int | str | None) else path
    items: list[tuple[str, Any]] = []
    if isinstance(whole, dict) and depth:
        items = [(key_path(path, key), item) for key, item in whole.items()]
    elif isinstance(whole, list | tuple) and depth:
        items = [(item_path(path, index), item) for index, item in enumerate(whole)]
    found = (_path_of(part, item, inner, depth - 1) for inner, item in items)
    return next((one for one in found if one is not None), None)


def call_text(what: str, args: Sequence[Any]) -> str:
    """Write a call in words: ``clip(<dict>, 5.0)``."""
    return f"{what}({', '.join(_short(arg) for arg in args)})"


def _short(value: Any) -> str:
    """Name an argument: small plain values as they are, the rest by type."""
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, str) and len(value) < 20:  # noqa: PLR2004 - what fits a line
        return repr(value)
    return f"<{type(value).__name__}>"


def size_bytes(value: Any) -> int:
    """Add up roughly what a value takes in memory."""
    if isinstance(value, list | tuple):
        return 64 + sum(map(size_bytes, value))
    if isinstance(value, dict):
        return 64 + sum(size_bytes(item) for pair in value.items() for item in pair)
    if isinstance(value, str | bytes):
        return 64 + 4 * len(value)
    return 64 + int(getattr(value, "nbytes", 0))


def _float_count(value: Any) -> int:
    """Count the elements of all floating tensors."""
    if isinstance(value, list | tuple):
        return sum(map(_float_count, value))
    if isinstance(value, dict):
        return sum(map(_float_count, value.values()))
    is_tensor = hasattr(value, "is_floating_point") and value.is_floating_point()
    return int(value.numel()) if is_tensor else 0


def _same(value: Any) -> Any:
    return value
