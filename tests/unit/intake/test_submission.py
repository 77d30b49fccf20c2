"""Ids, folders, links, and what the assignment hands out."""

import os

import pytest

from grader.errors import IntakeError
from grader.intake import read_given, read_submission
from grader.intake.submission import safe_id


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alice", "alice"),
        ("Zoë O'Hara (hw 8)", "Zoë_O_Hara__hw_8"),
        ("张三", "张三"),
        ("../../etc/passwd", "etc_passwd"),
        ("...", "submission"),
        ("con", "_con"),
        ("a\nb<script>", "a_b_script"),
    ],
)
def test_ids_are_safe_file_names(name, expected):
    """Letters of any script stay; what a file system or page could trip over goes."""
    assert safe_id(name).strip("_") == expected.strip("_")


def test_ids_are_short_and_unique():
    """Clashes, also in letter case alone, get a number."""
    assert len(safe_id("字" * 500).encode()) <= 120
    assert safe_id("Alice", {"alice", "alice-2"}) == "Alice-3"


def test_a_folder_is_one_submission(reader):
    """The assignment's modules come first, then the rest by name."""
    files = {
        "zebra.py": "z = 1",
        "rnn_step.py": "def gru(): return 1",
        "notes.ipynb": '{"cells": []}',
        "dinos.py": "def clip(g):\n    raise NotImplementedError",
        "test_own.py": "x",
        "__init__.py": "",
        ".hw8.py": "x = 1",
        ".git/hook.py": "x",
        "data.txt": "x",
    }
    folder = _write(reader.folder / "alice", files)

    submission = reader.path(folder)

    assert (submission.id, submission.name) == ("alice", "alice")
    modules = submission.source.modules
    assert [module.name for module in modules] == ["dinos", "rnn_step", "_hw8", "notes", "zebra"]
    assert modules[0].unwritten == ("clip",)
    assert [(note.key, note.fields) for note in submission.notes] == [
        ("intake_skipped", {"files": "__init__.py, test_own.py"}),
        ("intake_empty", {"file": "notes.ipynb"}),
    ]


def test_what_our_suites_share_is_no_homework(tmp_path):
    """Only the module that was handed out for them; a student's own may be called as it likes."""
    files = {"dinos.py": "x = 1", "inputs_lab_2.py": "y = 1", "inputs_mine.py": "z = 1"}
    folder = _write(tmp_path / "alice", files)

    submission = read_submission(folder, modules=("dinos",), exercises={}, assignment="lab-2")

    source, notes = submission.source, {note.key: note.fields for note in submission.notes}
    assert source is not None
    assert [module.name for module in source.modules] == ["dinos", "inputs_mine"]
    assert notes["intake_skipped"] == {"files": "inputs_lab_2.py"}


def test_looks_one_folder_down(reader):
    """Archives often hold one folder; origins tell which."""
    folder = _write(reader.folder / "alice", {"hw8/dinos.py": "x = 1", "hw8/deeper/no.py": "y = 1"})

    (module,) = reader.path(folder).source.modules

    assert (module.name, module.origin) == ("dinos", "hw8/dinos.py")
    assert module.pieces[0].filename == str(folder / "hw8/dinos.py")


def test_files_of_one_name_get_different_modules(reader):
    """A script keeps its name, and the notebook beside it gets a number."""
    folder = _write(reader.folder / "alice", {"dinos.ipynb": '{"cells": []}', "dinos.py": "x = 1"})

    modules = reader.path(folder).source.modules

    assert [(module.name, module.origin) for module in modules] == [
        ("dinos", "dinos.py"),
        ("dinos_2", "dinos.ipynb"),
    ]


def test_grades_the_rest_of_a_folder(reader):
    """A file that cannot be read is noted."""
    folder = _write(reader.folder / "alice", {"dinos.py": "clip = len", "bad.ipynb": "no"})

    submission = reader.path(folder)

    assert [module.name for module in submission.source.modules] == ["dinos"]
    assert [note.key for note in submission.notes] == ["intake_not_a_notebook"]


def test_a_folder_of_which_nothing_can_be_read_is_a_problem(reader):
    """One bad file tells its own reason; several are listed in the notes."""
    one = reader.path(_write(reader.folder / "one", {"a.ipynb": "no"}))
    two = reader.path(_write(reader.folder / "two", {"a.ipynb": "no", "b.ipynb": "no"}))
    other = reader.path(_write(reader.folder / "other", {"a.txt": "no"}))
    (reader.folder / "none/empty").mkdir(parents=True)
    none = reader.path(reader.folder / "none")

    assert [read.problem.key for read in (one, two, other, none)] == [
        "intake_not_a_notebook",
        "intake_nothing_read",
        "intake_wrong_kind",
        "intake_no_code",
    ]
    assert len(two.notes) == 2


def test_follows_no_link_out_of_a_folder(reader):
    """Links are noted and not read, to files or folders."""
    _write(reader.folder / "secret", {"answers.py": "key = 1"})
    folder = _write(reader.folder / "alice", {"dinos.py": "clip = len"})
    (folder / "rnn_step.py").symlink_to(reader.folder / "secret/answers.py")
    (folder / "more").symlink_to(reader.folder / "secret")

    submission = reader.path(folder)

    assert [module.name for module in submission.source.modules] == ["dinos"]
    assert [note.fields["file"] for note in submission.notes] == ["more", "rnn_step.py"]


def test_follows_the_path_that_the_instructor_gives(reader):
    """The path itself may be a link, but not to nowhere."""
    _write(reader.folder, {"alice.py": "x = 1"})
    (reader.folder / "link.py").symlink_to("alice.py")
    (reader.folder / "loop.py").symlink_to("loop.py")

    assert reader.path(reader.folder / "link.py").source is not None
    assert reader.path(reader.folder / "loop.py").problem is not None


def test_bounds_the_files_of_a_folder(reader):
    """A hundred files are read, and the rest is noted."""
    folder = _write(
        reader.folder / "alice",
        {f"m{n:03}.py": "clip = len" if n == 50 else "x = 1" for n in range(101)},
    )

    submission = reader.path(folder)

    assert len(submission.source.modules) == 100
    assert submission.notes[-1].fields == {"files": 101, "limit": 100}


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_need_not_be_utf_8(reader):
    """A file name of any bytes is shown escaped, and can be sent on."""
    path = os.fsencode(reader.folder) + b"/caf\xe9.py"
    with open(path, "w") as file:  # noqa: PTH123 - bytes
        file.write("x = 1")

    submission = reader.path(reader.folder / os.fsdecode(b"caf\xe9.py"))

    assert (submission.id, submission.name) == ("caf_xe9", r"caf\xe9")
    assert submission.source.modules[0].origin == r"caf\xe9.py"


STUBS = """
import numpy as np
from rnn_step import gru

RATE = 0.5
UNUSED = 1

def softmax(x):
    return np.exp(x) / scale(x)

def scale(x):
    return RATE

def clip(g):
    raise NotImplementedError

def model():
    return clip(softmax(1))
"""


def test_given_code_comes_with_what_it_needs(reader):
    """Imports, the given names and what they read; never a stub."""
    _write(reader.folder, {"dinos.py": STUBS})

    (module,) = read_given(reader.folder, {"dinos": ("softmax", "model")}).modules

    names = [name for piece in module.pieces for name in piece.names]
    assert names == ["np", "gru", "RATE", "softmax", "scale", "model"]


@pytest.mark.parametrize("given", [{"dinos": ("nobody",)}, {"dinos": ("clip",)}, {"none": ("x",)}])
def test_given_names_must_be_there(reader, given):
    """A wrong exercises.toml is told to the instructor."""
    _write(reader.folder, {"dinos.py": STUBS})

    with pytest.raises(IntakeError):
        read_given(reader.folder, given)


def _write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
