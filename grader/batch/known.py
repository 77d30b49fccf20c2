"""Run the known mistakes on the public cases and store what they give."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader import wire
from grader.diagnose import Answer, Trace, agree_on_case, answer
from grader.errors import CatalogError, StudentError
from grader.mistakes import load_mistakes
from grader.sandbox import open_server
from grader.suite.collecting import collected
from grader.suite.known import Known, KnownCall, KnownExercise, KnownMistake, WhatIf
from grader.suite.probing import inputs, varied
from grader.suite.running import Access, run_cases
from grader.suite.session import prove
from grader.trees import defined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.catalog import Assignment
    from grader.mistakes import Mistake
    from grader.model import Exercise
    from grader.sandbox import Client, ForkServer
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.session import Session
    from grader.suite.student import Heard

ENDLESS_CALL_S: Final = 2.0  # at most; what never returns need not be waited for longer


def known_mistakes(assignment: Assignment) -> Known:
    """Record what every catalogued mistake gives on the public cases of its exercise.

    Raises
    ------
    CatalogError
        When the suites or the catalogue are broken.
    """
    with collected(assignment, hidden=False) as suites:
        return Recorder(prove(suites, "")).record()


def stale_mistakes(assignment: Assignment) -> list[str]:
    """Say what of the stored known mistakes is out of date; see `renewed_mistakes`."""
    return renewed_mistakes(assignment)[0]


def renewed_mistakes(assignment: Assignment) -> tuple[list[str], bytes]:
    """Compare what is stored of the mistakes with what they give and are called now.

    Returns
    -------
    list of str, bytes
        One line for each exercise that differs by more than rounding; and what is to be stored,
        which is what is stored already if there is no such exercise.
    """
    fresh = known_mistakes(assignment)
    try:
        stored = Known.read(assignment.known_mistakes)
    except CatalogError as error:
        return [str(error)], fresh.to_bytes()
    problems = [
        f"known mistakes of {exercise}"
        for exercise in sorted(set(stored.exercises) | set(fresh.exercises))
        if not _alike(
            stored.exercises.get(exercise, KnownExercise()),
            fresh.exercises.get(exercise, KnownExercise()),
        )
    ]
    if problems or not assignment.known_mistakes.is_file():
        return problems, fresh.to_bytes()
    return problems, assignment.known_mistakes.read_bytes()


def _alike(old: Any, new: Any) -> bool:
    """Compare what is stored, part by part: answers as a diagnosis does, all else exactly."""
    if isinstance(old, Trace) and isinstance(new, Trace):
        return agree_on_case(old, new, None)
    if isinstance(old, Answer) and isinstance(new, Answer):
        return agree_on_case(_seen(old), _seen(new), None)
    if isinstance(old, msgspec.Struct) and type(old) is type(new):
        return all(_alike(getattr(old, name), getattr(new, name)) for name in old.__struct_fields__)
    if isinstance(old, dict) and isinstance(new, dict):
        return list(old) == list(new) and all(_alike(old[key], new[key]) for key in old)
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_alike, old, new))
    return bool(old == new)


def _seen(given: Answer) -> Trace:
    return Trace(passed=False, answers=(given,))


class Recorder:
    """Runs variants of the reference on the cases of a session.

    Parameters
    ----------
    session : Session
        Proven on the reference.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.assignment = session.assignment
        self.variants = session.diagnostician.variants
        self.catalogue = load_mistakes(session.assignment)
        self._server: ForkServer | None = None

    def record(self) -> Known:
        """Record every exercise."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # wrong code overflows and the like
                exercises = {
                    exercise.id: self._exercise(exercise) for exercise in self.assignment.exercises
                }
        finally:
            if self._server is not None:
                self._server.__exit__(None, None, None)
        return Known(exercises=exercises)

    def cases(self, exercise: Exercise) -> list[Case]:
        """List the public cases of an exercise."""
        return [case for case in self.session.suites.of(exercise) if case.suite == "public"]

    def traces(self, mistake: Mistake, cases: Sequence[Case]) -> dict[str, Trace]:
        """Run a mistake on cases of its exercise."""
        source = self.variants.with_mistake(mistake)
        return self._run(self._grading(source, endless=mistake.endless), cases)

    def _run(self, grading: Grading, cases: Sequence[Case]) -> dict[str, Trace]:
        return run_cases(self.session.suites.tests, grading, cases)

    def _exercise(self, exercise: Exercise) -> KnownExercise:
        cases = self.cases(exercise)
        right = self._grading(self.variants.right)
        traces = self._run(right, cases)
        mistakes = tuple(
            KnownMistake(mistake.explanation, self.traces(mistake, cases))
            for mistake in self.catalogue[exercise.id]
        )
        # A case that measures speed is skipped here, and has made no call.
        called = [case for case in cases if case.id in right.calls]
        calls = {case.id: self._calls(right, exercise, case) for case in called}
        return KnownExercise(mistakes=mistakes, right=traces, calls=calls)

    def _grading(self, source: wire.Source, *, endless: bool = False) -> Grading:
        if not endless:
            return self.session.grading(source)
        if self._server is None:
            torch = any(exercise.torch for exercise in self.assignment.exercises)
            self._server = open_server("best", torch=torch).__enter__()
        call_s = min(ENDLESS_CALL_S, self.assignment.limits.call_s)
        limits = msgspec.structs.replace(self.assignment.limits, call_s=call_s)
        brief = msgspec.structs.replace(self.assignment, limits=limits)
        return self.session.grading(source, Access(self._server.worker), brief)

    def _calls(self, right: Grading, exercise: Exercise, case: Case) -> tuple[KnownCall, ...]:
        client = right.fresh_client(exercise)
        text = self.variants.text(exercise.module)
        try:
            return tuple(_known_call(client, call, text) for call in right.calls[case.id])
        finally:
            client.close()


def _known_call(client: Client, call: Heard, text: str) -> KnownCall:
    if not isinstance(call.target, str):
        return KnownCall()
    function = defined(ast.parse(text).body).get(call.target)
    if not isinstance(function, ast.FunctionDef):
        return KnownCall()  # a class
    names = tuple(argument.arg for argument in function.args.args)
    given = answer(call.name, call.outcome)
    every = tuple(range(len(call.args)))
    after = client.call(call.target, call.args, **{**call.options, "after": every}).after
    matters = tuple(
        index
        for index, arg in enumerate(call.args)
        if _differs(_answer(client, call, _with(call.args, index, varied(arg))), given)
    )
    return KnownCall(
        parameters=names,
        matters=matters,
        changes=tuple(
            index for index in every if wire.encode(after[index]) != wire.encode(call.args[index])
        ),
        what_ifs=tuple(_what_ifs(client, call, names, given)),
    )


def _what_ifs(client: Client, call: Heard, names: Sequence[str], given: Answer) -> Iterator[WhatIf]:
    for index, arg in enumerate(call.args):
        for path, zero, turned in inputs(arg, names[index]):
            for change, value in (("zero", zero), ("transposed", turned)):
                if value is None:
                    continue
                found = _answer(client, call, _with(call.args, index, value))
                if not found.error and _differs(found, given):
                    yield WhatIf(path, change, found)


def _answer(client: Client, call: Heard, args: Sequence[Any]) -> Answer:
    try:
        return answer(call.name, client.call(call.target, args, **call.options))
    except StudentError as error:
        return answer(call.name, error)


def _differs(found: Answer, given: Answer) -> bool:
    return not found.error and not agree_on_case(_seen(found), _seen(given), None)


def _with(args: Sequence[Any], index: int, value: Any) -> list[Any]:
    return [value if at == index else arg for at, arg in enumerate(args)]
