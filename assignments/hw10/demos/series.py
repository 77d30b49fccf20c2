"""Four networks on the same months, and two guesses that need no network."""

import numpy as np
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

LAST = 24  # months that no network is trained on
SEASON = 12
WINDOW = 3


def run(code, show):
    """Train each network, then predict the last months, each from the true months before it."""
    try:
        months = code.read_months(show.text)
    except ValueError:
        months = []
    if len(months) < LAST + 3 * SEASON:
        show.stop(
            f"{show.text} has {len(months)} months; {LAST + 3 * SEASON} are needed.",
            f"{show.text} 里有 {len(months)} 个月，至少需要 {LAST + 3 * SEASON} 个月。",
        )
    n_train = len(months) - LAST
    scaled, low, high = (_plain(part) for part in code.minmax_scale(months, n_train))
    show.say(
        f"{len(months)} months, {n_train} of them to learn from, between {low:g} and {high:g}",
        f"{len(months)} 个月，其中 {n_train} 个用于训练，在 {low:g} 和 {high:g} 之间",
    )
    show.axes(
        title=("The last 24 months, and what was predicted", "最后 24 个月与预测"),
        x=("month", "月份"),
        y=("value", "数值"),
    )
    show.say(
        "\nmean squared error, scaled     training    last 24",
        "\n均方误差（缩放后）                 训练    最后 24",
    )
    last = scaled[-LAST:]
    _plot(show, ("what came", "实际"), months[-LAST:], n_train)
    repeated, again = scaled[n_train - 1 : -1], scaled[n_train - SEASON : -SEASON]
    _report(code, show, ("the last month again", "重复上个月"), scaled, 1, n_train, repeated - last)
    _report(
        code, show, ("the year before again", "重复去年同月"), scaled, SEASON, n_train, again - last
    )
    _plot(show, ("last month", "上个月"), code.unscale(repeated, low, high), n_train)
    _plot(show, ("last year", "去年同月"), code.unscale(again, low, high), n_train)
    networks = [
        ("FC", lambda: code.SeriesFC(WINDOW, [20, 10, 5])),
        ("RNN", lambda: code.SeriesRNN("rnn", 10, 2)),
        ("LSTM", lambda: code.SeriesRNN("lstm", 5, 2)),
        ("GRU", lambda: code.SeriesRNN("gru", 5, 2)),
    ]
    show.start(len(networks) * show.iterations)
    counter = _Counter(show)
    hook = register_optimizer_step_post_hook(counter.count)
    try:
        for name, make in networks:
            _watch(code, show, name, make, scaled, (low, high), n_train)
    finally:
        hook.remove()
    show.say(
        "\nEvery prediction is made from the true months before it. A lower error in training need "
        "not mean a\nlower one behind it; try other seeds.",
        "\n每个预测都用到了它之前的真实月份。训练误差更低，后面的误差不一定更低；换几个种子试试。",
    )


class _Counter:
    """Told by torch of each step of an optimizer."""

    def __init__(self, show):
        self._show, self._steps = show, 0

    def count(self, optimizer, args, kwargs):
        """Move the bar on."""
        self._steps += 1
        self._show.done(self._steps)


def _watch(code, show, name, make, scaled, bounds, n_train):
    torch.manual_seed(show.seed)
    model = make()
    start = {key: value.detach().clone() for key, value in model.named_parameters()}
    trained, losses = code.train_series(scaled[:n_train], start, show.iterations)
    model = code.series_model(trained)
    if name == "FC":
        inputs, _ = code.create_windows(scaled, WINDOW)
    else:
        inputs, _ = code.seq_pairs(scaled, code.WARMUP)
    with torch.no_grad():
        predictions = model(inputs).flatten().numpy().astype(float)[-LAST:]
    error = float(np.mean((predictions - scaled[-LAST:]) ** 2))
    dead = np.ptp(predictions) < 1e-6
    note = show.pick("  dead: always the same", "  已死：预测从不变化") if dead else ""
    show.say(f"  {name:28} {float(losses[-1]):9.5f}  {error:9.5f}{note}")
    _plot(show, (name, name), code.unscale(predictions, *bounds), n_train)


def _report(code, show, words, scaled, lag, n_train, errors):
    """Measure a guess on the months that recurrent networks are measured on: behind the warm-up."""
    first = code.WARMUP + 1
    training = scaled[first:n_train] - scaled[first - lag : n_train - lag]
    numbers = f"{float(np.mean(training**2)):9.5f}  {float(np.mean(errors**2)):9.5f}"
    show.say(f"  {words[0]:28} {numbers}", f"  {words[1]}{'':{28 - 2 * len(words[1])}} {numbers}")


def _plot(show, words, values, first):
    for month, value in enumerate(values, start=first):
        show.point(words, month, float(value))


def _plain(part):
    return part if np.ndim(part) else float(part)
