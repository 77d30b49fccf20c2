"""The figures of the handout: `grader release hw10` writes what `figures` returns.

They hold numbers and names from the code but no words, so both handouts share them.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from grader.author.drawing import Picture

LIGHT = """\
.text { font-size: 15px; }
.paper { fill: #f6f8fa; stroke: #8c959f; }
.ink { fill: #57606a; stroke: #8c959f; }
.out { fill: none; stroke: #8c959f; stroke-dasharray: 4 3; }
.layer { fill: #dafbe1; stroke: #1a7f37; }
.bound { stroke: #9a6700; stroke-dasharray: 6 4; }
.known { stroke: #0969da; }
.later { stroke: #cf222e; }
"""
DARK = """\
  .paper { fill: #21262d; stroke: #6e7681; }
  .ink { fill: #9198a1; stroke: #6e7681; }
  .out { stroke: #8c959f; }
  .layer { fill: #12351d; stroke: #3fb950; }
  .bound { stroke: #d29922; }
  .known { stroke: #58a6ff; }
  .later { stroke: #ff7b72; }
"""
SEVEN = ("111", "001", "010", "010")  # the picture of a digit, four rows of three
CELL = 26
TRAINED = 120  # months


def _picture(width: int, height: int, title: str) -> Picture:
    return Picture(width, height, title, LIGHT, DARK)


def _cell(picture: Picture, x: float, y: float, width: float, kind: str, label: str = "") -> None:
    """Draw a box of one cell's height, given by its upper left corner."""
    centre = (x + width / 2, y + CELL / 2)
    picture.box(centre, "", kind, width, CELL, corner=3)
    if label:
        picture.name(centre, label)


def _area(picture: Picture, x: float, y: float, width: float, height: float, kind: str) -> None:
    """Draw a box of any height, given by its upper left corner."""
    picture.box((x + width / 2, y + height / 2), "", kind, width, height, corner=0)


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
    picture = _picture(700, 290, "image: one step of 12 numbers; rows: 4 steps of 3 numbers")
    for row, pixels in enumerate(SEVEN):
        for column, pixel in enumerate(pixels):
            kind = "ink" if pixel == "1" else "paper"
            _cell(picture, 30 + column * CELL, 92 + row * CELL, CELL, kind)
    picture.name((160, 38), '"image"')
    for at, pixel in enumerate("".join(SEVEN)):
        _cell(picture, 210 + at * CELL, 25, CELL, "ink" if pixel == "1" else "paper")
    picture.line((366, 53), (366, 72))
    _cell(picture, 326, 74, 80, "layer", "LSTM")
    picture.line((408, 87), (436, 87))
    picture.name((478, 87), "10 scores")
    picture.name((160, 178), '"rows"')
    for row, pixels in enumerate(SEVEN):
        left = 210 + row * 110
        for column, pixel in enumerate(pixels):
            kind = "ink" if pixel == "1" else "paper"
            _cell(picture, left + column * CELL, 150, CELL, kind)
        picture.line((left + 39, 178), (left + 39, 198))
        _cell(picture, left, 200, 78, "layer", "LSTM")
        if row < len(SEVEN) - 1:
            picture.line((left + 79, 213), (left + 109, 213))
    last = 210 + 3 * 110 + 39
    picture.line((last, 228), (last, 246))
    picture.name((last, 260), "10 scores")
    return picture.svg()


def _pairs() -> str:
    """Show what `create_windows` and `seq_pairs` make of eight months."""
    picture = _picture(700, 236, "create_windows(s, 3) beside seq_pairs(s, 2), for eight months")
    months = [f"s{number}" for number in range(8)]
    picture.name((150, 28), "create_windows(s, 3)")
    for row in range(5):
        y = 48 + row * 34
        for column in range(3):
            _cell(picture, 40 + column * 38, y, 36, "state", months[row + column])
        picture.line((160, y + CELL / 2), (190, y + CELL / 2))
        _cell(picture, 194, y, 36, "gate", months[row + 3])
    picture.name((490, 28), "seq_pairs(s, 2)")
    for step in range(7):
        x = 330 + step * 50
        _cell(picture, x, 58, 36, "state", months[step])
        picture.line((x + 18, 86), (x + 18, 108))
        _cell(picture, x, 110, 36, "layer", "h")
        if step < 6:
            picture.line((x + 37, 123), (x + 49, 123))
        picture.line((x + 18, 138), (x + 18, 160))
        _cell(
            picture, x, 162, 36, "out" if step < 2 else "gate", "" if step < 2 else months[step + 1]
        )
    picture.name((375, 212), "warmup")
    return picture.svg()


def _counts() -> str:
    """Draw the parameters of one layer of each kind, to scale."""
    picture = _picture(700, 330, "parameters of nn.RNN, nn.GRU and nn.LSTM, one layer, to scale")
    n_input, n_hidden = 40, 64  # pixels for numbers
    for column, (name, gates) in enumerate(
        [("nn.RNN", [""]), ("nn.GRU", ["r", "z", "n"]), ("nn.LSTM", ["i", "f", "g", "o"])]
    ):
        left = 50 + column * 225
        picture.name((left + 76, 26), f"{name}: {len(gates)} x")
        for row, gate in enumerate(gates):
            y = 52 + row * n_hidden
            _area(picture, left, y, n_input, n_hidden, "state")
            _area(picture, left + 46, y, n_hidden, n_hidden, "layer")
            _area(picture, left + 116, y, 8, n_hidden, "gate")
            _area(picture, left + 130, y, 8, n_hidden, "gate")
            picture.name((left - 16, y + n_hidden / 2), gate)
    for row, (kind, label) in enumerate(
        [
            ("state", "weight_ih"),
            ("layer", "weight_hh"),
            ("gate", "bias_ih"),
            ("gate", "bias_hh"),
        ]
    ):
        _area(picture, 50, 168 + row * 32, 16, 16, kind)
        picture.name((76, 176 + row * 32), label, "start")
    return picture.svg()


def _lookup() -> str:
    """Look three rows up, and lead three gradients back to two of them."""
    picture = _picture(700, 230, "embed_forward picks rows of W; embed_backward adds up rows of dY")
    for left, names in [(50, ("W", "Y")), (400, ("dY", "dW"))]:
        from_rows, to_rows = (5, 3) if names[0] == "W" else (3, 5)
        for side, (name, rows) in enumerate(zip(names, (from_rows, to_rows), strict=True)):
            x, top = left + side * 160, 48 + (5 - rows) * 17
            picture.name((x + 39, 26), name)
            for row in range(rows):
                whole = rows == 5
                kind = ("gate" if row in {1, 3} else "paper") if whole else "state"
                for column in range(3):
                    _cell(picture, x + column * CELL, top + row * 34, CELL, kind)
                label = str(row) if whole else f"idx {(1, 1, 3)[row]}"
                outside = side == 1
                at = x + 3 * CELL + 8 if outside else x - 8
                picture.name((at, top + row * 34 + CELL / 2), label, "start" if outside else "end")
        for small, big in enumerate((1, 1, 3)):
            one = 48 + big * 34 + CELL / 2
            other = 82 + small * 34 + CELL / 2
            begin, end = (one, other) if names[0] == "W" else (other, one)
            picture.line((left + 3 * CELL + 4, begin), (left + 156, end))
    picture.name((542, 66), "+")
    return picture.svg()


def _network() -> str:
    """Show what becomes of a context of two words in an `NgramModel`."""
    picture = _picture(
        700, 190, "NgramModel: context, embedding, linear1, relu, linear2, log_softmax"
    )
    for row, (word, y) in enumerate([("thy", 40), ("beauty's", 114)]):
        _cell(picture, 20, y, 84, "paper", word)
        picture.line((106, y + CELL / 2), (146, y + CELL / 2))
        for column in range(3):
            _cell(picture, 148 + column * CELL, y, CELL, "state")
        picture.line((228, y + CELL / 2), (262, 68 + 13 + row * 26 - 13))
    picture.name((187, 20), "embedding")
    for cell in range(6):
        _area(picture, 266, 12 + cell * CELL, CELL, CELL, "state")
    picture.line((294, 90), (322, 90))
    _area(picture, 324, 38, 84, 104, "layer")
    picture.name((366, 80), "linear1")
    picture.name((366, 104), "relu")
    picture.line((410, 90), (438, 90))
    _area(picture, 440, 12, 104, 156, "layer")
    picture.name((492, 80), "linear2")
    picture.name((492, 104), "log_softmax")
    picture.line((546, 90), (574, 90))
    for row, (word, y) in enumerate([("field,", 40), ("use,", 74), ("...", 108)]):
        _cell(picture, 578, y, 84, "gate" if row < 2 else "paper", word)
    return picture.svg()


def _months() -> str:
    """Plot the months of `make_months`, with the bounds that their training part gives."""
    spec = importlib.util.spec_from_file_location("series", Path(__file__).parents[1] / "series.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("series.py")
    series = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(series)
    scaled, low, high = series.minmax_scale(series.make_months(), TRAINED)
    picture = _picture(700, 310, "make_months(), scaled by minmax_scale(months, 120)")

    def place(month: int, value: float) -> tuple[float, float]:
        return 80 + month * 4.1, 250 - 125 * value

    for value, label, above in [(0.0, f"low = {low:g}", -14), (1.0, f"high = {high:g}", 12)]:
        picture.line(place(0, value), place(143, value), kind="bound", head=False)
        picture.name((70, place(0, value)[1]), f"{value:g}", "end")
        picture.name((88, place(0, value)[1] - above), label, "start")
    points = [place(month, float(value)) for month, value in enumerate(scaled)]
    picture.line(*points[:TRAINED], kind="known", head=False)
    picture.line(*points[TRAINED - 1 :], kind="later", head=False)
    picture.line((place(TRAINED, 0)[0] - 2, 30), (place(TRAINED, 0)[0] - 2, 262), head=False)
    for month in (0, TRAINED, 143):
        picture.name((place(month, 0)[0], 288), str(month))
    return picture.svg()
