"""Sentences: still to be rendered, or written out in both languages."""

from __future__ import annotations

from typing import Final

import msgspec

from grader.errors import Field  # noqa: TC001 - msgspec reads the annotation

LANGUAGES: Final = ("en", "zh")


class Message(msgspec.Struct, frozen=True):
    """A text still to be rendered: its name and the values for its placeholders."""

    key: str
    fields: dict[str, Field] = {}


class Text(msgspec.Struct, frozen=True):
    """The same sentence in both languages."""

    en: str
    zh: str

    def in_language(self, lang: str) -> str:
        """Return the Chinese sentence for ``zh``, else the English one."""
        return self.zh if lang == "zh" else self.en
