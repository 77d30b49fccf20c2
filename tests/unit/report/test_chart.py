"""A chart is well-formed, shows all there is to show, and nothing that has no place."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from grader.report.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Series, can_draw, chart_svg

SVG = "{http://www.w3.org/2000/svg}"
NOT_DRAWN = (math.nan, math.inf, -math.inf)


def chart(*lines: list[tuple[float, float]], log: bool = False, name: str = "loss") -> Chart:
    """A chart of some lines."""
    series = tuple(Series(f"{name} {at}", tuple(line)) for at, line in enumerate(lines))
    return Chart("Title", "epoch", "nats", series, log=log)


def parsed(drawn: Chart) -> ElementTree.Element:
    """Draw a chart and read the file as XML."""
    return ElementTree.fromstring(chart_svg(drawn))  # noqa: S314 - ours


def texts(root: ElementTree.Element) -> list[str]:
    """List what can be read in a picture."""
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def places(root: ElementTree.Element) -> list[list[tuple[float, float]]]:
    """List the points of each line, in the picture's own units."""
    return [
        [(float(x), float(y)) for x, y in re.findall(r"(\S+),(\S+)", line.attrib["points"])]
        for line in root.iter(f"{SVG}polyline")
    ]


def test_every_series_is_a_line_with_a_name() -> None:
    """Title, both axes and each line can be read off the picture."""
    root = parsed(chart([(0, 1), (1, 2)], [(0, 3), (1, 4)]))

    assert {"Title", "epoch", "nats", "loss 0", "loss 1"} <= set(texts(root))
    assert [len(line) for line in places(root)] == [2, 2]
    assert len({line.attrib["stroke"] for line in root.iter(f"{SVG}polyline")}) == 2


def test_points_lie_where_the_axes_say() -> None:
    """The ends of round axes are the corners of the frame; down is small."""
    root = parsed(chart([(0, 0), (50, 5), (100, 10)]))

    middle = ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2)
    assert places(root) == [[(LEFT, BOTTOM), middle, (RIGHT, TOP)]]
    assert {"0", "100", "10"} <= set(texts(root))


def test_a_logarithmic_axis_gives_each_power_of_ten_the_same_room() -> None:
    """And its ticks are powers of ten."""
    root = parsed(chart([(0, 1), (1, 0.1), (2, 0.01)], log=True))

    ((_, high), (_, middle), (_, low)) = places(root)[0]
    assert (high, low) == (TOP, BOTTOM)
    assert middle == (TOP + BOTTOM) / 2
    assert {"1", "0.1", "0.01"} <= set(texts(root))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("odd", NOT_DRAWN)
def test_what_is_not_finite_is_left_out(odd: float, log: bool) -> None:
    """A loss that has run away leaves a gap, and the rest of the picture stands."""
    root = parsed(chart([(0, 2.0), (1, odd), (2, 1.0)], log=log))

    assert [len(line) for line in places(root)] == [2]


def test_a_logarithmic_axis_has_no_place_for_zero() -> None:
    """A loss of exactly 0 is left out there, and there alone."""
    drawn = [(0.0, 1.0), (1.0, 0.0)]

    assert len(places(parsed(chart(drawn, log=True)))[0]) == 1
    assert len(places(parsed(chart(drawn)))[0]) == 2


@pytest.mark.parametrize("value", [0.0, 1e-12, 3.0, -7.0, 1e9])
def test_a_constant_has_a_picture(value: float) -> None:
    """A single point, or always the same value, has no range to go by."""
    for line in ([(5.0, value)], [(0.0, value), (9.0, value)]):
        ((*_, (x, y)),) = places(parsed(chart(line)))

        assert LEFT <= x <= RIGHT
        assert TOP <= y <= BOTTOM


def test_nothing_to_draw_is_known_before() -> None:
    """No point, or none that has a place."""
    for empty in (chart([]), chart([(0, math.nan)]), chart([(0, 0)], log=True)):
        assert not can_draw(empty)
        with pytest.raises(ValueError, match="no point"):
            chart_svg(empty)
    assert can_draw(chart([(0, 0)]))


def test_names_cannot_break_out() -> None:
    """Whatever a text holds, it stays text."""
    root = parsed(chart([(0, 1), (1, 2)], name="<script>&损失"))

    assert "<script>&损失 0" in texts(root)
    assert not list(root.iter(f"{SVG}script"))


def test_the_same_points_give_the_same_bytes() -> None:
    """So that a plot can be kept under version control."""
    line = [(float(at), math.sin(at)) for at in range(100)]

    assert chart_svg(chart(line)) == chart_svg(chart(line))
