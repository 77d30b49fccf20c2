"""The student's code and pictures of wrong values."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.compare import compare
from grader.compare.pictures import MATRIX_SIDE, VECTOR_LENGTH
from grader.model import Difference, Elements, Fault, Listing, Place
from grader.report import feedback_html
from grader.report import html as html_module
from grader.report.highlight import highlighted
from grader.report.pictures import picture_of

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import Grade

STYLE = Path(html_module.__file__).parent / "templates" / "style.css"


def _difference(actual: object, expected: object) -> Difference:
    found = compare(np.asarray(actual, dtype=float), np.asarray(expected, dtype=float))
    assert found is not None
    return found


@pytest.fixture
def page(assignment: Assignment, grade: Grade) -> str:
    """The page of a grade with code and a picture."""
    return feedback_html(assignment, grade, "en")


class TestGrids:
    """A matrix is a grid."""

    def test_it_tells_rows_and_columns_in_words(self) -> None:
        """For who does not see it."""
        expected = np.zeros((5, 7))
        actual = expected.copy()
        actual[2:, 1] = 1
        actual[2:, 3] = -1

        view = picture_of(_difference(actual, expected), "en")

        assert view is not None
        assert view.alt == "6 of 35 elements are off, in rows 2\u20134, in columns 1, 3"
        assert {meaning for *_, meaning in view.legend} == {"too high", "too low"}

    def test_every_cell_that_is_off_has_a_sign(self) -> None:
        """Colours alone tell nothing to who cannot tell them apart."""
        expected = np.zeros((2, 3))
        actual = np.array([[0, 1, -1], [np.nan, 0, 0.01]])
        actual_, expected_ = actual.copy(), expected.copy()
        actual_[1, 0] = 0

        view = picture_of(_difference(actual_, expected_), "en")

        assert view is not None
        drawn = {style: path.count("z") for style, path in view.paths}
        for style in ("high", "low", "high faint"):
            assert drawn[f"sign {style}"] == drawn[style] == 1
        assert drawn["fine"] == 3

    def test_what_is_not_finite_is_crossed_out(self) -> None:
        """It is neither too high nor too low."""
        view = picture_of(_difference([[np.nan, 0], [0, 0]], [[1, 0], [0, 0]]), "en")

        assert view is not None
        assert [style for style, _ in view.paths] == ["fine", "odd", "sign odd"]

    def test_where_all_are_alike_there_is_none(self) -> None:
        """The sentence says as much."""
        assert picture_of(_difference(np.ones((3, 4)), np.zeros((3, 4))), "en") is None

    @pytest.mark.parametrize("lang", ["en", "zh"])
    def test_a_large_one_is_bounded(self, lang: str) -> None:
        """Each square is then the worst of several elements, and that is said."""
        actual = np.zeros((1000, 90))
        actual[999, 89] = 1

        found = _difference(actual, np.zeros((1000, 90)))
        view = picture_of(found, lang)

        assert view is not None
        assert found.elements is not None
        assert len(found.elements.rows) <= MATRIX_SIDE
        assert max(map(len, found.elements.rows)) <= MATRIX_SIDE
        assert found.elements.rows[-1][-1] == "H"
        assert any("32" in note and "3" in note for note in view.notes)
        assert sum(len(path) for _, path in view.paths) < 30_000

    def test_of_more_axes_it_is_the_worst_matrix(self) -> None:
        """Whose leading indices are said."""
        actual = np.zeros((4, 3, 3))
        actual[2, 1, 1] = 5

        view = picture_of(_difference(actual, np.zeros((4, 3, 3))), "en")

        assert view is not None
        assert "This is the part at index 2." in view.notes


class TestCurves:
    """A vector is a curve."""

    @pytest.mark.parametrize("shape", [(6,), (6, 1), (1, 6)])
    def test_a_column_is_a_vector(self, shape: tuple[int, ...]) -> None:
        """An axis of one element is none."""
        expected = np.arange(6.0).reshape(shape)

        view = picture_of(_difference(expected * 2, expected), "en")

        assert view is not None
        assert view.kind == "curve"
        assert [style for style, _ in view.paths] == ["axis", "ours", "theirs", "off"]
        assert view.paths[-1][1].count("M") == 5

    def test_a_gap_is_left_where_a_value_is_not_finite(self) -> None:
        """And a cross put in."""
        view = picture_of(_difference([0, 1, np.inf, 3, 4], [0, 1, 2, 3, 4]), "en")

        assert view is not None
        paths = dict(view.paths)
        assert paths["theirs"].count("M") == 2
        assert paths["lost"].count("M") == 1

    @given(
        st.lists(
            st.floats(allow_nan=True, allow_infinity=True) | st.just(1e308) | st.just(-1e308),
            min_size=4,
            max_size=150,
        )
    )
    def test_any_numbers_make_a_bounded_picture(self, numbers: list[float]) -> None:
        """Of plain numbers within the picture."""
        difference = compare(np.array(numbers), np.zeros(len(numbers)))
        view = None if difference is None else picture_of(difference, "en")
        if view is None:
            return

        assert difference is not None
        assert difference.elements is not None
        assert len(difference.elements.actual) <= VECTOR_LENGTH
        for style, path in view.paths:
            assert re.fullmatch(r"[MLHVahmlvz0-9. -]*", path)
            if style in {"ours", "theirs"}:
                ends = re.findall(r"[ML]([\d.-]+) ([\d.-]+)", path)
                assert all(0 <= float(x) <= 360 and 0 <= float(y) <= 150 for x, y in ends)

    def test_a_single_number_has_no_picture(self) -> None:
        """Nor have three."""
        assert picture_of(_difference([1, 2, 3], [0, 0, 0]), "en") is None
        assert picture_of(Difference("value", "", "1", "2"), "en") is None


class TestOnThePage:
    """Both as they stand in a page."""

    def test_pictures_are_well_formed_and_have_a_text(self, page: str) -> None:
        """An image for a screen reader, which is named."""
        found = re.findall(r'<svg class="(?:grid|curve)".*?</svg>', page, re.DOTALL)

        assert len(found) == 1
        svg = ET.fromstring(found[0])  # noqa: S314 - we have written it
        assert svg.get("role") == "img"
        assert svg.get("aria-label") == "11 of 15 elements are off"

    def test_code_is_text(self, page: str) -> None:
        """Whatever a student has written into it."""
        listed = re.search(
            r'<ol class="code" tabindex="0">(.*?)</ol>', page[page.index("exercise-1") :], re.S
        )

        assert listed is not None
        assert "<script" not in page
        assert "&lt;script&gt;" in listed[1]
        assert set(re.findall(r"</?(\w+)", listed[1])) <= {"li", "code", "span", "strong"}

    def test_the_line_is_marked_and_said(self, page: str) -> None:
        """By more than a colour; its number is that of the file."""
        marked = re.findall(r'<li value="(\d+)" class="marked">(.*?)</li>', page)

        assert [number for number, _ in marked] == ["3"]
        assert "Your code stopped in this line" in marked[0][1]
        assert page.count("softmax(") == 1  # not once more beside the place

    @pytest.mark.parametrize(
        ("lang", "wrong", "stopped"),
        [
            ("en", "It goes wrong in this line", "Your code stopped in this line"),
            ("zh", "问题出在这一行", "程序停在这一行"),
        ],
    )
    def test_a_line_that_stopped_is_called_wrong_only_where_a_fault_is_known(
        self, assignment: Assignment, grade: Grade, lang: str, wrong: str, stopped: str
    ) -> None:
        """The line that raises is often not the one that is to be another."""
        fault = Fault((Place("hw8.ipynb", 3, 5),), ("edit_number",), 2)
        results = [
            msgspec.structs.replace(one, diagnosis=msgspec.structs.replace(found, fault=fault))
            if (found := one.diagnosis) is not None and found.findings
            else one
            for one in grade.exercises
        ]
        known = msgspec.structs.replace(grade, exercises=tuple(results))

        before, after = (feedback_html(assignment, one, lang) for one in (grade, known))

        assert (stopped in before, wrong in before) == (True, False)
        assert (stopped in after, wrong in after) == (False, True)

    def test_lines_left_out_are_counted(self, page: str) -> None:
        """A listing is bounded."""
        assert "7 more lines" in page

    def test_expected_and_actual_stand_beside_each_other(self, page: str) -> None:
        """As two parts of one list."""
        sides = page[page.index('<dl class="sides">') :]

        assert sides.splitlines()[1:4] == [
            '<div class="ours"><dt>Expected</dt><dd><code>0.1</code></dd></div>',
            '<div class="theirs"><dt>Yours</dt><dd><code>0.6273</code></dd></div>',
            "</dl>",
        ]

    def test_hidden_cases_have_neither(self, assignment: Assignment, grade: Grade) -> None:
        """A grade that holds them all the same is told without."""
        clip = grade.exercises[0]
        drawn = Elements((2, 2), (), ("HL", "xx"))
        hidden = [
            msgspec.structs.replace(
                case,
                difference=msgspec.structs.replace(case.difference, elements=drawn),
            )
            for case in clip.cases
            if case.suite == "hidden" and case.difference is not None
        ]
        only = msgspec.structs.replace(clip, cases=tuple(hidden), diagnosis=None)
        told = msgspec.structs.replace(grade, exercises=(only,))

        page = feedback_html(assignment, told, "en")

        assert 'class="grid"' not in page
        assert 'class="code"' not in page

    @given(st.lists(st.text(), max_size=8))
    def test_highlighting_changes_no_letter(self, lines: list[str]) -> None:
        """Whatever the text is: what is no Python is shown as it stands."""
        shown = ["".join(text for _, text in row) for row in highlighted(lines)]

        assert shown == [" ".join(line.splitlines()) for line in lines][: len(shown)]
        assert len(shown) == len(lines)


def test_each_scheme_has_a_colour_for_each_name() -> None:
    """Light, dark and printed: what one of them lacks would come from another."""
    style = STYLE.read_text("utf-8")
    light, dark, printed = (
        set(re.findall(r"--([\w-]+):", block)) for block in re.findall(r":root \{([^}]*)\}", style)
    )

    assert dark == light
    assert light - printed == {"bar"}
    assert set(re.findall(r"var\(--([\w-]+)\)", style)) <= light


def test_a_phone_and_a_printer_have_rules() -> None:
    """Side by side becomes one above the other; what scrolls or is folded is printed whole."""
    style = STYLE.read_text("utf-8")
    phone = style[style.index("@media (max-width") : style.index("@media print")]
    printed = style[style.index("@media print") :]

    assert ".pair { grid-template-columns: minmax(0, 1fr)" in phone
    assert ".picture svg { max-width: 100%" in style
    assert "details::details-content { content-visibility: visible" in printed
    assert "pre, .code { max-height: none" in printed


def test_a_listing_survives_a_gradebook() -> None:
    """As JSON, like everything that is kept."""
    listing = Listing("a.py", 3, ("def f():", "    pass"), None, (4,), 1, 2)

    assert msgspec.json.decode(msgspec.json.encode(listing), type=Listing) == listing
