"""The texts of intake, by key; `grader/diagnose/intake_notes.toml` words them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import IntakeError
from grader.model import Message

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Field


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
    """Return a path as text that can be written anywhere, whatever bytes its name has."""
    return printable(str(path))


def printable(text: str) -> str:
    """Put ``?`` for lone surrogates, which neither UTF-8 nor the wire can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
