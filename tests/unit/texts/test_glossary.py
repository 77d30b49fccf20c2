"""One name for each thing, in all that people read in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
ROW = re.compile(r"^\| (?P<english>[\w ]+) \| (?P<chinese>\w+) \| (?P<others>.+) \|$", re.MULTILINE)
TERMS = {
    row["chinese"]: tuple(row["others"].split(", "))
    for row in ROW.finditer(GLOSSARY.read_text("utf-8"))
    if row["english"] != "English"
}
READ = (
    "README.zh.md",
    "docs/**/*.zh.md",
    "grader/texts/*.toml",
    "grader/author/new.toml",
    "assignments/*/*.zh.*",
    "assignments/*/*.toml",
    "assignments/*/demos/*.toml",
    "assignments/*/demos/*.py",
    "solutions/*/mistakes/*.toml",
)
FILES = [path for pattern in READ for path in sorted(ROOT.glob(pattern))]


def test_every_kind_of_text_is_looked_at() -> None:
    """A pattern that finds nothing would hold nothing."""
    assert all(any(ROOT.glob(pattern)) for pattern in READ)
    assert len(TERMS) == GLOSSARY.read_text("utf-8").count("\n| ") - 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_thing_goes_by_its_name(path: Path) -> None:
    """Two words for one thing make a reader look for two things."""
    text = path.read_text("utf-8")

    found = [
        f"{other}: say {term}"
        for term, others in TERMS.items()
        for other in others
        if other in text
    ]

    assert not found


def test_each_term_is_used() -> None:
    """A glossary of words that nobody says is no help."""
    said = "".join(path.read_text("utf-8") for path in FILES)

    assert [term for term in TERMS if term not in said] == []
