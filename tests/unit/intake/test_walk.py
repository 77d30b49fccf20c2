"""Where in a submission its code is found: the tree that was handed out, and any other."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.intake import Submission, read_submission
from grader.intake.collect import collect
from grader.intake.folders import DiskFolder
from grader.intake.kinds import Wanted
from grader.intake.walk import MAX_LEVELS, find_code

CODE = "def clip(g):\n    return g\n"
EXERCISES = {"clip": ("clip",)}
HANDED_OUT = {
    "README.md": "", "data/names.txt": "", "data/golden/hw8.bin": "",
    "assignments/hw8/exercises.toml": "", "assignments/hw8/handout.md": "",
    "assignments/hw8/hw8.html": "", "assignments/hw8/test_dinos.py": "def test(): pass\n",
    "assignments/hw8/demos/letters.py": "def run(code, show): pass\n",
    "assignments/hw8/dinos.py": CODE, "assignments/hw8/rnn_step.py": "x = 1\n",
    "assignments/hw8/hw8.ipynb": '{"cells": []}', "assignments/hw8/hw8.zh.ipynb": '{"cells": []}',
}  # fmt: skip
READ = ["dinos.py", "rnn_step.py", "hw8.ipynb", "hw8.zh.ipynb"]
CLONED = {".git/HEAD": "", ".git/hooks/x.py": "x", ".github/workflows/a.yml": "", "LICENSE": ""}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def read(path: Path) -> Submission:
    """Read one submission to hw8."""
    return read_submission(
        path, modules=("dinos", "rnn_step"), exercises=EXERCISES, assignment="hw8"
    )


def collected(path: Path) -> Any:
    """Collect the submissions to hw8."""
    return collect(path, modules=("dinos", "rnn_step"), exercises=EXERCISES, assignment="hw8")


def origins(submission: Submission) -> list[str]:
    """List the files that were read."""
    assert submission.source is not None, submission.problem
    return [module.origin for module in submission.source.modules]


def told(submission: Submission) -> dict[str, Any]:
    """Return what is said, by key."""
    return {note.key: note.fields for note in submission.notes if note.key != "intake_empty"}


@pytest.mark.parametrize("prefix", ["", "hw8-main/", "downloads/hw8-main/"])
@pytest.mark.parametrize("more", [{}, CLONED])
def test_what_was_handed_out_and_filled_in(tmp_path, prefix, more):
    """Only what lies in the assignment's folder counts; suites and demos need no word."""
    files = {f"{prefix}{name}": text for name, text in (HANDED_OUT | more).items()}

    submission = read(write(tmp_path / "alice", files))

    assert sorted(origins(submission)) == sorted(f"{prefix}assignments/hw8/{name}" for name in READ)
    assert told(submission) == {}


def test_in_an_archive(tmp_path):
    """The same tree as a zip; and in a folder of many."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in HANDED_OUT.items():
            archive.writestr(f"hw8/{name}", text)
    (tmp_path / "alice.zip").write_bytes(data.getvalue())

    alone = read(tmp_path / "alice.zip")
    (submission,) = collected(tmp_path).submissions
    (whole,) = collected(tmp_path / "alice.zip").submissions

    assert sorted(origins(alone)) == sorted(f"hw8/assignments/hw8/{name}" for name in READ)
    assert [submission.id, whole.id] == ["alice", "alice"]
    assert submission.source == whole.source == alone.source


def test_from_inside(tmp_path, monkeypatch):
    """A dot names the folder in which one stands, and the submission is called after it."""
    write(tmp_path / "alice", HANDED_OUT)
    monkeypatch.chdir(tmp_path / "alice/assignments")

    inner, whole, above = read(Path("hw8")), read(Path("..")), read(Path())

    assert (inner.id, whole.id, above.id) == ("hw8", "alice", "assignments")
    assert len(origins(inner)) == len(origins(whole)) == len(origins(above)) == len(READ)
    assert told(inner) == told(whole) == told(above) == {}


def test_as_a_folder_of_submissions(tmp_path):
    """One student's tree is one submission, and several of them are several."""
    write(tmp_path / "alice", HANDED_OUT)
    write(tmp_path / "bob", HANDED_OUT | CLONED)

    one, many = collected(tmp_path / "alice"), collected(tmp_path)

    assert [found.id for found in one.submissions] == ["alice"]
    assert [note.key for note in one.notes] == ["intake_as_handed_out"]
    assert [found.id for found in many.submissions] == ["alice", "bob"]
    assert many.notes == ()


@pytest.mark.parametrize(
    "planted", ["assignments/hw8/dinos.py", "exercises.toml"], ids=["folder", "catalogue"]
)
def test_no_entry_makes_a_class_one_submission(tmp_path, planted):
    """A student whose entry is called like a part of the course merges nobody."""
    texts = {"alice.py": HANDED_OUT["assignments/hw8/dinos.py"], "dinos.py": "x = 1\n"}
    write(tmp_path / "class", {**texts, planted: HANDED_OUT["assignments/hw8/dinos.py"]})

    found = collected(tmp_path / "class")

    assert {"alice", "dinos"} <= {one.id for one in found.submissions}
    assert "intake_handed_out_among_others" in [note.key for note in found.notes]


def test_code_at_the_top_counts_beside_the_handed_out_tree(tmp_path):
    """Somebody's notebook at the top; what lies elsewhere is named, but for other homework."""
    files = HANDED_OUT | {"mine.ipynb": '{"cells": []}', "hw7/old.py": CODE}
    files |= {"assignments/hw7/other.py": CODE}

    submission = read(write(tmp_path, files))

    assert "mine.ipynb" in origins(submission)
    assert told(submission) == {"intake_elsewhere": {"files": "hw7/old.py"}}


@pytest.mark.parametrize("levels", range(MAX_LEVELS + 1))
def test_code_is_found_at_any_depth(tmp_path, levels):
    """Up to a bound that nobody reaches by accident."""
    name = "/".join([*"abcdefghij"[:levels], "hw.py"])

    assert origins(read(write(tmp_path, {name: CODE}))) == [name]


def test_what_lies_too_deep_is_told(tmp_path):
    """A hundred folders, one in the other."""
    submission = read(write(tmp_path, {"a/" * 100 + "hw.py": CODE}))

    assert submission.problem is not None
    assert submission.problem.key == "intake_too_deep"


def test_the_first_level_with_code_counts(tmp_path):
    """Code below it is named, not read; code on the level itself is read from every folder."""
    files = {"a/one.py": CODE, "b/two.py": "x = 1", "b/old/three.py": CODE, "c/notes.txt": ""}

    submission = read(write(tmp_path, files))

    assert origins(submission) == ["a/one.py", "b/two.py"]
    assert told(submission) == {"intake_elsewhere": {"files": "b/old/three.py"}}


def test_an_environment_is_not_looked_into(tmp_path):
    """By what lies in it, whatever it is called."""
    files = {"hw8env/pyvenv.cfg": "", "hw8env/lib/site.py": CODE, "src/hw.py": CODE}

    submission = read(write(tmp_path, files))

    assert (origins(submission), told(submission)) == (["src/hw.py"], {})


def test_looking_through_folders_grows_with_their_files_and_no_faster(tmp_path: Path) -> None:
    """Counted in calls, of four times as many files: far from sixteen times as many."""
    wanted, counts = Wanted(("dinos",), EXERCISES, "hw8"), []
    for files in (100, 400):
        names = {f"f{number}.py": "" for number in range(files)}
        names |= {f"n{number}.txt": "" for number in range(files)}
        names |= {f"d{number}/f.py": "" for number in range(files)}
        folder = DiskFolder(write(tmp_path / f"of{files}", names))
        seen: list[str] = []

        def count(_frame: object, event: str, _arg: object, seen: list[str] = seen) -> None:
            seen.append(event)

        sys.setprofile(count)
        try:
            found = find_code(folder, wanted)
        finally:
            sys.setprofile(None)
        assert (len(found.files), len(found.others)) == (files, files)
        counts.append(seen.count("call"))

    assert counts[1] < 5 * counts[0]
