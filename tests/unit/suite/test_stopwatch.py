"""Timed cases: what they run on, how they end, and when they are left out.

Ratios here are far from their bounds, so that a busy machine changes no verdict; how close a ratio
may come is tested on a made-up clock in tests/unit/timing.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import wire
from grader.batch import BatchOptions, grade_all
from grader.batch.golden import golden_bytes
from grader.cli.main import parser
from grader.errors import CatalogError, HarnessError, SandboxError, UsageError, WrongValueError
from grader.intake import read_submission
from grader.intake.collect import collect
from grader.model import Verdict, Visibility
from grader.sandbox import LocalTransport, has_gpu, open_device_server, open_server
from grader.scoring import score_exercise
from grader.suite.case import Case
from grader.suite.collecting import collected
from grader.suite.golden import Golden
from grader.suite.grading import Grading
from grader.suite.reference import Reference
from grader.suite.stopwatch import Track, conclude, if_undisturbed, measured
from grader.suite.timing import MODES, SkippedError, Timing, device_of
from grader.timing import Finding, Judgement
from grader.timing.intervals import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator

# About two milliseconds a call.
REFERENCE = """
import numpy as np

def halve(x):
    return x / 2

def double(x, times=20):
    y = x
    for _ in range(times):
        y = np.tanh(x @ y / 32 + x)
    return 2 * y

def total(x):
    return double(x).sum()
"""
SUITE = """
import pytest

@pytest.mark.exercise("double")
@pytest.mark.points(3)
def test_doubles(check, rng):
    check.double(rng.standard_normal((4, 4)))

@pytest.mark.exercise("double")
@pytest.mark.timeout_s(60)
def test_keeps_up(stopwatch, rng):
    stopwatch.double(lambda: (rng.standard_normal((64, 64)),), bound=4.0)
"""
SLOW = REFERENCE.replace(
    "2 * y", "2 * y if times < 20 else [double(x, 19) for _ in range(60)] and 2 * y"
)
HASTY = REFERENCE.replace("    y = x\n", "    if len(x) > 9: return 2 * x\n    y = x\n")


@pytest.fixture
def timed(course: Any) -> Any:
    """A course with a timed case."""
    course.write("solutions/tiny/answers.py", REFERENCE)
    course.write("assignments/tiny/test_answers.py", SUITE)
    return course


def answer(course: Any, text: str) -> Any:
    """Write a submission."""
    return course.write("submission/answers.py", text)


@pytest.mark.parametrize("how", [(), ("--isolate",)], ids=["here", "in workers"])
class TestOnTheProcessor:
    """Both sides in this process, or both in workers."""

    def test_the_reference_keeps_up_with_itself(self, timed: Any, how: tuple[str, ...]) -> None:
        """It gets full marks."""
        run = timed.run("--timing=cpu", *how, submission=timed.solution)

        assert run.verdicts["test_keeps_up"] is Verdict.PASSED

    def test_a_slow_answer_loses_the_case(self, timed: Any, how: tuple[str, ...]) -> None:
        """And nothing else: its values are right."""
        run = timed.run("--timing=cpu", *how, submission=answer(timed, SLOW))

        found = run.result("test_keeps_up")
        assert (found.verdict, found.message.key) == (Verdict.FAILED, "too_slow")
        assert found.message.fields["bound"] == "4"
        assert float(str(found.message.fields["ratio"])) > 4
        assert found.recipe is not None
        assert run.verdicts["test_doubles"] is Verdict.PASSED

    def test_a_fast_wrong_answer_is_wrong(self, timed: Any, how: tuple[str, ...]) -> None:
        """Outputs of timed calls are compared."""
        run = timed.run("--timing=cpu", *how, submission=answer(timed, HASTY))

        found = run.result("test_keeps_up")
        assert (found.verdict, found.message.key) == (Verdict.FAILED, "wrong_value")
        assert found.difference is not None

    @pytest.mark.parametrize(
        ("body", "verdict"),
        [
            ("raise NotImplementedError", Verdict.NOT_IMPLEMENTED),
            ("return x / []", Verdict.ERRORED_STUDENT),
            ("return {1, 2}", Verdict.FAILED),
        ],
    )
    def test_what_keeps_it_from_running_is_told(
        self, timed: Any, how: tuple[str, ...], body: str, verdict: Verdict
    ) -> None:
        """As in any other case."""
        submission = answer(timed, f"def double(x):\n    {body}\n")

        run = timed.run("--timing=cpu", *how, submission=submission)

        assert run.verdicts["test_keeps_up"] is verdict


def test_rounding_of_another_order_is_accepted(timed: Any) -> None:
    """The tolerance is derived where plain rounding does not suffice."""
    other = REFERENCE.replace("x @ y", "(y.T @ x.T).T")

    run = timed.run("--timing=cpu", submission=answer(timed, other))

    assert run.verdicts["test_keeps_up"] is Verdict.PASSED


def test_inputs_that_nobody_could_judge_are_the_assignments_fault(timed: Any) -> None:
    """The reference itself shows it, before any student does."""
    chaotic = REFERENCE.replace("x @ y / 32 + x", "x @ y")
    timed.write("solutions/tiny/answers.py", chaotic)

    run = timed.run("--timing=cpu", submission=timed.solution)

    found = run.result("test_keeps_up")
    assert found.verdict is Verdict.ERRORED_GRADER
    assert "ill-conditioned" in str(found.message.fields)


def test_an_endless_answer_is_ended(timed: Any) -> None:
    """By the deadline of a call, as everywhere."""
    endless = REFERENCE.replace("    y = x\n", "    while len(x) > 9: pass\n    y = x\n")

    run = timed.run("--timing=cpu", "--isolate", submission=answer(timed, endless))

    assert run.verdicts["test_keeps_up"] is Verdict.TIMED_OUT


def test_an_exercise_that_uses_another_is_not_timed(timed: Any) -> None:
    """Its time would be its upstream's; the assignment is at fault, not the student."""
    timed.write("assignments/tiny/test_answers.py", SUITE.replace('"double"', '"total"'))

    run = timed.run("--timing=cpu", submission=timed.solution)

    found = run.result("test_keeps_up")
    assert found.verdict is Verdict.ERRORED_GRADER
    assert CatalogError.__name__ in str(found.message.fields)


class TestLeftOut:
    """Cases that are not measured."""

    def test_off_means_off(self, timed: Any) -> None:
        """The case is skipped, and says that nobody measured."""
        run = timed.run("--timing=off", submission=answer(timed, SLOW))

        found = run.result("test_keeps_up")
        assert (found.verdict, found.message.key) == (Verdict.SKIPPED, "timing_off")

    @pytest.mark.skipif(has_gpu(), reason="there is a GPU here")
    def test_without_a_gpu_nothing_is_measured_by_default(self, timed: Any) -> None:
        """Times of shared processors are nobody's marks unless an instructor says so."""
        run = timed.run(submission=answer(timed, SLOW))

        found = run.result("test_keeps_up")
        assert (found.verdict, found.message.key) == (Verdict.SKIPPED, "skipped_gpu")
        assert "all 1 cases passed; 1 skipped" in run.text

    def test_a_skipped_case_changes_no_score(self, timed: Any) -> None:
        """The exercise is worth the same, and so is each case that was judged."""
        run = timed.run("--timing=off", submission=timed.solution)
        exercise = timed.assignment().exercise("double")
        cases = list(run.results.values())

        scored = score_exercise(exercise, cases)
        without = score_exercise(exercise, [c for c in cases if c.verdict is Verdict.PASSED])

        assert len(cases) == 2
        assert scored.score == without.score == Fraction(4)

    def test_a_students_copy_has_nothing_to_measure_against(self, timed: Any) -> None:
        """The stored answers hold no times, and need not know of timed cases at all."""
        golden = golden_bytes(timed.assignment())
        timed.forget()
        timed.write("data/golden/tiny.bin", "").write_bytes(golden)
        timed.solution.rename(timed.root / "elsewhere")

        run = timed.run("--timing=cpu", submission=answer(timed, REFERENCE))

        found = run.result("test_keeps_up")
        assert (found.verdict, found.message.key) == (Verdict.SKIPPED, "timing_no_reference")
        assert run.verdicts["test_doubles"] is Verdict.PASSED

    def test_golden_values_do_not_depend_on_the_option(self, timed: Any) -> None:
        """Suites without timed cases have the same ones."""
        one = golden_bytes(timed.assignment())
        timed.forget()
        timed.write(
            "assignments/tiny/test_answers.py",
            SUITE.partition('\n@pytest.mark.exercise("double")\n@pytest.mark.timeout')[0],
        )

        assert golden_bytes(timed.assignment()) == one


class TestConclusions:
    """From a finding to the end of a case."""

    def judgement(self, finding: Finding, reference_s: float = 1.0) -> Judgement:
        """Make up what a race found."""
        return Judgement(finding, 5.25, Interval(5.0, math.inf), 3, reference_s)

    def test_slower_is_told_with_its_ratio(self) -> None:
        """One decimal is enough for a reader."""
        with pytest.raises(WrongValueError) as caught:
            conclude(self.judgement(Finding.SLOWER), "gru", 4.0)

        assert caught.value.key == "too_slow"
        assert caught.value.fields == {"name": "gru", "ratio": "5.2", "bound": "4"}

    def test_unclear_costs_nothing(self) -> None:
        """The case is skipped."""
        with pytest.raises(SkippedError) as caught:
            conclude(self.judgement(Finding.INCONCLUSIVE), "gru", 4.0)

        assert caught.value.message.key == "timing_unclear"

    @pytest.mark.parametrize("finding", [Finding.FASTER, Finding.WITHIN])
    def test_good_findings_end_well(self, finding: Finding) -> None:
        """Nothing is raised."""
        conclude(self.judgement(finding), "gru", 4.0)

    @pytest.mark.parametrize("finding", [Finding.FASTER, Finding.WITHIN])
    def test_a_reference_that_was_slowed_down_proves_nothing(self, finding: Finding) -> None:
        """Whoever keeps a GPU busy after the return is not rewarded for it."""
        assert if_undisturbed(self.judgement(finding, 1.6), 1.0).finding is Finding.INCONCLUSIVE
        assert if_undisturbed(self.judgement(finding, 1.4), 1.0).finding is finding

    def test_a_reference_that_was_slowed_down_saves_nobody(self) -> None:
        """Slower is slower, all the more."""
        assert if_undisturbed(self.judgement(Finding.SLOWER, 9.0), 1.0).finding is Finding.SLOWER


class Server:
    """What a Timing needs of a server, without a GPU."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def attach(self) -> Server:
        """Note it."""
        self.calls.append("attach")
        return self

    def detach(self) -> None:
        """Note it."""
        self.calls.append("detach")

    def __exit__(self, *_: object) -> None:
        """Note it."""
        self.calls.append("exit")


class TestDevices:
    """Where speed is measured, on machines with and without a GPU."""

    @pytest.mark.parametrize(
        ("mode", "gpu", "device"),
        [
            ("auto", True, "cuda"), ("auto", False, "off"), ("cuda", True, "cuda"),
            ("cpu", True, "cpu"), ("cpu", False, "cpu"), ("off", True, "off"),
        ],
    )  # fmt: skip
    def test_the_device_follows_from_option_and_machine(
        self, mode: str, gpu: bool, device: str
    ) -> None:
        """Never the processor unless it is asked for."""
        assert device_of(mode, gpu=gpu) == device

    @pytest.mark.parametrize(("mode", "gpu"), [("cuda", False), ("tpu", True)])
    def test_what_cannot_be_is_a_usage_error(self, mode: str, gpu: bool) -> None:
        """A GPU that is asked for must be there."""
        with pytest.raises(UsageError, match="--timing"):
            device_of(mode, gpu=gpu)

    @pytest.mark.parametrize("words", [["grade", "hw8", "in", "-o", "out"], ["ci", "hw8", "in"]])
    def test_the_command_line_offers_every_mode(self, words: list[str]) -> None:
        """And takes a GPU, or nothing, if none is named."""
        assert parser().parse_args(words).timing == "auto"
        assert [parser().parse_args([*words, "--timing", m]).timing for m in MODES] == [*MODES]

    def test_no_gpu_is_told(self) -> None:
        """With the words that every skipped GPU case has."""
        refusal = Timing("auto", gpu=False).refusal()

        assert refusal is not None
        assert refusal.key == "skipped_gpu"

    def test_a_gpu_that_cannot_be_used_is_told(self) -> None:
        """With the reason; it is tried once."""
        tried: list[bool] = []

        def fail(*, confined: bool) -> Any:
            tried.append(confined)
            raise SandboxError("no driver")

        timing = Timing("auto", confined=True, gpu=True, open_server=fail)

        refusals = [timing.refusal() for _ in range(2)]

        assert tried == [True]
        assert {(r.key, r.fields["reason"]) for r in refusals if r} == {
            ("timing_gpu_unusable", "no driver")
        }

    def test_a_forked_grader_has_a_connection_of_its_own(self) -> None:
        """It is opened before the fork, and the server ends with its owner alone."""
        server = Server()
        timing = Timing("cuda", gpu=True, open_server=lambda **_: server)  # type: ignore[arg-type] # a fake
        with pytest.raises(HarnessError, match="before"):
            timing.attach()

        timing.start()
        twin = timing.attach()
        twin.detach()
        timing.close()

        assert twin.device == "cuda"
        assert twin.refusal() is None or twin.server is None
        assert server.calls == ["attach", "detach", "exit"]


class TestBatches:
    """Timed cases in the batch engine, in workers."""

    @pytest.fixture
    def graded(self, timed: Any) -> Iterator[Any]:
        """Grade a right and a slow submission."""
        for name, text in {"right": REFERENCE, "slow": SLOW}.items():
            timed.write(f"submissions/{name}.py", text)
        timed.write("assignments/tiny/exercises.toml", _without_total(timed))
        assignment = timed.assignment()
        names = {exercise.id: exercise.names for exercise in assignment.exercises}
        submissions = collect(
            timed.root / "submissions", modules=assignment.modules, exercises=names
        ).submissions

        def grade(options: BatchOptions) -> dict[str, Any]:
            found: dict[str, Any] = {}
            with open_server("best", torch=False) as server:
                grade_all(
                    assignment, submissions, options, server,
                    lambda submission, made: found.update({submission.id: made}),
                )  # fmt: skip
            return found

        yield grade
        timed.forget()

    def keeps_up(self, grade: Any) -> Any:
        """Return the timed case of a grade."""
        cases = [case for exercise in grade.exercises for case in exercise.cases]
        return next(case for case in cases if case.id.endswith("test_keeps_up"))

    def test_a_batch_measures_on_request(self, timed: Any, graded: Any) -> None:
        """The right one keeps up, the slow one loses that case's points."""
        found = graded(BatchOptions(jobs=1, salt="s", timing="cpu"))

        assert self.keeps_up(found["right"]).verdict is Verdict.PASSED
        assert self.keeps_up(found["slow"]).message.key == "too_slow"

    def test_grades_with_and_without_measuring_do_not_mix(self, timed: Any) -> None:
        """They are made under other conditions."""
        options = [
            BatchOptions(salt="s"),
            *(BatchOptions(salt="s", timing=mode) for mode in ("off", "cpu")),
        ]
        with collected(timed.assignment()) as suites:
            unsaid, off, measured = (one.conditions(suites, "A") for one in options)
        timed.forget()

        assert unsaid == off
        assert off != measured


def _without_total(course: Any) -> str:
    text = (course.folder / "exercises.toml").read_text("utf-8")
    return str(text.partition('[[exercise]]\nid = "total"')[0])


def test_device_workers_measure(timed: Any) -> None:
    """The whole way through workers with a hole for a GPU; these functions leave it alone."""
    try:
        server = open_device_server(confined=True, device="cpu")
    except SandboxError as error:
        pytest.skip(f"no worker with a hole for a GPU here: {error}")
    assignment = timed.assignment()
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    read = read_submission(answer(timed, SLOW), modules=assignment.modules, exercises=names)
    assert read.source is not None
    nothing = wire.Source(modules=())
    reference = Reference(assignment, Golden(), live=True)
    grading = Grading(assignment, read.source, nothing, reference, LocalTransport)
    case = Case(
        id="test_answers.py::test_a", test="test_answers.py::test_a", suite="public",
        exercise=assignment.exercise("double"), visibility=Visibility.VISIBLE, weight=Fraction(1),
    )  # fmt: skip
    rng = np.random.default_rng(4)
    with server:
        track = Track(
            grading=grading,
            case=case,
            context=grading.context(case, upstream_put_in=False),
            device="cuda",
            open_twin=lambda processor: server.worker(assignment.limits, processor=processor),
        )

        with pytest.raises(WrongValueError) as caught:
            measured(track, "double", lambda: (rng.standard_normal((64, 64)),), 4.0)

    assert caught.value.key == "too_slow"
