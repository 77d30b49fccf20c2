"""Drawings for handouts: few kinds of shapes, as SVG that can be read in the light and in the dark.

A drawing lies on a card of its own, light or dark as the reader's system is, so that it can be read
on any page. What a shape stands for is its kind, which decides about its colours:

========= ========================================================
state     a value: a circle, or a box in a row of values
before    one that was there before, or is not there
gate      a layer, or a gate
dot       what is done to values
forward   lines and labels of what goes up: inputs, outputs
recurrent those of what goes on from step to step
dashed    a line of what comes back, or of what might have been
========= ========================================================
"""

from __future__ import annotations

import math
import re
from html import escape

LIGHT = """
.card { fill: #ffffff; stroke: #d0d7de; }
.text { fill: #1f2328; font: 17px "DejaVu Sans", Arial, "Liberation Sans", sans-serif; }
.label { paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round; }
.line { fill: none; stroke: #57606a; stroke-width: 1.6; }
.head { fill: #57606a; }
.state { fill: #ddf4ff; stroke: #0969da; stroke-width: 1.6; }
.before { fill: none; stroke: #bc4c00; stroke-width: 1.6; stroke-dasharray: 5 3; }
.gate { fill: #fff8c5; stroke: #9a6700; stroke-width: 1.6; }
.dot { fill: #ffffff; stroke: #57606a; stroke-width: 1.6; }
.recurrent { stroke: #bc4c00; }
.recurrent.head { fill: #bc4c00; stroke: none; }
.recurrent.text { fill: #bc4c00; }
.forward { stroke: #0969da; }
.forward.head { fill: #0969da; stroke: none; }
.forward.text { fill: #0969da; }
.recurrent.text, .forward.text { stroke: #ffffff; }
.dashed { stroke-dasharray: 5 3; }
"""
DARK = """
  .card, .dot { fill: #161b22; }
  .card { stroke: #3d444d; }
  .text { fill: #e6edf3; }
  .label, .recurrent.text, .forward.text { stroke: #161b22; }
  .line, .dot { stroke: #9198a1; }
  .head { fill: #9198a1; }
  .state { fill: #12304f; stroke: #58a6ff; }
  .gate { fill: #3a2d0c; stroke: #d29922; }
  .before, .recurrent { stroke: #f0883e; }
  .recurrent.head, .recurrent.text { fill: #f0883e; }
  .forward { stroke: #58a6ff; }
  .forward.head, .forward.text { fill: #58a6ff; }
"""
RADIUS = 23
SMALL = 13
HEAD = 8
_SCRIPT = re.compile(r"([_^])(?:\{([^}]*)\}|(.))")

Point = tuple[float, float]


class Picture:
    """A drawing that is put together from few kinds of shapes.

    Parameters
    ----------
    width, height : int
        In pixels.
    title : str
        What a reader hears who cannot see it.
    light, dark : str
        Rules of CSS behind those that all drawings have, for either scheme: of kinds of its own.
    """

    def __init__(
        self, width: int, height: int, title: str, light: str = "", dark: str = ""
    ) -> None:
        self._size = width, height
        self._title = title
        self._style = f"{LIGHT}{light}@media (prefers-color-scheme: dark) {{{DARK}{dark}}}\n"
        self._below: list[str] = []  # lines, which shapes and texts lie on
        self._above: list[str] = []

    def line(self, *points: Point, kind: str = "", head: bool = True) -> None:
        """Draw a line through points, with an arrow's head at its end."""
        path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
        self._below.append(f'<path class="line {kind}" d="{path}"/>')
        if head:
            self._head(points[-2], points[-1], kind)

    def _head(self, before: Point, end: Point, kind: str) -> None:
        angle = math.atan2(end[1] - before[1], end[0] - before[0])
        corners = [end] + [
            (end[0] - HEAD * math.cos(angle + turn), end[1] - HEAD * math.sin(angle + turn))
            for turn in (0.42, -0.42)
        ]
        listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        self._below.append(
            f'<polygon class="head {kind.replace("dashed", "")}" points="{listed}"/>'
        )

    def edge(self, start: Point, end: Point, label: str, kind: str, at: float) -> None:
        """Join two circles by an arrow with a label at a part of its way."""
        length = math.dist(start, end)
        part = (RADIUS + 2) / length
        first, last = _between(start, end, part), _between(start, end, 1 - part)
        self.line(first, last, kind=kind)
        self.text(_between(start, end, at), label, f"label {kind}")

    def circle(
        self, centre: Point, label: str, kind: str = "state", radius: float = RADIUS
    ) -> None:
        """Draw a value, or with a small radius what is done to values."""
        x, y = centre
        self._above.append(f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>')
        self.text(centre, label)

    def box(
        self,
        centre: Point,
        label: str,
        kind: str = "gate",
        width: float = 54,
        height: float = 36,
        corner: float = 6,
    ) -> None:
        """Draw a layer or a gate, whose corners are rounded by a radius."""
        x, y = centre[0] - width / 2, centre[1] - height / 2
        size = f'width="{width:g}" height="{height:g}"'
        self._above.append(f'<rect class="{kind}" x="{x:g}" y="{y:g}" {size} rx="{corner:g}"/>')
        if label:
            self.text(centre, label)

    def text(self, centre: Point, label: str, kind: str = "") -> None:
        """Write a label around a point; ``_`` and ``^`` lower and raise what follows."""
        x, y = centre
        self._above.append(
            f'<text class="text {kind}" x="{x:g}" y="{y + 6:g}" text-anchor="middle">'
            f"{_scripts(label)}</text>"
        )

    def name(self, centre: Point, label: str, anchor: str = "middle") -> None:
        """Write a name as it stands in the code, around a point, from it on, or up to it."""
        at = f'x="{centre[0]:g}" y="{centre[1] + 6:g}"'
        self._above.append(f'<text class="text" {at} text-anchor="{anchor}">{escape(label)}</text>')

    def svg(self) -> str:
        """Return the drawing as SVG."""
        width, height = self._size
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(self._title)}</title>",
            f"<style>{self._style}</style>",
            f'<rect class="card" x="1" y="1" width="{width - 2}" height="{height - 2}" rx="8"/>',
            *self._below,
            *self._above,
            "</svg>",
        ]
        return "\n".join(parts) + "\n"


def _between(start: Point, end: Point, part: float) -> Point:
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])


def _scripts(label: str) -> str:
    """Turn ``W_{ax}`` into spans of which each says how far it lies below the one before."""
    parts: list[str] = []
    at = down = 0
    for match in _SCRIPT.finditer(label):
        parts.append(_span(label[at : match.start()], -down))
        down = 5 if match[1] == "_" else -7
        small = escape(match[2] or match[3])
        parts.append(f'<tspan dy="{down}" font-size="12">{small}</tspan>')
        at = match.end()
    return "".join([*parts, _span(label[at:], -down)])


def _span(text: str, down: int) -> str:
    return f'<tspan dy="{down}">{escape(text)}</tspan>' if text and down else escape(text)
