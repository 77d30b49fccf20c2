"""The student's code on a page: a long docstring is folded, code never is."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.model import Diagnosis, ExerciseResult, Fault, Listing, Place
from grader.report.listing import CodeView, code_view

DOCUMENTED = (
    "def double(x):",
    '    """Double it.',
    "",
    "    Returns",
    "    -------",
    "    The double.",
    '    """',
    "    y = 2 * x",
    "    return y",
)


def _view(
    lines: tuple[str, ...],
    marked: tuple[int, ...] = (),
    lang: str = "en",
    fault: Fault | None = None,
) -> CodeView:
    diagnosis = Diagnosis(code=Listing("answers.py", 10, lines, marked=marked), fault=fault)
    result = ExerciseResult("double", Fraction(4), Fraction(0), Fraction(0), (), diagnosis)
    view = code_view(result, lang)
    assert view is not None
    return view


def _rows(lines: tuple[str, ...], marked: tuple[int, ...] = (), lang: str = "en") -> list[str]:
    view = _view(lines, marked, lang)
    return [
        f"{number}{'!' if mark else ''} " + "".join(text for _, text in parts)
        for number, mark, parts in view.lines
    ]


@pytest.mark.parametrize(("lang", "said"), [("en", "5 more lines"), ("zh", "另有 5 行")])
def test_a_long_docstring_is_its_first_line(lang: str, said: str) -> None:
    """The numbers of the lines behind it are those of the file."""
    assert _rows(DOCUMENTED, (17,), lang) == [
        "10 def double(x):",
        '11     """Double it.',
        f"12     … {said}",
        "17!     y = 2 * x",
        "18     return y",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ("def f():", '    """One line."""', "    return 1"),
        ("def f():", '    """Two', '    lines."""', "    return 1"),
        ("def f():", '    text = """', "a", "b", "c", "d", '"""', "    return text"),
        ("def f():", '    """never closed', "    a", "    b", "    c", "    d"),
    ],
    ids=["one line", "two lines", "a value", "not closed"],
)
def test_everything_else_is_shown(lines: tuple[str, ...]) -> None:
    """A text that is a value belongs to the code, and what is no Python may be anything."""
    assert _rows(lines) == [f"{number} {line}" for number, line in enumerate(lines, 10)]


def test_a_line_that_is_marked_is_shown() -> None:
    """Wherever it stands."""
    assert _rows(DOCUMENTED, (13,)) == [
        f"{number}{'!' if number == 13 else ''} {line}"
        for number, line in enumerate(DOCUMENTED, 10)
    ]


@pytest.mark.parametrize(
    ("lang", "either", "both"),
    [
        (
            "en",
            "It goes wrong in this line, or in the other one that is marked",
            "It goes wrong in this line",
        ),
        ("zh", "问题出在这一行，或者另一处标出的行", "问题出在这一行"),  # noqa: RUF001 - Chinese
    ],
)
def test_of_two_lines_of_which_one_is_wrong_neither_is_called_so(
    lang: str, either: str, both: str
) -> None:
    """Where two edits are needed, both are."""
    places = (Place("answers.py", 17), Place("answers.py", 18))
    labels = [
        _view(DOCUMENTED, (17, 18), lang, Fault(places, ("edit_sign",), 2, together=together)).label
        for together in (False, True)
    ]

    assert labels == [either, both]
