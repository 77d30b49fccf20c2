"""Every note has its sentences."""

import re
import string
import tomllib
from pathlib import Path

import grader

ROOT = Path(grader.__file__).parent
TEXTS = tomllib.loads((ROOT / "diagnose/intake_notes.toml").read_text("utf-8"))


def test_every_key_is_worded_and_every_text_is_used():
    """The keys in the code are those of the file; three are made from reasons."""
    code = "".join(path.read_text("utf-8") for path in (ROOT / "intake").glob("*.py"))
    used = set(re.findall(r'"(intake_\w+)"', code)) | {"intake_syntax", "intake_magic"}
    used |= {"intake_newer"}

    assert used == set(TEXTS)


def test_both_languages_use_the_same_fields():
    """A translation loses no number and no name."""
    for key, text in TEXTS.items():
        assert set(text) == {"en", "zh"}, key
        assert _fields(text["en"]) == _fields(text["zh"]), key


def test_notes_fill_their_texts(reader):
    """What intake says can be rendered."""
    read = [
        reader.script("def clip(): pass\nclip = 1\nprint(1)\nx y\n"),
        reader.notebook("files = !ls", "def f(:"),
        reader.script(b"\xff"),
        reader.script(b"# coding: gbk"),
        reader.script(b"\0"),
        reader.script(b"", "x.docx"),
        reader.json("no"),
        reader.notebook(*["x"] * 2001),
        reader.script("x=1\n" * 20_001),
    ]

    messages = [note for one in read for note in (*one.notes, one.problem) if note]

    assert len(messages) >= 12
    for message in messages:
        fields = _fields(TEXTS[message.key]["en"]) if message.key in TEXTS else set()
        assert fields == set(message.fields), message.key


def _fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
