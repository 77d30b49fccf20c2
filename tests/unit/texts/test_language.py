"""Which language is spoken."""

from __future__ import annotations

import pytest

from grader.errors import UsageError
from grader.texts import pick_language


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "de_DE"}, "zh"),
        ({"LC_MESSAGES": "C", "LANG": "zh_CN"}, "en"),
        ({"LC_CTYPE": "zh_CN"}, "en"),
    ],
)
def test_follows_the_locale(environ: dict[str, str], expected: str) -> None:
    """LC_ALL over LC_MESSAGES over LANG; an empty one counts as unset."""
    assert pick_language(None, environ) == expected


def test_option_goes_first() -> None:
    """What the user asks for wins over the locale."""
    assert pick_language("en", {"LANG": "zh_CN"}) == "en"
    assert pick_language("zh_CN", {}) == "zh"
    assert pick_language("", {"LANG": "zh_CN"}) == "zh"


def test_refuses_other_languages() -> None:
    """The error lists those that there are."""
    with pytest.raises(UsageError, match="en and zh"):
        pick_language("fr", {})
