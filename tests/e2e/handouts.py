"""What tests read of a handout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.catalog import Assignment

HANDOUTS: Final = ("handout.md", "handout.zh.md")


def text_of(assignment: Assignment, handout: str) -> str:
    """Read a handout."""
    return (assignment.folder / handout).read_text(encoding="utf-8")


def sections(assignment: Assignment, handout: str) -> dict[str, str]:
    """Cut a handout at its second-level headings."""
    parts = re.split(r"^## (.+)$", text_of(assignment, handout), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def fenced(section: str, kind: str) -> list[str]:
    """Return what stands in fences of a kind: ``python``, or ``math``."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
