"""Where a platform expects a student's feedback: the names of files in a zip that it takes back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.model import Grade

PAGE: Final = "feedback.html"
# doejane_104_2231_hw8.ipynb: Canvas looks for the two numbers, of the person and of the file.
_CANVAS: Final = re.compile(
    r".*?_\d+_\d+_(?P<file>.+)|(?:LATE_)?anon_\w+?_\d+_(?P<hidden>.+)", re.DOTALL
)
_MOODLE: Final = re.compile(r".+?_\d+_assignsubmission_[a-z]+", re.DOTALL)


def name_in_zip(platform: str, grade: Grade) -> str:
    """Return what a student's page is called in a platform's zip.

    Parameters
    ----------
    platform : str
        ``canvas`` or ``moodle``.
    grade : Grade
        With the attempt that it is of.

    Returns
    -------
    str
        For Moodle, the page lies in the folder of the download, or has the front of the file's
        name; for Canvas it has the name of the file, but for its ending. Empty where the submission
        did not come from there, or has nothing that a page could be returned with.
    """
    entries = grade.attempt.entries if grade.attempt else ()
    if platform == "moodle":
        starts = [found[0] for entry in entries if (found := _MOODLE.match(entry))]
        # Files come before what was typed in: each site takes feedback on files.
        start = min(starts, key=lambda one: (not one.endswith("_file"), one), default="")
        folder = any(entry.rstrip("_") == start for entry in entries)
        return (f"{start}_/{PAGE}" if folder else f"{start}_{PAGE}") if start else ""
    file = next((one for one in sorted(entries) if _CANVAS.fullmatch(one)), "")
    head, dot, _ = file.rpartition(".")
    return f"{head if dot else file}.html" if file else ""
