"""The handout, cut into the notebook's texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.author.handout import cut_handout, read_handout
from grader.errors import CatalogError

if TYPE_CHECKING:
    from grader.catalog import Assignment


def test_section_of_each_exercise_is_found(toy: Assignment) -> None:
    """A heading is the id, with or without backticks, with or without a title after it."""
    handout = read_handout(toy, "en")

    assert handout.intro == "# Toys, the task\n\nRead this first."
    assert handout.sections["advance"][0].startswith("## advance: one step\n\nMove on.")
    assert handout.sections["cell"] == ("## `cell`\n\nWrite a cell.",)


def test_other_sections_stay_in_their_place(toy: Assignment) -> None:
    """What introduces several exercises stands before the next; rules first, the end last."""
    handout = read_handout(toy, "en")

    assert handout.opening == ("## Rules\n\nNone.",)
    assert handout.sections["walk"] == ("## Longer ways\n\nAbout walks.", "## walk\n\nWalk on.")
    assert handout.closing == ("## Handing in\n\nBy Friday.",)


@pytest.mark.parametrize("fence", ["```", "~~~~", "   ```"])
def test_code_block_holds_no_heading(fence: str) -> None:
    """A comment in sample code may begin with ##."""
    text = f"## a\n\n{fence}python\n## b\n{fence}\n\n## b\n"

    handout = cut_handout(text, ["a", "b"], "handout.md")

    assert handout.sections["b"] == ("## b",)


def test_longer_fence_may_hold_a_shorter_one() -> None:
    """Markdown about Markdown closes with the fence that it opened with."""
    text = "## a\n\n````\n```\n## b\n````\n\n## b\n"

    handout = cut_handout(text, ["a", "b"], "handout.md")

    assert handout.sections["b"] == ("## b",)


def test_chinese_handout_is_another_file(toy: Assignment) -> None:
    """The headings are the same ids in both languages."""
    handout = read_handout(toy, "zh")

    assert handout.intro == "# Toys, the task\n\n请先阅读。"


def test_exercise_without_section_is_refused() -> None:
    """The error says which heading to add, and where."""
    with pytest.raises(CatalogError, match=r"handout\.md: b has no section; add '## b'"):
        cut_handout("intro\n\n## a\n", ["a", "b"], "handout.md")


def test_second_section_of_an_exercise_is_refused() -> None:
    """One of the two would be lost."""
    with pytest.raises(CatalogError, match=r"handout\.md:3: a second section '## a'"):
        cut_handout("## a\n\n## a again\n", ["a"], "handout.md")


def test_missing_handout_is_named(toy: Assignment) -> None:
    """Both languages are part of every assignment."""
    (toy.folder / "handout.zh.md").unlink()

    with pytest.raises(CatalogError, match=r"handout\.zh\.md cannot be read"):
        read_handout(toy, "zh")
