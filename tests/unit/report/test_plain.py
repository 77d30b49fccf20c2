"""Text that cannot harm the file it stands in."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from grader.report.plain import clean, one_line, shorten


@given(st.text(st.characters()))
def test_clean_text_fits_xml_and_utf8(text: str) -> None:
    """Any text, lone surrogates and control characters included, can be written and read back."""
    element = ET.Element("a")
    element.text = clean(text)

    written = ET.tostring(element, "utf-8")

    read = "".join(ET.fromstring(written).itertext())  # noqa: S314 - our own output
    assert read == clean(text).replace("\r\n", "\n").replace("\r", "\n")


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Clean text is a fixed point."""
    assert clean(clean(text)) == clean(text)


def test_keeps_ordinary_text_of_any_script() -> None:
    """Chinese, accents, emoji and tabs are no control characters."""
    text = "张伟 Zoë\t한국어 🙂\n"

    assert clean(text) == text


def test_drops_colours_and_turned_text() -> None:
    """Terminal colours go; an overriding direction, which disguises a name, shows."""
    assert clean("\x1b[31mred\x1b[0m \u202eexe.") == "red \ufffdexe."


def test_one_line_is_one_line() -> None:
    """Line ends of every kind become spaces."""
    assert one_line(" a\r\nb\x85c\u2028d\t ") == "a b c d"


def test_shortens_only_what_is_too_long() -> None:
    """The ellipsis counts."""
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"
