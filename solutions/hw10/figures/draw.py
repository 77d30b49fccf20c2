"""The figures of the handout: `grader release hw10` writes what `figures` returns.

They hold numbers and names from the code but no words, so both handouts share them. Each lies on a
card of its own, light or dark as the reader's system is.
"""

from __future__ import annotations

from html import escape

STYLE = """
.card { fill: #ffffff; stroke: #d0d7de; }
.text { fill: #1f2328; font: 15px "DejaVu Sans", Arial, "Liberation Sans", sans-serif; }
.paper { fill: #f6f8fa; stroke: #8c959f; }
.ink { fill: #57606a; stroke: #8c959f; }
.read { fill: #ddf4ff; stroke: #0969da; }
.target { fill: #fff8c5; stroke: #9a6700; }
.out { fill: none; stroke: #8c959f; stroke-dasharray: 4 3; }
.layer { fill: #dafbe1; stroke: #1a7f37; }
.line { fill: none; stroke: #57606a; stroke-width: 1.6; }
.head { fill: #57606a; }
@media (prefers-color-scheme: dark) {
  .card { fill: #161b22; stroke: #3d444d; }
  .text { fill: #e6edf3; }
  .paper { fill: #21262d; stroke: #6e7681; }
  .ink { fill: #9198a1; stroke: #6e7681; }
  .read { fill: #12304f; stroke: #58a6ff; }
  .target { fill: #3a2d0c; stroke: #d29922; }
  .layer { fill: #12351d; stroke: #3fb950; }
  .line { stroke: #9198a1; }
  .head { fill: #9198a1; }
}
"""
SEVEN = ("111", "001", "010", "010")  # the picture of a digit, four rows of three
CELL = 26


class Picture:
    """Boxes, labels and arrows.

    Parameters
    ----------
    width, height : int
        In pixels.
    title : str
        What a reader hears who cannot see it.
    """

    def __init__(self, width: int, height: int, title: str) -> None:
        self._size = width, height
        self._parts = [f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>"]
        self._parts.append(
            f'<rect class="card" x="1" y="1" width="{width - 2}" height="{height - 2}" rx="8"/>'
        )

    def box(self, x: float, y: float, width: float, kind: str, label: str = "") -> None:
        """Draw a box of one cell's height, given by its upper left corner."""
        self._parts.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{CELL}" rx="3"/>'
        )
        self.text(x + width / 2, y + CELL / 2, label)

    def text(self, x: float, y: float, label: str) -> None:
        """Write a label around a point."""
        if label:
            self._parts.append(
                f'<text class="text" x="{x:g}" y="{y + 5:g}" text-anchor="middle">'
                f"{escape(label)}</text>"
            )

    def arrow(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Draw an arrow that goes straight to the right, or straight down."""
        self._parts.append(f'<path class="line" d="M{x:g} {y:g} L{to_x:g} {to_y:g}"/>')
        down = to_y > y
        corners = [(0, 0), (-4, -8), (4, -8)] if down else [(0, 0), (-8, -4), (-8, 4)]
        listed = " ".join(f"{to_x + dx:g},{to_y + dy:g}" for dx, dy in corners)
        self._parts.append(f'<polygon class="head" points="{listed}"/>')

    def svg(self) -> str:
        """Return the drawing as SVG."""
        width, height = self._size
        opening = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">'
        )
        return "\n".join([opening, *self._parts, "</svg>"]) + "\n"


def figures() -> dict[str, str]:
    """Draw all figures.

    Returns
    -------
    dict of str to str
        SVG by name.
    """
    return {"pairs": _pairs(), "views": _views()}


def _views() -> str:
    """Read one picture as a single step, and as four steps that a state connects."""
    picture = Picture(700, 290, "image: one step of 12 numbers; rows: 4 steps of 3 numbers")
    for row, pixels in enumerate(SEVEN):
        for column, pixel in enumerate(pixels):
            kind = "ink" if pixel == "1" else "paper"
            picture.box(30 + column * CELL, 92 + row * CELL, CELL, kind)
    picture.text(160, 38, '"image"')
    for at, pixel in enumerate("".join(SEVEN)):
        picture.box(210 + at * CELL, 25, CELL, "ink" if pixel == "1" else "paper")
    picture.arrow(366, 53, 366, 72)
    picture.box(326, 74, 80, "layer", "LSTM")
    picture.arrow(408, 87, 436, 87)
    picture.text(478, 87, "10 scores")
    picture.text(160, 178, '"rows"')
    for row, pixels in enumerate(SEVEN):
        left = 210 + row * 110
        for column, pixel in enumerate(pixels):
            kind = "ink" if pixel == "1" else "paper"
            picture.box(left + column * CELL, 150, CELL, kind)
        picture.arrow(left + 39, 178, left + 39, 198)
        picture.box(left, 200, 78, "layer", "LSTM")
        if row < len(SEVEN) - 1:
            picture.arrow(left + 79, 213, left + 109, 213)
    last = 210 + 3 * 110 + 39
    picture.arrow(last, 228, last, 246)
    picture.text(last, 260, "10 scores")
    return picture.svg()


def _pairs() -> str:
    """Show what `create_windows` and `seq_pairs` make of eight months."""
    picture = Picture(700, 300, "create_windows(s, 3) beside seq_pairs(s, 2), for eight months")
    months = [f"s{number}" for number in range(8)]
    picture.text(150, 28, "create_windows(s, 3)")
    for row in range(5):
        y = 48 + row * 34
        for column in range(3):
            picture.box(40 + column * 38, y, 36, "read", months[row + column])
        picture.arrow(160, y + CELL / 2, 190, y + CELL / 2)
        picture.box(194, y, 36, "target", months[row + 3])
    picture.text(490, 28, "seq_pairs(s, 2)")
    for step in range(7):
        x = 330 + step * 50
        picture.box(x, 58, 36, "read", months[step])
        picture.arrow(x + 18, 86, x + 18, 108)
        picture.box(x, 110, 36, "layer", "h")
        if step < 6:
            picture.arrow(x + 37, 123, x + 49, 123)
        picture.arrow(x + 18, 138, x + 18, 160)
        picture.box(
            x, 162, 36, "out" if step < 2 else "target", "" if step < 2 else months[step + 1]
        )
    picture.text(375, 212, "warmup")
    return picture.svg()
