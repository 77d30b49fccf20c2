"""What intake says has all that its sentences need."""

import re

import pytest

from grader.intake import called, shown
from grader.texts import words_of


def test_notes_fill_their_texts(reader):
    """No field is left over, and none is lacking."""
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
        template = words_of("intake", "en")(message.key)
        assert set(re.findall(r"\{(\w+)\}", template)) == set(message.fields), message.key


@pytest.mark.parametrize(
    ("name", "whose", "file"),
    [
        ("e\u0301 \uff21", "e\u0301 \uff21", "e\u0301 \uff21"),
        ("می\u200cخوام", "می\u200cخوام", "می\u200cخوام"),  # noqa: RUF001 - meant
        ("👩\u200d💻", "👩\u200d💻", "👩\u200d💻"),
        ("\u2067عمر\u2069\u200f", "عمر", "\\u2067عمر\\u2069\\u200f"),
        ("a\u200db\ufeff", "ab", "a\\u200db\\ufeff"),
        ("x\u202eyp.\x1b\udcff", "xyp.\\x1b\\xff", "x\\u202eyp.\\x1b\\xff"),
    ],
)
def test_names_are_spelt_as_they_are(name: str, whose: str, file: str) -> None:
    """What joins letters stays; what turns or hides is left out of people, and shows in files."""
    assert (called(name), shown(name)) == (whose, file)
