"""The `check` fixture: call student and reference alike, compare everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader import wire
from grader.compare import compare
from grader.errors import HarnessError, UnusableValueError
from grader.suite.pair import CaseContext, MismatchError, Options, Pair

if TYPE_CHECKING:
    from collections.abc import Mapping


class Check:
    """Calls a function of the submission and of the reference, and compares.

    ``check.NAME(*args)`` returns the submission's value. Keyword arguments are options:

    after : tuple of int
        Arguments that must hold the same values as the reference's after the call.
    unchanged : tuple of int
        Arguments that the call must leave as they were.
    draws : sequence of int
        Outcomes of the random choices; the probabilities offered to each are compared first.
    gradients : bool
        Also compare the gradients of a random projection of the result.
    like : callable
        Maps both results before they are compared.
    """

    def __init__(self, context: CaseContext) -> None:
        self._context = context

    def __getattr__(self, name: str) -> CheckedName:
        """Return the checked function or class of that name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return CheckedName(self._context, name)

    def equal(self, actual: Any, expected: Any) -> None:
        """Compare a value of the submission with one that the suite has worked out.

        Raises
        ------
        MismatchError
            When they differ.
        """
        context = self._context
        eps = context.student.shown_eps
        difference = compare(actual, expected, eps=eps, notes=context.forms)
        if difference is not None:
            raise MismatchError("wrong_property", difference)


class CheckedName:
    """A function or class on both sides."""

    def __init__(self, context: CaseContext, name: str) -> None:
        self._context = context
        self._name = name

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Call both sides; see `Check`."""
        pair = Pair(self._context, self._name, self._name, self._name, "")
        chosen = _options(options)
        student, expected = pair.run(args, chosen)
        if isinstance(expected.value, wire.Handle):
            if not isinstance(student.value, wire.Handle):
                raise UnusableValueError("no_class", name=self._name)
            return CheckedObject(self._context, self._name, student.value, expected.value)
        pair.judge(args, student, expected, chosen)
        return student.value


class CheckedObject:
    """An object that exists on both sides."""

    def __init__(
        self, context: CaseContext, name: str, student: wire.Handle, expected: wire.Handle
    ) -> None:
        self._context = context
        self._name = name
        self._student = student
        self._expected = expected

    def load(self, values: Mapping[str, Any]) -> None:
        """Copy values by name into the parameters of both."""
        self._context.reference.load(self._expected, values, self._name)
        self._context.student.load(self._student, values, self._name)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Call both objects and compare; see `Check`."""
        return self._checked("", args, options)

    def __getattr__(self, method: str) -> Any:
        """Return a method that calls both objects and compares."""
        if method.startswith("_"):
            raise AttributeError(method)

        def call(*args: Any, **options: Any) -> Any:
            return self._checked(method, args, options)

        return call

    def _checked(self, method: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        what = f"{self._name}.{method}" if method else self._name
        pair = Pair(self._context, what, self._student, self._expected, method)
        chosen = _options(options)
        student, expected = pair.run(args, chosen)
        pair.judge(args, student, expected, chosen)
        return student.value


def _options(options: Mapping[str, Any]) -> Options:
    settings = dict(options)
    if settings.get("draws") is not None:
        settings["draws"] = tuple(settings["draws"])
    try:
        return Options(**settings)
    except TypeError as error:
        raise HarnessError(f"check: {error}") from error
