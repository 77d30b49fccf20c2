"""Where an exercise goes wrong: the first value that is no step of the solution.

A failing case is run once more on the submission, and once on the reference, both with marks
(`grader.steps`) that tell what each expression gives. An expression that makes a value that the
solution does not have, out of values that it has, may be where the two part. It is if the right
value, put in its place, is all that it takes: then the results of every public case are right.
What the submission's marks tell is not believed; it only says what is tried.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Final

from grader.intake import place_in
from grader.model import Departure, Fault, Verdict, Visibility
from grader.steps import Matching, in_place_of, mark_behind, series_of
from grader.suite.owned import owned
from grader.suite.sides import opened_sides
from grader.suite.trial import silence
from grader.trees import set_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.model import Exercise
    from grader.steps import Instead, Marked, Outset, Spot
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.session import Session
    from grader.suite.sides import Sides

MOST_OUTSETS: Final = 12
MOST_TRIED: Final = 60  # values in the place of one expression
MOST_READ: Final = 4  # failing cases, of which one is looked at
MOST_LINES: Final = 2
MOST_NAMES: Final = 6
MOST_CHARACTERS: Final = 60  # of an expression
LEAST_CASES: Final = 2


def find_departure(
    session: Session, grading: Grading, exercise: Exercise, cases: Sequence[Case]
) -> Fault | None:
    """Say where the values of an exercise leave those of the solution.

    Parameters
    ----------
    session : Session
        The tests of the cases, and the reference.
    grading : Grading
        The submission, every case of the exercise run.
    exercise : Exercise
        The exercise.
    cases : sequence of Case
        Its cases.

    Returns
    -------
    Fault or None
        None where it cannot be told, or without solutions.

    Raises
    ------
    OutOfTimeError
        When that takes more time than a diagnosis has.
    """
    opened = [one for one in cases if _is_open(one)]
    results = [grading.results[one.id] for one in opened]
    bad = [one for one in opened if grading.results[one.id].verdict is Verdict.FAILED]
    fits = {Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED}
    if not bad or len(opened) < LEAST_CASES or any(one.verdict not in fits for one in results):
        return None
    if not grading.reference.can_supply():
        return None
    own = owned(grading.assignment, grading.source, grading.given, exercise)
    if own is None:
        return None
    bad.sort(key=lambda one: grading.results[one.id].duration_s)
    with contextlib.ExitStack() as clients, silence():
        sides = opened_sides(session, grading, exercise, own, opened, clients)
        return None if sides is None else _Search(grading, exercise, sides).run(bad)


def _is_open(case: Case) -> bool:
    return case.suite == "public" and case.visibility is Visibility.VISIBLE and not case.timed


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    """An expression at which the right value is all that it takes.

    Parameters
    ----------
    outset : Outset
        The expression.
    marks : frozenset of int
        The reference's marks that have the right value.
    """

    outset: Outset
    marks: frozenset[int]


class _Search:
    """The search in one exercise."""

    def __init__(self, grading: Grading, exercise: Exercise, sides: Sides) -> None:
        self._grading = grading
        self._exercise = exercise
        self._sides = sides

    def run(self, bad: Sequence[Case]) -> Fault | None:
        """Look where the two part in the case that shows most, and hold it against all others."""
        told = [(case, runs) for case in bad[:MOST_READ] if (runs := self._sides.recorded(case))]
        if not told:
            return None
        # Where many values are the same, one is easily taken for another.
        case, runs = max(told, key=lambda one: len(series_of(one[1][1])))
        matching = Matching(*runs, self._sides.definitions)
        found: list[_Found] = []
        for outset in matching.outsets(MOST_LINES)[:MOST_OUTSETS]:
            if any(one.outset.spot.number in outset.made_by for one in found):
                continue  # it is wrong because that is
            mended = self._mended(case, [outset.spot], matching)
            if mended is None or not self._is_all(case, outset, mended):
                continue
            if held := self._held(outset.spot, mended.marks, case):
                found.append(_Found(outset, held))
        return self._settled(case, matching, found)

    def _is_all(self, case: Case, outset: Outset, mended: Instead) -> bool:
        """Tell whether, with the right values there, all that goes into them is right, too.

        Else something is wrong before, which shows in no other value.
        """
        runs = self._sides.recorded(case)
        again = self._sides.recorded_with(case, {outset.spot.number: mended.values})
        if runs is None or again is None:
            return False
        matching = Matching(again, runs[1], self._sides.definitions)
        return matching.is_always_made_in(outset.spot, outset.made_in)

    def _mended(self, case: Case, spots: Sequence[Spot], matching: Matching) -> Instead | None:
        """Return values of the reference that, put in the places of some, let a case pass.

        Parameters
        ----------
        case : Case
            The case.
        spots : sequence of Spot
            Expressions that have the same values.
        matching : Matching
            The values of both sides.
        """
        runs = self._sides.recorded(case)
        if runs is None:
            return None
        first, *others = [matching.run.by_number[spot.number] for spot in spots]
        for one in in_place_of(first, runs[1], met=matching.met)[:MOST_TRIED]:
            values = {spots[0].number: one.values}
            for spot, every in zip(spots[1:], others, strict=True):
                same = in_place_of(every, runs[1], one.marks)
                values |= {spot.number: same[0].values} if same else {}
            if self._sides.passes(case, values):
                return one
        return None

    def _held(self, spot: Spot, marks: frozenset[int], known: Case) -> frozenset[int]:
        """Keep the marks whose values are all that it takes in every other case, too."""
        for case in self._sides.cases:
            if case is known or not marks:
                continue
            runs = self._sides.recorded(case)
            if runs is None:
                return frozenset()
            every = runs[0].by_number.get(spot.number, [])
            if not every:
                if self._grading.results[case.id].verdict is Verdict.FAILED:
                    return frozenset()
                continue
            kept: set[int] = set()
            for one in in_place_of(every, runs[1], marks):
                if not one.marks <= kept and self._sides.passes(case, {spot.number: one.values}):
                    kept |= one.marks
            marks = frozenset(kept)
        return marks

    def _settled(self, case: Case, matching: Matching, found: Sequence[_Found]) -> Fault | None:
        """Return the line, or two that come to the same; None if it could be anywhere."""
        if not found:
            return None
        lines: set[tuple[int, int]] = set()
        for one in found:
            lines |= self._lines_of(one.outset, case, matching)
        if len(lines) > MOST_LINES:
            return None
        places = tuple(
            place_in(self._sides.own.module, self._sides.own.pieces[piece], line)
            for piece, line in sorted(lines)
        )
        first = found[0]
        return Fault(
            places=places,
            kinds=("step_value",),
            cases=len(self._sides.cases),
            formulas=self._formulas(found),
            departure=self._departure(first.outset, matching),
        )

    def _lines_of(self, outset: Outset, case: Case, matching: Matching) -> set[tuple[int, int]]:
        """List the lines, by their piece, at which a wrong value may have come about.

        Those in which it is made, and those that have set what it reads, if that, too, could have
        another value of the solution's and all would be right.
        """
        piece, whole = self._sides.marked_at(outset.spot.number)
        lines = {line for _, line in outset.made_in}
        by_number = {one.number: one for one in whole.spots}
        made = [by_number[one] for one in outset.made_by if one in by_number]
        waiting = [part for one in made for part in one.parts if part not in outset.made_by]
        seen: set[str] = set()
        while waiting and len(lines) <= MOST_LINES:
            part = by_number.get(waiting.pop())
            if part is None:
                continue
            waiting += part.parts
            names = [one for one in _names_in(part, by_number) if one.name not in seen]
            new = {line for one in names for line in matching.lines_of(one)} - lines
            if not new or not self._could_be_another(case, part, whole, lines, matching):
                continue
            # Or it is wrong where it was made, and so on.
            seen |= {one.name for one in names}
            lines |= new
            for spot in whole.spots:
                if spot.function == part.function and spot.statement[0] in new:
                    waiting.append(spot.number)
                    lines |= matching.kept_in(spot)
        return {(piece, line) for line in lines}

    def _could_be_another(
        self, case: Case, part: Spot, whole: Marked, lines: set[int], matching: Matching
    ) -> bool:
        """Tell whether all would be right if a value were another right one in some lines."""
        told = matching.run.by_number
        alike = (
            [part]
            if not part.name and part.number in told
            else [
                spot
                for spot in whole.spots
                if (spot.name, spot.function) == (part.name, part.function)
                and spot.statement[0] in lines
                and spot.number in told
            ]
        )
        arrays = [spot for spot in alike if all(one.kind == "array" for one in told[spot.number])]
        return bool(arrays) and self._mended(case, arrays, matching) is not None

    def _departure(self, outset: Outset, matching: Matching) -> Departure:
        piece, whole = self._sides.marked_at(outset.spot.number)
        offset = self._sides.own.pieces[piece].line - 1
        names = self._right_names(whole, outset, matching)
        lines = [line + offset for line in names.values()]
        loop = outset.spot.loop
        turn = 0 if loop is None else matching.run.turn(loop, outset.told.order)
        at = next((one.line for one in whole.spots if one.number == loop), 0)
        return Departure(
            text=_short(outset.spot.text),
            right=tuple(names),
            lines=(min(lines), max(lines)) if lines else (),
            turn=turn if turn > 1 else 0,
            loop=at + offset if turn > 1 else 0,
        )

    def _right_names(self, whole: Marked, outset: Outset, matching: Matching) -> dict[str, int]:
        """Return names whose values are right up to some time, with the lines that set them."""
        bad, good = set(), {}
        for spot in whole.spots:
            if not spot.name or spot.function != outset.spot.function:
                continue
            earlier = [
                one
                for one in matching.run.by_number.get(spot.number, ())
                if one.order < outset.told.order
            ]
            if any(one.kind != "array" or not matching.is_right(one) for one in earlier):
                bad.add(spot.name)
            elif earlier and any(one.value.size > 1 for one in earlier):
                bound = [
                    line
                    for function, name, line in whole.bound
                    if (function, name) == (spot.function, spot.name)
                ]
                if len(bound) == 1 and bound[0] != outset.spot.line:
                    good[spot.name] = bound[0]
        kept = sorted((line, name) for name, line in good.items() if name not in bad)
        return {name: line for line, name in kept[-MOST_NAMES:]}

    def _formulas(self, found: Sequence[_Found]) -> tuple[str, ...]:
        """List what the handout has for what the reference computes there."""
        names: set[str] = set()
        for one in found:
            for piece, whole in self._sides.right:
                behind = {mark_behind(mark) for mark in one.marks}
                for spot in whole.spots:
                    if spot.number in behind:
                        names |= set_in(piece.code, spot.line)
        return self._exercise.formulas_of(names)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[:MOST_CHARACTERS]}..."


def _names_in(spot: Spot, by_number: Mapping[int, Spot]) -> list[Spot]:
    """List the names that an expression reads; the expression itself, if it is one."""
    found, waiting = [], [spot]
    while waiting:
        one = waiting.pop()
        if one.name:
            found.append(one)
        waiting += [by_number[part] for part in one.parts if part in by_number]
    return found
