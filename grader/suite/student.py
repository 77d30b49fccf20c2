"""One case's calls into a submission, and what is remembered of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.compare import coarsest_epsilon, summary
from grader.diagnose import Trace, answer
from grader.errors import CodeRaisedError, StudentError, TimedOutError
from grader.intake import parameters_of
from grader.model import Recipe
from grader.sandbox import Result
from grader.suite.naming import misfit, named_in, near_name, near_word
from grader.suite.pair import EPS_FLOAT32, call_text
from grader.suite.snippet import snippet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader import wire
    from grader.sandbox import Client
    from grader.suite.case import Case
    from grader.suite.grading import Grading

NOTHING: Final = Result(None)


class Heard(msgspec.Struct):
    """One call into a submission.

    Parameters
    ----------
    name : str
        What was called, in words.
    target : str or Handle
        What was called.
    args : sequence
        Its arguments; whatever the other side does, it does to copies.
    options : dict
        The keyword arguments of `Client.call` that say what else is wanted.
    outcome : Result or BaseException
        How it ended.
    upstream_put_in : bool
        Whether the reference's upstream was put in.
    """

    name: str
    target: str | wire.Handle
    args: Sequence[Any]
    options: dict[str, Any]
    outcome: Result | BaseException = NOTHING
    upstream_put_in: bool = False

    def end(self, outcome: Result | BaseException) -> None:
        """Note how it has ended."""
        self.outcome = outcome


class StudentCaller:
    """One case's calls into the submission.

    Attributes
    ----------
    heard : list of Heard
        All calls so far.
    shown_eps : float
        Precision that the submission computes in, as far as it has shown that; 0 if it has not. A
        float that is returned beside arrays of float32, an array of float64 that such have been
        added to, and whatever is made by way of an earlier exercise that computes in float32, keep
        no more digits than float32 has, though their own type has room for them.
    """

    def __init__(self, grading: Grading, case: Case, seed: int, *, upstream_put_in: bool) -> None:
        self._grading = grading
        self._case = case
        self._seed = seed
        self._upstream_put_in = upstream_put_in
        self.heard: list[Heard] = []
        self.shown_eps = EPS_FLOAT32 if grading.is_upstream_single(case.exercise) else 0.0

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
        """Call the submission; see `Caller.call`."""
        name = target if isinstance(target, str) else f"{what}.{method}"
        options = {
            "after": after, "cotangent": cotangent, "draws": draws, "seed": self._seed,
        }  # fmt: skip
        with self._listening(name, target, args, options) as heard:
            client = self._client()
            try:
                result = client.call(
                    target, args, method=method, what=what, timeout_s=self._case.timeout_s,
                    **options,
                )  # fmt: skip
            except StudentError as error:
                owner = target if isinstance(target, str) else what
                told = self._explained(error, owner, method or "forward", made=owner == target)
                if told is error:
                    raise
                raise told from error
            heard.end(result)
            if self.shown_eps < EPS_FLOAT32:
                shown = coarsest_epsilon([result.value, result.after, result.gradients])
                self.shown_eps = max(self.shown_eps, min(shown, EPS_FLOAT32))
            return result

    def _explained(
        self, error: StudentError, name: str, method: str, *, made: bool
    ) -> StudentError:
        """Add what the text of the submission says about a call that could not be made."""
        grading, exercise = self._grading, self._case.exercise
        source, assignment = grading.source, grading.assignment
        if error.key == "missing":
            taken = [other for one in assignment.exercises for other in one.names]
            near = near_name(source, str(error.fields.get("name")), taken)
            error.tell(near=near)
        elif error.key in {"global_unknown", "import_star_failed"}:
            near = near_word(source, str(error.fields.get("name")))
            error.tell(near=near)
        elif error.fields.get("exception") == "TypeError" and not error.fields.get("where"):
            named = named_in(str(error.fields.get("text")), exercise.names) or name
            found = misfit(assignment, source, exercise, named, "" if made else method)
            if found is not None:
                handout, yours = found
                return CodeRaisedError(
                    "wrong_arguments", exception="TypeError", handout=handout, yours=yours
                )
        return error

    def load(self, handle: wire.Handle, values: Mapping[str, Any], what: str) -> None:
        """Copy values by name into the parameters of the submission's module."""
        with self._listening(f"load {what}", handle, (values,), {}) as heard:
            self._client().set_parameters(handle, values, what)
            heard.end(NOTHING)

    def parameters(self, handle: wire.Handle, what: str) -> dict[str, Any]:
        """Read the parameters of the submission's module."""
        with self._listening(f"parameters of {what}", handle, (), {}) as heard:
            found = self._client().parameters(handle, what)
            heard.end(Result(found))
            return found

    def recipe(self, case: str) -> Recipe | None:
        """Describe the inputs of the latest call for a reader; None before the first."""
        calls = [heard for heard in self.heard if heard.args]
        if not calls:
            return None
        last = calls[-1]
        what = last.name.removesuffix(".")
        listed = enumerate(last.args, start=1)
        return Recipe(
            call=call_text(what, last.args),
            arguments=tuple(f"{number}. {summary(arg)}" for number, arg in listed),
            seed=self._seed,
            case=case,
            # A student never sees a hidden case's inputs, and instructors have the command.
            snippet=snippet(calls, self._parameters) if self._case.suite == "public" else "",
        )

    def _parameters(self, name: str) -> Sequence[str]:
        return parameters_of(self._grading.source, self._case.exercise.module, name)

    def answered_bytes(self) -> int:
        """Return how long the encodings of all answers of this case were."""
        outcomes = [heard.outcome for heard in self.heard]
        return sum(one.size_bytes for one in outcomes if isinstance(one, Result))

    def trace(self, *, passed: bool) -> Trace:
        """Sketch what the submission has answered in this case."""
        return Trace(passed, tuple(answer(heard.name, heard.outcome) for heard in self.heard))

    @contextlib.contextmanager
    def _listening(
        self, name: str, target: str | wire.Handle, args: Sequence[Any], options: dict[str, Any]
    ) -> Iterator[Heard]:
        """Keep what is asked and how it ends."""
        heard = Heard(name, target, args, options, upstream_put_in=self._upstream_put_in)
        self.heard.append(heard)
        try:
            yield heard
        except BaseException as error:
            heard.end(error)
            if isinstance(error, TimedOutError):
                put_in = self._upstream_put_in
                self._grading.note_timeout(self._case.exercise, upstream_put_in=put_in)
            raise

    def _client(self) -> Client:
        return self._grading.client(self._case.exercise, upstream_put_in=self._upstream_put_in)
