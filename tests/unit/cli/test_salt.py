"""The secret that hidden cases are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.cli.grade import read_salt
from grader.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("salt", ["", " \n", "2026", "fifteen letters"])
def test_a_salt_that_can_be_guessed_is_refused(tmp_path: Path, salt: str) -> None:
    """Every report holds its fingerprint, so that a guess can be checked at home."""
    (tmp_path / "salt").write_text(salt)

    with pytest.raises(UsageError, match="guess"):
        read_salt(tmp_path / "salt")


def test_a_salt_is_read_without_the_end_of_its_line(tmp_path: Path) -> None:
    """As `openssl rand -hex` writes it."""
    (tmp_path / "salt").write_text("0123456789abcdef\n")

    assert read_salt(tmp_path / "salt") == "0123456789abcdef"
    assert read_salt(None) is None
