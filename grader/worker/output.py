"""What a submission prints, as far as it is kept."""

from __future__ import annotations

import io


class Output(io.TextIOBase):
    """A text file that keeps the first characters and drops the rest."""

    def __init__(self, keep_chars: int) -> None:
        super().__init__()
        self._keep_chars = keep_chars
        self._parts: list[str] = []
        self._kept = 0
        self._dropped = 0

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep what fits and count the rest."""
        part = text[: max(0, self._keep_chars - self._kept)]
        if part:
            self._parts.append(part)
            self._kept += len(part)
        self._dropped += len(text) - len(part)
        return len(text)

    def take(self) -> str:
        """Return what was printed since the last time."""
        text = "".join(self._parts)
        if self._dropped:
            text += f"\n... {self._dropped} more characters"
        self._parts, self._kept, self._dropped = [], 0, 0
        return text.encode("utf-8", "replace").decode("utf-8")
