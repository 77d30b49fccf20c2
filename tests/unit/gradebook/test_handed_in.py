"""What was handed in comes back as it was read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.errors import HarnessError
from grader.gradebook.handed_in import pack, unpack
from grader.intake import Submission, read_submission
from grader.model import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.gradebook import Gradebook
    from grader.model import Grade

CODE = "import numpy as np\n\ndef clip(gradients, m):\n    return '\ud83d\ude00'\n\nclip({}, 1)\n"


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    """A file with a definition, and work that is left out."""
    (tmp_path / "ada.py").write_text(CODE.encode("utf-16", "surrogatepass").decode("utf-16"))
    return read_submission(tmp_path / "ada.py", modules=("ada",), exercises={"clip": ("clip",)})


def test_it_comes_back_the_same(submission: Submission) -> None:
    """Source, notes and all."""
    assert submission.source is not None
    assert submission.source.modules[0].left_out

    assert unpack(pack(submission)) == submission
    assert pack(unpack(pack(submission))) == pack(submission)


def test_so_does_what_could_not_be_read() -> None:
    """Without a source, with the reason."""
    nothing = Submission("x", "X", Path("x.py"), None, (), Message("intake_link", {"file": "x"}))

    assert unpack(pack(nothing)) == nothing


def test_a_file_may_be_called_by_bytes_that_are_no_text() -> None:
    """As it may on Linux."""
    odd = Submission("x", "X", Path(os.fsdecode(b"\xff\xfe\x80.py")), None)

    assert unpack(pack(odd)) == odd


def test_anything_else_is_our_fault() -> None:
    """Bytes of another kind, or cut off."""
    for data in (b"", b"no", pack(Submission("x", "X", Path("x"), None))[:-8]):
        with pytest.raises(HarnessError, match="cannot be read back"):
            unpack(data)


def test_a_gradebook_keeps_it_beside_the_grade(
    book: Gradebook, make_grade: Callable[..., Grade], submission: Submission
) -> None:
    """Where it was given."""
    book.record(make_grade("ada"), "d1", submission)
    book.record(make_grade("bob"), "d1")

    assert book.submission("ada") == submission
    assert book.submission("bob") is None
    assert book.submission("eve") is None
