import numpy as np
from learning import clip


def test_clip():
    g = {k: np.full((2, 2), 7.0) for k in ("dWax", "dWaa", "dWya", "db", "dby")}
    assert clip(g, 5)["db"].max() == 5
