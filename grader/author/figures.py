"""The figures of a handout, drawn by the course's own code."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING

from grader.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.catalog import Assignment


def figure_files(assignment: Assignment) -> dict[str, bytes]:
    """Draw the figures of an assignment.

    Parameters
    ----------
    assignment : Assignment
        ``solutions/ID/figures/draw.py`` may define ``figures()``, which returns SVG by name.

    Returns
    -------
    dict of str to bytes
        ``figures/NAME.svg`` and the like; empty if there is no such file.

    Raises
    ------
    CatalogError
        When the file defines no ``figures``.
    """
    script = assignment.solution / "figures" / "draw.py"
    if not script.is_file():
        return {}
    module = types.ModuleType(script.stem)
    module.__file__ = str(script)  # by which it finds the references beside it
    exec(compile(script.read_text("utf-8"), str(script), "exec"), module.__dict__)  # noqa: S102 - the author's own
    figures: Callable[[], Mapping[str, str]] | None = module.__dict__.get("figures")
    if figures is None:
        raise CatalogError(f"{script} defines no function figures()")
    return {f"figures/{name}.svg": text.encode() for name, text in figures().items()}
