"""Single files: encodings, sizes, kinds."""

import codecs
import os

import pytest

from grader.errors import IntakeError


def test_reads_any_line_end(reader, module):
    """Windows and old Mac line ends count as lines."""
    read = module(reader.script("x = 1\r\ny = '''\r\n'''\rz = 3\n"))

    assert [(piece.code, piece.line) for piece in read.pieces] == [
        ("x = 1", 1),
        ("y = '''\n'''", 2),
        ("z = 3", 4),
    ]


def test_strips_a_byte_order_mark(reader, module):
    """Windows editors write one; it is noted."""
    submission = reader.script(codecs.BOM_UTF8 + b"clip = len\n")

    assert module(submission).pieces[0].code == "clip = len"
    assert [note.key for note in submission.notes] == ["intake_bom"]


@pytest.mark.parametrize(
    ("data", "key", "offset"),
    [
        (b"x = 1\ns = '\xe9'\n", "intake_not_utf8", 11),
        ("x = 1".encode("utf-16"), "intake_not_utf8", 0),
        (b"# -*- coding: latin-1 -*-\nx = 1\n", "intake_encoding", 14),
        (b"#!/usr/bin/python\r\n# vim: set fileencoding=gbk :\nx = 1\n", "intake_encoding", 43),
        (b"x = 1\0\n", "intake_null_byte", 5),
    ],
)
def test_refuses_text_that_is_not_utf_8(reader, data, key, offset):
    """The message tells the byte at which to look."""
    submission = reader.script(data)

    assert submission.source is None
    assert submission.problem is not None
    assert (submission.problem.key, submission.problem.fields["offset"]) == (key, offset)


@pytest.mark.parametrize(
    "text",
    ["# -*- coding: UTF_8 -*-\nx = 1\n", "x = 1\n# coding: latin-1\n", "\n\n# coding: gbk\nx = 1"],
)
def test_accepts_declarations_that_change_nothing(reader, text):
    """UTF-8 may be declared, and only the first two lines declare."""
    assert reader.script(text).source is not None


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "'''Text.'''\n"])
def test_an_empty_file_is_graded_as_such(reader, module, text):
    """Nothing to run is no problem of reading."""
    submission = reader.script(text)

    assert module(submission).pieces == ()
    assert [note.key for note in submission.notes] == ["intake_empty"]


def test_refuses_large_scripts(reader):
    """More than 2 MiB are not read."""
    submission = reader.script(b"#" * ((2 << 20) + 1))

    assert submission.problem is not None
    assert submission.problem.fields == {"file": "hw.py", "limit_mib": 2}


def test_refuses_large_notebooks(reader):
    """More than 64 MiB are not read, nor taken into memory."""
    path = reader.folder / "hw.ipynb"
    with path.open("wb") as file:
        file.truncate((64 << 20) + 1)

    assert reader.path(path).problem.key == "intake_too_large"


def test_does_not_wait_at_a_pipe(reader):
    """A named pipe under the name of a script gives a row at once."""
    path = reader.folder / "hw.py"
    os.mkfifo(path)

    assert reader.path(path).problem.key == "intake_not_a_file"


def test_refuses_other_kinds(reader):
    """A document is no submission that could be run."""
    assert reader.script("x", "essay.docx").problem.key == "intake_is_document"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_tells_what_may_not_be_read(reader):
    """A file without permission gives a row."""
    path = reader.folder / "hw.py"
    path.write_text("x = 1")
    path.chmod(0)

    assert reader.path(path).problem.key == "intake_unreadable"


def test_only_a_missing_path_raises(reader):
    """A path that is not there is the instructor's mistake."""
    with pytest.raises(IntakeError, match="does not exist"):
        reader.path(reader.folder / "nobody.py")


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("dinos", "dinos"),
        ("hw8 (1)-final", "hw8__1__final"),
        ("8th", "_8th"),
        ("class", "class_"),
        ("张三", "张三"),
    ],
)
def test_modules_have_names_that_can_be_imported(reader, module, stem, name):
    """A stem that is a name stays as it is."""
    assert module(reader.script("x = 1", f"{stem}.py")).name == name
