"""Folders of many submissions."""

import pytest

from grader.errors import IntakeError
from grader.intake import collect

MODULES = ("dinos", "rnn_step")


def _collected(folder):
    return collect(folder, modules=MODULES, exercises={"clip": ("clip",)})


def _write(folder, names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"cells": []}' if name.endswith(".ipynb") else "x = 1")
    return folder


def test_every_entry_is_a_submission(tmp_path):
    """Scripts, notebooks and folders, by name; hidden and generated entries are not looked at."""
    names = ["bob.py", "alice.ipynb", "carol/hw.py", "dan/deep/hw.py", "conftest.py", "roster.csv"]
    names += [
        ".git/x.py",
        "__pycache__/x.py",
        ".ipynb_checkpoints/a.ipynb",
        ".bob.py",
        "test_eve.py",
    ]

    submissions = _collected(_write(tmp_path, names))

    assert [one.id for one in submissions] == ["alice", "bob", "carol", "dan", "test_eve"]
    assert all(one.source is not None for one in submissions)


def test_one_file_is_one_submission(tmp_path):
    """A path may name a single file."""
    _write(tmp_path, ["alice.py"])

    assert [one.id for one in _collected(tmp_path / "alice.py")] == ["alice"]


@pytest.mark.parametrize(
    "names", [["dinos.py", "extra.py"], ["dinos.ipynb", "rnn_step.ipynb"], ["dinos.py", "sub/x.py"]]
)
def test_a_folder_with_the_modules_is_one_submission(tmp_path, names):
    """A student's own folder, checked out or unpacked, is not taken for a class."""
    _write(tmp_path / "alice", names)

    assert [one.id for one in _collected(tmp_path / "alice")] == ["alice"]


def test_ids_never_clash(tmp_path):
    """Two files of one student, or of two students with one name, keep apart."""
    submissions = _collected(_write(tmp_path, ["a.py", "a.ipynb", "a-2.py", "A b.py", "a_b.py"]))

    ids = [one.id.casefold() for one in submissions]
    assert len(set(ids)) == 5
    assert ids == [one.id.casefold() for one in _collected(tmp_path)]


def test_what_cannot_be_read_still_has_its_row(tmp_path):
    """Broken notebooks, empty folders and links give submissions with a problem."""
    _write(tmp_path, ["good.py"])
    (tmp_path / "bad.ipynb").write_text("no")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.py").symlink_to(tmp_path / "good.py")

    problems = {one.id: one.problem.key for one in _collected(tmp_path) if one.problem}

    assert problems == {
        "bad": "intake_not_a_notebook",
        "empty": "intake_no_code",
        "link": "intake_link",
    }


def test_nothing_there_is_the_instructors_mistake(tmp_path):
    """A missing path raises; an empty folder holds no submissions."""
    with pytest.raises(IntakeError, match="does not exist"):
        _collected(tmp_path / "nowhere")
    assert _collected(tmp_path) == []
