"""The figures of the handout: `grader release hw8` writes what `figures` returns.

They hold symbols and names from the code but no words, so both handouts share them.
"""

from __future__ import annotations

from grader.author.drawing import SMALL, Picture


def figures() -> dict[str, str]:
    """Draw all figures.

    Returns
    -------
    dict of str to str
        SVG by name; the same code gives the same text.
    """
    pictures = {
        "srn": srn(),
        "unrolled": unrolled("h", ("W_x", "U_h", "V_y")),
        "bptt": unrolled("a", ("W_{ax}", "W_{aa}", "W_{ya}"), backward=True),
        "gru": gru(),
        "lstm": lstm(),
        "seq2seq": seq2seq(),
    }
    return {name: picture.svg() for name, picture in pictures.items()}


def srn() -> Picture:
    """Draw the network of srn_forward with each of its twelve weights."""
    picture = Picture(620, 340, "two inputs, two hidden units, two outputs and twelve weights")
    x1, x2, old1, old2 = ((80, y) for y in (48, 122, 218, 292))
    h1, h2, y1, y2 = (320, 110), (320, 230), (540, 110), (540, 230)
    for start, end, label, at in [
        (x1, h1, "w_1", 0.3), (x1, h2, "w_2", 0.22), (x2, h1, "w_3", 0.45), (x2, h2, "w_4", 0.3),
        (h1, y1, "w_5", 0.3), (h1, y2, "w_6", 0.25), (h2, y1, "w_7", 0.25), (h2, y2, "w_8", 0.3),
    ]:  # fmt: skip
        picture.edge(start, end, label, "forward", at)
    for start, end, label, at in [
        (old1, h2, "U_1", 0.45), (old1, h1, "U_2", 0.3),
        (old2, h2, "U_3", 0.3), (old2, h1, "U_4", 0.22),
    ]:  # fmt: skip
        picture.edge(start, end, label, "recurrent", at)
    values = {"x_1": x1, "x_2": x2, "h_1": h1, "h_2": h2, "y_1": y1, "y_2": y2}
    for label, centre in values.items():
        picture.circle(centre, label)
    picture.circle(old1, "h_1'", "before")
    picture.circle(old2, "h_2'", "before")
    return picture


def unrolled(state: str, weights: tuple[str, str, str], *, backward: bool = False) -> Picture:
    """Draw three steps of a recurrent network, and what comes back along them."""
    into, along, out = weights
    picture = Picture(640, 330, "three steps of a recurrent network with the same weights in each")
    start = (60, 165)
    steps = [(200, 165), (360, 165), (520, 165)]
    lift = 9 if backward else 0
    for at, centre in enumerate(steps, start=1):
        before = steps[at - 2] if at > 1 else start
        x, y = centre
        picture.line((before[0] + 25, y - lift), (x - 25, y - lift), kind="recurrent")
        picture.text(((before[0] + x) / 2, y - 18 - lift), along, "label recurrent")
        picture.line((x, 268), (x, y + 25), kind="forward")
        picture.text((x, 230), into, "label forward")
        picture.line((x, y - 25), (x, 62), kind="forward")
        picture.text((x, 100), out, "label forward")
        picture.circle(centre, f"{state}_{at}")
        picture.text((x, 288), f"x_{at}")
        picture.text((x, 42), f"y_{at}")
        if backward:
            picture.line((x - 25, y + 11), (before[0] + 25, y + 11), kind="dashed")
            picture.text(((before[0] + x) / 2, y + 32), "da_{next}", "label")
    x, y = steps[-1]
    picture.line((x + 25, y - lift), (x + 85, y - lift), kind="recurrent")
    if backward:
        picture.line((x + 85, y + 11), (x + 25, y + 11), kind="dashed")
        picture.text((x + 62, y + 32), "0", "label")
    picture.circle(start, f"{state}_0", "before")
    return picture


def gru() -> Picture:
    """Draw one step of a GRU, the reset gate before the matrix product."""
    picture = Picture(660, 350, "one step of a GRU: H_t = Z * H_{t-1} + (1 - Z) * candidate")
    rail, upper, middle, states, inputs = 62, 130, 212, 278, 318
    picture.line((92, rail), (154, rail), kind="recurrent")
    picture.line((182, rail), (505, rail), kind="recurrent")
    picture.line((531, rail), (590, rail), kind="recurrent")
    picture.line((62, rail + 20), (62, states), (430, states), (430, middle + 15), kind="recurrent")
    picture.line((80, inputs), (554, inputs), (554, middle + 20), kind="forward")
    for x in (168, 310):
        picture.line((x - 14, states), (x - 14, middle + 20), kind="recurrent")
        picture.line((x + 14, inputs), (x + 14, middle + 20), kind="forward")
    picture.line((168, middle - 18), (168, rail + 15))
    picture.line((168, upper), (406, upper))
    picture.line((440, upper), (503, upper))
    picture.line((337, middle), (415, middle))
    picture.line((445, middle), (508, middle))
    picture.line((518, middle - 18), (518, upper + 15))
    picture.line((518, upper - 14), (518, rail + 15))
    picture.box((168, middle), "σ")
    picture.box((310, middle), "σ")
    picture.box((536, middle), "tanh")
    for centre, label in [
        ((168, rail), "⊙"), ((518, rail), "+"), ((518, upper), "⊙"), ((430, middle), "⊙"),
    ]:  # fmt: skip
        picture.circle(centre, label, "dot", SMALL)
    picture.circle((423, upper), "1−", "dot", SMALL + 3)
    picture.text((148, 168), "Z", "label")
    picture.text((376, middle - 16), "R", "label")
    picture.text((560, 172), "H̃", "label")
    picture.text((60, rail), "H_{t−1}")
    picture.text((618, rail), "H_t")
    picture.text((58, inputs), "X_t")
    return picture


def lstm() -> Picture:
    """Draw one step of an LSTM."""
    picture = Picture(700, 360, "one step of an LSTM: C_t = F * C_{t-1} + I * candidate")
    rail, upper, middle, states, inputs = 58, 134, 222, 288, 328
    picture.line((92, rail), (154, rail), kind="recurrent")
    picture.line((182, rail), (396, rail), kind="recurrent")
    picture.line((424, rail), (636, rail), kind="recurrent")
    picture.line((92, states), (516, states), (516, middle + 20), kind="recurrent")
    picture.line((80, inputs), (544, inputs), (544, middle + 20), kind="forward")
    for x in (168, 290, 410):
        picture.line((x - 14, states), (x - 14, middle + 20), kind="recurrent")
        picture.line((x + 14, inputs), (x + 14, middle + 20), kind="forward")
    picture.line((168, middle - 18), (168, rail + 15))
    picture.line((290, middle - 18), (290, upper), (395, upper))
    picture.line((410, middle - 18), (410, upper + 15))
    picture.line((410, upper - 14), (410, rail + 15))
    picture.line((610, rail), (610, upper - 20))
    picture.line((610, upper + 18), (610, middle - 15))
    picture.line((557, middle), (595, middle))
    picture.line((624, middle), (646, middle), kind="recurrent")
    for x, label in [(168, "σ"), (290, "σ"), (410, "tanh"), (530, "σ")]:
        picture.box((x, middle), label)
    picture.box((610, upper), "tanh", "dot")
    for centre, label in [
        ((168, rail), "⊙"), ((410, rail), "+"), ((410, upper), "⊙"), ((610, middle), "⊙"),
    ]:  # fmt: skip
        picture.circle(centre, label, "dot", SMALL)
    picture.text((148, 172), "F", "label")
    picture.text((270, 172), "I", "label")
    picture.text((430, 180), "C̃", "label")
    picture.text((575, middle - 16), "O", "label")
    picture.text((60, rail), "C_{t−1}")
    picture.text((660, rail), "C_t")
    picture.text((60, states), "H_{t−1}")
    picture.text((670, middle), "H_t")
    picture.text((58, inputs), "X_t")
    return picture


def seq2seq() -> Picture:
    """Draw the encoder and the decoder with the letters of one pair of words."""
    picture = Picture(780, 300, "an encoder reads man, a decoder writes women")
    row, step = 170, 56
    for first, name, read, written in [
        (78, "encoder", "man??E", ""), (450, "decoder", "Swomen", "womenE"),
    ]:  # fmt: skip
        for at, letter in enumerate(read):
            x = first + at * step
            picture.line((x, 228), (x, row + 20), kind="forward")
            picture.text((x, 244), letter)
            picture.circle((x, row), "h", radius=16)
            if at:
                picture.line((x - step + 18, row), (x - 18, row), kind="recurrent")
            if written:
                picture.line((x, row - 18), (x, 118), kind="forward")
                picture.line((x, 82), (x, 58), kind="forward")
                picture.text((x, 40), written[at])
        picture.text((first + 2.5 * step, 278), name)
    picture.box((450 + 2.5 * step, 100), "fc", "gate", width=6 * step, height=34)
    picture.line((78 - 44, row), (78 - 18, row), kind="recurrent")
    picture.text((78 - 54, row), "0")
    picture.line((78 + 5 * step + 18, row), (450 - 18, row), kind="recurrent")
    picture.text((404, row - 18), "h^{enc}", "label recurrent")
    return picture
