"""The figures of the handout: `grader release hw10` writes what `figures` returns.

They hold numbers and names from the code but no words, so both handouts share them. Each lies on a
card of its own, light or dark as the reader's system is.
"""

from __future__ import annotations

import importlib.util
import math
from html import escape
from pathlib import Path

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
.bound { fill: none; stroke: #9a6700; stroke-width: 1.4; stroke-dasharray: 6 4; }
.known { fill: none; stroke: #0969da; stroke-width: 1.8; }
.later { fill: none; stroke: #cf222e; stroke-width: 1.8; }
.head { fill: #57606a; }
@media (prefers-color-scheme: dark) {
  .card { fill: #161b22; stroke: #3d444d; }
  .text { fill: #e6edf3; }
  .paper { fill: #21262d; stroke: #6e7681; }
  .ink { fill: #9198a1; stroke: #6e7681; }
  .out { stroke: #8c959f; }
  .read { fill: #12304f; stroke: #58a6ff; }
  .target { fill: #3a2d0c; stroke: #d29922; }
  .layer { fill: #12351d; stroke: #3fb950; }
  .line { stroke: #9198a1; }
  .bound { stroke: #d29922; }
  .known { stroke: #58a6ff; }
  .later { stroke: #ff7b72; }
  .head { fill: #9198a1; }
}
"""
SEVEN = ("111", "001", "010", "010")  # the picture of a digit, four rows of three
CELL = 26
TRAINED = 120  # months


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

    def area(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """Draw a box of any height, given by its upper left corner."""
        self._parts.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'
        )

    def text(self, x: float, y: float, label: str, anchor: str = "middle") -> None:
        """Write a label around a point, or from it on, or up to it."""
        if label:
            self._parts.append(
                f'<text class="text" x="{x:g}" y="{y + 5:g}" text-anchor="{anchor}">'
                f"{escape(label)}</text>"
            )

    def arrow(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Draw an arrow."""
        length = math.hypot(to_x - x, to_y - y)
        along_x, along_y = (to_x - x) / length, (to_y - y) / length
        self.path([(x, y), (to_x - 4 * along_x, to_y - 4 * along_y)])
        corners = [(0, 0), (-8, -4), (-8, 4)]
        listed = " ".join(
            f"{to_x + back * along_x - side * along_y:.4g},"
            f"{to_y + back * along_y + side * along_x:.4g}"
            for back, side in corners
        )
        self._parts.append(f'<polygon class="head" points="{listed}"/>')

    def path(self, points: list[tuple[float, float]], kind: str = "line") -> None:
        """Draw straight lines from point to point."""
        steps = " L".join(f"{x:.5g} {y:.5g}" for x, y in points)
        self._parts.append(f'<path class="{kind}" d="M{steps}"/>')

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
    return {
        "counts": _counts(),
        "lookup": _lookup(),
        "months": _months(),
        "network": _network(),
        "pairs": _pairs(),
        "views": _views(),
    }


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
    picture = Picture(700, 236, "create_windows(s, 3) beside seq_pairs(s, 2), for eight months")
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


def _counts() -> str:
    """Draw the parameters of one layer of each kind, to scale."""
    picture = Picture(700, 330, "parameters of nn.RNN, nn.GRU and nn.LSTM, one layer, to scale")
    n_input, n_hidden = 40, 64  # pixels for numbers
    for column, (name, gates) in enumerate(
        [("nn.RNN", [""]), ("nn.GRU", ["r", "z", "n"]), ("nn.LSTM", ["i", "f", "g", "o"])]
    ):
        left = 50 + column * 225
        picture.text(left + 76, 26, f"{name}: {len(gates)} x")
        for row, gate in enumerate(gates):
            y = 52 + row * n_hidden
            picture.area(left, y, n_input, n_hidden, "read")
            picture.area(left + 46, y, n_hidden, n_hidden, "layer")
            picture.area(left + 116, y, 8, n_hidden, "target")
            picture.area(left + 130, y, 8, n_hidden, "target")
            picture.text(left - 16, y + n_hidden / 2, gate)
    for row, (kind, label) in enumerate(
        [
            ("read", "weight_ih"),
            ("layer", "weight_hh"),
            ("target", "bias_ih"),
            ("target", "bias_hh"),
        ]
    ):
        picture.area(50, 168 + row * 32, 16, 16, kind)
        picture.text(76, 176 + row * 32, label, "start")
    return picture.svg()


def _lookup() -> str:
    """Look three rows up, and lead three gradients back to two of them."""
    picture = Picture(700, 230, "embed_forward picks rows of W; embed_backward adds up rows of dY")
    for left, names in [(50, ("W", "Y")), (400, ("dY", "dW"))]:
        from_rows, to_rows = (5, 3) if names[0] == "W" else (3, 5)
        for side, (name, rows) in enumerate(zip(names, (from_rows, to_rows), strict=True)):
            x, top = left + side * 160, 48 + (5 - rows) * 17
            picture.text(x + 39, 26, name)
            for row in range(rows):
                whole = rows == 5
                kind = ("target" if row in {1, 3} else "paper") if whole else "read"
                for column in range(3):
                    picture.box(x + column * CELL, top + row * 34, CELL, kind)
                label = str(row) if whole else f"idx {(1, 1, 3)[row]}"
                outside = side == 1
                at = x + 3 * CELL + 8 if outside else x - 8
                picture.text(at, top + row * 34 + CELL / 2, label, "start" if outside else "end")
        for small, big in enumerate((1, 1, 3)):
            one = 48 + big * 34 + CELL / 2
            other = 82 + small * 34 + CELL / 2
            begin, end = (one, other) if names[0] == "W" else (other, one)
            picture.arrow(left + 3 * CELL + 4, begin, left + 156, end)
    picture.text(542, 66, "+")
    return picture.svg()


def _network() -> str:
    """Show what becomes of a context of two words in an `NgramModel`."""
    picture = Picture(
        700, 190, "NgramModel: context, embedding, linear1, relu, linear2, log_softmax"
    )
    for row, (word, y) in enumerate([("thy", 40), ("beauty's", 114)]):
        picture.box(20, y, 84, "paper", word)
        picture.arrow(106, y + CELL / 2, 146, y + CELL / 2)
        for column in range(3):
            picture.box(148 + column * CELL, y, CELL, "read")
        picture.arrow(228, y + CELL / 2, 262, 68 + 13 + row * 26 - 13)
    picture.text(187, 20, "embedding")
    for cell in range(6):
        picture.area(266, 12 + cell * CELL, CELL, CELL, "read")
    picture.arrow(294, 90, 322, 90)
    picture.area(324, 38, 84, 104, "layer")
    picture.text(366, 80, "linear1")
    picture.text(366, 104, "relu")
    picture.arrow(410, 90, 438, 90)
    picture.area(440, 12, 104, 156, "layer")
    picture.text(492, 80, "linear2")
    picture.text(492, 104, "log_softmax")
    picture.arrow(546, 90, 574, 90)
    for row, (word, y) in enumerate([("field,", 40), ("use,", 74), ("...", 108)]):
        picture.box(578, y, 84, "target" if row < 2 else "paper", word)
    return picture.svg()


def _months() -> str:
    """Plot the months of `make_months`, with the bounds that their training part gives."""
    spec = importlib.util.spec_from_file_location("series", Path(__file__).parents[1] / "series.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("series.py")
    series = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(series)
    scaled, low, high = series.minmax_scale(series.make_months(), TRAINED)
    picture = Picture(700, 310, "make_months(), scaled by minmax_scale(months, 120)")

    def place(month: int, value: float) -> tuple[float, float]:
        return 80 + month * 4.1, 250 - 125 * value

    for value, label, above in [(0.0, f"low = {low:g}", -14), (1.0, f"high = {high:g}", 12)]:
        picture.path([place(0, value), place(143, value)], "bound")
        picture.text(70, place(0, value)[1], f"{value:g}", "end")
        picture.text(88, place(0, value)[1] - above, label, "start")
    points = [place(month, float(value)) for month, value in enumerate(scaled)]
    picture.path(points[:TRAINED], "known")
    picture.path(points[TRAINED - 1 :], "later")
    picture.path([(place(TRAINED, 0)[0] - 2, 30), (place(TRAINED, 0)[0] - 2, 262)])
    for month in (0, TRAINED, 143):
        picture.text(place(month, 0)[0], 288, str(month))
    return picture.svg()
