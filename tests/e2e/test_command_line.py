"""Every command as its user types it: what it writes, and the code that it ends with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from grader.batch import BatchOptions, grade_all
from grader.catalog import load_assignment
from grader.cli import main
from grader.cli.ci import with_warning
from grader.intake import read_submission
from grader.intake.collect import collect
from grader.model import Status
from grader.sandbox import open_server
from tests.attacks import tree
from tests.attacks.attack import RIGHT_CLIP, RIGHT_FORWARD, RIGHT_STEP

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import Grade

REPOSITORY = Path(__file__).resolve().parents[2]
RIGHT = f"{RIGHT_CLIP}{RIGHT_STEP}{RIGHT_FORWARD}\n"
WRONG = RIGHT.replace("def clip(", "def clap(")
HOLDER = """
import pathlib, sys
from grader.gradebook import ResultsLock
with ResultsLock(pathlib.Path(sys.argv[1])):
    print(flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small copy of hw8 with a right and a wrong submission."""
    tree.build(tmp_path, {place: tree.plant(place) for place in tree.PLACES})
    for path in (tmp_path / "submissions").iterdir():
        path.unlink()
    (tmp_path / "submissions" / "right.py").write_text(RIGHT)
    (tmp_path / "submissions" / "wrong.py").write_text(WRONG)
    return tmp_path


def read(assignment: Assignment, folder: Path) -> list[Submission]:
    """Read submissions as the command line does."""
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    return list(collect(folder, modules=assignment.modules, exercises=names).submissions)


def test_grade_writes_every_file_and_ends_with_0(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Table, pages and JSON for each submission; a second run grades nothing again, and says so.

    Not even the results, where they lie among the submissions.
    """
    arguments = ["grade", "hw8", str(course / "submissions"), "--root", str(course)]
    out = course / "submissions" / "results"

    code = main([*arguments, "-o", str(out)])
    told = capsys.readouterr().out
    again = main([*arguments, "-o", str(out), "--json"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert (code, again) == (0, 0)
    assert "graded 2 in " in told
    assert "slowest: " in told
    assert [(event["event"], event["kept"]) for event in events] == [("begun", 2), ("ended", 2)]
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert written == {
        "gradebook.sqlite", "grades.csv", "index.html", "json/right.json", "json/wrong.json",
        "feedback/right.html", "feedback/wrong.html",
    }  # fmt: skip


def test_report_writes_the_same_files_again(course: Path) -> None:
    """From the gradebook alone."""
    out = course / "out"
    main(["grade", "hw8", str(course / "submissions"), "--root", str(course), "-o", str(out)])
    before = (out / "grades.csv").read_bytes()
    (out / "grades.csv").unlink()

    code = main(["report", str(out), "--root", str(course)])

    assert (code, (out / "grades.csv").read_bytes()) == (0, before)


def test_ci_writes_what_platforms_read(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each format under the name that its platform looks for."""
    for name in ("CLASSROOM", "ASSIGNMENT", "OWNER", "SUBMISSION_TAG"):
        monkeypatch.setenv(name, "x")
    submission, out = course / "submissions" / "right.py", course / "ci"
    formats = ["gradescope", "classroom50", "junit", "github", "json"]
    options = [word for name in formats for word in ("--format", name)]

    code = main(["ci", "hw8", str(submission), "--root", str(course), "-o", str(out), *options])

    assert code == 0
    scored = json.loads((out / "results.json").read_text())
    assert scored["score"] == sum(test.get("max_score", 0) for test in scored["tests"])
    assert json.loads((out / "result.json").read_text())["schema"] == "classroom50/result/v1"
    assert ElementTree.parse(out / "junit.xml").getroot().tag == "testsuites"  # noqa: S314 - ours
    assert {path.name for path in out.iterdir()} >= {"summary.md", "grade.json"}


@pytest.mark.parametrize(("name", "percent", "code"), [("right", "100", 0), ("wrong", "99", 1)])
def test_ci_ends_with_1_below_the_bound(course: Path, name: str, percent: str, code: int) -> None:
    """So that a platform without scores can pass or fail."""
    submission = course / "submissions" / f"{name}.py"
    options = ["--root", str(course), "-o", str(course / "ci"), "--fail-under", percent]

    assert main(["ci", "hw8", str(submission), *options]) == code


def test_ci_keeps_what_the_reference_answered(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second push to the same assignment, with the same salt, is compared with what was kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    command = ["ci", "hw8", str(course / "submissions" / "right.py"), "--root", str(course)]

    proofs = []
    for out in ("first", "second"):
        assert main([*command, "-o", str(course / out), "--timing", "off"]) == 0
        (proof,) = (tmp_path / "cache" / "grader" / "proofs").iterdir()
        proofs.append(proof.stat().st_ino)

    assert proofs[0] == proofs[1]
    first, second = (
        re.sub(rb'"duration_s": ?[^,}]*', b"", (course / out / "grade.json").read_bytes())
        for out in ("first", "second")
    )
    assert first == second


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", "hw9", "submissions", "-o", "out"],
        ["grade", "hw8", "no such folder", "-o", "out"],
        ["grade", "hw8", "submissions", "-o", "out", "--salt-file", "no such file"],
        ["report", "no such folder"],
        ["hint", "no_such_exercise"],
        ["hint", "clip", "-n", "99"],
        ["ci", "hw8", "submissions/right.py", "--format", "classroom50"],
        ["ci", "hw8", "submissions/right.py", "-o", "submissions/right.py"],
        ["grade", "hw8", "submissions", "-o", "submissions/right.py"],
        ["grade", "hw8", "submissions", "-o", "submissions"],
        ["grade", "hw8", "submissions", "-o", "submissions/right.py/out"],
        ["release", "hw8", "-o", "submissions/right.py"],
        ["report", "submissions/right.py"],
    ],
    ids=lambda words: " ".join(words)[:30],
)
def test_usage_ends_with_2_and_says_what_to_do(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:  # fmt: skip
    """One line, no traceback."""
    monkeypatch.chdir(course)

    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert line.startswith("grader: ")


@pytest.mark.parametrize(
    "words",
    [
        ["ci", "hw8", "x.py", "--fail-under", "101"],
        ["ci", "hw8", "x.py", "--fail-under", "nan"],
        ["grade", "hw8", "x", "-o", "out", "-j", "0"],
        ["grade", "hw8", "x", "-o", "out", "-j", "-1"],
        ["grade", "hw8", "x", "-o", "out", "-j", "many"],
        ["grade", "hw8", "", "-o", "out"],
        ["grade", "hw8", "x", "-o", ""],
        ["report", "out", "--batch", "0"],
        ["nonsense"],
        [],
    ],
    ids=lambda words: " ".join(words)[-20:],
)
def test_words_that_make_no_sense_end_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is read; the last line says which word, and what it must be."""
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err.splitlines()[-1]


def test_what_nobody_expected_does_not_look_like_a_low_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 means below the bound, and Python's own is 1 as well."""

    def broken(_options: object) -> int:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("grader.cli.doctor.doctor", broken)

    assert main(["doctor"]) == 3
    assert "ZeroDivisionError: a bug" in capsys.readouterr().err


def test_a_second_run_is_refused_while_the_first_is_at_work(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever command it is; the first one's results stay its own."""
    out = course / "out"
    (out).mkdir()
    (out / "gradebook.sqlite").touch()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        codes = [
            main(
                ["grade", "hw8", str(course / "submissions"), "--root", str(course), "-o", str(out)]
            ),
            main(["report", str(out), "--root", str(course)]),
        ]
        told = capsys.readouterr().err
        other.kill()

    assert codes == [2, 2]
    assert told.count(f"another run is at work in {out} (process {other.pid} on ") == 2


def test_ci_says_where_the_suites_were_handed_in_with_the_submission(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who can change the one can change the other; in every format, and on stderr."""
    folder = course / "assignments" / "hw8"
    for path in (folder, course, folder / "char_rnn.py"):
        assignment = load_assignment(folder)
        found = read_submission(path, modules=assignment.modules, exercises={})
        warned = with_warning(assignment, found, path)
        assert [note.key for note in warned.notes][:1] == ["suites_handed_in"]
    apart = course / "submissions" / "right.py"
    found = read_submission(apart, modules=("char_rnn",), exercises={})
    assert with_warning(load_assignment(folder), found, apart) is found


def test_a_demo_that_nobody_reads_ends_like_any_command() -> None:
    """Nobody is told that the code is at fault."""
    command = [sys.executable, "-m", "grader.cli", "demo", "srn", "--root", str(REPOSITORY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        told = running.stderr.read()

    assert (running.returncode, told) == (141, b"")


def test_hint_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    """From gentle to plain, by number."""
    texts = []
    for lang in ("en", "zh"):
        assert main(["hint", "clip", "--root", str(REPOSITORY), "--lang", lang]) == 0
        texts.append(capsys.readouterr().out)

    assert texts[0] != texts[1]
    assert texts[0].isascii()


def test_doctor_finds_nothing_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """What a worker must do works, and what it must not do is stopped, in the tier at hand."""
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "FAILS" not in told
    if "tier C" not in told:
        assert "POSSIBLE" not in told


def test_the_death_of_the_fork_server_costs_no_grade(course: Path) -> None:
    """It is started again, and what was under way is graded once more."""
    assignment = load_assignment(course / "assignments" / "hw8")
    for number in range(4):
        (course / "submissions" / f"right{number}.py").write_text(RIGHT)
    grades: list[Grade] = []

    with open_server("best", torch=False) as server:

        def keep(_submission: Submission, made: Grade) -> None:
            grades.append(made)
            if len(grades) == 1:
                server._process.kill()  # type: ignore[union-attr] # noqa: SLF001 - the accident

        submissions = read(assignment, course / "submissions")
        grade_all(assignment, submissions, BatchOptions(jobs=2, salt="s"), server, keep)

    assert sorted(made.id for made in grades) == sorted(one.id for one in submissions)
    assert {made.status for made in grades} == {Status.GRADED}
