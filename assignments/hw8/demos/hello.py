"""What the network writes after one epoch, after two, and so on."""

import torch

SHAPES = {
    "rnn.weight_ih_l0": (8, 4),
    "rnn.weight_hh_l0": (8, 8),
    "rnn.bias_ih_l0": (8,),
    "rnn.bias_hh_l0": (8,),
    "fc.weight": (4, 8),
    "fc.bias": (4,),
}


def run(code, show):
    """Train from the same start again and again, each time a little longer."""
    generator = torch.Generator().manual_seed(show.seed)
    start = {name: 0.3 * torch.randn(size, generator=generator) for name, size in SHAPES.items()}
    show.axes(
        title=("hello becomes ohlol", "hello 变成 ohlol"),
        x=("epoch", "轮次"),
        y=("cross-entropy (nats)", "交叉熵（nat）"),
        log=True,
    )
    show.start(show.iterations)
    losses = []
    for epochs in _stops(show.iterations):
        text, losses = code.hello_train(
            {name: part.clone() for name, part in start.items()}, epochs
        )
        loss = float(losses[-1])
        show.say(
            f"{epochs:5d}  loss {loss:.4f}   hello -> {text}",
            f"{epochs:5d}  损失 {loss:.4f}   hello -> {text}",
        )
        show.done(epochs)
    for epoch, loss in enumerate(losses, start=1):
        show.point(("loss", "损失"), epoch, float(loss))
    cell = {name.removeprefix("rnn.").removesuffix("_l0"): start[name] for name in SHAPES}
    cell = {name: part for name, part in cell.items() if not name.startswith("fc.")}
    with torch.no_grad():
        states = code.hello_states(code.hello_encode("hello"), torch.zeros(1, 8), cell)
        apart = float((states[2] - states[3]).abs().max())
    show.say(
        f"\nBoth l are the same input, but the states behind them are up to {apart:.2f} apart\n"
        "before any training: that is how the first can become l, and the second o.",
        f"\n两个 l 是同样的输入，但还没训练时，读完之后的状态就已相差 {apart:.2f}：\n"
        "所以第一个可以变成 l，第二个可以变成 o。",
    )


def _stops(iterations):
    """Look closely at the first ten epochs, where it happens, and then now and then."""
    every = max(1, iterations // 5)
    return sorted(
        {*range(1, min(10, iterations) + 1), *range(every, iterations, every), iterations}
    )
