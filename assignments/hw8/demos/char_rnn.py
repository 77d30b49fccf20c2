"""Training on a list of names; now and then, the network writes seven of its own."""

import numpy as np

EVERY = 2000
NAMES = 7


def run(code, show):
    """Train as `model` does, and look over its shoulder."""
    names = code.load_names(show.text)
    characters = sorted({"\n", *"".join(names)})
    char_to_ix = {character: index for index, character in enumerate(characters)}
    ix_to_char = dict(enumerate(characters))
    show.say(
        f"{len(names)} names, {len(characters)} characters",
        f"{len(names)} 个名字，{len(characters)} 种字符",
    )
    show.axes(
        title=("A network learns to write names", "网络学写名字"),
        x=("iteration", "迭代次数"),
        y=("loss of a name (nats)", "一个名字的损失（nat）"),
    )
    show.start(show.iterations)

    def write_names(parameters):
        written = []
        for seed in range(show.seed, show.seed + NAMES):
            word = [int(index) for index in code.sample(parameters, char_to_ix, seed)]
            written.append(code.get_sample(word, ix_to_char).strip("\n"))
        show.say("    " + ", ".join(written))

    model = code.model  # before the watching begins, so that it is the first to be missed
    watcher = _Watcher(code, show, write_names)
    with (
        code.watched("optimize", before=watcher.before_step, after=watcher.after_step),
        code.watched("smooth", after=watcher.after_smoothing),
    ):
        parameters, losses = model(
            names, ix_to_char, char_to_ix, show.iterations, 50, 7, len(characters)
        )
    show.done(show.iterations)
    _print_loss(show, show.iterations - 1, losses[-1])
    write_names(parameters)


class _Watcher:
    """Told of each step while `model` trains."""

    def __init__(self, code, show, write_names):
        self._code, self._show, self._write_names = code, show, write_names
        self._block = max(1, show.iterations // 100)
        self._losses = []
        self._smoothed = None
        self._steps = 0

    def before_step(self, X, Y, a_prev, parameters, learning_rate=0.01):
        """Print what the step before has led to, every so often."""
        last = self._steps - 1
        if self._steps and last % EVERY == 0:
            _print_loss(self._show, last, self._smoothed)
            with self._code.aside():
                self._write_names(parameters)

    def after_step(self, result):
        """Count, and plot the mean loss of the latest names."""
        self._steps += 1
        self._losses.append(float(result[0]))
        if len(self._losses) == self._block:
            series = (f"mean of {self._block} names", f"{self._block} 个名字的平均")
            self._show.point(series, self._steps, np.mean(self._losses))
            self._losses = []
            self._show.done(self._steps)

    def after_smoothing(self, result):
        """Plot the smoothed loss, as often as the means."""
        self._smoothed = float(result)
        if not self._losses:
            self._show.point(("smoothed loss", "平滑损失"), self._steps, self._smoothed)


def _print_loss(show, iteration, loss):
    if loss is None:
        show.say(f"iteration {iteration:5d}", f"第 {iteration:5d} 次迭代")
    else:
        show.say(
            f"iteration {iteration:5d}  smoothed loss {float(loss):.6f}",
            f"第 {iteration:5d} 次迭代  平滑损失 {float(loss):.6f}",
        )
