"""What a single fault costs in hw8: nothing is earned by a constant, and little lost by an edge."""

from __future__ import annotations

import functools
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.catalog import find_assignment
from grader.mistakes import load_mistakes
from grader.model import Verdict
from grader.suite.variants import Variants
from tests.hw8.faults import Fault, graded, replaced

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import ExerciseResult

# Some hundred submissions, and what they prove changes with the suites alone.
pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]
CLASSES = ("GRUCell", "LSTMCell", "Seq2Seq")

# Stands before each of them: makes of a right result one of the same structure that says nothing.
SAME_FORM = """
import copy as _copy
import sys as _sys
import numpy as _np

def _filled(value, number):
    if isinstance(value, dict):
        return {key: _filled(item, number) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_filled(item, number) for item in value)
    if isinstance(value, str):
        return ""
    if isinstance(value, (bool, int, float, _np.generic)):
        return type(value)(number)
    if isinstance(value, _np.ndarray):
        return _np.full_like(value, number)
    return _sys.modules["torch"].full_like(value, number)

def _found(value, args):
    if isinstance(value, (list, tuple)):
        return type(value)(_found(item, args) for item in value)
    inside = [one for arg in args for one in (arg if isinstance(arg, (list, tuple)) else [arg])]
    for one in [*args, *inside]:
        alike = getattr(one, "shape", None) == getattr(value, "shape", None)
        if type(one) is type(value) and alike:
            return one
    return args[0] if args else None
"""
CONSTANTS = {
    "zeros": "_filled({call}(*_copy.deepcopy(args)), 0)",
    "what came in": "_found({call}(*_copy.deepcopy(args)), args)",
}
# What a right call would not have let through, and answers that are right for some inputs alone.
GUESSES = {
    ("bits", "what came in, whatever it is"): """
def int_to_bits(n, dim=8): return n
def bits_to_int(bits): return bits
""",
    ("hello_train", "ohlol"): """
def hello_train(parameters, epochs): return "ohlol", [0.0] * epochs
""",
    ("gru_cell", "the old state"): """
class GRUCell(GRUCell):
    def forward(self, x, h): return h
""",
    ("lstm_cell", "the old state"): """
class LSTMCell(LSTMCell):
    def forward(self, x, state): return state
""",
}
# Faults that show in no run on the course's own data, or in one place alone: by known mistake.
EDGES = (
    ("bits", "eight_digits_always"),
    ("bits", "uint8_table"),
    ("bits", "table_of_256"),
    ("bits", "wraps_at_256"),
    ("bits", "adds_in_the_type_of_the_bits"),
    ("sample", "newline_is_zero"),
    ("sample", "no_newline_after_fifty"),
    ("sample", "newline_as_text"),
    ("sample", "stops_at_forty_nine"),
    ("sample", "order_of_the_dictionary"),
    ("rnn_forward", "zero_is_none"),
    ("rnn_forward", "first_state_changed"),
    ("get_sample", "capitalized"),
    ("get_sample", "titled"),
    ("model", "newline_is_zero"),
    ("model", "shuffled_in_place"),
    ("make_data", "cut_to_five"),
    ("make_data", "filled_to_five_only"),
    ("make_data", "pairs_filled_in_place"),
    ("translate", "needs_an_e"),
    ("translate", "case_matters"),
    ("translate", "cut_to_five"),
)
FAILS = "raise ValueError('an edge')"
# Edges that no known mistake has: when an argument is like this, the function fails.
CONDITIONS = {
    ("srn_forward", "one step"): "len(args[0]) == 1",
    ("srn_cell", "a batch of one"): "args[3].shape[1] == 1",
    ("srn_rnn", "a batch of one"): "args[3].shape[1] == 1",
    ("binadd_forward", "one bit"): "len(args[0]) == 1",
    ("binadd_backward", "one bit"): "len(args[0]) == 1",
    ("binadd_train", "no pairs"): "len(args[0]) == 0",
    ("binadd_train", "no dim"): "len(args) < 6",
    ("clip", "a bound of zero"): "args[1] == 0",
    ("clip", "a whole bound"): "isinstance(args[1], int)",
    ("clip", "further gradients"): "len(args[0]) > 5",
    ("rnn_step_forward", "no input"): "not args[2].any()",
    ("rnn_step_backward", "no gradient of its own"): "not args[0].any()",
    ("rnn_forward", "one character"): "len(args[0]) == 1",
    ("rnn_forward", "no size given"): "len(args) < 5",
    ("rnn_forward", "None behind the start"): "None in args[0][1:]",
    ("rnn_backward", "one character"): "len(args[0]) == 1",
    ("update_parameters", "a whole rate"): "isinstance(args[2], int)",
    ("optimize", "no rate given"): "len(args) < 5",
    ("optimize", "no None at the start"): "args[0][0] is not None",
    ("get_sample", "one character"): "len(args[0]) == 1",
    ("model", "no iterations"): "args[3] == 0",
    ("model", "sizes not given"): "len(args) < 7",
    ("hello_encode", "one letter"): "len(args[0]) == 1",
    ("hello_states", "one step"): "len(args[0]) == 1",
    ("hello_states", "a batch of one"): "args[0].shape[1] == 1",
    ("hello_train", "no epochs"): "args[1] == 0",
    ("gru_cell", "a batch of one"): "len(args[0]) == 1",
    ("lstm_cell", "a batch of one"): "len(args[0]) == 1",
    ("gru", "a batch of one"): "len(args[0][0]) == 1",
    ("gru", "one output unit"): "len(args[2][-1]) == 1",
    ("lstm", "a batch of one"): "len(args[0][0]) == 1",
    ("lstm", "one output unit"): "len(args[2][-1]) == 1",
    ("make_data", "a single pair"): "len(args[0]) == 1",
    ("seq2seq_forward", "a batch of one"): "len(args[0]) == 1",
    ("seq2seq_train", "a single pair"): "len(args[0]) == 1",
    ("seq2seq_train", "no epochs"): "args[2] == 0",
    ("seq2seq_train", "long words"): "max(len(w) for pair in args[0] for w in pair) > 5",
    ("translate", "a single letter"): "len(args[0]) == 1",
    ("translate", "a long word"): "len(args[0]) > 5",
}


@functools.cache
def hw8() -> tuple[Assignment, Variants]:
    """Read the assignment and its reference."""
    assignment = find_assignment("hw8", ROOT)
    return assignment, Variants(assignment)


def built(names: tuple[str, ...], body: str) -> str:
    """Define each name anew, with `body`, in which ``{call}`` is what it was before."""
    text = ""
    for name in names:
        if name in CLASSES:
            lines = body.format(call="super().forward").replace("\n", "\n        ")
            text += f"class {name}({name}):\n    def forward(self, *args):\n        {lines}\n"
        else:
            lines = body.format(call=f"_right_{name}").replace("\n", "\n    ")
            text += f"_right_{name} = {name}\ndef {name}(*args):\n    {lines}\n"
    return text


def constants() -> list[Fault]:
    """Make submissions whose functions have the right form and say nothing."""
    assignment, variants = hw8()
    codes = {
        (one.id, name): SAME_FORM + built(one.names, f"return {expression}")
        for one in assignment.exercises
        for name, expression in CONSTANTS.items()
    }
    return [
        Fault(exercise, name, replaced(variants.right, assignment.exercise(exercise), code))
        for (exercise, name), code in {**codes, **GUESSES}.items()
    ]


def edges() -> list[Fault]:
    """Make submissions that are right but for one edge."""
    assignment, variants = hw8()
    known = {
        (mistake.exercise, mistake.id): mistake
        for mistakes in load_mistakes(assignment).values()
        for mistake in mistakes
    }
    faults = [Fault(*key, variants.with_mistake(known[key])) for key in EDGES]
    for (name, edge), condition in CONDITIONS.items():
        exercise = assignment.exercise(name)
        code = built(exercise.names, f"if {condition}: {FAILS}\nreturn {{call}}(*args)")
        faults.append(Fault(name, edge, replaced(variants.right, exercise, code)))
    return faults


@pytest.fixture(scope="module")
def results() -> dict[tuple[str, str], ExerciseResult]:
    """Grade all of them, in one session: collecting and proving the suites takes its time."""
    faults = [*constants(), *edges()]
    found = graded(hw8()[0], faults)
    return {(one.exercise, one.name): result for one, result in zip(faults, found, strict=True)}


def test_no_case_passes_for_a_constant(results: dict[tuple[str, str], ExerciseResult]) -> None:
    """Zeros and the arguments themselves, in the right form, earn nothing at all."""
    earned = [
        f"{fault.exercise}, {fault.name}: {case.id}"
        for fault in constants()
        for case in results[fault.exercise, fault.name].cases
        if case.verdict is Verdict.PASSED
    ]
    assert earned == []


def test_no_edge_case_costs_more_than_a_quarter_of_an_exercise(
    results: dict[tuple[str, str], ExerciseResult],
) -> None:
    """Whoever is wrong at one edge alone keeps three quarters; and every edge is looked at."""
    lost: dict[str, Fraction] = {}
    for fault in edges():
        result = results[fault.exercise, fault.name]
        assert result.score is not None
        lost[f"{fault.exercise}, {fault.name}"] = 1 - result.score / result.points

    assert {edge: float(loss) for edge, loss in lost.items() if loss > Fraction(1, 4)} == {}
    assert [edge for edge, loss in lost.items() if loss == 0] == []
