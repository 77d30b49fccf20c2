"""Counts by arithmetic beside what torch's layers hold; what grows with what."""

import torch

LAYERS = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
SIZES = [(20, 50, 1, False), (20, 50, 2, False), (20, 50, 2, True), (28, 128, 2, False)]


def run(code, show):
    """Print a table of counts, and what they are as multiples of the plain layer."""
    show.say(
        "input hidden layers directions      rnn      gru     lstm   gru/rnn  lstm/rnn",
        "输入  隐藏   层数   方向          rnn      gru     lstm   gru/rnn  lstm/rnn",
    )
    for n_input, n_hidden, n_layer, both in SIZES:
        counts = [code.count_params(kind, n_input, n_hidden, n_layer, both) for kind in LAYERS]
        ratios = [count / counts[0] for count in counts[1:]]
        show.say(
            f"{n_input:5d} {n_hidden:6d} {n_layer:6d} {2 if both else 1:10d} "
            + " ".join(f"{count:8d}" for count in counts)
            + "  "
            + "  ".join(f"{ratio:8.2f}" for ratio in ratios)
        )
        for (kind, layer), count in zip(LAYERS.items(), counts, strict=True):
            made = layer(n_input, n_hidden, n_layer, bidirectional=both)
            numbers = sum(parameter.numel() for parameter in made.parameters())
            if numbers != count:
                show.say(
                    f"      torch's {kind} holds {numbers}",
                    f"      torch 的 {kind} 有 {numbers} 个",
                )
    states = {kind: layer(20, 50)(torch.zeros(7, 1, 20))[1] for kind, layer in LAYERS.items()}
    lengths = [states["rnn"].shape[-1], states["gru"].shape[-1], states["lstm"][0].shape[-1]]
    show.say(
        f"\nThe state of each has {lengths[0]}, {lengths[1]} and {lengths[2]} numbers: a GRU has "
        "three times the parameters of a\nplain layer, not three times its states. The length of a "
        "sequence does not matter at all.",
        f"\n三者的状态各有 {lengths[0]}、{lengths[1]}、{lengths[2]} 个数：GRU 的参数是普通层的"
        "三倍，状态并不是。序列有多长，与参数个数完全无关。",
    )
