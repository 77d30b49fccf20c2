"""Names of files as nobody would choose them, and as platforms do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random as Draw

PARTS: Final = (
    b"a", b"A", b"\xc3\x89", b"E\xcc\x81", b"\xff", b"\n", b"\x1b[31m", b"=", b".", b" ", b"'",
    b'"', b"<b>", b"\xe2\x80\xae", b"\xe5\xad\x97", b"\\", b"-", b"_", b"\x7f", b"\xed\xa0\x80",
    b"%00", b"n" * 90, b"\xf0\x9f\xa6\x95", b"..", b"$(x)", b"\t", b"*",
)  # fmt: skip
ENDINGS: Final = (
    b"", b".py", b".ipynb", b".PY", b".zip", b".tar", b".tar.gz", b".tgz", b".pdf", b".txt",
    b".yml", b".csv", b".ipynb.txt", b".zip.py", b".gz", b".html",
)  # fmt: skip
KNOWN: Final = (
    b"dinos.py", b"answers.py", b"hw8.ipynb", b"hw8", b"assignments", b"test_a.py", b"conftest.py",
    b".git", b".alice", b"__MACOSX", b".DS_Store", b"exercises.toml", b"demos", b"README.md",
    b"submission_metadata.yml", b"submission_1", b"submission_2", b"gradebook.sqlite",
    b"pyvenv.cfg", b"a_LATE_104_2231_hw8-2.py", b"a_104_2232_dinos.py",
    b"b_105_2233_x.ipynb", b"c_106_text.html",
    b"A B_12_assignsubmission_file_", b"A B_13_assignsubmission_file_x.py", b".classroom50.yaml",
    b"HW 8_ab_attempt_2026-03-01-10-15-00_a.py", b"cs-hw8-ann", b"CON.py", b"-rf.py", b"~$a.docx",
    b"__init__.py", b"__pycache__", b"hw8-Copy1.ipynb", b"Icon\r",
)  # fmt: skip
FAMILIES: Final = (
    tuple(b"%c%d_%d_%d_hw8.py" % (97 + n, n, 100 + n, 200 + n) for n in range(5)),
    tuple(b"P Q%d_%d_assignsubmission_file_" % (n, 40 + n) for n in range(5)),
    tuple(b"HW 8_s%d_attempt_2026-03-0%d-10-15-00_hw8.ipynb" % (n, n + 1) for n in range(5)),
    (b"submission_1", b"submission_2", b"submission_3", b"submission_metadata.yml"),
    (b"cs-hw8-ann", b"cs-hw8-ben", b"cs-hw8-cy"),
)


def a_name(draw: Draw) -> bytes:
    """Draw the name of an entry."""
    if draw.random() < 0.4:
        return draw.choice(KNOWN)
    drawn = b"".join(draw.choices(PARTS, k=draw.randint(1, 4)))[:240] + draw.choice(ENDINGS)
    return b"x" if drawn in {b".", b".."} else drawn
