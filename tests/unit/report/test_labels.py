"""The words of the frame."""

from __future__ import annotations

import re

import msgspec

from grader.report.labels import EN, ZH, labels


def test_both_languages_have_the_same_placeholders() -> None:
    """A placeholder that one language lacks would lose a figure."""
    chinese = msgspec.structs.asdict(ZH)
    for name, text in msgspec.structs.asdict(EN).items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", chinese[name]))


def test_an_unknown_language_is_english() -> None:
    """A report is better in English than not at all."""
    assert labels("fr") is EN
    assert labels("zh") is ZH
