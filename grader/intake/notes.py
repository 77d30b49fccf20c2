"""The texts of intake, by key; `grader/texts/intake.toml` words them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from grader.errors import IntakeError
from grader.model import Message

if TYPE_CHECKING:
    from pathlib import Path

    from grader.errors import Field

MAX_NOTES: Final = 20  # of one kind, for one file or folder
_BYTE: Final = 0xDC80  # what Python has in a name for the byte 0x80; the others follow
_JOINER: Final = re.compile("(?<=[^\x00-\x7f])([\u200c\u200d])(?=[^\x00-\x7f])")
# Control, format (text direction, zero width), surrogate, line and paragraph separators.
_UNSHOWABLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class UnreadableError(IntakeError):
    """A file cannot be read; `message` says why. Never leaves this package."""

    def __init__(self, key: str, **fields: Field) -> None:
        self.message = Message(key, dict(fields))
        listed = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        super().__init__(f"{key}({listed})")

    @classmethod
    def of(cls, message: Message) -> UnreadableError:
        """Make one of a message."""
        return cls(message.key, **message.fields)


def note(key: str, **fields: Field) -> Message:
    """Make a message."""
    return Message(key, dict(fields))


def shown(path: Path | str) -> str:
    r"""Return a path as text that can be written anywhere, whatever bytes its name has.

    Bytes that are no UTF-8 become ``\xff``, and so do characters that would move a terminal's
    cursor, break a line or turn the direction of what is beside them. What joins or parts letters
    stays between those, as Persian and emoji are spelt with it.
    """
    parts = _JOINER.split(str(path))
    return "".join(
        part if at % 2 else "".join(map(_escaped, part)) for at, part in enumerate(parts)
    )


def called(name: str) -> str:
    """Return somebody's name as text, without what is not seen and spells nothing."""
    parts = _JOINER.split(name)
    return shown("".join(part if at % 2 else _seen(part) for at, part in enumerate(parts)))


def _seen(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _escaped(char: str) -> str:
    code = ord(char)
    if char.isascii():
        return char if char.isprintable() else f"\\x{code:02x}"
    if unicodedata.category(char) not in _UNSHOWABLE:
        return char
    if _BYTE <= code < _BYTE + 0x80:
        return f"\\x{code - _BYTE + 0x80:02x}"
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def printable(text: str) -> str:
    """Put ``?`` for lone surrogates, which neither UTF-8 nor the wire can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
