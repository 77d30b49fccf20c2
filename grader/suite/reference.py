"""The reference's side of a check: live from solutions, or replayed from golden values."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from grader import clock, wire
from grader.catalog import defines_class, signature
from grader.compare import Tolerances
from grader.errors import CatalogError, HarnessError, StudentError, TimedOutError, WireError
from grader.intake import read_submission
from grader.sandbox import Client, LocalTransport, Result, refuse_to_supply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.catalog import Assignment
    from grader.model import Exercise
    from grader.sandbox import Supply
    from grader.suite.golden import Golden

ASKED: Final = wire.Limits(size_bytes=4 << 20, nodes=20_000)
NO_SOURCE = wire.Source(modules=())


class Reference:
    """Answers of the reference to the cases of one assignment.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    golden : Golden
        Where answers are recorded to, or replayed from.
    live : bool
        Whether the reference itself is run; else every answer comes from `golden`.
    """

    def __init__(self, assignment: Assignment, golden: Golden, *, live: bool) -> None:
        self.assignment = assignment
        self.golden = golden
        self.live = live
        self._clients: dict[str, Client] = {}
        self._signatures: dict[str, dict[str, str]] = {}

    def caller(self, case: str, exercise: Exercise, seed: int) -> ReferenceCaller:
        """Begin a case: return what its checks ask the reference through."""
        if self.live:
            self.golden.begin(case)
        elif case not in self.golden:
            raise HarnessError(f"no golden values for {case}, and no solutions to run")
        return ReferenceCaller(self, case, exercise, seed)

    def replayed(self) -> Reference:
        """Return a twin that replays what this one has recorded, live only for upstreams."""
        return self._twin(self.golden, live=False)

    def recording_to(self, golden: Golden) -> Reference:
        """Return a twin that is run, and recorded elsewhere."""
        return self._twin(golden, live=True)

    def _twin(self, golden: Golden, *, live: bool) -> Reference:
        twin = Reference(self.assignment, golden, live=live)
        # What is costly to make is shared; both are written to by the exercise's name alone.
        twin._clients, twin._signatures = self._clients, self._signatures
        return twin

    def client(self, module: str) -> Client:
        """Return the loaded reference of a module; raises `CatalogError` without solutions."""
        if module not in self._clients:
            client = Client(LocalTransport(refuse_to_supply), self.assignment.limits)
            client.load(self.source(module), NO_SOURCE, module)
            self._clients[module] = client
        return self._clients[module]

    def source(self, module: str) -> wire.Source:
        """Read the reference of a module; raises `CatalogError` without solutions."""
        path = self.assignment.solution / f"{module}.py"
        names = {exercise.id: exercise.names for exercise in self.assignment.exercises}
        read = read_submission(path, modules=self.assignment.modules, exercises=names)
        if read.source is None:
            raise CatalogError(f"the reference {path} cannot be read: {read.problem}")
        return read.source

    def can_supply(self) -> bool:
        """Tell whether upstream exercises can be computed, that is, solutions are there."""
        return self.assignment.solution.is_dir()

    def signatures(self, exercise: Exercise) -> dict[str, str]:
        """Return the signatures of an exercise's upstream functions, by name.

        Classes are left out: a callback answers with plain data, and an object is none.
        """
        if exercise.id not in self._signatures:
            found: dict[str, str] = {}
            for upstream in map(self.assignment.exercise, exercise.uses):
                text = (self.assignment.solution / f"{upstream.module}.py").read_text("utf-8")
                functions = [name for name in upstream.names if not defines_class(text, name)]
                found |= {name: signature(text, name) for name in functions}
            self._signatures[exercise.id] = found
        return self._signatures[exercise.id]

    def supplier(self, exercise: Exercise, *, bounded: bool) -> Supply:
        """Return what computes the upstream of one exercise, and of that one alone.

        A worker may ask for anything, its own exercise included; only what was put in is answered:
        the result, and the arguments as they stand after the call.

        Parameters
        ----------
        exercise : Exercise
            The exercise whose upstream was put in.
        bounded : bool
            Whether an answer that takes longer than a call may is given up; the arguments are the
            submission's, so they may ask for any amount of work.

        Returns
        -------
        callable
            From `Asked` to `Supplied`.
        """
        modules = {
            name: upstream.module
            for upstream in map(self.assignment.exercise, exercise.uses)
            for name in upstream.names
            if name in self.signatures(exercise)
        }

        def supply(question: wire.Asked) -> wire.Supplied:
            if question.name not in modules:
                raise WireError(f"the worker asks for {question.name}, which was not put in")
            args = wire.decode(question.args_payload, ASKED)
            if not isinstance(args, tuple):
                raise WireError("the worker asks without arguments")
            client = self.client(modules[question.name])
            limit_s = self.assignment.limits.call_s
            try:
                with clock.bounded(limit_s) if bounded else contextlib.nullcontext():
                    result = client.call(question.name, args, after=tuple(range(len(args))))
            except clock.OverdueError:
                raise TimedOutError(
                    "timed_out", name=question.name, seconds=f"{limit_s:g}"
                ) from None
            return wire.Supplied(
                result_payload=wire.encode(result.value), after_payload=wire.encode(result.after)
            )

        return supply


class ReferenceCaller:
    """One case's questions to the reference, in order."""

    def __init__(self, reference: Reference, case: str, exercise: Exercise, seed: int) -> None:
        self._reference = reference
        self._case = case
        self._exercise = exercise
        self._seed = seed
        self._position = 0

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
        """Call the reference, or replay what it answered; see `Caller.call`."""
        label = target if isinstance(target, str) else f"{what}.{method}"

        def live() -> Any:
            result = self.once(
                target, args, method=method, what=what, after=after, cotangent=cotangent,
                draws=draws,
            )  # fmt: skip
            return result.value, result.after, result.gradients, result.offers

        return Result(*self._answer(label, live))

    def once(self, target: str | wire.Handle, args: Sequence[Any], **options: Any) -> Result:
        """Call the live reference without a record."""
        client = self._reference.client(self._exercise.module)
        result: Result = self._ours(lambda: client.call(target, args, seed=self._seed, **options))
        return result

    def _ours(self, action: Callable[[], Any]) -> Any:
        """Do something with the reference; whatever goes wrong there is no student's fault."""
        try:
            return action()
        except StudentError as error:
            raise HarnessError(f"the reference failed in {self._case}: {error}") from error

    def load(self, handle: wire.Handle, values: Mapping[str, Any], what: str) -> None:
        """Copy values into the reference's module."""
        if self._reference.live:
            client = self._reference.client(self._exercise.module)
            self._ours(lambda: client.set_parameters(handle, values, what))

    def parameters(self, handle: wire.Handle, what: str) -> dict[str, Any]:
        """Read the parameters of the reference's module."""

        def live() -> Any:
            client = self._reference.client(self._exercise.module)
            return self._ours(lambda: client.parameters(handle, what))

        found: dict[str, Any] = self._answer(f"parameters of {what}", live)
        return found

    def tolerances(self, derive: Callable[[], Tolerances]) -> Tolerances:
        """Derive tolerances from the live reference, or replay them."""
        return Tolerances.from_dict(self._answer("tolerances", lambda: derive().to_dict()))

    def _answer(self, label: str, live: Callable[[], Any]) -> Any:
        golden = self._reference.golden
        if self._reference.live:
            golden.add(self._case, label, live())
            return golden.get(self._case, self._position_after(), label)
        return golden.get(self._case, self._position_after(), label)

    def _position_after(self) -> int:
        self._position += 1
        return self._position - 1
