"""Feedback pages in one zip, for a platform to hand out."""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING, Final

from grader.report import feedback_html
from grader.report.returning import name_in_zip

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Grade

# The earliest that a zip can hold: the same pages give the same bytes.
_DAY: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o644 << 16


def write_feedback_zip(
    assignment: Assignment, grades: Iterable[Grade], platform: str, path: Path, lang: str
) -> tuple[list[str], list[str]]:
    """Write the pages of whoever handed in through a platform into a zip for it.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grades : iterable of Grade
        Taken one by one.
    platform : str
        ``canvas`` or ``moodle``.
    path : Path
        The zip; written whole or not at all.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    (list of str, list of str)
        Whose page is in it, and who handed in something and has none, by id.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")  # another may write it, too
    there, without = [], []
    taken: set[str] = set()
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for grade in grades:
                if grade.attempt is None:
                    continue
                name = name_in_zip(platform, grade)
                if not name or name in taken:  # one submission of several students has one page
                    without.append(grade.id)
                    continue
                taken.add(name)
                member = zipfile.ZipInfo(name, _DAY)
                member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, _MODE
                archive.writestr(member, feedback_html(assignment, grade, lang))
                there.append(grade.id)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    return there, without
