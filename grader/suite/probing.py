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
from grader.diagnose import ENOUGH_BITS, Answer, agree, answer, information_bits
from grader.errors import GraderError, StudentError
from grader.intake import globals_read
from grader.model import Message, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import CaseResult, Exercise
    from grader.sandbox import Client
    from grader.suite.grading import Grading
    from grader.suite.known import KnownCall, KnownExercise, WhatIf
    from grader.suite.student import Heard

MAX_GLOBALS: Final = 5
AS_IF: Final = {"zero": "finding_as_if_zero", "transposed": "finding_as_if_transposed"}
MAX_OTHER_CASES: Final = 12  # a claim about all cases is made where there are no more to ask


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
    trace = grading.traces.get(result.id)
    ended = any(one.verdict is Verdict.TIMED_OUT for one in grading.results.values())
    spots = list(_spots(grading, known, result.id))
    if result.suite == "hidden" or ended or trace is None or not spots:
        return []
    call, about = spots[-1]
    if call is not grading.calls[result.id][-1] or len(trace.answers) < len(spots):
        return []
    given = trace.answers[-1]
    found = _as_if(grading, known, call, given, about)
    # Where something is known about the inputs already, asking again would add nothing.
    if found or given.error:
        return found
    try:
        with _undisturbed():
            return _asked_again(grading, exercise, call, about, given, known)
    except GraderError:
        return []  # it fails when asked alone: then nothing is proven


def _spots(grading: Grading, known: KnownExercise, case: str) -> Iterator[tuple[Heard, KnownCall]]:
    """Pair the calls of a case to functions with what is known about them."""
    calls = known.calls.get(case, ())
    for position, heard in enumerate(grading.calls.get(case, ())):
        if position < len(calls) and isinstance(heard.target, str) and calls[position].parameters:
            yield heard, calls[position]


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


def _as_if(
    grading: Grading, known: KnownExercise, call: Heard, given: Answer, about: KnownCall
) -> list[Message]:
    """Look for an input that every answer takes for zero, or for its transpose."""
    return [
        Message(AS_IF[one.change], {"input": one.input})
        for one in about.what_ifs
        if given.value
        and one.answer.value
        and agree(given.value, one.answer.value)
        and _always_as_if(grading, known, call.target, one)
    ][:1]


def _always_as_if(grading: Grading, known: KnownExercise, target: object, what_if: WhatIf) -> bool:
    """Tell whether all answers are those to a changed input, with enough in them to be sure."""
    seen: list[Answer] = []
    for case in known.calls:
        answers = grading.traces[case].answers if case in grading.traces else ()
        right = known.right[case].answers if case in known.right else ()
        for position, (heard, about) in enumerate(_spots(grading, known, case)):
            same = [
                one
                for one in about.what_ifs
                if (one.input, one.change) == (what_if.input, what_if.change)
            ]
            if heard.target != target or not same:
                continue
            # Of a case that passed no answer is kept: it was the right one, and that is another.
            answered = answers[position] if position < len(answers) else None
            if answered is None and position >= len(right):
                continue
            if answered is None or not answered.value:
                return False
            if not same[0].answer.value or not agree(answered.value, same[0].answer.value):
                return False
            seen.append(answered)
    return information_bits(seen) >= ENOUGH_BITS


def _asked_again(
    grading: Grading,
    exercise: Exercise,
    call: Heard,
    about: KnownCall,
    given: Answer,
    known: KnownExercise,
) -> list[Message]:
    put_in = call.upstream_put_in
    fresh = grading.fresh_client(exercise, upstream_put_in=put_in)
    with contextlib.closing(fresh) as client:
        first = _ask(client, call, call.args)
        second = _ask(client, call, call.args)
        if not _same(first, given) or not _same(second, first):
            return [Message("finding_depends_on_earlier_calls", {"name": call.name})]
        ignored = [
            about.parameters[index]
            for index in about.matters
            if _same(_ask(client, call, _with_varied(call, index)), first)
        ]
        others = _other_spots(grading, known, call) if ignored else []
        ignored = [name for name in ignored if _ignores(client, others, name)]
        if len(ignored) == len(about.matters) > 1:
            found = [Message("finding_ignores_all")]
        else:
            found = [Message("finding_ignores_argument", {"input": name}) for name in ignored]
        found += _changed_inputs(client, call, about)
    return found + _read_globals(grading, exercise, call, first)


def _other_spots(
    grading: Grading, known: KnownExercise, call: Heard
) -> list[tuple[Heard, KnownCall]]:
    """List the calls of other cases to the same function, passed and failed."""
    return [
        (heard, about)
        for case in known.calls
        for heard, about in _spots(grading, known, case)
        if heard.target == call.target and heard is not call
    ]


def _ignores(client: Client, others: Sequence[tuple[Heard, KnownCall]], name: str) -> bool:
    """Tell whether an argument that matters has no influence in any case."""
    spots = [
        (heard, about.parameters.index(name))
        for heard, about in others
        if name in about.parameters and about.parameters.index(name) in about.matters
    ]
    return len(spots) <= MAX_OTHER_CASES and all(
        _same(_ask(client, heard, heard.args), _ask(client, heard, _with_varied(heard, index)))
        for heard, index in spots
    )


def _with_varied(call: Heard, index: int) -> list[Any]:
    return [varied(arg) if at == index else arg for at, arg in enumerate(call.args)]


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
    """Change each number that the exercise's code takes from its file, and see what happens.

    What the handout gives is meant to be read.
    """
    given = grading.assignment.given.get(exercise.module, ())
    read = globals_read(grading.source, exercise.names)
    for name, number in [one for one in read if one[0] not in given][:MAX_GLOBALS]:
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
