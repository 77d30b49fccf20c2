"""Why an exercise lost points: known mistakes by name, else what is proven by asking again."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from grader import wire
from grader.batch import known_mistakes, stale_mistakes
from grader.diagnose import explain
from grader.errors import CatalogError
from grader.mistakes import load_mistakes
from grader.model import Conditions, Grade, Status, Verdict
from grader.report import FORMATS, Around, annotation_commands, feedback_html, index_html
from grader.scoring import score, score_exercise
from grader.suite.diagnosing import Diagnostician
from grader.suite.known import Known
from grader.suite.observed import Observations
from grader.suite.variants import Variants

MISTAKES = """
    '''Known mistakes in double.'''

    def forgets(x):
        return x

    def triples(x):
        return 3 * x

    def adds(x):
        return x + _TWO

    _TWO = 2
    """
ONLY_DOUBLE = """
[assignment]
id = "tiny"
seed = 3
title = { en = "Tiny", zh = "小" }

[[exercise]]
id = "double"
module = "answers"
points = 4
title = { en = "Double", zh = "加倍" }
hints = [{ en = "Twice.", zh = "两倍。" }]
"""

# Hidden cases of one size more; the reference doubles there too.
HIDDEN = """
@pytest.mark.exercise("double")
@pytest.mark.parametrize("n", [7])
def test_more(check, rng, n):
    check.double(rng.standard_normal((n, 3)))
"""


@pytest.fixture
def known(course: Any) -> Any:
    """The tiny course with three known mistakes, released."""
    course.mistakes(MISTAKES)
    course.release()
    return course


def _named(run: Any, exercise: str = "double") -> list[str]:
    return [mistake.id for mistake in run.diagnoses[exercise].mistakes]


def _found(run: Any, exercise: str = "double") -> list[tuple[str, Any]]:
    findings = run.diagnoses[exercise].findings
    return [
        (one.message.key.removeprefix("finding_"), one.message.fields.get("input"))
        for one in findings
    ]


class TestPublicCases:
    """What a student's own run says."""

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("def double(y): return y + y + y", "triples"),
            ("def double(x): return (x, )", "forgets"),
            ("def double(x): return [row + 2.0 for row in x]", "adds"),
        ],
    )
    def test_a_known_mistake_is_named_however_it_is_written(
        self, known: Any, text: str, name: str
    ) -> None:
        """Values are compared, not code; the student reads what happened and a question."""
        run = known.run(submission=known.answer(text))

        assert _named(run) == [name]
        assert run.diagnoses["double"].findings == ()
        assert f"What happened: Here {name} happened." in run.text
        assert f"Ask yourself: Why {name}?" in run.text

    def test_it_is_told_in_chinese(self, known: Any) -> None:
        """With ``--lang zh``."""
        run = known.run("--lang", "zh", submission=known.answer("def double(x): return x"))

        assert "问题所在：这里发生了 forgets。" in run.text  # noqa: RUF001 - Chinese
        assert "想一想：为什么 forgets？" in run.text  # noqa: RUF001 - Chinese

    def test_the_place_of_the_definition_is_told(self, known: Any) -> None:
        """File and line of the student's own ``def``."""
        run = known.run(submission=known.answer("\n\ndef double(x):\n    return x"))

        place = run.diagnoses["double"].place
        assert (place.file, place.text) == ("answers.py", "def double(x):")
        assert f"answers.py:{place.line}    def double(x):" in run.text

    def test_the_code_is_quoted_with_the_line_that_raised(self, known: Any) -> None:
        """That of the function which a public case has shown to go wrong."""
        text = (
            "\ndef helper(x):\n    y = x\n    return y[7]\n\ndef double(x):\n    return helper(x)"
        )

        code = known.run(submission=known.answer(text)).diagnoses["double"].code

        assert code.lines[code.marked[0] - code.line].strip() == "return y[7]"
        assert code.lines[0] == "def helper(x):"

    def test_an_unknown_name_is_marked_where_it_is_used(self, known: Any) -> None:
        """Though nothing was raised while the file was loaded."""
        text = "def double(x):\n    y = 2\n    return tow * x"

        code = known.run(submission=known.answer(text)).diagnoses["double"].code

        assert code.lines[code.marked[0] - code.line].strip() == "return tow * x"

    def test_of_a_wrong_value_the_code_has_no_marked_line(self, known: Any) -> None:
        """Where it went wrong is not known; which elements did is."""
        run = known.run(submission=known.answer("def double(x):\n    return x"))

        assert run.diagnoses["double"].code.lines == ("def double(x):", "    return x")
        assert run.diagnoses["double"].code.marked == ()
        assert run.result("test_doubles[5]").difference.elements.shape == (5, 3)

    def test_several_that_fit_are_all_listed(self, course: Any) -> None:
        """And none of them is claimed."""
        course.mistakes("def squares(x): return x * x\ndef powers(x): return x ** 2")
        course.release()

        run = course.run(submission=course.answer("def double(x): return x * x"))

        assert _named(run) == ["squares", "powers"]
        assert "fit 2 known mistakes" in run.text
        assert "What happened" not in run.text

    def test_a_mistake_must_fit_in_every_case(self, known: Any) -> None:
        """One case that passes, or fails in another way, rules it out."""
        sometimes = "def double(x): return 3 * x if len(x) == 2 else 2 * x"
        mixed = "def double(x): return 3 * x if len(x) == 2 else x"

        assert _named(known.run(submission=known.answer(sometimes))) == []
        assert _named(known.run(submission=known.answer(mixed))) == []

    def test_what_fits_no_mistake_is_described(self, known: Any) -> None:
        """By what the numbers show."""
        run = known.run(submission=known.answer("def double(x): return -7 * x"))

        assert _named(run) == []
        assert _found(run)[0] == ("factor", None)
        assert "The numbers show: result: the right result times a constant, -3.5." in run.text

    def test_a_right_exercise_has_no_diagnosis(self, known: Any) -> None:
        """Nor has one that is not written, or missing."""
        stub = "def double(x): raise NotImplementedError\ndef total(x): return 2 * x.sum()"
        gone = known.write("gone/answers.py", "def total(x): return 2 * x.sum()")

        assert known.run(submission=known.answer("")).diagnoses == {}
        assert known.run(submission=known.answer(stub)).diagnoses == {}
        assert known.run(submission=gone).diagnoses == {}

    def test_without_a_catalogue_findings_are_made_all_the_same(self, course: Any) -> None:
        """A new assignment has none yet."""
        run = course.run(submission=course.answer("def double(x): return -2 * x"))

        assert _named(run) == []
        assert _found(run) == [("sign", None)]


def test_a_copy_without_solutions_diagnoses_the_same(known: Any) -> None:
    """What it needs lies beside the golden values."""
    texts = [
        "def double(x): return x",
        "def double(x): return 7 * x",
        "def double(x):\n    x *= 0\n    return x",
        "def double(x): return {}[3]",
    ]
    live = [known.run(submission=known.answer(text)).diagnoses for text in texts]
    known.solution.rename(known.root / "elsewhere")

    for text, before in zip(texts, live, strict=True):
        apart = known.run(submission=known.answer(text)).diagnoses
        assert apart["double"] == before["double"]
    assert [len(before["double"].mistakes) for before in live] == [1, 0, 0, 0]


def test_workers_give_the_diagnoses_of_a_run_at_home(known: Any) -> None:
    """Mistakes by name, findings, and what is found by asking again."""
    for text in ("def double(x): return x", "BY = 7\ndef double(x): return BY * x"):
        home = known.run(submission=known.answer(text))
        apart = known.run("--isolate", submission=known.answer(text))

        assert apart.diagnoses == home.diagnoses
        assert home.diagnoses["double"] is not None


def test_a_damaged_file_of_mistakes_costs_no_grade(known: Any) -> None:
    """The verdicts stand; only the diagnosis is lacking."""
    known.assignment().known_mistakes.write_bytes(b"garbage")

    run = known.run(submission=known.answer("def double(x): return x"))

    assert run.result("test_doubles[2]").verdict is Verdict.FAILED
    assert run.diagnoses == {}


def test_a_diagnosis_that_breaks_costs_no_grade(known: Any, monkeypatch: Any) -> None:
    """What it looks at is of the student's making, and may be stranger than anybody foresaw."""

    def breaks(*_: Any, **__: Any) -> Any:
        raise ValueError("stranger than foreseen")

    monkeypatch.setattr(Diagnostician, "diagnose", breaks)
    run = known.run(submission=known.answer("def double(x): return x"))

    assert run.result("test_doubles[2]").verdict is Verdict.FAILED
    assert run.diagnoses == {}
    assert "INTERNALERROR" not in run.text


class TestHiddenCases:
    """Where solutions are at hand, mistakes have to fit there too."""

    def _run(self, course: Any, text: str) -> Any:
        paths = (course.folder, course.solution / "hidden")
        return course.run(submission=course.answer(text), paths=paths)

    def test_they_confirm_a_mistake(self, known: Any) -> None:
        """It is run on their inputs, live."""
        known.hide(HIDDEN)

        assert _named(self._run(known, "def double(x): return x + 2")) == ["adds"]

    @pytest.mark.parametrize("there", ["2 * x", "4 + x"])
    def test_they_rule_a_mistake_out(self, known: Any, there: str) -> None:
        """By passing where it fails, or by another wrong value."""
        known.hide(HIDDEN)

        run = self._run(known, f"def double(x): return {there} if len(x) == 7 else 3 * x")

        assert _named(run) == []
        assert _found(run) == []

    def test_a_mistake_that_only_they_show_is_named(self, course: Any) -> None:
        """Public cases leave it possible: there, both pass."""
        course.mistakes("def limited(x): return 2 * x[:6]\ndef forgets(x): return x")
        course.release()
        course.hide(HIDDEN)

        run = self._run(course, "def double(x): return (x + x)[0:6]")

        assert run.result("test_doubles[5]").verdict is Verdict.PASSED
        assert _named(run) == ["limited"]

    def test_without_solutions_nothing_is_named_by_passing_alone(self, course: Any) -> None:
        """A hidden suite that runs where there is no catalogue can confirm nothing."""
        course.mistakes("def limited(x): return 2 * x[:6]")
        course.release()
        course.hide(HIDDEN)
        (course.solution / "mistakes").rename(course.root / "elsewhere")

        run = self._run(course, "import numpy as np\ndef double(x): return 2 * x[:6]")

        assert _named(run) == []

    def test_a_right_submission_runs_no_mistake(self, course: Any) -> None:
        """Each live run is paid for by a submission that is wrong in the same way."""
        log = course.root / "log.txt"
        course.mistakes(
            f"""
            def logs(x):
                with open({str(log)!r}, "a") as file:
                    file.write("run ")
                return 3 * x
            """
        )
        course.release()
        course.hide(HIDDEN)
        log.unlink()

        self._run(course, "def double(x): return x + x")
        self._run(course, "def double(x): return 5 * x")
        assert not log.exists()

        assert _named(self._run(course, "def double(x): return x + x + x")) == ["logs"]
        assert log.read_text() == "run "


TELLTALE = """
@pytest.mark.exercise("double")
@pytest.mark.parametrize("n", [31415])
def test_secret(check, n):
    check.double(np.array([27182.0, 16180.0, 14142.0]))
"""
# The shape appears in the hidden case alone.
SECRETIVE = """
def double(x):
    return 2 * x[:, None] if x.ndim == 1 else 2 * x
"""


def test_nothing_of_a_hidden_case_gets_into_what_a_student_reads(known: Any) -> None:
    """Neither its parameters nor inputs, values, or the factor between them; in any format."""
    known.hide(TELLTALE)
    paths = (known.folder, known.solution / "hidden")
    run = known.run(submission=known.answer(SECRETIVE), paths=paths)
    assignment = known.assignment()
    grade = _grade(known, run)
    secrets = ["31415", "27182", "16180", "14142", "54364", "(3,)", "(3, 1)"]

    (finding,) = run.diagnoses["double"].findings
    assert (finding.suite, finding.message.fields["shape"]) == ("hidden", "(3,)")
    for lang in ("en", "zh"):
        told = [
            *explain(run.diagnoses["double"], lang, to_student=True),
            feedback_html(assignment, grade, lang),
            annotation_commands(assignment, grade, lang),
            *(
                FORMATS[name].write(assignment, grade, lang, Around()).decode()
                for name in FORMATS
                if name not in {"autolab", "classroom50", "gradescope", "prairielearn"}
            ),
        ]
        for text in told:
            assert [secret for secret in secrets if secret in text] == []
        assert any(
            "(3,)" in line for line in explain(run.diagnoses["double"], lang, to_student=False)
        )


def test_a_class_report_counts_a_known_mistake(known: Any) -> None:
    """By its sentence, in the language of the report."""
    run = known.run(submission=known.answer("def double(x): return x"))
    text = index_html(known.assignment(), [_grade(known, run)], "zh")

    assert "这里发生了 forgets。" in text


def _grade(course: Any, run: Any) -> Grade:
    exercises = tuple(
        score_exercise(
            exercise,
            [result for result in run.results.values() if result.exercise == exercise.id],
            run.diagnoses.get(exercise.id),
        )
        for exercise in course.assignment().exercises
    )
    total = score(exercises)
    return Grade(
        id="ada",
        name="Ada",
        assignment="tiny",
        status=Status.GRADED,
        score=total.score,
        max_score=total.max_score,
        conditions=Conditions("A", "salt", "suite"),
        exercises=exercises,
    )


MIXED = """
    def test_plain(check, submission, reference):
        check.equal(submission.double(np.ones(3)), reference.double(np.ones(3)))
    def test_few(check, rng): check.double(rng.standard_normal(2))
    def test_many(check, rng): check.double(rng.standard_normal((6, 2)))
    """


class TestEveryCase:
    """A finding holds in all cases that were run, and is about the one that is shown."""

    @pytest.fixture
    def mixed(self, course: Any) -> Any:
        """Cases of several kinds; no known mistakes."""
        course.suite(MIXED)
        course.release()
        return course

    def test_the_case_that_it_is_about_is_shown(self, mixed: Any) -> None:
        """Not the first one that failed, if nothing is said of that."""
        run = mixed.run(submission=mixed.answer("def double(x): return -2 * x"))

        (finding,) = run.diagnoses["double"].findings
        assert (finding.message.key, finding.case) == (
            "finding_sign", "test_answers.py::test_few"
        )  # fmt: skip
        told = run.text[run.text.index("double: ") :]
        assert "::test_few" in told
        assert "::test_plain" not in told

    def test_what_one_case_shows_and_another_does_not_is_not_said(self, mixed: Any) -> None:
        """Neither by its numbers, nor by asking again."""
        for text in (
            "def double(x): return -2 * x if len(x) == 2 else 2 * x",
            "def double(x): return -2 * x if len(x) == 2 else 3 + x",
            "def double(x): return np.ones(2) if len(x) == 2 else 2 * x",
            "def double(x): return np.ones(2) if len(x) == 2 else x**2",
        ):
            run = mixed.run(submission=mixed.answer(f"import numpy as np\n{text}"))

            assert run.result("test_few").verdict is Verdict.FAILED
            assert _found(run) == []

    def test_what_no_case_shows_otherwise_is_said(self, mixed: Any) -> None:
        """The argument is changed in each of them."""
        text = "import numpy as np\ndef double(x): return np.arange(x.size).reshape(x.shape) ** 2"

        assert ("ignores_argument", "x") in _found(mixed.run(submission=mixed.answer(text)))

    def test_a_case_that_raises_is_shown_without_a_finding(self, mixed: Any) -> None:
        """What another case shows may be of something else."""
        text = "def double(x): return -2 * x if x.ndim == 2 else {2: -2 * x}[x.size]"

        run = mixed.run(submission=mixed.answer(text))

        assert run.result("test_plain").verdict is Verdict.ERRORED_STUDENT
        assert run.result("test_few").verdict is Verdict.FAILED
        assert _found(run) == []
        assert "::test_plain" in run.text


class TestPlace:
    """Where the code is that went wrong."""

    TOML = ONLY_DOUBLE.replace('id = "double"', 'id = "double"\nnames = ["double", "halves"]')
    CODE = "def double(x): return {}\ndef halves(x): return {}\ndef total(x): return 0\n"
    SUITE = """
        def test_both(check, submission):
            check.equal(submission.halves(submission.double(np.ones(3))), np.ones(3))
        def test_first(check, rng): check.double(rng.standard_normal(3))
        def test_second(check, rng): check.halves(rng.standard_normal(3))
        """

    def _run(self, course: Any, double: str, halves: str) -> Any:
        course.write("assignments/tiny/exercises.toml", self.TOML)
        course.write("solutions/tiny/answers.py", self.CODE.format("2 * x", "x / 2"))
        course.suite(self.SUITE)
        course.release()
        answer = course.write("submission/answers.py", self.CODE.format(double, halves))
        return course.run(submission=answer)

    @pytest.mark.parametrize(
        ("double", "halves", "text"),
        [
            ("3 * x", "x / 2", "def double(x): return 3 * x"),
            ("2 * x", "x / 3", "def halves(x): return x / 3"),
            ("2 * x", "x ** 2", "def halves(x): return x ** 2"),
        ],
    )
    def test_it_is_that_of_the_function_that_was_called(
        self, course: Any, double: str, halves: str, text: str
    ) -> None:
        """An exercise may have several."""
        run = self._run(course, double, halves)

        assert run.diagnoses["double"].place.text == text

    def test_it_is_not_told_where_it_may_be_either(self, course: Any) -> None:
        """Both are wrong, and the case that is shown has called both."""
        run = self._run(course, "[x.ndim]", "{}[x]")

        assert run.diagnoses["double"].place is None or run.diagnoses["double"].findings


class TestCertainty:
    """How sure a name is."""

    def test_numbers_make_sure(self, known: Any) -> None:
        """Those of three cases cannot all agree by chance."""
        run = known.run(submission=known.answer("def double(x): return x"))

        assert run.diagnoses["double"].certain
        assert "What happened: Here forgets happened." in run.text

    @pytest.mark.parametrize("body", ["0 * x", "x / {}", "x > x"], ids=["zeros", "error", "truth"])
    def test_what_anything_may_give_leaves_room(self, course: Any, body: str) -> None:
        """Zeros, truth values, an exception: of what may be something else the question is put."""
        course.mistakes(f"def slips(x): return {body}")
        course.release()

        run = course.run(submission=course.answer(f"def double(x): return {body}"))

        assert _named(run) == ["slips"]
        assert not run.diagnoses["double"].certain
        assert "though other mistakes may look the same.\n    Ask yourself: Why slips?" in run.text
        assert "Here slips happened" not in run.text

    def test_a_result_that_is_missing_is_seen_as_such(self, course: Any) -> None:
        """Nothing but a missing return gives None for every input."""
        course.mistakes("def slips(x): return None")
        course.release()

        run = course.run(submission=course.answer("def double(x): 2 * x"))

        assert _named(run) == ["slips"]
        assert run.diagnoses["double"].certain


class TestAskingAgain:
    """What comes to light when the call that failed is made again; nothing else is claimed."""

    def test_an_argument_without_influence(self, known: Any) -> None:
        """The right result changes with it, the student's does not."""
        run = known.run(
            submission=known.answer(
                "import numpy as np\ndef double(x): return np.full((2, 3), 0.7)"
            )
        )

        assert ("ignores_argument", "x") in _found(run)

    @pytest.mark.parametrize(
        "text",
        [
            "seen = []\ndef double(x):\n    seen.append(1)\n    return 2 * x + len(seen)",
            "def double(x, seen=[]):\n    seen.append(1)\n    return 2 * x + len(seen)",
        ],
    )
    def test_a_memory_of_earlier_calls(self, known: Any, text: str) -> None:
        """The same call gives another result the second time."""
        run = known.run(submission=known.answer(text))

        assert _found(run) == [("depends_on_earlier_calls", None)]
        assert "double gives another result when the same call is made again" in run.text

    def test_a_missing_return(self, known: Any) -> None:
        """Whatever else is true of a result that is not there would mislead."""
        run = known.run(submission=known.answer("def double(x):\n    2 * x"))

        assert [key for key, _ in _found(run)] == ["returns_none"]
        assert "double returns None" in run.text

    def test_a_number_from_outside(self, known: Any) -> None:
        """With another value there, the result is another."""
        run = known.run(submission=known.answer("BY = 7\nIDLE = 3\ndef double(x): return BY * x"))

        assert ("reads_global", "BY") in _found(run)
        assert "depends on BY, a variable outside the function" in run.text

    def test_a_number_too_long_to_be_written_is_left_alone(self, known: Any) -> None:
        """A program may hold it all the same, and is graded to its end."""
        run = known.run(
            submission=known.answer(f"K = 0x{'f' * 5000}\ndef double(x): return x + (K > 0)")
        )

        assert run.result("test_doubles[2]").verdict is Verdict.FAILED
        assert run.result("test_totals").verdict is not None

    def test_a_changed_input(self, known: Any) -> None:
        """Where the right version leaves it alone."""
        run = known.run(submission=known.answer("def double(x):\n    x *= 7\n    return x"))

        assert ("changes_input", "x") in _found(run)

    def test_an_input_as_if_it_were_zero(self, known: Any) -> None:
        """The right result for zeros is what came out."""
        run = known.run(submission=known.answer("def double(x): return 0 * x"))

        assert _found(run) == [("all_zero", None), ("ignores_argument", "x")]

    def test_zeros_may_come_from_anything(self, known: Any) -> None:
        """That they would come out of zeros too tells nothing."""
        run = known.run(submission=known.answer("def double(x): return 0 * x"))

        assert "as_if_zero" not in [key for key, _ in _found(run)]

    def test_an_input_as_if_it_were_transposed(self, course: Any) -> None:
        """Only a square matrix can be."""
        course.suite("def test_square(check, rng): check.double(rng.standard_normal((3, 3)))")
        course.release()

        run = course.run(submission=course.answer("def double(x): return 2 * x.T"))

        assert _found(run) == [("transposed", None), ("as_if_transposed", "x")]

    def test_a_part_of_an_input_is_named(self, course: Any) -> None:
        """By its path in the reference's own words."""
        for path in ("assignments/tiny/answers.py", "solutions/tiny/answers.py"):
            course.write(path, "def double(p): return p['W'] + p['b']\ndef total(x): return 0\n")
        course.suite(
            """
            def test_parts(check, rng):
                check.double({"W": rng.standard_normal(3), "b": rng.standard_normal(3)})
            """
        )
        course.write("assignments/tiny/exercises.toml", ONLY_DOUBLE)
        course.release()

        answer = course.write("submission/answers.py", "def double(q): return q['W'] * 1.0\n")
        run = course.run(submission=answer)

        assert _found(run) == [("as_if_zero", "p['b']")]

    @pytest.mark.parametrize(
        "text",
        [
            "import numpy as np\ndef double(x): return 2 * x + np.random.standard_normal(x.shape)",
            "import random\ndef double(x): return 2 * x * random.random() ** x",
            "import numpy as np\ndef double(x): return np.where(x > 0, 2 * x, x * x - 1)",
        ],
        ids=["numpy", "random", "none"],
    )
    def test_nothing_is_claimed_of_what_only_draws(self, known: Any, text: str) -> None:
        """Generators are seeded before each call, so the same call gives the same numbers."""
        run = known.run(submission=known.answer(text))

        assert run.result("test_doubles[2]").verdict is Verdict.FAILED
        assert _found(run) == []

    def test_a_call_that_raises_is_not_asked_again(self, known: Any) -> None:
        """Message and place say enough."""
        run = known.run(submission=known.answer("def double(x): return {}[len(x)]"))

        assert (_named(run), _found(run)) == ([], [])
        assert run.diagnoses["double"].place is not None


class TestUpstream:
    """An exercise whose upstream is wrong is judged on the reference's."""

    @pytest.fixture
    def tiny(self, course: Any) -> Any:
        """Known mistakes in the second exercise alone."""
        course.mistakes("def averages(x): return double(x).mean()", "total")
        course.release()
        return course

    def test_a_carried_forward_exercise_has_no_diagnosis(self, tiny: Any) -> None:
        """Its own step is right."""
        run = tiny.run(submission=tiny.answer("def double(x): return 5 * x"))

        assert run.result("test_totals").carried_forward
        assert list(run.diagnoses) == ["double"]

    @pytest.mark.parametrize("flags", [(), ("--isolate",)], ids=["home", "workers"])
    def test_a_mistake_is_known_whatever_the_upstream(self, tiny: Any, flags: Any) -> None:
        """The diagnosis is of the run on the reference's upstream."""
        text = "def double(x): return 5 * x\ndef total(x): return double(x).sum() / x.size"

        run = tiny.run(*flags, submission=tiny.answer(text))

        assert not run.result("test_totals").carried_forward
        assert _named(run, "total") == ["averages"]

    def test_findings_are_of_that_run_as_well(self, tiny: Any) -> None:
        """The student's own upstream would make it look as if calls depended on one another."""
        text = "def double(x): return 5 * x\ndef total(x): return double(x).max() ** 3"

        run = tiny.run(submission=tiny.answer(text))

        assert _found(run, "total") == []
        assert run.diagnoses["total"].place is not None

    def test_nothing_is_claimed_where_no_upstream_can_be_put_in(self, course: Any) -> None:
        """A copy without solutions shows what a wrong upstream gives, which fits by chance."""
        course.mistakes("def skips(x): return x.sum()", "total")
        course.release()
        course.solution.rename(course.root / "elsewhere")

        both = course.run(submission=course.answer("def double(x): return x"))
        alone = course.run(submission=course.answer("def total(x): return sum(x)"))

        assert (_named(both, "total"), _found(both, "total")) == ([], [])
        assert both.diagnoses["total"].place is not None
        assert _named(alone, "total") == ["skips"]

    def test_a_right_upstream_is_the_students_own(self, tiny: Any) -> None:
        """There is nothing to put in."""
        run = tiny.run(submission=tiny.answer("def total(x): return double(x).mean()"))

        assert _named(run, "total") == ["averages"]


class TestEndings:
    """Mistakes that raise, or never return."""

    def test_an_exception_is_compared_by_its_type(self, course: Any) -> None:
        """In each case; the same exception in another case is another mistake."""
        course.mistakes("def looks_up(x): return {2: 2 * x}[len(x)]")
        course.release()

        same = course.run(submission=course.answer("def double(x): return {2: x + x}[x.shape[0]]"))
        other = course.run(submission=course.answer("def double(x): return [2 * x][len(x) - 2]"))
        always = course.run(submission=course.answer("def double(x): return {}[0]"))

        assert _named(same) == ["looks_up"]
        assert _named(other) == []
        assert _named(always) == []

    def test_an_endless_mistake_is_known_by_where_it_ends(self, course: Any) -> None:
        """It is recorded in a worker, and nobody waits for it again.

        The cases after the first time-outs count as well: they are run for the record, and what is
        not run of a submission says nothing.
        """
        course.hurry()
        course.mistakes(
            """
            def waits(x):
                while len(x) == 5:
                    pass
                return 2 * x
            def forgets(x): return x
            """,
            endless=("waits",),
        )
        course.release()

        run = course.run(
            "--isolate",
            submission=course.answer(
                "def double(x):\n    while len(x) > 4: pass\n    return x + x"
            ),
        )

        assert run.result("test_doubles[5]").verdict is Verdict.TIMED_OUT
        assert _named(run) == ["waits"]
        assert run.diagnoses["double"].findings == ()

    def test_cases_that_were_not_run_say_nothing(self, course: Any) -> None:
        """After a few time-outs the rest of an exercise is left out."""
        course.hurry("timeouts = 1")
        course.mistakes(
            "def waits(x):\n    while len(x) == 2: pass\n    return 3 * x", endless=("waits",)
        )
        course.release()

        text = "def double(x):\n    while len(x) == 2: pass\n    return x + x + x"
        apart = course.run("--isolate", submission=course.answer(text))
        home = course.run(submission=course.answer(text))

        for run in (apart, home):
            assert run.result("test_doubles[5]").message.key == "not_run_after_timeouts"
        assert _named(apart) == _named(home) == ["waits"]


class TestStored:
    """The file that a student's copy compares with."""

    def test_it_is_the_same_whoever_makes_it(self, known: Any) -> None:
        """Equal catalogues give equal bytes, and nothing is stale."""
        path = known.assignment().known_mistakes

        assert stale_mistakes(known.assignment()) == []
        known.forget()
        assert known_mistakes(known.assignment()).to_bytes() == path.read_bytes()
        assert Known.read(path).to_bytes() == path.read_bytes()

    def test_it_holds_neither_code_nor_values(self, known: Any) -> None:
        """Explanations and sketches; a helper's name would be code."""
        stored = msgspec.json.encode(Known.read(known.assignment().known_mistakes))

        assert b"forgets" in stored
        assert b"return" not in stored
        assert b"_TWO" not in stored

    def test_it_says_what_matters_in_each_call(self, known: Any) -> None:
        """Names of arguments, which of them matter, and the right result for zeros."""
        known_double = Known.read(known.assignment().known_mistakes).exercises["double"]
        (call,) = known_double.calls["test_answers.py::test_doubles[2]"]

        assert (call.parameters, call.matters, call.changes) == (("x",), (0,), ())
        assert [(one.input, one.change) for one in call.what_ifs] == [("x", "zero")]
        assert [one.explanation.id for one in known_double.mistakes] == [
            "forgets",
            "triples",
            "adds",
        ]
        assert all(trace.passed for trace in known_double.right.values())

    @pytest.mark.parametrize(
        ("old", "new"),
        [("return x\n", "return x + 0.5\n"), ("def adds", "def sums")],
        ids=["code", "name"],
    )
    def test_a_changed_catalogue_makes_it_stale(self, known: Any, old: str, new: str) -> None:
        """Wrong values and explanations alike; the line names the exercise."""
        known.mistakes(MISTAKES.replace(old, new))

        assert stale_mistakes(known.assignment()) == ["known mistakes of double"]

    def test_a_mistake_more_or_less_makes_it_stale(self, known: Any) -> None:
        """So does a catalogue that has gone."""
        for path in (known.solution / "mistakes").iterdir():
            path.unlink()

        assert stale_mistakes(known.assignment()) == ["known mistakes of double"]

    @pytest.mark.parametrize("data", [b"", b"garbage", b"x\x9cK\x04\x00\x00b\x00b"])
    def test_a_damaged_file_is_told(self, known: Any, data: bytes) -> None:
        """With the remedy."""
        path = known.assignment().known_mistakes
        path.write_bytes(data)

        with pytest.raises(CatalogError, match=r"is damaged: .*; take a fresh copy"):
            Known.read(path)

    def test_a_file_of_another_format_is_told(self, known: Any) -> None:
        """A newer grader made it, or an older one."""
        path = known.assignment().known_mistakes
        path.write_bytes(Known(format="grader/mistakes/v9").to_bytes())

        with pytest.raises(CatalogError, match="not in the format grader/mistakes/v1"):
            Known.read(path)

    def test_no_file_is_an_empty_one(self, course: Any) -> None:
        """Nothing is known then."""
        assert Known.read(course.assignment().known_mistakes) == Known()


class TestVariants:
    """The reference with a mistake in it."""

    def test_only_the_definition_differs(self, known: Any) -> None:
        """Every other piece is the reference's."""
        variants = Variants(known.assignment())
        (forgets, *_) = load_mistakes(known.assignment())["double"]

        changed = variants.with_mistake(forgets)

        (right,), (wrong,) = variants.right.modules, changed.modules
        codes = {piece.names: piece.code for piece in wrong.pieces}
        assert codes[("double",)] == "def double(x):\n    return x"
        assert codes[("_TWO",)] == "_TWO = 2"
        for piece in right.pieces:
            if piece.names != ("double",):
                assert codes[piece.names] == piece.code
        assert (right.name, right.origin) == (wrong.name, wrong.origin)

    def test_a_reference_that_cannot_be_read_is_told(self, course: Any) -> None:
        """An author's folder without a module."""
        (course.solution / "answers.py").unlink()

        with pytest.raises(CatalogError, match=r"the reference .* cannot be read"):
            Variants(course.assignment())


def test_points_are_as_without_a_diagnosis(known: Any) -> None:
    """It explains a score and never changes it."""
    run = known.run(submission=known.answer("def double(x): return x"))

    assert score(_grade(known, run).exercises).score == Fraction(6)


class TestUpstreamThatStays:
    """Where an upstream exercise is wrong and is a class, for which nothing can be put in."""

    @pytest.mark.parametrize(("factor", "named"), [("3", []), ("2", ["triples"])])
    def test_nothing_is_claimed_of_what_uses_it(
        self, course: Any, factor: str, named: list[str]
    ) -> None:
        """Its answers are those of a mistake that another exercise has made."""
        course.suite("""
        def test_doubles(check, rng):
            check.double(2)(rng.standard_normal(5))

        @pytest.mark.exercise("total")
        @pytest.mark.parametrize("n", [3, 6])
        def test_totals(check, rng, n):
            check.total(rng.standard_normal(n))
        """)
        text = (
            "class double:\n    def __init__(self, n):\n        self.n = n\n\n"
            "    def __call__(self, x):\n        return {factor} * x\n\n"
            "def total(x):\n    return {total}"
        )
        right, triples = "double(1)(x).sum()", "3 * x.sum()"
        course.write("solutions/tiny/answers.py", text.format(factor=2, total=right))
        course.mistakes(f"def triples(x):\n    return {triples}", "total")
        course.release()
        total = triples if named else right

        run = course.run(submission=course.write(
            "submission/answers.py", text.format(factor=factor, total=total)
        ))  # fmt: skip

        assert run.result("test_totals[3]").verdict is Verdict.FAILED
        assert _named(run, "total") == named
        assert run.diagnoses["total"].findings == ()
        assert run.diagnoses["total"].fault is None

    @pytest.mark.parametrize(("listening", "kept"), [(True, {"double"}), (False, set())])
    def test_what_hidden_cases_ask_for_is_not_noted(self, listening: bool, kept: set[str]) -> None:
        """Code that sees their inputs could say something by it."""
        seen = Observations()
        answer = wire.Supplied(result_payload=b"", after_payload=b"")
        ask = seen.noted("total", lambda _question: answer)

        seen.listening = listening

        assert ask(wire.Asked(nonce=1, name="double", args_payload=b"")) is answer
        assert seen.put_in["total"] == kept
