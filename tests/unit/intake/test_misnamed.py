"""Files that are not what their names say, and files that are no code."""

from __future__ import annotations

import io
import json
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.intake import Submission, read_submission
from grader.intake.collect import collect

CODE = "def clip(g):\n    return g\n"
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": CODE}], "nbformat": 4})
WANTED: Any = {"modules": ("dinos", "rnn_step"), "exercises": {"clip": ("clip",)}}


def read(folder: Path, name: str, data: str | bytes) -> Submission:
    """Write a file and read it as a submission."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_submission(folder / name, **WANTED)


def keys(submission: Submission) -> list[str]:
    """List what is said of a submission."""
    problem = [submission.problem] if submission.problem else []
    return [note.key for note in (*problem, *submission.notes)]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("bob.ipynb.txt", "bob.ipynb"),
        ("bob", "bob.ipynb"),
        ("bob.ipynb.json", "bob.ipynb"),
        ("bob.json", "bob.ipynb"),
        ("bob.py", "bob.ipynb"),
        ("bob.txt", "bob.ipynb"),
        ("bob.ipynb (1)", "bob.ipynb"),
        ("bob.ipynb.download", "bob.ipynb"),
    ],
)
def test_a_notebook_is_read_under_any_ending(tmp_path, name, right):
    """Its code counts, and its author learns what to call it."""
    submission = read(tmp_path, name, NOTEBOOK)

    assert submission.source is not None
    assert submission.source.modules[0].origin == name
    assert submission.source.modules[0].pieces[0].names == ("clip",)
    assert [(note.key, note.fields["right"]) for note in submission.notes] == [
        ("intake_is_a_notebook", right)
    ]


@pytest.mark.parametrize(
    ("name", "right"),
    [("bob", "bob.py"), ("bob.txt", "bob.py"), ("bob.py.txt", "bob.py"), ("a.ipynb", "a.py")],
)
def test_a_script_is_read_under_any_ending(tmp_path, name, right):
    """Where it parses and defines what is graded."""
    submission = read(tmp_path, name, CODE)

    assert submission.source is not None
    assert [(note.key, note.fields["right"]) for note in submission.notes] == [
        ("intake_is_a_script", right)
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bob.IPYNB", NOTEBOOK),
        ("bob.Py", CODE),
        ("bob.py", "x = {'cells': [1]}\n"),
        ("bob.py", '{"a": 1}\n'),
    ],
)
def test_a_right_ending_needs_no_word(tmp_path, name, data):
    """In any letter case."""
    submission = read(tmp_path, name, data)

    assert submission.source is not None
    assert not {"intake_is_a_notebook", "intake_is_a_script"} & set(keys(submission))


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.pdf", b"%PDF-1.7\n", "intake_is_pdf"),
        ("a.docx", b"PK", "intake_is_document"),
        ("a.html", "<html></html>", "intake_is_page"),
        ("a.md", f"```python\n{CODE}```\n", "intake_is_prose"),
        ("a.md", CODE, "intake_is_prose"),
        ("a.pyc", b"\0\0", "intake_is_compiled"),
        ("a.gdoc", "{}", "intake_is_shortcut"),
        ("a.PNG", b"\x89PNG", "intake_is_picture"),
        ("a.txt", "I could not do it.", "intake_wrong_kind"),
        ("a.txt", "def other(): pass\n", "intake_wrong_kind"),
        ("a", b"\xff\xfe", "intake_wrong_kind"),
        ("a.json", '{"cells": []}', "intake_wrong_kind"),
        ("a.json", "[" * 100_000, "intake_wrong_kind"),
        ("a.txt", "", "intake_is_nothing"),
        ("a", " \n", "intake_is_nothing"),
        ("a.r", "clip <- 1", "intake_wrong_kind"),
        ("a.ipynb", "no", "intake_not_a_notebook"),
        ("a.7z", b"7z", "intake_archive_kind"),
    ],
)
def test_what_is_no_code_is_a_row_that_says_what_it_is(tmp_path, name, data, key):
    """By its kind; and so when it lies in a folder of its own."""
    alone = read(tmp_path / "class", name, data)
    inside = read(tmp_path / "class/bob", name, data)
    folder = read_submission(tmp_path / "class/bob", **WANTED)

    assert (alone.source, keys(alone)) == (None, [key])
    assert (inside.source, keys(folder)) == (None, [key])
    found = collect(tmp_path / "class", **WANTED)
    assert [keys(one) for one in found.submissions] == [[key], [key]]


def test_every_kind_says_what_to_hand_in_instead():
    """In both languages, with the endings that are read."""
    path = Path(grader.__file__).parent / "texts/intake.toml"
    texts = tomllib.loads(path.read_text("utf-8"))

    for key in [key for key in texts if key.startswith("intake_is_") and "_is_a_" not in key]:
        assert all(".py" in text and "{file}" in text for text in texts[key].values()) or (
            key == "intake_is_shortcut"
        )
        assert "Hand in" in texts[key]["en"] or "hand" in texts[key]["en"]
        assert "提交" in texts[key]["zh"]


def test_code_under_its_right_name_comes_first(tmp_path):
    """What lies beside it under another is not read, and named if it was meant."""
    for name, text in {"hw.py": CODE, "old.ipynb.txt": NOTEBOOK, "notes.txt": CODE}.items():
        (tmp_path / name).write_text(text)

    submission = read_submission(tmp_path, **WANTED)

    assert submission.source is not None
    assert [module.origin for module in submission.source.modules] == ["hw.py"]
    assert [(note.key, note.fields) for note in submission.notes] == [
        ("intake_misnamed_beside", {"files": "old.ipynb.txt"})
    ]


def test_several_files_that_are_no_code_are_listed(tmp_path):
    """Each with what it is."""
    for name in ("report.pdf", "photo.jpg"):
        (tmp_path / name).write_text("x")

    submission = read_submission(tmp_path, **WANTED)

    assert keys(submission) == ["intake_nothing_read", "intake_is_picture", "intake_is_pdf"]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_in_an_archive_it_is_the_same(tmp_path, kind):
    """Of one student, and of a class."""
    members = {
        "alice.pdf": b"%PDF", "bob/hw.ipynb.txt": NOTEBOOK.encode(), "carol": CODE.encode(),
        "dan/report.pdf": b"%PDF", "eve.txt": b"sorry", "fred/": b"", "gus.py": CODE.encode(),
        "hal.rar": b"Rar!", "big.csv": b"1,2\n" * 1000,
    }  # fmt: skip
    path = tmp_path / f"class.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(path, "w") as archive:
            for name, data in members.items():
                info = tarfile.TarInfo(name.rstrip("/"))
                info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))

    collected = collect(path, **WANTED)

    assert {one.id: keys(one) for one in collected.submissions} == {
        "alice": ["intake_is_pdf"], "bob": ["intake_is_a_notebook"],
        "carol": ["intake_is_a_script"], "dan": ["intake_is_pdf"], "eve": ["intake_wrong_kind"],
        "fred": ["intake_archive_empty"], "gus": [], "hal": ["intake_archive_kind"],
    }  # fmt: skip
    assert [(note.key, note.fields["files"]) for note in collected.notes] == [
        ("intake_beside", "big.csv")
    ]


def test_a_large_file_is_not_read_to_its_end(tmp_path):
    """A text of any size that lies there costs what a script may hold."""
    with (tmp_path / "data.txt").open("wb") as file:
        file.truncate(8 << 30)

    assert keys(read_submission(tmp_path / "data.txt", **WANTED)) == ["intake_wrong_kind"]
