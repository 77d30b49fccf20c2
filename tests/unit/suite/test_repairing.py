"""Where an exercise goes wrong: the line that a small edit puts right, and when nothing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from grader.model import Verdict
from grader.suite import preparing
from grader.suite.session import RunSettings

if TYPE_CHECKING:
    from grader.model import Fault


def _fault(run: Any, exercise: str = "double") -> Fault | None:
    found = run.diagnoses.get(exercise)
    return None if found is None else found.fault


def _lines(run: Any) -> list[str]:
    fault = _fault(run)
    return [] if fault is None else [place.text for place in fault.places]


@pytest.mark.parametrize("isolated", [(), ("--isolate",)])
def test_the_line_and_what_to_look_at_are_told(course: Any, isolated: tuple[str, ...]) -> None:
    """At home and in workers alike, with the number of cases that pass then."""
    text = "def double(x):\n    y = x + x\n    return y - x[0]"

    run = course.run(*isolated, submission=course.answer(text))

    fault = _fault(run)
    assert fault is not None
    assert [(place.file, place.text) for place in fault.places] == [
        ("answers.py", "return y - x[0]")
    ]
    assert (fault.kinds, fault.cases) == (("edit_extra",), 2)
    assert run.diagnoses["double"].code.marked == (fault.places[0].line,)
    assert f"Where it goes wrong: line {fault.places[0].line}." in run.text
    assert "all 2 public cases pass. What to look at: a part that should not be there." in run.text


def test_the_handouts_formula_is_quoted(course: Any) -> None:
    """Where the line sets its name, and nowhere else."""
    toml = course.folder / "exercises.toml"
    formulas = 'id = "double"\nformulas = ["y_t = 2 x_t", "z = x"]'
    toml.write_text(toml.read_text("utf-8").replace('id = "double"', formulas), "utf-8")

    there = course.run(submission=course.answer("def double(x):\n    y = 2 * x / 3\n    return y"))
    here = course.run(submission=course.answer("def double(x):\n    y = 2 * x\n    return y / 3"))

    found = [_fault(there), _fault(here)]
    assert [one and one.formulas for one in found] == [("y_t = 2 x_t",), ()]
    assert "The handout has: y_t = 2 x_t" in there.text
    assert "The handout has" not in here.text


def test_it_is_told_in_chinese(course: Any) -> None:
    """In the language of the run."""
    run = course.run(
        "--lang", "zh", submission=course.answer("def double(x):\n    return x + x[0]")
    )

    assert "问题出在第" in run.text
    assert "全部 2 个公开用例就都能通过" in run.text


def test_a_copy_without_solutions_says_the_same(course: Any) -> None:
    """It needs no reference."""
    course.release()
    text = "def double(x):\n    y = x + x\n    return y - x[0]"
    before = _fault(course.run(submission=course.answer(text)))
    course.solution.rename(course.root / "elsewhere")

    assert _fault(course.run(submission=course.answer(text))) == before is not None


def test_two_lines_that_come_to_the_same_are_both_told(course: Any) -> None:
    """For nobody knows which of them was meant."""
    text = "def double(x):\n    y = x + 3\n    return y + x"

    run = course.run(submission=course.answer(text))

    assert _lines(run) == ["y = x + 3", "return y + x"]
    assert "One small change in either of them, and the rest as it is," in run.text
    assert run.diagnoses["double"].code.marked == tuple(
        place.line for place in run.diagnoses["double"].fault.places
    )


@pytest.mark.parametrize(
    ("wrong", "lines"),
    [("x + y", []), ("2 * x.y", ["return 2 * x.y"])],
    ids=["explained", "an exception alone"],
)
def test_where_the_error_gives_the_cause_no_edit_is_tried(
    course: Any, wrong: str, lines: list[str]
) -> None:
    """A name that nothing defines: the message has line and remedy, and an edit would guess."""
    text = f"def double(x):\n    return {wrong}"

    run = course.run(submission=course.answer(text))

    assert set(run.verdicts.values()) >= {Verdict.ERRORED_STUDENT}
    assert _lines(run) == lines
    assert ("name y at answers.py" in run.text) == (not lines)


def test_helpers_are_looked_at_as_well(course: Any) -> None:
    """Those of the submission's own that no other exercise is."""
    text = "def twice(x):\n    return x + x / 3\n\ndef double(x):\n    return twice(x)"

    run = course.run(submission=course.answer(text))

    assert _lines(run) == ["return x + x / 3"]


@pytest.mark.parametrize("own", ["", "def apart(x):\n    return double(x) + 0\n\n"])
def test_what_the_tests_call_calls_the_copies(course: Any, own: str) -> None:
    """A function that is handed out to call the exercise's, whether it was kept or not."""
    for path in ("assignments/tiny/answers.py", "solutions/tiny/answers.py"):
        text = (course.root / path).read_text("utf-8")
        course.write(path, f"{text}\ndef apart(x):\n    return double(x)\n")
    toml = (course.folder / "exercises.toml").read_text("utf-8")
    course.write("assignments/tiny/exercises.toml", toml.replace('["halve"]', '["halve", "apart"]'))
    course.suite("""
    @pytest.mark.parametrize("n", [2, 5])
    def test_doubles(check, rng, n):
        check.apart(rng.standard_normal(n))
    """)

    run = course.run(submission=course.answer(f"{own}def double(x):\n    return 2 * x + x[0]"))

    assert _lines(run) == ["return 2 * x + x[0]"]


def test_classes_are_looked_at(course: Any) -> None:
    """Each copy is made, called and read under a name of its own."""
    course.suite("""
    @pytest.mark.parametrize("n", [2, 5])
    def test_doubles(check, rng, n):
        made = check.double(n)
        made(rng.standard_normal(n))
    """)
    right = (
        "class double:\n    def __init__(self, n):\n        self.n = n\n\n"
        "    def __call__(self, x):\n        return x + x"
    )
    course.write("solutions/tiny/answers.py", f"def total(x):\n    return x.sum()\n\n{right}")
    wrong = right.replace("x + x", "(x + x) * self.n")
    submission = course.write(
        "submission/answers.py", f"def total(x):\n    return x.sum()\n\n{wrong}"
    )

    run = course.run(submission=submission)
    assert _lines(run) == ["return (x + x) * self.n"]


TWO_PARTS: Final = """
@pytest.mark.parametrize("n", [2, 5, 6])
def test_doubles(check, rng, n):
    check.double(rng.standard_normal((n, 3)))
"""


class TestTwoAtOnce:
    """When it takes two edits."""

    @pytest.fixture(autouse=True)
    def parts(self, course: Any) -> None:
        """The exercise asks for two results."""
        course.suite(TWO_PARTS)
        course.write(
            "solutions/tiny/answers.py",
            "def total(x):\n    return x.sum()\n\ndef double(x):\n    return 2 * x, x * x",
        )

    def test_both_lines_are_told(self, course: Any) -> None:
        """With what to look at, that it takes both, and both marked."""
        text = "def double(x):\n    y = 3 * x\n    z = x + x\n    return y, z"

        run = course.run(submission=course.answer(text))

        fault = _fault(run)
        assert _lines(run) == ["y = 3 * x", "z = x + x"]
        assert fault is not None
        assert (fault.together, fault.cases) == (True, 3)
        assert fault.kinds == ("edit_number", "edit_operator")
        assert run.diagnoses["double"].code.marked == tuple(place.line for place in fault.places)
        assert "Two small changes, one in each of them, and the rest as it is," in run.text
        assert "make all 3 public cases pass; neither does alone." in run.text

    def test_one_line_may_be_wrong_twice(self, course: Any) -> None:
        """Then it is one place."""
        text = "def double(x):\n    return 3 * x, x + x"

        run = course.run("--lang", "zh", submission=course.answer(text))

        fault = _fault(run)
        assert _lines(run) == ["return 3 * x, x + x"]
        assert fault is not None
        assert fault.together
        assert "在那里做两处小改动" in run.text

    def test_helpers_are_not_paired(self, course: Any) -> None:
        """Too many pairs come to the same by accident."""
        text = "def square(x):\n    return x + x\n\ndef double(x):\n    return 3 * x, square(x)"

        assert _fault(course.run(submission=course.answer(text))) is None

    def test_where_one_is_enough_no_second_is_told(self, course: Any) -> None:
        """Though any harmless edit could come with it."""
        text = "def double(x):\n    y = x + x\n    z = x + x\n    return y, z"

        run = course.run(submission=course.answer(text))

        fault = _fault(run)
        assert _lines(run) == ["z = x + x"]
        assert fault is not None
        assert not fault.together

    def test_where_the_second_could_be_in_several_lines_nothing_is_told(self, course: Any) -> None:
        """For nobody knows in which."""
        text = (
            "def double(x):\n    y = 3 * x\n    a = 2\n    b = 2\n    z = x * x * a * b / 2\n"
            "    return y, z"
        )

        assert _fault(course.run(submission=course.answer(text))) is None

    def test_three_are_too_many(self, course: Any) -> None:
        """Two of them leave a case that fails."""
        text = "def double(x):\n    y = 3 * x\n    z = x + x - 1.7\n    return y, z"

        assert _fault(course.run(submission=course.answer(text))) is None


class TestSilence:
    """When nothing is said of a place."""

    def test_of_what_is_right(self, course: Any) -> None:
        """There is no diagnosis at all."""
        assert course.run(submission=course.answer("def double(x): return x + x")).diagnoses == {}

    def test_where_a_mistake_has_a_name(self, course: Any) -> None:
        """The name says more."""
        course.mistakes("def triples(x): return 3 * x")
        course.release()

        run = course.run(submission=course.answer("def double(x): return 3 * x"))

        assert [one.id for one in run.diagnoses["double"].mistakes] == ["triples"]
        assert _fault(run) is None

    def test_where_no_small_edit_helps(self, course: Any) -> None:
        """What is wrong in three places is wrong everywhere."""
        text = "def double(x):\n    y = (x - 3.5) / 7\n    return y * y.max() - 0.3"

        assert _fault(course.run(submission=course.answer(text))) is None

    def test_where_many_lines_could_be_meant(self, course: Any) -> None:
        """Each of four lines may have been the one that is to be another."""
        text = "def double(x):\n    a = 2\n    b = 2\n    c = 2\n    return x * a * b * c / 2"

        assert _fault(course.run(submission=course.answer(text))) is None

    def test_where_only_some_cases_are_put_right(self, course: Any) -> None:
        """All of them have to pass."""
        text = "def double(x):\n    return 3 * x - 1 if len(x) in {2} else 5 * x - 7"

        assert _fault(course.run(submission=course.answer(text))) is None

    def test_where_the_same_call_gives_another_result(self, course: Any) -> None:
        """What passes once may fail the next time."""
        course.release()
        text = "SEEN = []\n\ndef double(x):\n    SEEN.append(1)\n    return x + x * len(SEEN) * 7"

        assert _fault(course.run(submission=course.answer(text))) is None

    def test_where_only_hidden_cases_fail(self, course: Any) -> None:
        """They have no say: a place could carry what they ask."""
        course.hide(
            "@pytest.mark.exercise('double')\ndef test_more(check, rng):\n"
            "    check.double(rng.standard_normal((7, 3)))\n"
        )
        text = "def double(x):\n    return 2 * x + (len(x) == 7)"
        paths = (course.folder, course.solution / "hidden")

        run = course.run(submission=course.answer(text), paths=paths)

        assert run.result("test_more").verdict is Verdict.FAILED
        assert _fault(run) is None

    def test_where_one_case_is_all_there_is(self, course: Any) -> None:
        """One result can be met by accident."""
        course.suite(
            "def test_doubles(check, rng):\n    check.double(rng.standard_normal((2, 3)))\n"
        )

        assert _fault(course.run(submission=course.answer("def double(x): return x * 3"))) is None


HOSTILE: Final = {
    "raises": "def double(x):\n    if x.sum() > 0: raise ValueError(str(x))\n    return 3 * x",
    "prints": "def double(x):\n    print('loud ' * 1000)\n    return 3 * x",
    "recurses": "def double(x):\n    return 3 * x if x[0, 0] == x[0, 0] else double(x)",
    "changes its module": (
        "COUNT = [0]\n\ndef double(x):\n    globals()['halve'] = None\n    COUNT[0] += 1\n"
        "    globals().update({k: None for k in list(globals()) if 'grader' in k})\n"
        "    return 3 * x"
    ),
    "allocates": "def double(x):\n    y = bytearray(10 ** 8)\n    return 3 * x",
    "sleeps in copies": (
        "import sys, time\n\ndef double(x):\n"
        "    name = sys._getframe().f_code.co_name\n"
        "    if name != 'double':\n        time.sleep(30)\n    return 3 * x"
    ),
    "ends in copies": (
        "import os, sys\n\ndef double(x):\n"
        "    name = sys._getframe().f_code.co_name\n"
        "    if name != 'double':\n        os._exit(0)\n    return 3 * x"
    ),
    "loops": "def double(x):\n    n = 1\n    while n < 2:\n        n = n + 1\n    return 3 * x",
}


@pytest.mark.proof  # each has a server of its own
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_changes_no_verdict(course: Any, text: str) -> None:
    """In a worker: verdicts are those of a run without a diagnosis; nothing of it is printed."""
    course.hurry("diagnosis_s = 6.0")

    run = course.run("--isolate", submission=course.answer(text))

    assert run.result("test_doubles[2]").verdict in {Verdict.FAILED, Verdict.ERRORED_STUDENT}
    assert run.result("test_totals").verdict is Verdict.PASSED
    assert "INTERNALERROR" not in run.text
    assert run.text.count("loud") < 500
    assert not _lines(run) or text.splitlines()[-1].strip() in _lines(run)


def test_out_of_time_nothing_is_said(course: Any) -> None:
    """And what was found before stays."""
    course.hurry("diagnosis_s = 0.001")

    run = course.run("--isolate", submission=course.answer("def double(x): return x * 3"))

    assert run.result("test_doubles[2]").verdict is Verdict.FAILED
    assert _fault(run) is None


@pytest.mark.parametrize(("edits", "told"), [(3, False), (300, True)])
def test_a_tier_that_does_not_fit_is_not_begun(
    course: Any, monkeypatch: pytest.MonkeyPatch, edits: int, told: bool
) -> None:
    """For its repair might be the one left out; what values say is another matter."""
    monkeypatch.setattr(preparing, "SETTINGS", RunSettings(edits=edits))

    run = course.run(submission=course.answer("def double(x): return x * 3"))

    fault = _fault(run)
    assert fault is not None
    assert (fault.departure is None) is told
