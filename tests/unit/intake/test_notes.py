"""What intake says has all that its sentences need."""

import re

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
