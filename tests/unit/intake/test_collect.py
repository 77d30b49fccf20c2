"""Folders of many submissions."""

import os
import socket

import pytest

from grader.errors import IntakeError
from grader.intake.collect import collect

MODULES = ("dinos", "rnn_step")
TEXTS = {".ipynb": b'{"cells": []}', ".zip": b"PK\5\6" + bytes(18)}


def _collected(folder, **options):
    exercises = {"clip": ("clip",)}
    return collect(folder, modules=MODULES, exercises=exercises, assignment="hw8", **options)


def _ids(folder, **options):
    return [one.id for one in _collected(folder, **options).submissions]


def _told(folder, **options):
    return {note.key: note.fields for note in _collected(folder, **options).notes}


def _write(folder, names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(TEXTS.get(path.suffix, b"x = 1"))
    return folder


def test_every_entry_is_a_submission(tmp_path):
    """Scripts, notebooks and folders, by name, whether or not systems hide them."""
    names = ["bob.py", "alice.ipynb", "carol/hw.py", "dan/deep/hw.py", "test_eve.py"]
    names += [".frank.py", ".gina/hw.py"]

    submissions = _collected(_write(tmp_path, names)).submissions

    ids = [one.id for one in submissions]
    assert ids == ["frank", "gina", "alice", "bob", "carol", "dan", "test_eve"]
    assert all(one.source is not None for one in submissions)


def test_what_is_no_submission_is_named(tmp_path):
    """What systems leave behind, what is about a class, and results; each under its reason."""
    names = [".git/x.py", "__pycache__/x.py", ".ipynb_checkpoints/a.ipynb", "env/pyvenv.cfg"]
    names += [
        "Thumbs.db",
        "bob.py:Zone.Identifier",
        "._bob.py",
        "~$alice.docx",
        "env/lib/x.py",
        ".hidden/notes.txt",
    ]
    names += ["conftest.py", "roster.csv", "README.md", "bob.py", "old/gradebook.sqlite"]

    collected = _collected(_write(tmp_path, names))

    assert [one.id for one in collected.submissions] == ["bob"]
    assert {note.key: set(note.fields["files"].split(", ")) for note in collected.notes} == {
        "intake_litter": {
            ".git", ".ipynb_checkpoints", "._bob.py", "Thumbs.db", "__pycache__", "env",
            "bob.py:Zone.Identifier", "~$alice.docx",
        },
        "intake_beside": {".hidden", "README.md", "conftest.py", "roster.csv"},
        "intake_results": {"old"},
    }  # fmt: skip


def test_what_is_to_be_skipped_is_not_there(tmp_path):
    """Results inside the folder of submissions are neither a row nor a note, at any depth."""
    _write(tmp_path, ["alice.py", "results/x.py", "bob/hw.py", "bob/out/gradebook.sqlite"])
    _write(tmp_path, ["bob/out/json/x.py"])

    skip = [tmp_path / "results", tmp_path / "bob/../bob/out"]
    collected = _collected(tmp_path, skip=skip)

    assert [one.id for one in collected.submissions] == ["alice", "bob"]
    assert collected.notes == ()
    assert [note.key for note in collected.submissions[1].notes] == ["no_exercise_file"]


def test_one_file_is_one_submission(tmp_path):
    """A path may name a single file."""
    _write(tmp_path, ["alice.py"])

    assert _ids(tmp_path / "alice.py") == ["alice"]


@pytest.mark.parametrize(
    "names",
    [
        ["dinos.py", "rnn_step.py"],
        ["dinos.ipynb", "rnn_step.ipynb", "test_dinos.py", "data/names.txt"],
        ["hw8.ipynb", "hw8.zh.ipynb", "dinos.py", "report.pdf", "README.md"],
    ],
)
def test_a_folder_of_the_assignments_files_is_one_submission(tmp_path, names):
    """Where each file of code has a name that the assignment gives; whoever grades is told."""
    folder = _write(tmp_path / "alice", names)

    assert _ids(folder) == ["alice"]
    told = _told(folder)["intake_as_one"]
    others = {name.partition("/")[0] for name in names} & {"report.pdf", "data"}
    assert (told["folder"], told["others"]) == ("alice", ", ".join(others))


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["dinos.py", "alice.py", "bob.ipynb"], ["alice", "bob", "dinos"]),
        (["dinos.py", "sub/x.py"], ["dinos", "sub"]),
        (["dinos.py", "alice/dinos.py", "bob/dinos.py"], ["alice", "bob", "dinos"]),
        (["dinos.py", "alice.zip"], ["alice", "dinos"]),
        (["dinos.py", "alice.rar"], ["alice", "dinos"]),
        (["dinos.py", "alice.ipynb.txt", "bob.pdf"], ["alice", "bob", "dinos"]),
        (["hw8.ipynb", "hw8-Copy1.ipynb"], ["hw8-Copy1", "hw8"]),
    ],
)
def test_one_name_decides_nothing(tmp_path, names, ids):
    """A class in which somebody calls a file as the assignment does is a class; that is said."""
    _write(tmp_path, names)

    assert _ids(tmp_path) == ids
    assert list(_told(tmp_path)) == ["intake_as_many"]


def test_nothing_is_said_of_an_ordinary_class(tmp_path):
    """Files and folders under names of students' own."""
    assert _told(_write(tmp_path / "class", ["alice.py", "bob.ipynb", "carol/dinos.py"])) == {}
    assert _told(_write(tmp_path / "one", ["dinos.py"])) == {}


@pytest.mark.parametrize("names", [["dinos.py", "rnn_step.py"], ["dinos.py", "alice.py"]])
def test_how_a_folder_is_read_can_be_said(tmp_path, names):
    """Then names decide nothing, and nothing needs to be told."""
    folder = _write(tmp_path / "class", names)

    assert _ids(folder, layout="one") == ["class"]
    assert _ids(folder, layout="many") == sorted(name[:-3] for name in names)
    assert _told(folder, layout="one") == _told(folder, layout="many") == {}


def test_ids_never_clash(tmp_path):
    """Two files of one student, or of two students with one name, keep apart."""
    _write(tmp_path, ["a.py", "a.ipynb", "a-2.py", "A b.py", "a_b.py"])

    ids = [one.casefold() for one in _ids(tmp_path)]

    assert len(set(ids)) == 5
    assert ids == [one.casefold() for one in _ids(tmp_path)]


def test_an_id_belongs_to_whom_is_called_so(tmp_path):
    """A name that only becomes the same when it is made an id does not displace it."""
    _write(tmp_path, ["_alice.py", "alice.py", "alice_.py"])

    found = _collected(tmp_path).submissions

    assert {one.name: one.id for one in found} == {
        "_alice": "alice-2", "alice": "alice", "alice_": "alice-3",
    }  # fmt: skip


def test_what_cannot_be_read_still_has_its_row(tmp_path):
    """Broken notebooks, empty folders and links give submissions with a problem."""
    _write(tmp_path, ["good.py"])
    (tmp_path / "bad.ipynb").write_text("no")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.py").symlink_to(tmp_path / "good.py")

    problems = {one.id: one.problem.key for one in _collected(tmp_path).submissions if one.problem}

    assert problems == {
        "bad": "intake_not_a_notebook",
        "empty": "intake_no_code",
        "link": "intake_link",
    }


def test_nothing_there_is_the_instructors_mistake(tmp_path):
    """A missing path raises; an empty folder holds no submissions."""
    with pytest.raises(IntakeError, match="does not exist"):
        _collected(tmp_path / "nowhere")
    assert _ids(tmp_path) == []


def test_a_lone_folder_is_a_student_and_may_be_a_class(tmp_path):
    """On disk it is one row; what to do if it is a class is said, unless it plainly is none."""
    _write(tmp_path / "class", ["hw8/alice.py", "hw8/bob.py"])
    _write(tmp_path / "other", ["carol/hw.py", "carol/report.pdf", "carol/data/names.txt"])
    _write(tmp_path / "third", ["dan/dinos.py", "dan/rnn_step.py", "dan/test_dinos.py"])

    assert _ids(tmp_path / "class") == ["hw8"]
    assert _told(tmp_path / "class") == {
        "intake_lone_folder": {"folder": "class", "inner": "hw8", "entries": 2}
    }
    assert [_told(tmp_path / name) for name in ("third",)] == [{}]
    assert _ids(tmp_path / "other") == ["carol"]


def test_names_from_disk_are_bytes(tmp_path):
    """Whatever bytes: a row with a safe id of its own, and a name that can be written anywhere."""
    names = [
        b"\xff.py", b"\xfe\xff.ipynb", b"a\nb.py", b"\x1b[31mred.py", b"=cmd|x.py", b"CON.py",
        b"nul", b"x" * 252 + b".py", b"a. .py", b"trailing .py ", b"\xe2\x80\xaeyp.exe.py",
        b"A.py", b"a.py", b"e\xcc\x81.py", b"\xc3\xa9.py", b"\"'<b>&.py", b"..x.py", b"-rf.py",
        b"$(id).py", b"\xed\xa0\x80.py", b"\xff\xff", b"a,b;c.py", b"%2e%2e%2f.py",
    ]  # fmt: skip
    for name in names:
        with open(os.fsencode(tmp_path) + b"/" + name, "wb") as file:  # noqa: PTH123 - bytes
            file.write(b"x = 1")
    os.mkdir(os.fsencode(tmp_path) + b"/dir\xff")  # noqa: PTH102 - bytes
    with open(os.fsencode(tmp_path) + b"/dir\xff/\xff.py", "wb") as file:  # noqa: PTH123 - bytes
        file.write(b"x = 1")

    submissions = _collected(tmp_path).submissions

    ids = [one.id.casefold() for one in submissions]
    assert len(ids) == len(set(ids)) == len(names) + 1
    assert all(_is_safe(one) for one in ids)
    assert all(one.name.isprintable() for one in submissions)
    assert {r"\xff", r"a\x0ab", r"\x1b[31mred", r"dir\xff"} <= {one.name for one in submissions}
    assert all(one.source or one.problem for one in submissions)


def _is_safe(text):
    plain = all(char.isalnum() or char in "-_." for char in text)
    reserved = text.partition(".")[0] in {"con", "nul"}
    return plain and not reserved and not text.startswith((".", "-")) and len(text.encode()) <= 130


def test_what_is_no_file_is_a_row(tmp_path):
    """Pipes, sockets, links to nowhere, to themselves and to each other; none is waited for."""
    _write(tmp_path, ["good.py"])
    os.mkfifo(tmp_path / "fifo.py")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(tmp_path / "socket.py"))
    (tmp_path / "nowhere.py").symlink_to("gone.py")
    (tmp_path / "itself").symlink_to("itself")
    (tmp_path / "up").symlink_to("..")

    problems = {one.id: one.problem and one.problem.key for one in _collected(tmp_path).submissions}

    assert problems == {
        "good": None, "fifo": "intake_not_a_file", "pipe": "intake_not_a_file",
        "socket": "intake_not_a_file", "nowhere": "intake_link", "itself": "intake_link",
        "up": "intake_link",
    }  # fmt: skip


def test_what_may_not_be_read_is_a_row(tmp_path):
    """A folder, and a file."""
    _write(tmp_path, ["alice.py", "bob/hw.py", "good.py"])
    (tmp_path / "alice.py").chmod(0)
    (tmp_path / "bob").chmod(0)
    if os.access(tmp_path / "alice.py", os.R_OK):
        pytest.skip("whoever runs this may read everything")
    try:
        found = _collected(tmp_path).submissions
    finally:
        (tmp_path / "bob").chmod(0o700)

    assert [one.problem and one.problem.key for one in found] == [
        "intake_unreadable", "intake_unreadable", None,
    ]  # fmt: skip
