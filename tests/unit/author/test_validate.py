"""Each problem of an assignment is found where there is one, and none where there is none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from grader.author.validate import (
    check_calls,
    check_formulas,
    check_mistakes,
    check_reference,
    check_samples,
    check_stored,
    check_stubs,
    check_texts,
    check_told_apart,
)
from grader.catalog import load_assignment
from grader.errors import CatalogError
from grader.mistakes import load_mistakes
from grader.suite import diagnosing
from grader.suite.collecting import collected
from grader.suite.session import prove

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.sandbox import ForkServer


class TestTexts:
    """Handouts, titles and hints."""

    def test_complete_texts_are_in_order(self, proven: Any) -> None:
        """In both languages."""
        assert check_texts(proven.assignment).problems == []

    @pytest.mark.parametrize("name", ["handout.md", "handout.zh.md"])
    def test_a_missing_section_is_found(self, proven: Any, name: str) -> None:
        """The handout of that language, and the exercise."""
        proven.change(f"assignments/{name}", "## total", "## totals")

        assert check_texts(proven.assignment).problems == [f"{name} has no section total"]

    def test_a_missing_handout_is_found(self, proven: Any) -> None:
        """It has no section at all."""
        proven.path("assignments/handout.zh.md").unlink()

        assert check_texts(proven.assignment).problems == [
            "handout.zh.md has no section double",
            "handout.zh.md has no section total",
        ]

    @pytest.mark.parametrize("text", ['zh = "加倍"', 'zh = "两倍。"'])
    def test_a_text_in_one_language_alone_is_found(self, proven: Any, text: str) -> None:
        """A title or a hint."""
        proven.change("assignments/exercises.toml", text, 'zh = " "')

        assert check_texts(proven.assignment).problems == ["double lacks a title or a hint in zh"]

    def test_a_formula_that_stands_nowhere_is_found(self, proven: Any) -> None:
        """What is quoted is the handout's, and sets a name."""
        proven.change("assignments/handout.md", "## double", "## double\n\n`y = 2 x`\n\nx y")
        for formula, is_told in (("y = 2 x", False), ("y = x + x", True), ("x y", True)):
            proven.change(
                "assignments/exercises.toml",
                'id = "double"',
                f'id = "double"\nformulas = ["{formula}"]',
            )
            assignment = load_assignment(proven.assignment.folder)
            proven.change("assignments/exercises.toml", f'\nformulas = ["{formula}"]', "")

            told = f"double: neither the handout nor answers.py has the formula {formula!r}"
            assert check_formulas(assignment).problems == ([told] if is_told else [])

    def test_an_exercise_without_hints_is_found(self, proven: Any) -> None:
        """Whoever is stuck gets at least one."""
        proven.change("assignments/exercises.toml", '[{ en = "Sum.", zh = "求和。" }]', "[]")

        assert check_texts(proven.assignment).problems == [
            "total lacks a title or a hint in en",
            "total lacks a title or a hint in zh",
        ]


class TestStored:
    """What is made from the solutions."""

    def test_a_fresh_release_is_in_order(self, proven: Any) -> None:
        """Nothing is stale."""
        assert check_stored(proven.assignment).problems == []

    def test_a_stale_stub_is_found(self, proven: Any) -> None:
        """By file and line; notebooks are looked at as well."""
        proven.change("assignments/answers.py", "Return twice x.", "Return x.")
        proven.path("assignments/tiny.ipynb").unlink()

        assert check_stored(proven.assignment).problems == [
            "answers.py: out of date from line 5 on",
            "tiny.ipynb: is not there",
        ]

    def test_a_changed_answer_is_found(self, proven: Any) -> None:
        """Golden values and known mistakes are both of the old one."""
        proven.change("solutions/answers.py", "2 * x", "2.5 * x")

        assert check_stored(proven.assignment).problems == [
            "golden values of test_answers.py::test_doubles[2]",
            "golden values of test_answers.py::test_doubles[5]",
            "golden values of test_answers.py::test_totals",
            "known mistakes of total",
            "known versions of double",
            "known versions of total",
        ]

    def test_a_changed_mistake_is_found(self, proven: Any) -> None:
        """Its exercise is named."""
        proven.change("solutions/mistakes/double.toml", "3 * x", "3.5 * x")

        assert check_stored(proven.assignment).problems == [
            "known mistakes of double",
            "known versions of double",
        ]


class TestReference:
    """Full marks for the reference, whatever is drawn."""

    def test_a_right_reference_is_in_order(self, proven: Any) -> None:
        """Under every salt."""
        section = check_reference(proven.assignment)

        assert section.problems == []
        assert "10 salts" in section.title

    def test_a_case_that_fails_under_some_salt_is_found(self, proven: Any) -> None:
        """Hidden cases draw other inputs for each; this one fails for about one salt in four."""
        proven.change(
            "solutions/hidden/test_hidden.py",
            "def test_doubles_more(check, rng):",
            "def test_doubles_more(check, rng):\n    assert rng.random() < 0.75",
        )
        with collected(proven.assignment) as suites:
            prove(suites, "validate 0")

        with pytest.raises(CatalogError, match=r"the reference does not pass .*test_doubles_more"):
            check_reference(proven.assignment)


class TestStubs:
    """Nothing for nothing."""

    def test_empty_stubs_earn_nothing(self, proven: Any, server: ForkServer) -> None:
        """In every exercise."""
        assert check_stubs(proven.assignment, server).problems == []

    def test_a_case_that_asks_for_nothing_is_found(self, proven: Any, server: ForkServer) -> None:
        """What the stubs earn is said, by exercise."""
        proven.change(
            "assignments/test_answers.py",
            "    check.total(rng.standard_normal(4))\n",
            "    check.total(rng.standard_normal(4))\n\n\n"
            '@pytest.mark.exercise("total")\ndef test_nothing(submission):\n    pass\n',
        )

        assert check_stubs(proven.assignment, server).problems == ["total earns 2"]


class TestMistakes:
    """Known mistakes lose marks on their own exercise, and are known by their names."""

    def test_a_good_catalogue_is_in_order(self, proven: Any, server: ForkServer) -> None:
        """Each is named, and each case catches something."""
        section, idle = check_mistakes(proven.assignment, server, 2)

        assert section.problems == []
        assert idle == []
        assert "3 known mistakes" in section.title
        assert [line.split() for line in section.notes] == [
            ["double"],
            ["forgets", "=", "forgets"],
            ["triples", "=", "triples"],
            ["total"],
            ["averages", "=", "averages"],
        ]

    def test_a_mistake_that_loses_nothing_is_found(self, proven: Any, server: ForkServer) -> None:
        """It is none, or no case tells it from the right code."""
        proven.add_mistake("double", "adds", "return x + x")
        proven.release()

        section, _ = check_mistakes(proven.assignment, server, 2)

        assert section.problems == ["double.adds loses no marks"]

    def test_mistakes_that_are_taken_for_one_another_are_found(
        self, proven: Any, server: ForkServer
    ) -> None:
        """The one as well as the other; the table says so too."""
        proven.add_mistake("double", "copies", "return 1 * x")
        proven.release()

        section, _ = check_mistakes(proven.assignment, server, 2)

        assert section.problems == [
            "double.forgets is taken for forgets, copies",
            "double.copies is taken for forgets, copies",
        ]
        assert ["forgets", "!", "forgets,", "copies"] in [line.split() for line in section.notes]

    def test_a_declared_tie_is_in_order(self, proven: Any, server: ForkServer) -> None:
        """Where no input tells two mistakes apart and both are worth a name."""
        proven.add_mistake("double", "copies", "return 1 * x", 'ties = ["forgets"]\nwhy = "equal"')
        proven.change(
            "solutions/mistakes/double.toml",
            "[triples]",
            'ties = ["copies"]\nwhy = "equal"\n\n[triples]',
        )
        proven.release()

        section, _ = check_mistakes(proven.assignment, server, 2)

        assert section.problems == []
        assert ["forgets", "=", "forgets,", "copies"] in [line.split() for line in section.notes]

    def test_a_mistake_that_is_not_stored_is_taken_for_nothing(
        self, proven: Any, server: ForkServer
    ) -> None:
        """Findings stand in its place."""
        proven.add_mistake("double", "negates", "return -2 * x")

        section, _ = check_mistakes(proven.assignment, server, 2)

        assert section.problems == ["double.negates is taken for nothing known"]
        assert ["negates", "!", "finding_sign"] in [line.split() for line in section.notes]

    def test_the_catalogue_is_read_once_for_all(
        self, proven: Any, server: ForkServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In the batch's own process: not again in each that is forked for a submission."""
        here = os.getpid()

        def read(assignment: Assignment) -> Any:
            assert os.getpid() == here, "read in a process that grades one submission"
            return load_mistakes(assignment)

        monkeypatch.setattr(diagnosing, "load_mistakes", read)

        assert check_mistakes(proven.assignment, server, 2)[0].problems == []

    def test_a_mistake_cannot_touch_another_exercise(self, proven: Any, server: ForkServer) -> None:
        """Its helpers have names of their own; graded on the whole module, it costs only itself."""
        section, _ = check_mistakes(proven.assignment, server, 2, thorough=True)
        assert section.problems == []

        code = "code = '''\ndouble = abs\n'''\ndiff"
        proven.change("solutions/mistakes/total.toml", "diff", code)

        with pytest.raises(
            CatalogError, match=r"averages: .*double, .* be set for other exercises"
        ):
            check_mistakes(proven.assignment, server, 2)

    def test_a_case_that_catches_nothing_is_listed(self, proven: Any, server: ForkServer) -> None:
        """It is no problem: it may be there for what nobody has thought of."""
        proven.change(
            "assignments/test_answers.py",
            '@pytest.mark.exercise("total")',
            '@pytest.mark.exercise("double")\ndef test_zero(check):\n'
            '    check.double(np.zeros(3))\n\n\n@pytest.mark.exercise("total")',
        )
        proven.release()

        section, idle = check_mistakes(proven.assignment, server, 2)

        assert section.problems == []
        assert [case.id for case in idle] == ["test_answers.py::test_zero"]


class TestToldApart:
    """What a student's copy, which has no hidden cases, can tell."""

    def test_a_course_in_order_names_each(self, proven: Any) -> None:
        """By what is stored alone."""
        assert check_told_apart(proven.assignment).problems == []

    def test_mistakes_that_public_cases_confuse_are_found(self, proven: Any) -> None:
        """Both are named, since neither can be."""
        proven.add_mistake("double", "copies", "return 1 * x")
        proven.release()

        assert check_told_apart(proven.assignment).problems == [
            "double.forgets is taken for forgets, copies",
            "double.copies is taken for forgets, copies",
        ]

    def test_a_mistake_that_is_not_stored_is_found(self, proven: Any) -> None:
        """It was added after the last release."""
        proven.add_mistake("double", "negates", "return -2 * x")

        assert check_told_apart(proven.assignment).problems == [
            "double.negates is taken for nothing"
        ]


class TestCalls:
    """What an exercise's reference calls, it must declare."""

    def test_a_course_in_order_has_none_undeclared(self, proven: Any) -> None:
        """The tiny course's total uses double, and says so."""
        assert check_calls(proven.assignment).problems == []

    def test_an_undeclared_call_is_found(self, proven: Any) -> None:
        """Else a mistake in the one would cost marks on the other, unseen."""
        proven.change("assignments/exercises.toml", 'uses = ["double"]', "uses = []")

        assert check_calls(load_assignment(proven.assignment.folder)).problems == [
            "total calls double; let it use double"
        ]


class TestSamples:
    """Public and hidden suites say the same of whole submissions."""

    def test_right_and_wrong_samples_are_in_order(self, proven: Any, server: ForkServer) -> None:
        """Each suite passes, or fails, on all exercises as the other does."""
        samples = proven.root / "samples"
        samples.mkdir()
        (samples / "right.py").write_text(
            "def double(x): return x + x\ndef total(x): return sum(double(x))\n"
        )
        (samples / "wrong.py").write_text(
            "def double(x): return x\ndef total(x): return sum(double(x))\n"
        )

        section = check_samples(proven.assignment, server, 2, samples)

        assert section.problems == []
        assert "2 samples" in section.title

    def test_a_disagreement_is_found_either_way(self, proven: Any, server: ForkServer) -> None:
        """Answers made for the public sizes, and for the hidden ones."""
        samples = proven.root / "samples"
        samples.mkdir()
        (samples / "b.py").write_text(
            "def double(x): return 2 * x[:5]\ndef total(x): return sum(double(x))\n"
        )
        (samples / "a.py").write_text(
            "def double(x): return 2 * x if len(x) == 7 else x\ndef total(x): return 2 * sum(x)\n"
        )

        section = check_samples(proven.assignment, server, 2, samples)

        assert section.problems == [
            "a: double: only public cases fail",
            "b: double: only hidden cases fail",
        ]
