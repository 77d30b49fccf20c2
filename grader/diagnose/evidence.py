"""How much answers tell: whether they could have come about in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.diagnose.sketch import agree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.diagnose.sketch import Sketch
    from grader.diagnose.traces import Answer, Trace

# Two numbers that agree in half of their digits, or a dozen small integers.
ENOUGH_BITS: Final = 24
NUMBER_BITS: Final = 12
SMALL_BITS: Final = 2  # a digit, an index, a character
MOST_NUMBERS: Final = 4  # as many as a sketch holds
WHOLE: Final = 1e-6


def information_bits(answers: Iterable[Answer]) -> int:
    """Estimate what different answers tell, in bits; an error, None, zeros or NaN tell nothing."""
    different = {repr(one.value): one.value for one in answers if one.value and not one.error}
    return sum(_bits(value) for value in different.values())


def all_none(answers: Sequence[Answer]) -> bool:
    """Tell whether every answer is None, and there is one."""
    return bool(answers) and all(
        list(one.value) == ["text", "None"] or _is_none(one.value) for one in answers
    )


def telling_answers(found: Mapping[str, Trace], right: Mapping[str, Trace]) -> list[Answer]:
    """List the answers of cases that failed, but for those that are the reference's."""
    answers = []
    for case, trace in found.items():
        known: Sequence[Answer] = right[case].answers if case in right else ()
        values = [one.value for one in known if one.value]
        answers += [
            one
            for one in trace.answers
            if one.value and not any(agree(one.value, value) for value in values)
        ]
    return answers


def _is_none(value: Sketch) -> bool:
    """Tell whether a result is None, whatever came with it."""
    return (
        bool(value) and value[0] == "keys" and list(value[1].get("'value'", ())) == ["text", "None"]
    )


def _bits(value: Sketch) -> int:
    kind = value[0]
    if kind == "numbers":
        return _bits_of_numbers(value)
    if kind == "text":
        what = str(value[1])
        return 0 if what in {"None", "True", "False"} else SMALL_BITS * max(0, len(what) - 2)
    if kind == "items":
        return sum(map(_bits, value[1]))
    return sum(map(_bits, value[1].values())) if kind == "keys" else 0


def _bits_of_numbers(value: Sketch) -> int:
    _, shape, _, norm, projected, _ = value
    count = 1
    for length in shape:
        count *= length
    if not norm or not any(projected):
        return 0
    square = norm * norm
    if abs(square - round(square)) <= WHOLE * max(square, 1.0):
        return SMALL_BITS * min(count, ENOUGH_BITS)
    return NUMBER_BITS * min(count, MOST_NUMBERS)
