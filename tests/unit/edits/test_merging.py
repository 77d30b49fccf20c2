"""Two edits of a text at once."""

from __future__ import annotations

import pytest

from grader.edits import edits_of, merged, patch_of, unedited

TEXT = "a = b * c\nd = a + 0.5\nreturn d"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a = b / c\nd = a + 0.5\nreturn d", "a = b * c\nd = a + 0.5\nreturn -d",
         "a = b / c\nd = a + 0.5\nreturn -d"),
        ("a = b * c\nd = a - 0.5\nreturn d", "a = b * c\nd = a + 0.25\nreturn d",
         "a = b * c\nd = a - 0.25\nreturn d"),
        ("d = a + 0.5\nreturn d", "a = b * c\nd = a + 0.5\nreturn a",
         "d = a + 0.5\nreturn a"),
    ],
)  # fmt: skip
def test_both_are_made(one: str, other: str, both: str) -> None:
    """Whichever of them comes first."""
    patches = patch_of(TEXT, one), patch_of(TEXT, other)

    assert merged(TEXT, *patches) == both == merged(TEXT, *reversed(patches))


@pytest.mark.parametrize(
    "other", ["a = b * c\nd = a + 0.25\nreturn d", "a = b * c\nd = a + 0.57\nreturn d"]
)
def test_two_that_meet_are_not_made(other: str) -> None:
    """A word, or a number, is one thing."""
    one = patch_of(TEXT, "a = b * c\nd = a + 0.58\nreturn d")

    assert merged(TEXT, one, patch_of(TEXT, other)) is None


def test_a_patch_makes_its_text() -> None:
    """Of every edit there is, on the text without one."""
    code = "def f(a, b=2):\n    'A.'\n    for t in a:\n        a[t] = a[t] @ b + 1\n    return a"
    plain = unedited(code)

    edits = edits_of(code, 0) + edits_of(code, 1)

    assert len(edits) > 50
    for edit in edits:
        start, stop, put = patch_of(plain, edit.code)
        assert plain[:start] + put + plain[stop:] == edit.code
