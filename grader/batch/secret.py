"""What no submission may read, wherever its workers run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from grader.catalog import Assignment


def kept_from_workers(assignment: Assignment, *paths: Path | None) -> list[Path]:
    """List what no submission may read: the solutions and their history, and the paths given."""
    history = [folder / ".git" for folder in assignment.solution.absolute().parents]
    kept = [assignment.solution, *[path for path in history if path.exists()][:1], *paths]
    return [path for path in kept if path is not None and path.exists()]
