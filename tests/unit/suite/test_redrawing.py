"""What passes on the inputs handed out alone earns nothing; partly right work keeps its marks."""

from __future__ import annotations

import textwrap
from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader.intake import read_submission
from grader.model import CaseResult, Message, Verdict, Visibility
from grader.suite.case import Case, seed_of
from grader.suite.closing import known_by_heart_now
from grader.suite.collecting import collected
from grader.suite.golden import Golden
from grader.suite.redrawing import Again, doubtful, known_by_heart
from grader.suite.reference import Reference
from grader.suite.run import Run
from grader.suite.running import Access
from grader.suite.session import RunSettings, prove
from grader.texts import render

if TYPE_CHECKING:
    from grader.suite.grading import Grading

HIDDEN = """
@pytest.mark.exercise("double")
@pytest.mark.parametrize("n", [7, 9])
def test_more(check, rng, n):
    check.double(rng.standard_normal((n, 3)))
"""
FIXED = """
def test_draws(check, rng):
    check.double(rng.standard_normal(3))

@pytest.mark.parametrize("x", [1.5, 2.5, 3.5])
def test_prints(check, x):
    check.double(np.array([x, -2.0]))
"""
PRINTED = ["test_prints[1.5]", "test_prints[2.5]", "test_prints[3.5]"]
DRAWN = ["test_doubles[2]", "test_doubles[5]"]


def _known(course: Any, *shapes: tuple[int, ...], cases: tuple[str, ...] = tuple(DRAWN)) -> str:
    """Write the sums of the inputs that public cases draw."""
    assignment = course.assignment()
    exercise = assignment.exercises[0]
    seeds = [
        seed_of(
            assignment,
            Case(
                f"test_answers.py::{name}", "", exercise, "public", Visibility.VISIBLE, Fraction(1)
            ),
            "",
        )
        for name in cases
    ]
    drawn = [
        np.random.default_rng(s).standard_normal(n) for s, n in zip(seeds, shapes, strict=True)
    ]
    return repr([round(float(x.sum()), 9) for x in drawn])


def _by_heart(course: Any, otherwise: str) -> Any:
    """Hand in what is right for the inputs handed out, and something else otherwise."""
    known = _known(course, (2, 3), (5, 3))
    return course.answer(
        f"KNOWN = {known}\n\ndef double(x):\n"
        f"    return 2 * x if round(float(x.sum()), 9) in KNOWN else {otherwise}\n"
    )


def _run(course: Any, submission: Any, *args: str) -> Any:
    paths = (course.folder, course.solution / "hidden")
    return course.run(*args, submission=submission, paths=paths)


@pytest.mark.parametrize(
    ("otherwise", "how"),
    [("0 * x", ()), ("None", ()), ("halve(None)", ()), ("0 * x", ("--isolate",))],
)
def test_what_is_only_known_earns_nothing(
    course: Any, otherwise: str, how: tuple[str, ...]
) -> None:
    """Public cases are passed by a table of their inputs; drawn again, they fail."""
    course.hide(HIDDEN)

    run = _run(course, _by_heart(course, otherwise), *how)

    for name in DRAWN:
        assert run.result(name).verdict is Verdict.FAILED
        assert run.result(name).message == Message("by_heart", {"name": "double"})
    assert "double                0.00 / 4" in run.text


def test_it_says_why(course: Any) -> None:
    """In both languages, on the page and at home."""
    course.hide(HIDDEN)

    english = _run(course, _by_heart(course, "0 * x")).text
    chinese = _run(course, _by_heart(course, "0 * x"), "--lang", "zh").text

    assert "fails with others of the same kind, so it earns nothing" in english
    assert "换成同类的其他输入就不对，因此不得分" in chinese  # noqa: RUF001 - Chinese
    for lang in ("en", "zh"):
        for key in ("by_heart", "by_heart_fixed"):
            assert "double" in render(Message(key, {"name": "double"}), lang)


@pytest.mark.parametrize(
    "text",
    [
        "def double(x): return 2 * x if len(x) != 7 else 0 * x",
        "def double(x): return x + x if len(x) < 6 else x.tolist()[0][0][0]",
    ],
)
def test_what_is_right_in_part_keeps_its_marks(course: Any, text: str) -> None:
    """It fails hidden cases, but does what it does on any inputs."""
    course.hide(HIDDEN)

    run = _run(course, course.answer(text))

    assert [run.result(name).verdict for name in DRAWN] == [Verdict.PASSED] * 2
    assert run.result("test_more[7]").verdict is not Verdict.PASSED


def test_what_is_built_on_float32_keeps_its_marks(course: Any) -> None:
    """Drawn again, it is as exact as the exercise that it uses has shown to be, and no more."""
    course.hide(
        """
@pytest.mark.exercise("total")
def test_more(check, rng):
    check.total(rng.standard_normal(7))
"""
    )
    text = (
        "import numpy as np\n"
        "def double(x): return 2 * np.asarray(x, np.float32)\n"
        "def total(x): return float(sum(map(float, double(x)))) if len(x) != 7 else 0.0\n"
    )

    run = _run(course, course.answer(text))

    assert run.result("test_totals").message.key == "passed_float32"
    assert run.result("test_more").verdict is Verdict.FAILED


def test_memory_beside_honest_work_costs_only_what_was_known(course: Any) -> None:
    """The other case is right on any input, and counts."""
    course.hide(HIDDEN)
    known = _known(course, (2, 3), cases=("test_doubles[2]",))
    text = (
        f"KNOWN = {known}\n\ndef double(x):\n"
        "    return 2 * x if len(x) == 5 or round(float(x.sum()), 9) in KNOWN else x\n"
    )

    run = _run(course, course.answer(text))

    assert run.result("test_doubles[2]").message.key == "by_heart"
    assert run.result("test_doubles[5]").verdict is Verdict.PASSED


def test_one_fixed_case_counts_as_it_is(course: Any) -> None:
    """Say, the figures of a course text: its inputs cannot be drawn again."""
    course.suite(FIXED)
    course.hide(HIDDEN)

    run = _run(course, course.answer("def double(x): return 2 * x if len(x) == 2 else x"))

    assert run.result("test_prints[1.5]").verdict is Verdict.PASSED


def test_many_fixed_cases_count_beside_others_that_pass(course: Any) -> None:
    """Somebody who can do the rest did not know them."""
    course.suite(FIXED)
    course.hide(HIDDEN)

    run = _run(course, course.answer("def double(x): return 2 * x if len(x) != 7 else x"))

    assert [run.result(name).verdict for name in PRINTED] == [Verdict.PASSED] * 3


def test_a_table_of_fixed_cases_earns_nothing(course: Any) -> None:
    """Nothing passes but what was handed out; the student reads that it does not count."""
    course.suite(FIXED)
    course.hide(HIDDEN)

    run = _run(course, course.answer("def double(x): return 2 * x if len(x) == 2 else x"))

    assert [run.result(name).message.key for name in PRINTED[1:]] == ["by_heart_fixed"] * 2
    assert [run.result(name).verdict for name in PRINTED[1:]] == [Verdict.FAILED] * 2


def test_a_batch_still_names_the_mistake(course: Any) -> None:
    """Hidden cases of another file are run on the mistake after public ones were drawn again."""
    course.mistakes("def limited(x): return 2 * x[:6]\ndef forgets(x): return x")
    course.release()
    course.hide(HIDDEN)
    path = course.answer("def double(x): return (x + x)[0:6]")

    grading = _in_a_batch(course, path)

    verdicts = [grading.results[f"test_answers.py::{name}"].verdict for name in DRAWN]
    assert verdicts == [Verdict.PASSED] * 2
    assert [mistake.id for mistake in grading.diagnoses["double"].mistakes] == ["limited"]


def test_what_a_submission_returns_makes_no_case_a_new_one(course: Any) -> None:
    """A value that it hands from one call to the next is its own choice, and no witness."""
    course.suite(
        """
        @pytest.mark.parametrize("x", [1.5, 2.5])
        def test_twice(check, submission, x):
            once = submission.double(np.array([x]))
            check.equal(submission.double(once), np.array([4 * x]))
        """
    )
    course.hide(HIDDEN)
    text = """
        import os

        def double(x):
            off = os.urandom(1)[0] % 8 * 2.0**-52  # within rounding, and each time another
            return 2 * x * (1 + off) if len(x) == 1 else x
        """

    grading = _in_a_batch(course, course.answer("import numpy as np\n" + textwrap.dedent(text)))

    verdicts = [grading.results[f"test_answers.py::test_twice[{x}]"].verdict for x in (1.5, 2.5)]
    assert verdicts == [Verdict.PASSED, Verdict.FAILED]


def _in_a_batch(course: Any, path: Any) -> Grading:
    """Grade as a batch does, where the reference has run before, but in this process."""
    submission = read_submission(path, modules=("answers",), exercises={})
    assert submission.source is not None
    with collected(course.assignment()) as suites:
        run = Run(prove(suites, "salt"), RunSettings(), submission.source, Access())
        for case in suites.cases:
            run.run(case)
        run.close()
    return run.grading


def test_a_right_submission_is_not_run_again(course: Any, tmp_path: Any) -> None:
    """As many calls as there are cases."""
    course.hide(HIDDEN)
    log = tmp_path / "calls"
    counted = (
        f"def double(x):\n    with open({str(log)!r}, 'a') as f: f.write('.')\n    return 2 * x\n"
    )

    _run(course, course.answer(counted), "-k", "double")

    assert log.read_text() == "." * 4


def test_what_the_reference_fails_when_drawn_again_judges_nobody(course: Any) -> None:
    """The suite's author has tried it on its own inputs only."""
    known = _known(course, (3,), cases=("test_lucky",))
    course.suite(
        f"""
        def test_lucky(check, rng):
            x = rng.standard_normal(3)
            check.double(x)
            assert round(float(x.sum()), 9) in {known}
        """
    )
    course.hide(HIDDEN)

    run = _run(course, course.answer("def double(x): return 2 * x if len(x) != 7 else x"))

    assert run.result("test_lucky").verdict is Verdict.PASSED


def test_a_case_carried_forward_is_drawn_again_on_the_same_upstream(course: Any) -> None:
    """Or a right step after a wrong one would pass for memory."""
    course.hide(
        """
@pytest.mark.exercise("total")
@pytest.mark.parametrize("n", [6])
def test_more_totals(check, rng, n):
    check.total(rng.standard_normal(n))
"""
    )
    wrong = "def double(x): return 3 * x\n\ndef total(x): return double(x).sum() * (len(x) != 6)\n"

    run = _run(course, course.answer(wrong))

    assert run.result("test_more_totals[6]").verdict is Verdict.FAILED
    assert run.result("test_totals").verdict is Verdict.PASSED
    assert run.result("test_totals").carried_forward


def test_the_diagnosis_does_not_rest_on_memory(course: Any) -> None:
    """The mistake is named from hidden cases, which it agrees with, as if nothing were known."""
    course.mistakes("def forgets(x): return x\ndef triples(x): return 3 * x")
    course.release()
    course.hide(HIDDEN)

    run = _run(course, _by_heart(course, "3 * x"))

    assert run.result("test_doubles[2]").message.key == "by_heart"
    assert [mistake.id for mistake in run.diagnoses["double"].mistakes] == ["triples"]


def _result(name: str, suite: str, verdict: Verdict, **changes: Any) -> CaseResult:
    shown = Visibility.HIDDEN if suite == "hidden" else Visibility.VISIBLE
    return CaseResult(name, "double", name, suite, shown, verdict, **changes)


PASSED = _result("a", "public", Verdict.PASSED)
FAILED = _result("b", "hidden", Verdict.FAILED)


@pytest.mark.parametrize(
    "results",
    [
        [PASSED],
        [PASSED, _result("b", "hidden", Verdict.PASSED)],
        [PASSED, _result("b", "hidden", Verdict.SKIPPED)],
        [PASSED, _result("b", "hidden", Verdict.ERRORED_GRADER)],
        [_result("a", "public", Verdict.FAILED), FAILED],
    ],
)
def test_nothing_is_doubted_without_a_hidden_failure(results: list[CaseResult]) -> None:
    """In a student's copy there are no hidden cases at all; and our own failure proves nothing."""
    assert doubtful(results) == []


def test_every_public_case_that_passed_is_doubted_else() -> None:
    """Whatever the hidden failure looks like."""
    crashed = _result("b", "hidden", Verdict.CRASHED)

    assert doubtful([PASSED, crashed, _result("c", "public", Verdict.SKIPPED)]) == [PASSED]


@pytest.mark.parametrize(
    ("fresh", "verdict", "key", "other", "lost"),
    [
        (True, Verdict.PASSED, "passed", Verdict.FAILED, None),
        (True, Verdict.FAILED, "wrong_value", Verdict.PASSED, "by_heart"),
        (True, Verdict.TIMED_OUT, "timed_out", Verdict.PASSED, "by_heart"),
        # Its inputs stayed, so it needs a witness.
        (False, Verdict.PASSED, "passed", Verdict.PASSED, None),
        (False, Verdict.PASSED, "passed", Verdict.FAILED, "by_heart_fixed"),
        # It was not run any more, or the grader failed: nothing is known, as of a fixed case.
        (True, Verdict.TIMED_OUT, "not_run_after_timeouts", Verdict.PASSED, None),
        (True, Verdict.TIMED_OUT, "not_run_after_timeouts", Verdict.FAILED, "by_heart_fixed"),
        # Whoever is out of time loses all that comes later, but not what is there.
        (True, Verdict.TIMED_OUT, "submission_timed_out", Verdict.FAILED, None),
        (True, Verdict.ERRORED_GRADER, "errored_grader", Verdict.PASSED, None),
    ],
)
def test_what_becomes_of_a_doubtful_case(
    fresh: bool, verdict: Verdict, key: str, other: Verdict, lost: str | None
) -> None:
    """It keeps its marks if it passes again, loses them if it fails, and else needs a witness."""
    free = _result("0", "public", Verdict.PASSED)
    again = {
        "0": Again(fresh=False, result=free),
        "a": Again(fresh, _result("a", "public", verdict, message=Message(key))),
    }
    results = [free, PASSED, FAILED, _result("c", "hidden", other)]

    found = known_by_heart(results, again)

    assert {name: one.message.key for name, one in found.items()} == ({"a": lost} if lost else {})
    assert all(one.verdict is Verdict.FAILED for one in found.values())


def test_one_fixed_case_is_free_and_each_witness_vouches_for_two() -> None:
    """One easy hidden case does not do for a whole table of answers."""
    fixed = [_result(name, "public", Verdict.PASSED) for name in "vwxyz"]
    again = {one.id: Again(fresh=False, result=one) for one in fixed}
    witnesses = [_result(name, "hidden", Verdict.PASSED) for name in "cd"]

    lost = [len(known_by_heart([*fixed, FAILED, *witnesses[:n]], again)) for n in range(3)]

    assert lost == [4, 2, 0]


def test_a_submission_without_time_is_not_run_again(course: Any) -> None:
    """It keeps what it has, and the grader does not work on for it."""
    results = {one.id: one for one in (_result("0", "public", Verdict.PASSED), PASSED, FAILED)}
    exercise = course.assignment().exercises[0]
    cases = [
        Case(one.id, one.test, exercise, one.suite, one.visibility, Fraction(1))
        for one in results.values()
    ]
    grading: Any = SimpleNamespace(
        results=results,
        traces={},
        reference=SimpleNamespace(can_supply=lambda: True),
        close=lambda: None,
        is_out_of_time=lambda: True,
    )

    session: Any = SimpleNamespace()  # without tests that could be run again

    assert known_by_heart_now(session, grading, cases) == {}


def test_seeds_of_cases_drawn_again_hang_on_the_salt(course: Any) -> None:
    """Without a salt they still differ from those handed out."""
    assignment = course.assignment()
    case = Case("t", "t", assignment.exercises[0], "public", Visibility.VISIBLE, Fraction(1))

    seeds = {
        seed_of(assignment, case, ""),
        seed_of(assignment, case, "", again=True),
        seed_of(assignment, case, "salt", again=True),
    }

    assert len(seeds) == 3
    assert seed_of(assignment, case, "salt") == seed_of(assignment, case, "")


def test_recorded_answers_stay_as_they_are(course: Any) -> None:
    """They belong to the inputs handed out; other submissions are compared with them."""
    golden = Golden()
    reference = Reference(course.assignment(), golden, live=False)

    twin = reference.recording_to(Golden())
    twin.caller("t", course.assignment().exercises[0], 1).call("double", (np.ones(2),))

    assert twin.live
    assert golden.cases() == []
