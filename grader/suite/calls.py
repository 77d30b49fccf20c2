"""Functions and objects behind a boundary, as a suite calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from grader import wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.sandbox import Result


class Caller(Protocol):
    """Makes calls on one side: the submission's or the reference's."""

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
    ) -> Result:
        """Call a name, or an object or its method; see `sandbox.Client.call`."""

    def load(self, handle: wire.Handle, values: Mapping[str, Any], what: str) -> None:
        """Copy values by name into the parameters of a module."""

    def parameters(self, handle: wire.Handle, what: str) -> dict[str, Any]:
        """Read the parameters of a module by name."""


class Names:
    """Attribute access to what one side defines: ``submission.clip(...)``."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def __getattr__(self, name: str) -> Function:
        """Return the function or class of that name; whether it is there shows when called."""
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self._caller, name)


class Function:
    """A function or class of one side."""

    def __init__(self, caller: Caller, name: str) -> None:
        self._caller = caller
        self._name = name

    def __call__(
        self, *args: Any, after: tuple[int, ...] | None = None, draws: Sequence[int] | None = None
    ) -> Any:
        """Call it by position.

        Parameters
        ----------
        *args : Any
            Plain data; the other side gets copies.
        after : tuple of int or None
            Arguments to send back as they stand afterwards.
        draws : sequence of int or None
            Outcomes of the random choices.

        Returns
        -------
        Any
            The result, decoded; a `RemoteObject` for a class; a `Result` if `after` or `draws`
            was given.
        """
        result = self._caller.call(self._name, args, after=after or (), draws=draws)
        if isinstance(result.value, wire.Handle):
            return RemoteObject(self._caller, result.value, self._name)
        return result.value if after is None and draws is None else result


class RemoteObject:
    """An object that stays on its side; call it, or its methods, by position."""

    def __init__(self, caller: Caller, handle: wire.Handle, name: str) -> None:
        self._caller = caller
        self._handle = handle
        self._name = name

    def __call__(self, *args: Any) -> Any:
        """Call the object itself."""
        return self._caller.call(self._handle, args, what=self._name).value

    def __getattr__(self, method: str) -> Any:
        """Return a method of the object."""
        if method.startswith("_"):
            raise AttributeError(method)

        def call(*args: Any) -> Any:
            what = f"{self._name}.{method}"
            return self._caller.call(self._handle, args, method=method, what=what).value

        return call

    def load(self, values: Mapping[str, Any]) -> None:
        """Copy values by name into the parameters."""
        self._caller.load(self._handle, values, self._name)

    def parameters(self) -> dict[str, Any]:
        """Read the parameters by name."""
        return self._caller.parameters(self._handle, self._name)
