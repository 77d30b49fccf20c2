"""Training on six pairs of words; now and then, seven words are translated."""

import torch
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

PAIRS = [
    ["man", "women"],
    ["black", "white"],
    ["king", "queen"],
    ["girl", "boy"],
    ["up", "down"],
    ["high", "low"],
]
WORDS = ["man", "mans", "king", "black", "up", "girl", "high"]  # mans is not trained on
HIDDEN = 128
EARLY = (100, 200, 300)  # epochs in which most of it is learnt


def run(code, show):
    """Train once, and look at the parameters while the optimizer changes them."""
    torch.manual_seed(show.seed)
    model = code.Seq2Seq(code.n_class, HIDDEN)
    start = {name: value.detach().clone() for name, value in model.named_parameters()}
    show.axes(
        title=("A translator learns six pairs of words", "翻译器学习六对单词"),
        x=("epoch", "轮次"),
        y=("cost of all pairs (nats)", "全部词对的损失（nat）"),
        log=True,
    )
    show.start(show.iterations)
    _report(code, show, 0, start)
    watcher = _Watcher(code, show, start)
    hooks = [
        register_optimizer_step_pre_hook(watcher.before_step),
        register_optimizer_step_post_hook(watcher.after_step),
    ]
    try:
        trained, losses = code.seq2seq_train(_pairs(), _copies(start), show.iterations)
    finally:
        for hook in hooks:
            hook.remove()
    every = max(1, show.iterations // 300)
    for epoch in range(0, len(losses), every):
        show.point(("cost", "损失"), epoch, float(losses[epoch]))
    _report(code, show, show.iterations, trained)


class _Watcher:
    """Told by torch of each step of an optimizer."""

    def __init__(self, code, show, start):
        self._code, self._show, self._start = code, show, start
        self._every = min(1000, max(1, show.iterations // 5))
        self._steps = 0
        self._names = {}
        self._asleep = False

    def before_step(self, optimizer, args, kwargs):
        """Find out, before the first step, which of the optimizer's tensors is which parameter."""
        if self._steps or self._asleep:
            return
        for group in optimizer.param_groups:
            for tensor in group["params"]:
                for name, value in self._start.items():
                    if torch.equal(tensor, value):
                        self._names[name] = tensor

    def after_step(self, optimizer, args, kwargs):
        """Count, and translate every so often."""
        if self._asleep:
            return
        self._steps += 1
        if self._steps % 10 == 0:
            self._show.done(self._steps)
        due = self._steps in EARLY or self._steps % self._every == 0
        last = self._steps == self._show.iterations  # `run` reports that one
        if due and not last and len(self._names) == len(self._start):
            self._asleep = True
            with self._code.aside():
                _report(self._code, self._show, self._steps, _copies(self._names))
            self._asleep = False


def _report(code, show, epoch, parameters):
    # An epoch's loss is that before its step, so one more epoch tells what has been reached.
    _, losses = code.seq2seq_train(_pairs(), _copies(parameters), 1)
    cost = float(losses[0])
    show.say(f"{epoch:6d}  cost {cost:.6f}", f"{epoch:6d}  损失 {cost:.6f}")
    translations = [f"{word} -> {code.translate(word, parameters)}" for word in WORDS]
    show.say("    " + ", ".join(translations))


def _pairs():
    return [list(pair) for pair in PAIRS]


def _copies(parameters):
    return {name: value.detach().clone() for name, value in parameters.items()}
