"""What a student who types ``pytest assignments/tiny`` gets to see."""

from __future__ import annotations

import inspect
import sys
from fractions import Fraction
from typing import Any

import nbformat
import pytest
import pytest_timeout  # type: ignore[import-untyped]  # it has no types

from grader.model import Message, Place, Verdict, Visibility


def test_stubs_are_told_in_one_line_an_exercise(course: Any) -> None:
    """No traceback, no zero in red; exit code 1."""
    run = course.run()

    lines = run.text.splitlines()
    assert run.code == 1
    assert set(run.verdicts.values()) == {Verdict.NOT_IMPLEMENTED}
    assert sum("double is not written yet" in line for line in lines) == 1
    assert not any("Traceback" in line or "Error" in line.split()[:1] for line in lines)
    assert any(line.split()[:4] == ["total", "0.00", "/", "10"] for line in lines)


def test_the_reference_gets_full_marks(course: Any) -> None:
    """Exit code 0, and the table says so."""
    run = course.run(submission=course.solution)

    assert run.code == 0
    assert set(run.verdicts.values()) == {Verdict.PASSED}
    assert any(line.split()[:4] == ["total", "10.00", "/", "10"] for line in run.text.splitlines())


def test_a_wrong_value_is_shown_with_all_that_is_needed_to_see_why(course: Any) -> None:
    """Index, expected, got, inputs, seed, and how to run the case again."""
    answer = course.answer(
        """
        def double(x):
            y = 2 * x
            y[1, 2] += 1
            return y
        """
    )

    run = course.run(submission=answer)

    result = run.result("test_doubles[2]")
    assert run.code == 1
    assert (result.verdict, result.message.key) == (Verdict.FAILED, "wrong_value")
    assert (result.difference.index, result.difference.kind) == ((1, 2), "value")
    assert (result.difference.wrong, result.difference.total) == (1, 6)
    assert result.recipe.call == "double(<ndarray>)"
    for shown in (
        "[1, 2]", result.difference.expected, result.difference.actual, str(result.recipe.seed),
        "test_answers.py::test_doubles[2]'",
    ):  # fmt: skip
        assert shown in run.text


def test_the_seed_shown_makes_the_same_inputs_again(course: Any) -> None:
    """``numpy.random.default_rng(seed)`` is the case's generator."""
    import numpy as np  # noqa: PLC0415 - beside its use

    run = course.run(submission=course.answer("def double(x): return -x"))

    recipe = run.result("test_doubles[2]").recipe
    first = np.random.default_rng(recipe.seed).standard_normal((2, 3))[0, 0]
    assert f"{first:.3g}"[:5] in recipe.arguments[0]


def test_a_missing_name_is_named(course: Any) -> None:
    """With the file that was searched."""
    answer = course.write("submission/answers.py", "def total(x): return 2 * x.sum()")

    run = course.run(submission=answer)

    result = run.result("test_doubles[2]")
    assert result.verdict is Verdict.MISSING
    assert result.message == Message("missing", {"name": "double", "file": "answers.py"})


def test_an_exception_is_shown_with_its_place(course: Any) -> None:
    """File, line, function and text of the submission's own line."""
    answer = course.write("submission/answers.py", "def double(x):\n    y = 0\n    return x / {}\n")

    run = course.run(submission=answer)

    result = run.result("test_doubles[2]")
    assert result.verdict is Verdict.ERRORED_STUDENT
    assert result.place == Place(
        file="answers.py", line=3, cell=None, function="double", text="return x / {}"
    )
    assert result.message.fields["exception"] == "TypeError"
    assert "answers.py:3" in run.text


def test_a_failed_property_shows_the_suites_own_words(course: Any) -> None:
    """The message of a plain assert."""
    course.suite(
        """
        def test_doubles_one(submission):
            assert submission.double(1) == 2, "double(1) is 2"
        """
    )

    run = course.run(submission=course.answer("def double(x): return 3 * x"))

    result = run.result("test_doubles_one")
    assert result.verdict is Verdict.FAILED
    assert result.message == Message("property_failed", {"text": "double(1) is 2"})
    assert "double(1) is 2" in run.text


def test_a_value_that_the_suite_stumbles_over_is_a_wrong_one(course: Any) -> None:
    """The reference has passed these lines, so the student's value is at fault."""
    course.suite(
        """
        def test_length(submission):
            assert len(submission.double(np.ones(3))) == 3
        def test_inside_numpy(submission):
            assert np.linalg.norm(submission.double(np.ones(3)), axis=0) > 0
        def test_view(check):
            check.double(np.ones(3), like=lambda value: value[0])
        """
    )

    run = course.run(submission=course.answer("def double(x): return None"))

    assert set(run.verdicts.values()) == {Verdict.FAILED}
    assert run.code == 1
    assert {result.message.key for result in run.results.values()} == {"unusable_in_test"}


def test_an_error_in_the_reference_is_the_graders(course: Any) -> None:
    """No mark is lost, and the exit code is 3."""
    course.write("solutions/tiny/answers.py", REFERENCE_RAISES)

    run = course.run(submission=course.answer(""))

    assert run.code == 3
    assert run.result("test_doubles[2]").verdict is Verdict.ERRORED_GRADER
    assert "ZeroDivisionError" in run.result("test_doubles[2]").message.fields["text"]


REFERENCE_RAISES = "def double(x): return 1 // 0\ndef total(x): return 2 * x.sum()\n"


def test_an_error_in_the_graders_use_of_the_reference_is_the_graders(course: Any) -> None:
    """Parameters that the reference does not have are the suite's mistake."""
    course.write("solutions/tiny/answers.py", NET)
    course.suite("def test_net(check):\n    check.double(2, 3).load({'scale': np.ones(3)})")

    run = course.run(submission=course.write("submission/answers.py", NET))

    assert run.verdicts == {"test_net": Verdict.ERRORED_GRADER}
    assert run.code == 3


NET = """
import torch
class double(torch.nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(n, m))
    def forward(self, x):
        return x @ self.weight
"""


def test_a_class_is_constructed_loaded_and_called_on_both_sides(course: Any) -> None:
    """With equal parameters a right class gives equal results and gradients."""
    course.write("solutions/tiny/answers.py", NET)
    course.suite(
        """
        def test_net(check, rng, torch):
            net = check.double(2, 3)
            net.load({'weight': rng.standard_normal((2, 3)).astype('float32')})
            x = torch.tensor(rng.standard_normal((4, 2)).astype('float32'), requires_grad=True)
            net(x, gradients=True)
        """
    )
    right = course.write("right/answers.py", NET)
    wrong = course.write("wrong/answers.py", NET.replace("x @", "x.detach() @"))

    assert course.run(submission=right).verdicts == {"test_net": Verdict.PASSED}
    run = course.run(submission=wrong)
    assert run.result("test_net").message.key == "wrong_gradient"


@pytest.mark.parametrize("body", ["return None", "return 5", "return [n, m]"])
def test_a_function_in_the_place_of_a_class_costs_the_student(course: Any, body: str) -> None:
    """It is no fault of the grader's that nothing was constructed."""
    course.write("solutions/tiny/answers.py", NET)
    course.suite("def test_net(check):\n    check.double(2, 3)")
    answer = course.write("submission/answers.py", f"def double(n, m): {body}\n")

    run = course.run(submission=answer)

    assert run.code == 1
    assert run.result("test_net").verdict not in {Verdict.PASSED, Verdict.ERRORED_GRADER}


@pytest.mark.parametrize("noise", ["warnings.warn('careful')", "print('x' * 99, file=sys.stderr)"])
def test_a_warning_or_a_word_on_stderr_changes_nothing(course: Any, noise: str) -> None:
    """Noise is not wrong."""
    answer = course.answer(f"import sys, warnings\ndef double(x):\n    {noise}\n    return 2 * x")

    run = course.run(submission=answer)

    assert (run.code, set(run.verdicts.values())) == (0, {Verdict.PASSED})


def test_prints_are_shown_by_pytest_as_ever(course: Any) -> None:
    """``-s`` shows them, so that a student can look inside."""
    answer = course.answer("def double(x):\n    print('inside', x.shape)\n    return 2 * x")

    run = course.run("-s", submission=answer)

    assert "inside (2, 3)" in run.text


def test_breakpoints_are_reached(course: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The submission runs in pytest's own process."""
    reached: list[str] = []
    monkeypatch.setattr(sys, "breakpointhook", lambda: reached.append(inspect.stack()[1].function))
    answer = course.answer("def double(x):\n    breakpoint()\n    return 2 * x")

    run = course.run("--pdbcls=pdb:Pdb", submission=answer)

    assert run.code == 0
    assert set(reached) == {"double"}


def test_an_endless_loop_is_ended(course: Any) -> None:
    """In this very process, by a timer that counts what the process consumes."""
    answer = course.answer("def double(x):\n    while True: pass")

    run = course.run("-k", "test_doubles and 2", submission=answer)

    result = run.result("test_doubles[2]")
    assert result.verdict is Verdict.TIMED_OUT
    assert result.message.fields == {"name": "double", "seconds": "1"}


def test_an_endless_loop_that_an_upstream_caused_is_carried_forward(course: Any) -> None:
    """As in a batch: the case is run again on the reference's upstream, which comes to an end."""
    answer = course.answer("def double(x):\n    while True: pass\n")

    run = course.run("-k", "2 or totals", submission=answer)

    assert run.result("test_doubles[2]").verdict is Verdict.TIMED_OUT
    assert run.result("test_totals").carried_forward


@pytest.mark.proof
def test_an_endless_loop_on_either_upstream_is_ended_twice(course: Any) -> None:
    """In this very process."""
    answer = course.answer("def double(x): return 3 * x\ndef total(x):\n    while True: pass")

    run = course.run("-k", "2 or totals", submission=answer)

    assert run.result("test_totals").verdict is Verdict.TIMED_OUT


def test_who_stands_at_a_breakpoint_is_not_hurried(
    course: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a debugger has been entered, calls take as long as they take."""
    monkeypatch.setattr(pytest_timeout, "SUPPRESS_TIMEOUT", True)
    answer = course.answer("import time\ndef double(x):\n    time.sleep(1.2)\n    return 2 * x")

    run = course.run("-k", "test_doubles[2]", submission=answer)

    assert run.verdicts == {"test_doubles[2]": Verdict.PASSED}


def test_the_language_can_be_chosen(course: Any) -> None:
    """``--lang zh`` speaks Chinese."""
    run = course.run("--lang", "zh")

    assert "练习" in run.text
    assert "points" not in run.text


def test_marks_set_points_visibility_and_deadline(course: Any) -> None:
    """Weights share an exercise's points; the rest is kept with the result."""
    course.suite(
        """
        @pytest.mark.points(3)
        @pytest.mark.visibility("after_due_date")
        def test_heavy(check): check.double(1)
        def test_light(submission): assert submission.double(1) == 5
        """
    )

    run = course.run(submission=course.solution)

    heavy = run.result("test_heavy")
    assert (heavy.weight, heavy.visibility) == (Fraction(3), Visibility.AFTER_DUE_DATE)
    assert "3.00 / 4" in run.text


@pytest.mark.parametrize(
    "mark",
    [
        'visibility("unseen")',
        'points("many")',
        'timeout_s("long")',
        'exercise("nowhere")',
        "points",
    ],
)
def test_a_mark_that_makes_no_sense_is_the_instructors(course: Any, mark: str) -> None:
    """A usage error that names the test, and no internal one."""
    course.suite(f"@pytest.mark.{mark}\ndef test_one(check): check.double(1)")

    run = course.run()

    assert run.code == int(pytest.ExitCode.USAGE_ERROR)


def test_two_cases_of_one_id_are_refused(course: Any) -> None:
    """Results are kept by id; one would replace the other."""
    course.suite("class TestA:\n def test_one(s): pass\nclass TestB:\n def test_one(s): pass")

    run = course.run()

    assert run.code == int(pytest.ExitCode.USAGE_ERROR)


def test_a_submission_that_cannot_be_read_is_a_usage_error(course: Any) -> None:
    """With the reason, before any case runs."""
    missing = course.root / "nowhere.py"
    binary = course.write("broken.txt", "not Python")

    assert course.run(submission=missing).code == int(pytest.ExitCode.USAGE_ERROR)
    assert course.run(submission=binary).code == int(pytest.ExitCode.USAGE_ERROR)


def test_an_unknown_option_of_a_check_is_the_graders_fault(course: Any) -> None:
    """A typing mistake in a suite costs nobody marks."""
    course.suite("def test_one(check): check.double(1, tolerance=9)")

    assert course.run(submission=course.solution).verdicts == {"test_one": Verdict.ERRORED_GRADER}


def test_ordinary_tests_are_left_alone(course: Any) -> None:
    """No mark, no case: they pass, fail and report as ever."""
    file = course.write(
        "elsewhere/test_plain.py",
        "def test_good(): pass\ndef test_bad():\n    assert 1 == 2\n",
    )

    run = course.run(paths=(file,))

    assert run.code == 1
    assert run.results == {}
    assert "assert 1 == 2" in run.text
    assert "exercise" not in run.text


def test_ordinary_tests_beside_cases_run_first_and_report_as_ever(course: Any) -> None:
    """One run may hold both."""
    file = course.write("elsewhere/test_plain.py", "def test_bad():\n    assert 1 == 2\n")

    run = course.run(paths=(course.folder, file), submission=course.solution)

    assert run.code == 1
    assert set(run.verdicts.values()) == {Verdict.PASSED}
    assert "assert 1 == 2" in run.text


@pytest.mark.parametrize("form", ["folder", "notebook"])
def test_a_run_without_torch_never_imports_it(course: Any, form: str) -> None:
    """What needs numpy alone starts without the seconds that torch takes.

    Of a notebook, which imports it for another exercise, only what is needed is run.
    """
    course.write(
        "assignments/tiny/conftest.py",
        """
        import sys
        def pytest_unconfigure(config):
            print("torch was imported" if "torch" in sys.modules else "no torch here")
        """,
    )
    text = (course.solution / "answers.py").read_text()
    other = "class Other(torch.nn.Module):\n    pass\n"
    if form == "folder":
        course.write("submission/answers.py", text)
        course.write("submission/notes.py", f"import torch\n\n{other}")
    else:
        cells = [nbformat.v4.new_code_cell(cell) for cell in ("import torch", other, text)]
        notebook = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
        course.write("submission/tiny.ipynb", notebook)

    run = course.run_apart("-s", submission=course.root / "submission")

    assert run.code == 0, run.text
    assert "no torch here" in run.text


@pytest.mark.parametrize(("word", "code"), [("double", 0), ("doubles", 2), ("", 2)])
def test_a_suite_without_the_exercise_that_is_asked_for_is_not_read(
    course: Any, word: str, code: int
) -> None:
    """Where that is an exercise's id, no other suite has a case that would be kept."""
    course.write("assignments/tiny/test_broken.py", "raise ValueError('it was read')\n")

    run = course.run("-k", word, submission=course.solution)

    assert run.code == code
