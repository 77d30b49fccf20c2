"""The figures of the handout: `grader release hw9` writes what `figures` returns.

They hold symbols and names from the code but no words, so both handouts share them.
"""

from __future__ import annotations

import math

from grader.author.drawing import SMALL, Picture, Point

CELL = 40


def figures() -> dict[str, str]:
    """Draw all figures.

    Returns
    -------
    dict of str to str
        SVG by name; the same code gives the same text.
    """
    pictures = {
        "resets": resets(),
        "windows": windows(),
        "strips": strips(),
        "clipping": clipping(),
        "epoch": epoch(),
        "deep": deep(),
        "both": both(),
        "leak": leak(),
    }
    return {name: picture.svg() for name, picture in pictures.items()}


def resets() -> Picture:
    """Draw the two places where the reset gate of a GRU may act."""
    picture = Picture(700, 150, "gru: the reset gate before the product; gru_after: behind it")
    row, above = 105, 45
    for name, left, gate, product in (("gru", 10, 130, 205), ("gru_after", 355, 205, 130)):
        x = left + 45
        for centre, radius in sorted([(left + gate, SMALL), (left + product, 27)]):
            picture.line((x, row), (centre - radius - 1, row), kind="recurrent")
            x = centre + radius
        picture.line((x, row), (left + 275, row), kind="recurrent")
        picture.line((left + gate, above + 12), (left + gate, row - SMALL - 1), kind="forward")
        picture.circle((left + gate, row), "⊙", "dot", SMALL)
        picture.box((left + product, row), "W_{hh}")
        picture.text((left + 25, row), "H")
        picture.text((left + gate, above - 6), "R", "label forward")
        picture.name((left + 45, 30), name)
        picture.text((left + 303, row), "tanh")
    return picture


def _row(picture: Picture, left: float, y: float, first: int, last: int, kind: str) -> None:
    """Draw the characters of a text from one number to another."""
    for at, number in enumerate(range(first, last + 1)):
        picture.box((left + at * CELL, y), str(number), kind, CELL - 4, CELL - 6)


def _frame(picture: Picture, corner: Point, size: Point, kind: str) -> None:
    """Draw a frame around cells."""
    (x, y), (width, height) = corner, size
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    picture.line(*corners, kind=kind, head=False)


def windows() -> Picture:
    """Draw the windows of a text of twelve characters, the last of which has no last label."""
    picture = Picture(620, 250, "twelve characters hold two windows of four, and no third one")
    left, text = 85, 50
    _row(picture, left, text, 0, 7, "state")
    _row(picture, left + 8 * CELL, text, 8, 11, "dot")
    picture.box((left + 12 * CELL, text), "?", "before", CELL - 4, CELL - 6)
    for window in range(2):
        x = left + (4 * window - 0.5) * CELL
        _frame(picture, (x + 1, text - 23), (4 * CELL - 2, 46), "label forward")
    _frame(picture, (left + 7.5 * CELL + 1, text - 23), (4 * CELL - 2, 46), "recurrent dashed")
    for y, name, ahead in ((140, "X", 0), (205, "Y", 1)):
        picture.text((45, y), name)
        for window in range(2):
            start = 4 * window
            x = left + start * CELL + 30 * window
            _row(picture, x, y, start + ahead, start + ahead + 3, "gate" if ahead else "state")
        x = left + 8 * CELL + 60
        _row(picture, x, y, 8 + ahead, 11, "dot")
        if ahead:
            picture.box((x + 3 * CELL, y), "?", "before", CELL - 4, CELL - 6)
    return picture


def strips() -> Picture:
    """Draw fifteen characters in two strips, and the two batches that are read of them."""
    picture = Picture(620, 336, "two strips of seven characters, read three at a time")
    left = 95
    for row, y in enumerate((50, 96)):
        _row(picture, left, y, 7 * row, 7 * row + 6, "state")
    picture.box((left + 8 * CELL, 96), "14", "before", CELL - 4, CELL - 6)
    for batch in range(2):
        x = left + (3 * batch - 0.5) * CELL
        _frame(picture, (x + 1, 26), (3 * CELL - 2, 94), "label forward")
    for batch, x in enumerate((left, left + 6.5 * CELL)):
        for name, y, ahead in (("X", 170, 0), ("Y", 262, 1)):
            if batch == 0:
                picture.text((45, y + 20), name)
            for row in range(2):
                first = 7 * row + 3 * batch + ahead
                kind = "gate" if ahead else "state"
                _row(picture, x, y + 40 * row, first, first + 2, kind)
    for row in range(2):
        y = 170 + 40 * row
        end, start = left + 2 * CELL + 20, left + 6.5 * CELL - 22
        picture.line((end, y), (start, y), kind="recurrent")
        picture.text(((end + start) / 2, y - 14), "H", "label recurrent")
    return picture


def clipping() -> Picture:
    """Draw a gradient that is shortened, and what clipping each entry would make of it."""
    picture = Picture(560, 300, "clipping by the norm keeps the direction, by value it does not")
    origin, theta, angle, length = (130, 240), 130, math.radians(24), 400
    x, y = origin

    def at(part: float, turn: float) -> Point:
        return x + part * math.cos(turn), y - part * math.sin(turn)

    picture.line((40, y), (535, y))
    picture.line((x, 285), (x, 25))
    arc = [at(theta, math.radians(degree)) for degree in range(-18, 112, 2)]
    picture.line(*arc, kind="dashed", head=False)
    picture.line(origin, at(length, angle), kind="forward")
    picture.line(origin, at(theta, angle), kind="recurrent")
    corner = (x + theta, y - theta)
    picture.line((x, corner[1]), corner, (corner[0], y), kind="dashed", head=False)
    picture.line(origin, corner, kind="dashed")
    picture.text(at(length + 18, angle), "g", "label forward")
    picture.text(at(theta + 68, math.radians(9)), "θ g / ‖g‖", "label recurrent")
    picture.text((corner[0] + 52, corner[1] - 8), "clamp(g)")
    picture.text((x + theta + 14, y + 18), "θ")
    picture.text((x - 16, corner[1] - 4), "θ")
    return picture


def epoch() -> Picture:
    """Draw three batches: the state goes through, the gradient ends where it is detached."""
    picture = Picture(700, 215, "states go on from batch to batch, gradients end at detach()")
    row, gap = 100, 62
    last = 0.0
    for batch in range(3):
        first = 95 + 215 * batch
        start = first - gap if batch == 0 else last
        picture.line((start + 21, row - 8), (first - 21, row - 8), kind="recurrent")
        for step in range(3):
            x = first + gap * step
            if step:
                picture.line((x - gap + 21, row - 8), (x - 21, row - 8), kind="recurrent")
                picture.line((x - 21, row + 9), (x - gap + 21, row + 9), kind="dashed")
            picture.circle((x, row), "H", radius=20)
        last = first + 2 * gap
        picture.name((first + gap, 40), f"batches[{batch}]")
        picture.line((first + gap, 178), (first + gap, row + 24), kind="dashed")
        picture.name((first + gap, 194), "loss")
        if batch:
            middle = (start + first) / 2
            picture.line((middle, row - 34), (middle, 165), kind="recurrent dashed", head=False)
            picture.text((middle, 182), "detach", "label recurrent")
    picture.circle((95 - gap, row), "0", "before", 20)
    return picture


def deep() -> Picture:
    """Draw two layers over three steps."""
    picture = Picture(620, 350, "two layers, three steps: each layer has a state of its own")
    layers = [(235, "1"), (120, "2")]
    for y, layer in layers:
        picture.circle((85, y), "H_0", "before")
        picture.text((32, y), f"({layer})")
        for step in (1, 2, 3):
            x = 85 + 150 * step
            picture.line((x - 150 + 25, y), (x - 25, y), kind="recurrent")
            picture.circle((x, y), f"H_{step}")
            below = 304 if layer == "1" else 235 - 25
            picture.line((x, below), (x, y + 25), kind="forward")
            if layer == "2":
                picture.line((x, y - 25), (x, 60), kind="forward")
                picture.name((x, 40), f"outputs[{step - 1}]")
            else:
                picture.text((x, 322), f"X_{step}")
        picture.line((560, y), (598, y), kind="recurrent")
    return picture


def _two_ways(
    picture: Picture, steps: list[float], names: list[str], told: tuple[int, ...] = ()
) -> None:
    """Draw the states from either side over inputs of these names; those told of stand out."""
    left_row, right_row, inputs = 200, 120, 268
    for at, (x, name) in enumerate(zip(steps, names, strict=True)):
        near, far = x - 26, x + 26
        if at:
            picture.line((steps[at - 1] - 26 + 19, left_row), (near - 19, left_row), kind="forward")
            picture.line(
                (far - 19, right_row), (steps[at - 1] + 26 + 19, right_row), kind="recurrent"
            )
        picture.line((x - 6, inputs - 14), (near, left_row + 19), kind="forward")
        picture.line((x + 6, inputs - 14), (far, right_row + 19), kind="recurrent")
        picture.line((near, left_row - 19), (x - 8, 66), kind="forward")
        picture.line((far, right_row - 19), (x + 8, 66), kind="recurrent")
        picture.circle((near, left_row), "→", radius=17)
        picture.circle((far, right_row), "←", "gate" if at in told else "dot", 17)
        picture.text((x, inputs), name)


def both() -> Picture:
    """Draw one layer in each direction, and how their states meet."""
    picture = Picture(620, 300, "at each step the states from both sides are put side by side")
    steps = [120.0, 310.0, 500.0]
    _two_ways(picture, steps, ["X_1", "X_2", "X_3"])
    for at, x in enumerate(steps):
        picture.name((x, 46), f"outputs[{at}]")
    picture.text((40, 200), "0", "label forward")
    picture.line((52, 200), (75, 200), kind="forward")
    picture.text((582, 120), "0", "label recurrent")
    picture.line((572, 120), (545, 120), kind="recurrent")
    return picture


def leak() -> Picture:
    """Draw what is to be predicted above what the state from the right has read."""
    picture = Picture(700, 300, "the layer from the right has read what is to be predicted")
    steps = [110.0, 260.0, 410.0, 560.0]
    for centre in ((steps[2], 268), (steps[1], 44)):
        picture.box(centre, "", "gate", 58, 32)
    _two_ways(picture, steps, ["c_1", "c_2", "c_3", "c_4"], told=(1, 2))
    for at, x in enumerate(steps):
        picture.text((x, 44), f"c_{at + 2} ?")
    return picture
