"""Whatever a command is started in: the same table comes out, or a sentence says what is amiss."""

from __future__ import annotations

import os
import resource
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from grader.author.new import write_new

if TYPE_CHECKING:
    from pathlib import Path

GRADER: Final = shlex.join([sys.executable, "-m", "grader.cli"])
SCRATCH: Final = "/tmp"  # noqa: S108 - nothing is left there: it is covered
WRONG: Final = "import numpy as np\n\ndef softmax(scores):\n    return np.exp(scores)\n"
# Each is shell that comes before the command, with what comes after it.
SURROUNDINGS: Final = {
    "places": ('TMPDIR="$PWD/t m 临时" HOME=/nowhere/at/all XDG_CACHE_HOME=/dev/null', ""),
    "languages": ("LC_ALL=de_DE.UTF-8 LANG=POSIX PYTHONWARNINGS=error PYTHONHASHSEED=7", ""),
    "little": ("umask 077; ulimit -n 64; env -u HOME -u TMPDIR", ""),
    "streams": ("umask 000;", "<&- >&- 2>&-"),
    "nobody reads": ("set -o pipefail;", "| true"),
}


class Course:
    """A small course with a right and a wrong submission.

    Parameters
    ----------
    root : Path
        An empty folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        write_new("tiny", root)
        (root / "submissions").mkdir()
        right = (root / "solutions" / "tiny" / "probabilities.py").read_text("utf-8")
        (root / "submissions" / "right.py").write_text(right, "utf-8")
        (root / "submissions" / "wrong.py").write_text(WRONG, "utf-8")
        (root / "t m 临时").mkdir()

    def grade(
        self, out: str, before: str = "", after: str = "", command: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Grade them from a shell, in whatever surroundings."""
        grade = command or f"{GRADER} grade tiny submissions -o {out} -j 2"
        return subprocess.run(
            ["/bin/bash", "-c", f"{before} {grade} {after}"],
            cwd=self.root, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of its own."""
    return Course(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "streams",
        *(pytest.param(one, marks=pytest.mark.proof) for one in SURROUNDINGS if one != "streams"),
    ],
)
def test_the_table_is_the_same_whatever_is_around(course: Course, name: str) -> None:
    """Folders for scratch, languages, few descriptors, streams that are closed."""
    before, after = SURROUNDINGS[name]
    plain = course.grade("plain")
    odd = course.grade("odd", before, after)

    assert plain.returncode == 0, plain.stderr
    assert odd.returncode == (141 if name == "nobody reads" else 0), odd.stderr
    assert "Traceback" not in odd.stderr
    one, other = ((course.root / out / "grades.csv").read_bytes() for out in ("plain", "odd"))
    assert one == other
    assert (b"right" in one, b"wrong" in one) == (True, True)


@pytest.mark.proof
@pytest.mark.parametrize("options", ["ro", "size=4k"])
def test_no_room_for_scratch_files_costs_nothing(course: Course, options: str) -> None:
    """They may be read-only or full: what is needed of files is kept in memory."""
    unshare = shutil.which("unshare") or pytest.skip("there is no unshare")
    if sys.prefix.startswith(SCRATCH):
        pytest.skip("what is to be run lies there itself")
    # The course may lie there as well, and is then seen elsewhere.
    script = f"mount --bind . /mnt && mount -t tmpfs -o {options} none {SCRATCH} || exit 99; "
    script += f"head -c 4096 /dev/zero > {SCRATCH}/full; cd /mnt; "
    script += f"{GRADER} grade tiny submissions -o odd -j 2"
    plain = course.grade("plain")
    odd = course.grade("", command=f"{unshare} -m bash -c {shlex.quote(script)} 2>&1")
    if odd.returncode in {1, 99}:
        pytest.skip(f"nothing can be mounted here: {odd.stdout}")

    assert (plain.returncode, odd.returncode) == (0, 0), odd.stdout
    one, other = ((course.root / out / "grades.csv").read_bytes() for out in ("plain", "odd"))
    assert one == other


def test_too_few_descriptors_are_refused_with_the_limit_and_the_number(course: Course) -> None:
    """A submission that had fewer than it is promised could fail where others pass."""
    done = course.grade("few", "ulimit -n 40;")

    assert done.returncode == 3
    assert "RLIMIT_NOFILE is 40 where this was started, and a submission is promised 64" in (
        " ".join(done.stderr.split())
    )
    assert not (course.root / "few" / "grades.csv").exists()


def test_where_nothing_can_be_printed_that_is_said_and_no_fault_of_ours(course: Course) -> None:
    """The grades are kept, and the reports are written before."""
    done = course.grade("full", after="> /dev/full")

    assert done.returncode == 2
    assert done.stderr == "grader: No space left on device; make room and run again to go on\n"
    assert (course.root / "full" / "grades.csv").is_file()


@pytest.mark.parametrize(("to", "code"), [("> /dev/full", 2), (">&-", 0), ("| true", 141)])
def test_a_word_that_cannot_be_printed_leaves_no_traceback(
    course: Course, to: str, code: int
) -> None:
    """Nor Python's own complaint when it flushes in the end."""
    done = course.grade("", "set -o pipefail;", to, f"(sleep 0.5; {GRADER} hint softmax)")

    assert done.returncode == code
    assert done.stderr == (
        "grader: No space left on device; make room and run again to go on\n" if code == 2 else ""
    )


def test_a_folder_that_has_been_removed_is_no_place_to_start_in(course: Course) -> None:
    """A terminal may still stand in it."""
    gone = course.root / "gone"
    gone.mkdir()
    done = course.grade(
        "", f"cd {shlex.quote(str(gone))}; rmdir {shlex.quote(str(gone))};", "",
        f"{GRADER} hint softmax --root {shlex.quote(str(course.root))}",
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr.endswith(
        "grader: the folder that this was started in is not there any more\n"
    )


def test_a_report_that_finds_no_room_is_named(course: Course) -> None:
    """By its file, so that one knows which disk; the next run writes it."""
    plain = course.grade("results")
    size = (course.root / "results" / "index.html").stat().st_size

    (course.root / "results" / "index.html").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", "report", "results"],
        cwd=course.root, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1, size - 1)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip

    assert plain.returncode == 0, plain.stderr
    assert (done.returncode, done.stderr) == (
        2,
        "grader: results/index.html cannot be written: File too large; mend that, or give another "
        "folder with -o\n",
    )
    assert not [*(course.root / "results").glob(".*.part")]
