"""What comes to light when a failing call is made again, or with one input changed.

Everything is asked of a fresh worker, so that what hidden cases have left in the submission's
memory cannot find its way into a visible finding.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from grader import wire
from grader.compare import kinds
from grader.diagnose import Answer, agree, answer
from grader.errors import GraderError, StudentError
from grader.intake import globals_read
from grader.model import Message, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import CaseResult, Exercise
    from grader.sandbox import Client
    from grader.suite.grading import Grading, Heard
    from grader.suite.known import KnownCall, KnownExercise

MAX_GLOBALS: Final = 5


def probe(
    grading: Grading, exercise: Exercise, result: CaseResult, known: KnownExercise
) -> list[Message]:
    """Ask a submission again about the call on which a public case failed.

    Parameters
    ----------
    grading : Grading
        The submission.
    exercise : Exercise
        The exercise.
    result : CaseResult
        The case that failed.
    known : KnownExercise
        What is known about its calls.

    Returns
    -------
    list of Message
        What was found, each proven by a call.
    """
    heard = grading.calls.get(result.id, [])
    calls = known.calls.get(result.id, ())
    ended = any(one.verdict is Verdict.TIMED_OUT for one in grading.results.values())
    if result.suite == "hidden" or ended or not heard or len(calls) < len(heard):
        return []
    position = len(heard) - 1
    call, about = heard[position], calls[position]
    if not isinstance(call.target, str) or not about.parameters:
        return []
    given = answer(call.name, call.outcome)
    found = _as_if(given, about)
    # Where something is known about the inputs already, asking again would add nothing.
    if found or given.error:
        return found
    try:
        with _undisturbed():
            return _asked_again(grading, exercise, call, about, given)
    except GraderError:
        return []  # it fails when asked alone: then nothing is proven


def varied(value: Any) -> Any:
    """Return a copy of an argument with other numbers; the value itself where it has none."""
    if isinstance(value, dict):
        return {key: varied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        if all(isinstance(item, int) or item is None for item in value):
            return type(value)([*value[1:], *value[:1]])
        return type(value)(varied(item) for item in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value + 1
    return value * 1.5 + 0.25 if kinds.family_of(value) == "float" else value


def inputs(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield each float array among an argument's parts.

    With its path comes the argument with zeros there, and with the array transposed; None for the
    latter where it is no square matrix.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            for inner, zero, turned in inputs(item, f"{path}[{key!r}]"):
                yield (
                    inner,
                    {**value, key: zero},
                    None if turned is None else {**value, key: turned},
                )
    elif kinds.family_of(value) == "float" and getattr(value, "ndim", 0) >= 1:
        square = value.ndim == 2 and value.shape[0] == value.shape[1] > 1  # noqa: PLR2004 - a matrix
        turned = value.T.copy() if square and isinstance(value, np.ndarray) else None
        yield path, value * 0, turned


def _as_if(given: Answer, about: KnownCall) -> list[Message]:
    return [
        Message(f"finding_as_if_{what_if.change}", {"input": what_if.input})
        for what_if in about.what_ifs
        if given.value and what_if.answer.value and agree(given.value, what_if.answer.value)
    ][:1]


def _asked_again(
    grading: Grading, exercise: Exercise, call: Heard, about: KnownCall, given: Answer
) -> list[Message]:
    found: list[Message] = []
    put_in = call.upstream_put_in
    fresh = grading.fresh_client(exercise, upstream_put_in=put_in)
    with contextlib.closing(fresh) as client:
        first = _ask(client, call, call.args)
        second = _ask(client, call, call.args)
        if not _same(first, given) or not _same(second, first):
            return [Message("finding_depends_on_earlier_calls", {"name": exercise.names[0]})]
        for index in about.matters:
            name = about.parameters[index]
            changed = [varied(arg) if at == index else arg for at, arg in enumerate(call.args)]
            if _same(_ask(client, call, changed), first):
                found.append(Message("finding_ignores_argument", {"input": name}))
        found += _changed_inputs(client, call, about)
    return found + _read_globals(grading, exercise, call, first)


def _changed_inputs(client: Client, call: Heard, about: KnownCall) -> list[Message]:
    every = tuple(range(len(call.args)))
    outcome = client.call(call.target, call.args, **{**call.options, "after": every})
    return [
        Message("finding_changes_input", {"input": about.parameters[index]})
        for index in every
        if index not in about.changes
        and index < len(about.parameters)
        and wire.encode(outcome.after[index]) != wire.encode(call.args[index])
    ]


def _read_globals(
    grading: Grading, exercise: Exercise, call: Heard, first: Answer
) -> list[Message]:
    """Change each number that the exercise's code takes from its file, and see what happens."""
    for name, number in globals_read(grading.source, exercise.names)[:MAX_GLOBALS]:
        source = wire.Source(
            tuple(_with_number(module, name, number + 1) for module in grading.source.modules)
        )
        put_in = call.upstream_put_in
        fresh = grading.fresh_client(exercise, source, upstream_put_in=put_in)
        with contextlib.closing(fresh) as client:
            if not _same(_ask(client, call, call.args), first):
                return [Message("finding_reads_global", {"input": name})]
    return []


def _with_number(module: wire.Module, name: str, number: float) -> wire.Module:
    pieces = tuple(
        msgspec.structs.replace(piece, code=f"{name} = {number!r}")
        if piece.kind == "constant" and piece.names == (name,)
        else piece
        for piece in module.pieces
    )
    return msgspec.structs.replace(module, pieces=pieces)


def _ask(client: Client, call: Heard, args: Sequence[Any]) -> Answer:
    try:
        return answer(call.name, client.call(call.target, args, **call.options))
    except StudentError as error:
        return answer(call.name, error)


def _same(one: Answer, other: Answer) -> bool:
    if one.error or other.error:
        return one.error == other.error
    return agree(one.value, other.value)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no ``breakpoint()`` of a student's stop what they did not ask for."""
    kept = sys.breakpointhook
    sys.breakpointhook = lambda *_args, **_options: None
    try:
        yield
    finally:
        sys.breakpointhook = kept
