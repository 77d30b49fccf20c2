"""The exception tree says whose move is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import errors
from grader.errors import GraderError, HarnessError, InstructorError, StudentError
from grader.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

BRANCHES = (HarnessError, StudentError, InstructorError)


def below(kind: type[GraderError]) -> Iterator[type[GraderError]]:
    """List a class of the tree and all below it, as far as `grader.errors` defines them."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from below(child)


ALL = list(below(GraderError))


def test_there_are_three_branches() -> None:
    """Ours, the student's, the instructor's, and nothing beside them."""
    assert set(GraderError.__subclasses__()) == set(BRANCHES)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_each_error_hangs_in_one_branch(kind: type[GraderError]) -> None:
    """An error that were two parties' move would be nobody's."""
    assert sum(issubclass(kind, branch) for branch in BRANCHES) == (kind is not GraderError)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_each_error_is_drawn_in_the_tree(kind: type[GraderError]) -> None:
    """The module's docstring shows the whole tree."""
    assert kind.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", list(below(StudentError)), ids=lambda kind: kind.__name__)
def test_each_of_the_students_errors_is_a_verdict(kind: type[StudentError]) -> None:
    """One that costs marks, and never one that is ours."""
    costly = set(Verdict) - {Verdict.PASSED, Verdict.SKIPPED, Verdict.ERRORED_GRADER}

    assert kind.verdict in costly


def test_a_students_error_carries_what_its_text_needs() -> None:
    """Key and fields; the text itself comes later, in the reader's language."""
    error = StudentError("timed_out", name="clip", seconds=3)

    assert (error.key, error.fields) == ("timed_out", {"name": "clip", "seconds": 3})
    assert str(error) == "timed_out(name='clip', seconds=3)"


@pytest.mark.parametrize("name", ["key", "self", "fields", "args"])
def test_a_field_may_have_any_name(name: str) -> None:
    """Fields can come from a submission, which may choose any."""
    error = StudentError("raised", **{name: "x"})

    assert error.key == "raised"
    assert error.fields == {name: "x"}
