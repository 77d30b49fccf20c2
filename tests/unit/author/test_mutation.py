"""How many small changes to the reference the suites notice, and which they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grader.author.mutation import check_mutants
from grader.author.validate import check_mistakes
from grader.errors import CatalogError

if TYPE_CHECKING:
    from grader.sandbox import ForkServer

# At 1, twice x is also 2 / x, and 2.
ONES = ("rng.standard_normal((n, 3))", "np.ones((n, 3))")
HIDDEN_ONES = ("rng.standard_normal((7, 2))", "np.ones((7, 2))")
EQUIVALENT = """
[[equivalent]]
exercise = "double"
before = "return 2 * x"
after = "{after}"
why = "x is 1 in every case"
"""


@pytest.fixture
def weak(proven: Any) -> Any:
    """An assignment whose cases double nothing but ones."""
    proven.change("assignments/test_answers.py", *ONES)
    proven.change("solutions/hidden/test_hidden.py", *HIDDEN_ONES)
    return proven


def test_good_suites_notice_every_mutant(proven: Any, server: ForkServer) -> None:
    """The score is told by exercise."""
    section = check_mutants(proven.assignment, server, 2)

    assert section.problems == []
    assert section.title.startswith("10 mutants")
    assert [" ".join(note.split()) for note in section.notes] == [
        "double 100.0 % 6 of 6 noticed, 0 equivalent",
        "total 100.0 % 4 of 4 noticed, 0 equivalent",
    ]


def test_survivors_are_shown(weak: Any, server: ForkServer) -> None:
    """Each as a change of lines; below the bound they are a problem."""
    section = check_mutants(weak.assignment, server, 2)

    (problem,) = section.problems
    assert problem.startswith("double: the suites notice 83.3 % of its mutants; add a case")
    notes = "\n".join(section.notes)
    assert notes.count("survives in double:") == 1
    assert "    -    return 2 * x\n    +    return 2 / x" in notes


def test_a_declared_survivor_does_not_count(weak: Any, server: ForkServer) -> None:
    """Of what is left, the suites notice everything."""
    weak.write("solutions/equivalent.toml", EQUIVALENT.format(after="return 2 / x"))

    section = check_mutants(weak.assignment, server, 2)

    assert section.problems == []
    assert "double 100.0 % 5 of 5 noticed, 1 equivalent" in " ".join(section.notes[0].split())


def test_a_declaration_that_fits_nothing_is_found(proven: Any, server: ForkServer) -> None:
    """The mutant is noticed now, or the reference has changed."""
    proven.write("solutions/equivalent.toml", EQUIVALENT.format(after="return 2 / x"))

    assert check_mutants(proven.assignment, server, 2).problems == [
        "equivalent.toml: double: no surviving mutant turns 'return 2 * x' into 'return 2 / x'"
    ]


def test_a_case_that_notices_no_mutant_either_is_noted(proven: Any, server: ForkServer) -> None:
    """Of the cases that catch no known mistake; one that another merely precedes is needed."""
    proven.change(
        "assignments/test_answers.py",
        '@pytest.mark.exercise("total")',
        '@pytest.mark.exercise("double")\ndef test_zero(check):\n'
        "    check.double(np.zeros(3))\n\n\n"
        '@pytest.mark.exercise("double")\ndef test_idle(submission):\n'
        '    submission.double(1.0)\n\n\n@pytest.mark.exercise("total")',
    )
    proven.release()
    _, idle = check_mistakes(proven.assignment, server, 2)

    section = check_mutants(proven.assignment, server, 2, idle)

    assert [case.id.rpartition("::")[2] for case in idle] == ["test_idle", "test_zero"]
    assert section.notes[2:] == [
        "idle, catches no known mistake, and no mutant that another case misses: "
        "test_answers.py::test_idle"
    ]


@pytest.mark.parametrize(
    "text", ["[[equivalent]", '[[equivalent]]\nexercise = "double"', "[other]", '"\\ud800"']
)
def test_a_broken_declaration_is_told(proven: Any, server: ForkServer, text: str) -> None:
    """Before anything is run; each needs exercise, lines and the reason."""
    proven.write("solutions/equivalent.toml", text)

    with pytest.raises(CatalogError, match=r"equivalent\.toml: "):
        check_mutants(proven.assignment, server, 2)
