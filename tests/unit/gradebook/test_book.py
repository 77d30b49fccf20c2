"""What a gradebook keeps, and what it refuses."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.errors import HarnessError, UsageError
from grader.gradebook import Gradebook
from grader.model import (
    Attempt,
    Conditions,
    Diagnosis,
    ExerciseResult,
    Explanation,
    Finding,
    Grade,
    Lateness,
    Message,
    Place,
    Status,
    Student,
    Text,
)
from grader.scoring import final_score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from grader.gradebook import Database

    MakeGrade = Callable[..., Grade]


def students(names: Iterable[str]) -> list[Student]:
    """Make the rows of people of whom nothing is known but what they handed in."""
    return [Student.of_submission(name) for name in names]


def plain(grades: Iterable[Grade]) -> list[Grade]:
    """Take off what the roster has added: whose they are, and under which name."""
    return [
        msgspec.structs.replace(one, name=f"{one.id} 'x' <b>", student=None, attempt=None)
        for one in grades
    ]


def test_gives_back_the_grade_it_was_given(
    book: Gradebook, place: Path | Database, make_grade: MakeGrade
) -> None:
    """Every field survives closing and opening, fractions exactly."""
    grade = make_grade()

    book.record(grade, "d1")
    book.close()
    with Gradebook.open(place) as again:
        found = again.grade("ada")

    assert found == grade


@pytest.mark.parametrize("status", [Status.UNREADABLE, Status.NOT_GRADED])
def test_a_submission_without_score_has_none(
    book: Gradebook, make_grade: MakeGrade, status: Status
) -> None:
    """What could not be graded comes back with no score, not with zero."""
    grade = make_grade(status=status, score=None, exercises=())

    book.record(grade, "d1")

    assert book.grade("ada") == grade


def test_a_later_grade_replaces_an_earlier_one(book: Gradebook, make_grade: MakeGrade) -> None:
    """A submission has one grade, and nothing is left of the one before."""
    book.record(make_grade(), "d1")
    later = make_grade(score=Fraction(5), exercises=())

    book.record(later, "d2")

    assert plain(book.grades()) == [later]


def test_a_broken_write_changes_nothing(book: Gradebook, make_grade: MakeGrade) -> None:
    """A grade that cannot be stored leaves the earlier one, and those of others, as they were."""
    ada, bob = make_grade("ada"), make_grade("bob")
    book.record(ada, "d1")
    book.record(bob, "d1")
    twice = ExerciseResult("clip", Fraction(5), Fraction(1), Fraction(0), ())

    with pytest.raises(HarnessError, match="'ada' could not be stored"):
        book.record(make_grade("ada", exercises=(twice, twice)), "d2")

    assert plain(book.grades()) == [ada, bob]
    assert book.look("hw8", ada.conditions, {"ada": "d1"}).done == {"ada"}


def test_a_name_that_is_no_unicode_is_our_fault(book: Gradebook, make_grade: MakeGrade) -> None:
    """A lone surrogate, as in a file name that is not UTF-8, is reported and not stored."""
    with pytest.raises(HarnessError, match="could not be stored"):
        book.record(make_grade("ada\udcff"), "d1")

    assert plain(book.grades()) == []


def test_a_case_among_those_of_another_exercise_is_our_fault(
    book: Gradebook, make_grade: MakeGrade
) -> None:
    """A case is stored under its own exercise or not at all."""
    grade = make_grade()
    misplaced = msgspec.structs.replace(grade.exercises[1], id="sample")

    with pytest.raises(HarnessError, match="stands among those of sample"):
        book.record(make_grade(exercises=(misplaced,)), "d1")


def test_yields_grades_in_the_order_of_their_ids(book: Gradebook, make_grade: MakeGrade) -> None:
    """The order of grading, which depends on the pool, does not show."""
    for name in ("bob", "ada", "张伟", "Zoë"):
        book.record(make_grade(name), "d1")

    assert [grade.id for grade in book.grades()] == ["Zoë", "ada", "bob", "张伟"]


def test_a_batch_may_write_while_another_reads(book: Gradebook, make_grade: MakeGrade) -> None:
    """A half-read iterator holds no lock."""
    for name in ("ada", "bob"):
        book.record(make_grade(name), "d1")
    reader = book.grades()
    next(reader)

    book.record(make_grade("bob", score=Fraction(1)), "d1")

    assert next(reader).score == 1


def test_only_what_is_unchanged_is_done(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """Another source, a failure of ours, and an unknown id are graded (again)."""
    book.record(make_grade("ada"), "d1")
    book.record(make_grade("bob"), "d1")
    book.record(make_grade("cy", status=Status.NOT_GRADED, score=None), "d1")
    book.record(make_grade("dee", status=Status.UNREADABLE, score=None), "d1")
    digests = {"ada": "d1", "bob": "d2", "cy": "d1", "dee": "d1", "eve": "d1"}

    outlook = book.look("hw8", conditions, digests)

    assert outlook.done == {"ada", "dee"}
    assert outlook.previous is None


@pytest.mark.parametrize("changed", ["isolation", "salt_fingerprint", "suite_hash"])
def test_grades_made_under_other_conditions_are_set_aside(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade, changed: str
) -> None:
    """They are not reused and not reported, and the caller is told."""
    book.record(make_grade(), "d1")
    other = msgspec.structs.replace(conditions, **{changed: "other"})

    outlook = book.look("hw8", other, {"ada": "d1"})
    book.begin("hw8", other, students(["ada"]))

    assert (outlook.batch, outlook.done) == (None, frozenset())
    assert outlook.previous is not None
    assert (outlook.previous.grades, outlook.previous.conditions) == (1, conditions)
    assert plain(book.grades()) == []
    assert book.grade("ada") is None


def test_looking_writes_nothing(
    file_book: Gradebook, path: Path, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """A run that then fails leaves the file as it was, byte for byte."""
    file_book.record(make_grade(), "d1")
    before = path.read_bytes()

    file_book.look("hw8", msgspec.structs.replace(conditions, isolation="off"), {"ada": "d2"})
    file_book.look("hw8", conditions, {"ada": "d1"}, fresh=True)

    assert path.read_bytes() == before


def test_a_fresh_batch_deletes_nothing(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """It has grades of its own; those of the batch before can still be read by its number."""
    old, new = make_grade("ada"), make_grade("ada", score=Fraction(1))
    book.record(old, "d1")

    outlook = book.look("hw8", conditions, {"ada": "d1"}, fresh=True)
    begun = book.begin("hw8", conditions, students(["ada"]), fresh=True)
    book.record(new, "d1")

    assert outlook.done == frozenset()
    assert outlook.previous is not None
    assert outlook.previous.id == 1
    assert begun.id == 2
    assert plain(book.grades()) == [new]
    assert plain(book.grades(1)) == [old]
    assert [(one.id, one.grades) for one in book.batches()] == [(1, 1), (2, 1)]


def test_a_fresh_batch_that_was_interrupted_is_gone_on_with(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """Of two batches under the same conditions, the last one counts."""
    book.record(make_grade("ada"), "d1")
    book.record(make_grade("bob"), "d1")
    book.begin("hw8", conditions, students(["ada", "bob"]), fresh=True)
    book.record(make_grade("bob"), "d1")

    outlook = book.look("hw8", conditions, {"ada": "d1", "bob": "d1"})

    assert outlook.done == {"bob"}
    assert outlook.batch is not None
    assert outlook.batch.id == 2


def test_a_run_reads_the_batch_that_it_has_begun(
    book: Gradebook,
    place: Path | Database,
    conditions: Conditions,
    make_grade: MakeGrade,
    everybody: list[str],
) -> None:
    """Whatever another process has begun meanwhile."""
    book.record(make_grade("ada"), "d1")

    with Gradebook.open(place) as other:
        other.begin("hw8", msgspec.structs.replace(conditions, isolation="off"), students(["bob"]))

    assert [grade.id for grade in book.grades()] == ["ada"]
    assert book.handed_in() == everybody


def test_going_back_to_earlier_conditions_finds_their_grades(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """All of them, also of submissions that were graded under other ones meanwhile."""
    book.record(make_grade("ada"), "d1")
    book.record(make_grade("bob"), "d1")
    other = msgspec.structs.replace(conditions, suite_hash="other")
    book.begin("hw8", other, students(["ada", "bob"]))
    book.record(make_grade("bob", conditions=other), "d1")

    outlook = book.look("hw8", conditions, {"ada": "d1", "bob": "d1"})
    book.begin("hw8", conditions, students(["ada", "bob"]))

    assert outlook.done == {"ada", "bob"}
    assert outlook.previous is not None
    assert outlook.previous.conditions == other
    assert [grade.id for grade in book.grades()] == ["ada", "bob"]


def test_what_is_withdrawn_is_kept_and_in_no_report(
    book: Gradebook, place: Path | Database, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """Also after a rename, and also for who opens the gradebook only to read it."""
    book.record(make_grade("ada"), "d1")
    book.record(make_grade("bob"), "d1")

    book.begin("hw8", conditions, students(["ada", "bob_2"]))

    with Gradebook.open(place) as reader:
        for one in (book, reader):
            assert [grade.id for grade in one.grades()] == ["ada"]
            assert one.withdrawn() == ["bob"]
            assert {"ada", "bob"} <= set(one.ever())
        assert reader.grade("bob") == make_grade("bob")


def test_who_hands_in_again_has_the_grade_back(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """Nothing was deleted, so the same source need not be graded again."""
    book.record(make_grade("bob"), "d1")
    book.begin("hw8", conditions, students(["ada"]))

    outlook = book.look("hw8", conditions, {"bob": "d1"})
    book.begin("hw8", conditions, students(["bob"]))

    assert outlook.done == {"bob"}
    assert [grade.id for grade in book.grades()] == ["bob"]


def test_nobody_is_withdrawn_as_long_as_all_hand_in(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade, everybody: list[str]
) -> None:
    """A submission that has no grade yet is not withdrawn either."""
    book.record(make_grade("ada"), "d1")

    book.begin("hw8", conditions, students(everybody))

    assert book.withdrawn() == []


def test_a_report_sees_the_batch_begun_last(
    book: Gradebook, place: Path | Database, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """Opening a gradebook only to read it needs no conditions."""
    book.begin("hw8", msgspec.structs.replace(conditions, isolation="off"), students(["ada"]))
    book.begin("hw8", conditions, students(["ada"]))
    book.record(make_grade(), "d1")

    with Gradebook.open(place) as reader:
        assert [grade.id for grade in reader.grades()] == ["ada"]


def test_an_empty_gradebook_has_no_grades(place: Path | Database, conditions: Conditions) -> None:
    """Before any batch there is nothing, and no error."""
    with Gradebook.open(place) as book:
        assert plain(book.grades()) == []
        assert book.grade("ada") is None
        assert (book.batches(), book.handed_in(), book.withdrawn(), book.ever()) == ([], [], [], [])
        assert book.look("hw8", conditions, {"ada": "d1"}).done == frozenset()


def test_refuses_another_assignment(book: Gradebook, conditions: Conditions) -> None:
    """Two assignments in one folder would overwrite each other's grades."""
    with pytest.raises(UsageError, match="holds grades of hw8, not of hw9; give another folder"):
        book.begin("hw9", conditions, students(["ada"]))
    with pytest.raises(UsageError, match="holds grades of hw8, not of hw9; give another folder"):
        book.look("hw9", conditions, {})


def test_refuses_a_grade_before_a_batch(place: Path | Database, make_grade: MakeGrade) -> None:
    """Without conditions a grade could not be told from an older one."""
    with Gradebook.open(place) as book, pytest.raises(HarnessError, match="no batch was begun"):
        book.record(make_grade(), "d1")


def test_refuses_a_grade_of_another_batch(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """A grade made under other conditions is a bug of ours."""
    other = msgspec.structs.replace(conditions, isolation="off")

    with pytest.raises(HarnessError, match="not made in the batch"):
        book.record(make_grade(conditions=other), "d1")


def test_a_name_that_is_no_unicode_begins_no_batch(
    book: Gradebook, conditions: Conditions, everybody: list[str]
) -> None:
    """It is our fault, and the batch before stays the present one."""
    with pytest.raises(HarnessError, match="could not be begun"):
        book.begin("hw8", conditions, students(["ada\udcff"]), fresh=True)

    assert book.handed_in() == everybody


def test_a_damaged_file_is_told_by_its_name(
    file_book: Gradebook, path: Path, make_grade: MakeGrade
) -> None:
    """Cut short on the way from another machine, or edited by hand."""
    file_book.record(make_grade(), "d1")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(UsageError, match=r"gradebook\.sqlite cannot be"):
        list(Gradebook.open(path).grades())
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE submission SET status = 'graded', notes = 'none'")
    with pytest.raises(UsageError, match=r"gradebook\.sqlite cannot be read"):
        plain(file_book.grades())


def test_verdicts_can_be_queried(file_book: Gradebook, path: Path, make_grade: MakeGrade) -> None:
    """Plain SQL, JSON functions included, answers questions that no report asks."""
    file_book.record(make_grade(), "d1")

    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT exercise, json_extract(difference, '$.path'), weight FROM case_result "
            "WHERE verdict = 'failed'"
        ).fetchall()

    assert rows == [("clip", "['dWax']", "2/3")]


def test_a_diagnosis_is_kept(book: Gradebook, make_grade: MakeGrade) -> None:
    """Mistakes with their texts, findings with their fields, and the place."""
    mistake = Explanation("upper_only", Text("From above.", "只裁上界。"), Text("Below?", "下界?"))
    factor = Message("finding_factor", {"where": "result", "factor": 1.5})
    place = Place("hw8.ipynb", 3, 5, "", "def clip(gradients, maxValue):")
    told = make_grade()
    exercises = tuple(
        msgspec.structs.replace(result, diagnosis=diagnosis)
        for result, diagnosis in zip(
            told.exercises,
            [
                Diagnosis((mistake, mistake)),
                Diagnosis((), (Finding(factor, "test_clip.py::test_clips[0.1]", "hidden"),), place),
            ],
            strict=True,
        )
    )

    book.record(make_grade(exercises=exercises), "d1")

    assert plain(book.grades()) == [make_grade(exercises=exercises)]


def late(percent: int) -> Lateness:
    """Be late."""
    return Lateness("2026-03-01T23:59:00+01:00", False, 3600, 1, Fraction(percent))


def test_of_several_attempts_the_best_counts(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """Once the penalty is taken off; what may not count does not, however good it is."""
    attempts = (
        Attempt("ada"), Attempt("bob", lateness=late(50)), Attempt("cy", lateness=late(40)),
        Attempt("dee", counts=False),
    )  # fmt: skip
    book.begin("hw8", conditions, [Student("zoe", "Zoë", attempts=attempts)])
    for name, points in (("ada", 3), ("bob", 10), ("cy", 9), ("dee", 10)):
        book.record(make_grade(name, score=Fraction(points)), "d1")

    (grade,) = book.grades()

    assert (grade.id, grade.name, grade.attempt) == ("zoe", "Zoë", attempts[2])
    assert (grade.score, final_score(grade)) == (Fraction(9), Fraction(27, 5))
    assert book.handed_in() == ["ada", "bob", "cy"]


def test_one_submission_of_several_students(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """It is graded once, and each has a row with the same points."""
    pair = [Student(name, name.title(), attempts=(Attempt("team"),)) for name in ("eve", "flo")]
    book.begin("hw8", conditions, pair)
    book.record(make_grade("team"), "d1")

    assert [(one.id, one.name, one.score) for one in book.grades()] == [
        ("eve", "Eve", Fraction(7, 3)), ("flo", "Flo", Fraction(7, 3)),
    ]  # fmt: skip
    assert book.withdrawn() == []


def test_who_handed_in_nothing_has_a_row(
    book: Gradebook, conditions: Conditions, make_grade: MakeGrade
) -> None:
    """Without a score; and one who has, but is not graded yet, has none so far."""
    book.begin("hw8", conditions, [Student("gus", "Gus"), *students(["ada", "bob"])])
    book.record(make_grade("ada"), "d1")

    ada, gus = book.grades()

    assert (ada.id, ada.status) == ("ada", Status.GRADED)
    assert (gus.id, gus.status) == ("gus", Status.MISSING)
    assert (gus.score, gus.max_score) == (None, Fraction(10))
    assert [one.id for one in book.students()] == ["ada", "bob", "gus"]
