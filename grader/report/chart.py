"""A line chart as an SVG file, with axes and a legend. The same points give the same bytes."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import unicodedata
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Template

WIDTH: Final = 760
HEIGHT: Final = 440
LEFT, RIGHT, TOP, BOTTOM = 84, 736, 70, 380
# Okabe and Ito's colours: told apart by people who do not see all of them.
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555")
TICKS: Final = 6

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart.

    Parameters
    ----------
    name : str
        What the legend calls it.
    points : tuple of (float, float)
        Where it goes, in order.
    """

    name: str
    points: tuple[Point, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Parameters
    ----------
    title, x_label, y_label : str
        Texts, in the reader's language.
    series : tuple of Series
        The lines; at least one.
    log : bool
        Whether the vertical axis is logarithmic.
    """

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    log: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: its place in the picture, and what it says."""

    at: float
    label: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Axis:
    """From values to places."""

    low: float
    high: float
    begin: int
    end: int
    log: bool = False

    def place(self, value: float) -> float:
        share = (self._scaled(value) - self._scaled(self.low)) / (
            self._scaled(self.high) - self._scaled(self.low)
        )
        return round(self.begin + share * (self.end - self.begin), 1)

    def ticks(self, values: Sequence[float]) -> tuple[Tick, ...]:
        return tuple(Tick(self.place(value), _label(value)) for value in values)

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.log else value


def can_draw(chart: Chart) -> bool:
    """Tell whether some point has a place in the chart."""
    return any(_drawable(series, log=chart.log) for series in chart.series)


def chart_svg(chart: Chart) -> str:
    """Draw a chart.

    Parameters
    ----------
    chart : Chart
        Points that are not finite, or not positive on a logarithmic axis, are left out.

    Returns
    -------
    str
        A whole SVG file, without scripts and links.

    Raises
    ------
    ValueError
        When there is no point to draw; ask `can_draw` first.
    """
    drawn = [_drawable(series, log=chart.log) for series in chart.series]
    xs = [x for points in drawn for x, _ in points]
    ys = [y for points in drawn for _, y in points]
    if not xs:
        raise ValueError("no point of the chart can be drawn")
    x_values, y_values = _round_steps(min(xs), max(xs)), _round_steps(min(ys), max(ys))
    if chart.log:
        y_values = _powers(min(ys), max(ys))
    x_axis = _Axis(min(*xs, x_values[0]), max(*xs, x_values[-1]), LEFT, RIGHT)
    y_axis = _Axis(min(*ys, y_values[0]), max(*ys, y_values[-1]), BOTTOM, TOP, chart.log)
    lines = [
        {
            "colour": colour,
            "points": " ".join(f"{x_axis.place(x)},{y_axis.place(y)}" for x, y in points),
        }
        for points, colour in zip(drawn, itertools.cycle(COLOURS), strict=False)
    ]
    text: str = _template().render(
        chart=chart, width=WIDTH, height=HEIGHT, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM,
        x_ticks=x_axis.ticks(x_values), y_ticks=y_axis.ticks(y_values), lines=lines,
        legend=list(_legend(chart.series)),
    )  # fmt: skip
    return text


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("grader.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("chart.svg")


def _drawable(series: Series, *, log: bool) -> list[Point]:
    return [
        (x, y)
        for x, y in series.points
        if math.isfinite(x) and math.isfinite(y) and (y > 0 or not log)
    ]


def _round_steps(low: float, high: float) -> list[float]:
    """List multiples of 1, 2 or 5 times a power of ten that enclose a range."""
    span = high - low or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / TICKS))
    step = next(factor * power for factor in (1, 2, 5, 10) if span / (factor * power) <= TICKS)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _powers(low: float, high: float) -> list[float]:
    """List powers of ten that enclose a range, some left out where there are many."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    stride = -(-(last - first) // TICKS)
    last += -(last - first) % stride
    return [10.0**power for power in range(first, last + 1, stride)]


def _label(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"  # noqa: PLR2004 - as people write


def _legend(series: Sequence[Series]) -> Iterator[dict[str, object]]:
    """Place the entries side by side, by about how wide their names are."""
    x = LEFT
    for one, colour in zip(series, itertools.cycle(COLOURS), strict=False):
        yield {"x": x, "name": one.name, "colour": colour}
        wide = sum(unicodedata.east_asian_width(character) in "WF" for character in one.name)
        x += 52 + round(7.5 * len(one.name)) + 6 * wide
