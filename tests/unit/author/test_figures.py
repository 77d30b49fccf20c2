"""The figures that the course's own code draws."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from grader.author.figures import figure_files
from grader.author.release import release, stale, write_release
from grader.catalog import all_assignments, find_assignment
from grader.errors import CatalogError

if TYPE_CHECKING:
    from grader.catalog import Assignment

ROOT = Path(__file__).parents[3]
DRAWN = [one for one in all_assignments(ROOT) if (one.solution / "figures").is_dir()]
DRAW = "def figures():\n    return {'walk': '<svg/>'}\n"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=DRAWN, ids=lambda assignment: assignment.id)
def homework(request: pytest.FixtureRequest) -> Assignment:
    """Each homework of this repository that has figures."""
    found: Assignment = request.param
    return found


@pytest.fixture(scope="module")
def drawn(homework: Assignment) -> dict[str, bytes]:
    """Its figures."""
    return figure_files(homework)


def _draws(toy: Assignment, text: str) -> None:
    script = toy.solution / "figures" / "draw.py"
    script.parent.mkdir()
    script.write_text(text, encoding="utf-8")


def test_an_assignment_may_have_none(toy: Assignment) -> None:
    """Then a release holds stubs and notebooks alone."""
    assert figure_files(toy) == {}
    assert not [name for name in release(toy) if name.startswith("figures")]


def test_figures_are_released(toy: Assignment) -> None:
    """They are written beside the handout, and are stale once the drawing has changed."""
    _draws(toy, DRAW)

    write_release(toy, toy.folder)

    assert (toy.folder / "figures" / "walk.svg").read_text(encoding="utf-8") == "<svg/>"
    assert stale(toy) == []
    (toy.folder / "figures" / "walk.svg").write_text("<svg></svg>", encoding="utf-8")
    assert stale(toy) == ["figures/walk.svg: out of date from line 1 on"]


def test_a_script_without_figures_is_refused(toy: Assignment) -> None:
    """The error says what it must define."""
    _draws(toy, "def draw():\n    return {}\n")

    with pytest.raises(CatalogError, match=r"draw\.py defines no function figures\(\)"):
        figure_files(toy)


def test_the_same_code_draws_the_same(homework: Assignment, drawn: dict[str, bytes]) -> None:
    """Nothing in it is random or counts."""
    assert drawn == figure_files(homework)


@pytest.mark.parametrize("handout", ["handout.md", "handout.zh.md"])
def test_each_figure_is_shown_once_and_told(
    homework: Assignment, drawn: dict[str, bytes], handout: str
) -> None:
    """In both languages, with words for who cannot see it."""
    text = (homework.folder / handout).read_text("utf-8")

    shown = re.findall(r"^!\[(.+)\]\((figures/\S+)\)$", text, re.MULTILINE)

    assert sorted(path for _, path in shown) == sorted(drawn)
    assert all(len(told) > 20 for told, _ in shown)


def test_every_figure_can_be_read_in_the_light_and_in_the_dark(drawn: dict[str, bytes]) -> None:
    """Well-formed, with a title, a card, and a colour in either scheme for all that it holds."""
    for content in drawn.values():
        root = ET.fromstring(content)  # noqa: S314 - our own
        style = root.findtext(f"{SVG}style") or ""
        light, dark = style.split("@media (prefers-color-scheme: dark)")
        kinds = {
            kind
            for element in root.iter()
            for kind in element.get("class", "").split()
            if kind not in {"dashed"}
        }

        assert root.findtext(f"{SVG}title")
        assert "card" in kinds
        for kind in kinds:
            assert re.search(rf"\.{kind}\b", light), kind
            assert re.search(rf"\.{kind}\b", dark), kind


def test_the_first_figure_has_all_twelve_weights() -> None:
    """Eight of w and four of U, once each."""
    drawn = figure_files(find_assignment("hw8", ROOT))
    text = re.sub(r"<[^>]+>", "", drawn["figures/srn.svg"].decode())

    assert sorted(re.findall(r"[wU]\d", text)) == sorted(
        [f"w{number}" for number in range(1, 9)] + [f"U{number}" for number in range(1, 5)]
    )
