"""The sample submissions, graded in batches by the command line, in real workers.

`submissions/expected.toml` beside this says what each is to earn; `samples.py` runs the batches.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import pytest

from grader.catalog import find_assignment
from grader.intake.collect import collect
from grader.mistakes import load_mistakes
from tests.agreement import disagreements
from tests.hw8.samples import (
    EXPECTED,
    GRADED,
    LATER,
    MODULES,
    ROOT,
    SAMPLES,
    SOME,
    each,
    each_part,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hw8.samples import Again, Batch, Batches

NOTHING: Final = ("another_homework", "empty")
DIAGNOSED: Final = [name for name in GRADED if EXPECTED[name].diagnosed]


def test_nothing_but_submissions_is_collected() -> None:
    """Every script, notebook and folder is one; the README and expected.toml are none."""
    assignment = find_assignment("hw8", ROOT)
    names = {exercise.id: exercise.names for exercise in assignment.exercises}

    found = collect(SAMPLES, modules=assignment.modules, exercises=names).submissions

    assert {submission.id for submission in found} == set(EXPECTED)


def test_expectations_name_exercises() -> None:
    """An exercise that is misspelt in expected.toml would be expected to earn full marks."""
    known = set(MODULES)

    assert known > LATER
    for name, expected in EXPECTED.items():
        lost = {*expected.zero, *expected.partial}
        assert {*lost, *expected.carried_forward} <= known, name
        assert set(expected.first) <= lost, name
        assert set(expected.diagnosed) <= lost, name
        assert set(expected.modules) <= set(MODULES.values()), name
        assert (expected.score is None) == bool(expected.partial or expected.status != "graded"), (
            name
        )


def test_expectations_name_known_mistakes() -> None:
    """Every wrong sample says what its mistakes are called, or that they have no name."""
    catalogue = load_mistakes(find_assignment("hw8", ROOT))
    known = {exercise: {one.id for one in found} for exercise, found in catalogue.items()}

    for name, expected in EXPECTED.items():
        for exercise, mistake in expected.diagnosed.items():
            assert mistake in {"", *known[exercise]}, (name, exercise)
        if name.startswith("wrong_"):
            assert set(expected.diagnosed) == {*expected.zero, *expected.partial}, name


@pytest.mark.parametrize("batch", each_part(), indirect=True)
def test_the_batch_goes_through(batch: Batch) -> None:
    """Crashes, endless loops and files that cannot be read are the students', not the grader's."""
    assert batch.code == 0


@pytest.mark.parametrize("batch", each_part(), indirect=True)
def test_every_submission_has_a_row(batch: Batch) -> None:
    """The table has as many rows as there are submissions, each with its status."""
    statuses = {name: row["status"] for name, row in batch.rows().items()}

    wanted = {name: expected.status for name, expected in EXPECTED.items()}
    wanted |= dict.fromkeys(NOTHING, "no_exercise")
    assert statuses == {name: wanted[name] for name in batch.names}


@pytest.mark.parametrize("name", each(NOTHING))
def test_a_submission_without_an_exercise_is_flagged(batch: Batch, name: str) -> None:
    """Its zeros are not those of one that tried: the page and the class report say so."""
    assert "No exercise found" in batch.page(name)
    assert f"{name}: No exercise found" in " ".join(_text(batch.results / "index.html").split())
    assert any("holds any of the exercises" in note for note in batch.grade(name).notes)


def _text(page: Path) -> str:
    return re.sub(r"<[^>]*>", "", page.read_text("utf-8"))


@pytest.mark.parametrize("name", each(GRADED))
def test_earns_what_it_deserves(batch: Batch, name: str) -> None:
    """Marks are lost where a submission is wrong, and only there."""
    expected, grade = EXPECTED[name], batch.grade(name)

    outcomes = {exercise.id: exercise.outcome() for exercise in grade.exercises}
    assert outcomes == {exercise: expected.outcome(exercise) for exercise in outcomes}
    absent = {exercise.id for exercise in grade.exercises if exercise.is_absent()}
    assert absent >= {exercise for exercise in outcomes if expected.is_absent(exercise)}
    if expected.score is not None:
        assert grade.score_exact == str(expected.score)


@pytest.mark.parametrize("name", each([name for name in GRADED if EXPECTED[name].first]))
def test_says_what_is_wrong(batch: Batch, name: str) -> None:
    """The first case that fails has the right verdict, and a message that fits."""
    failures = {exercise.id: exercise.first_failure() for exercise in batch.grade(name).exercises}

    expected = EXPECTED[name].first
    assert {exercise: failures[exercise] for exercise in expected} == expected


@pytest.mark.parametrize("name", each(DIAGNOSED))
def test_calls_the_mistake_by_its_name(batch: Batch, name: str) -> None:
    """A mistake in the catalogue is named, alone; where none fits, none is guessed."""
    grade, expected = batch.grade(name), EXPECTED[name].diagnosed
    found = {exercise: grade.exercise(exercise).diagnosis for exercise in expected}

    named = {exercise: one.mistakes if one else None for exercise, one in found.items()}
    assert named == {
        exercise: [mistake] if mistake else [] for exercise, mistake in expected.items()
    }


@pytest.mark.parametrize("name", each(GRADED))
def test_hidden_cases_say_what_public_ones_say(batch: Batch, name: str) -> None:
    """Who passes all cases that can be seen fails none that cannot, and the other way round."""
    assert disagreements(batch.results / "json" / f"{name}.json") == []


@pytest.mark.parametrize("name", each([name for name in EXPECTED if EXPECTED[name].says]))
def test_notes_what_was_not_read(batch: Batch, name: str) -> None:
    """What intake skipped, shadowed or could not read stands in the notes."""
    notes = batch.grade(name).notes

    for words in EXPECTED[name].says:
        assert any(words in note for note in notes), (words, notes)


@pytest.mark.parametrize("name", each([name for name in EXPECTED if name not in GRADED]))
def test_what_cannot_be_read_has_no_score(batch: Batch, name: str) -> None:
    """A zero would be a verdict on work that nobody has seen."""
    row = batch.rows()[name]

    assert (row["score"], row["carried_forward"], row["clip"]) == ("", "", "")
    assert batch.grade(name).exercises == []


def test_a_wrong_upstream_costs_its_own_points_alone(batch: Batch) -> None:
    """Both exercises that use clip earn everything, and the student is told how that comes."""
    clip = batch.grade("wrong_clip_upper_only").exercise("clip")
    optimize = batch.grade("wrong_clip_upper_only").exercise("optimize")
    page = batch.page("wrong_clip_upper_only")

    assert (clip.outcome(), clip.carried_forward) == ("zero", 0)
    assert optimize.score_exact == f"{optimize.points:.0f}"
    assert 0 < optimize.carried_forward <= optimize.points
    assert "Your step is right; its input was wrong" in page


def test_a_mistake_of_its_own_is_told_from_one_of_the_upstream(batch: Batch) -> None:
    """Each of two wrong exercises, one using the other, pays for its own mistake alone."""
    grade = batch.grade("wrong_clip_and_optimize")
    clip, optimize, model = (grade.exercise(name) for name in ("clip", "optimize", "model"))

    assert 0 < optimize.carried_forward < optimize.points
    assert clip.diagnosis is not None
    assert optimize.diagnosis is not None
    assert (clip.diagnosis.mistakes, optimize.diagnosis.mistakes) == (
        ["always_ten"],
        ["state_before_last_step"],
    )
    assert Fraction(model.score_exact or 0) == Fraction(model.points)


@pytest.mark.proof
def test_an_endless_loop_costs_only_its_own_exercise(batches: Batches) -> None:
    """After two time-outs its other cases are not run, and what uses it is run without it."""
    every = batches.holding("endless_rnn_forward").grade("endless_rnn_forward").exercises
    exercises = {one.id: one for one in every if one.id not in LATER}

    verdicts = [case.verdict for case in exercises["rnn_forward"].cases]
    keys = [case.message_key for case in exercises["rnn_forward"].cases]
    assert set(verdicts) == {"timed_out"}
    assert keys.count("timed_out") == 2
    assert all(case.carried_forward for case in exercises["optimize"].cases)
    others = [one for name, one in exercises.items() if name not in {"rnn_forward", "optimize"}]
    assert {case.verdict for one in others for case in one.cases} <= {"passed", "skipped"}


@pytest.mark.proof
def test_grading_again_gives_the_same_bytes(again: Again) -> None:
    """A second run, afresh, writes the very rows of the first."""
    first, second, _ = again.tables

    assert again.codes == (0, 0, 0)
    assert len(first.splitlines()) == 1 + len(SOME)
    assert second == first


@pytest.mark.proof
def test_what_is_graded_is_not_graded_again(again: Again) -> None:
    """Without --fresh a batch goes on where it was, here at its end."""
    assert again.tables[2] == again.tables[1]
    assert "graded 0 in" in again.resumed


@pytest.mark.parametrize("batch", each_part(), indirect=True)
def test_no_process_is_left(batch: Batch) -> None:
    """Workers end with the batch, crashed, looping or not."""
    assert batch.left_processes == frozenset()


@pytest.mark.parametrize("batch", each_part(), indirect=True)
def test_no_folder_is_left(batch: Batch) -> None:
    """Workers' folders go with them."""
    if batch.crowded:
        pytest.skip("another grader runs on this machine, and its folders look like ours")
    assert batch.left_folders == frozenset()


@pytest.mark.parametrize("batch", each_part(), indirect=True)
def test_nothing_is_written_beside_the_submissions(batch: Batch) -> None:
    """Grading leaves no compiled file, checkpoint or cache among what students handed in."""
    assert batch.left_files == frozenset()
