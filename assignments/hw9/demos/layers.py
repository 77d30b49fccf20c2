"""One GRU from scratch beside torch's own layers: one, two and six of them."""

import math
from collections import Counter

import torch

MODELS = [
    (("torch's GRU", "torch 的 GRU"), "gru", 1),
    (("torch's LSTM", "torch 的 LSTM"), "lstm", 1),
    (("two LSTM layers", "两层 LSTM"), "lstm", 2),
    (("six LSTM layers", "六层 LSTM"), "lstm", 6),
]


def run(code, show):
    """Train all of them on the same batches, and compare with the frequencies of characters."""
    text = code.load_text(show.text).lower()
    indices, _, _, vocab_size = code.load_corpus(text, 10_000)
    batch, steps, hidden = (4, 16, 64) if len(indices) < 5000 else (32, 35, 256)
    batches = list(code.data_iter_consecutive(indices, batch, steps))
    _by_hand(code, show)
    unigram = _unigram(indices)
    show.axes(
        title=("More layers, more or less", "层数多了，是好是坏"),
        x=("epoch", "轮次"),
        y=("perplexity", "困惑度"),
        log=True,
    )
    show.start((1 + len(MODELS)) * show.iterations)
    show.say(
        f"Whoever knows the frequencies of the characters alone has a perplexity of {unigram:.2f}.",
        f"只知道每个字符出现多少次，困惑度是 {unigram:.2f}。",
    )
    for epoch in (1, show.iterations):
        show.point(("frequencies alone", "只知道频率"), epoch, unigram)
    scratch = ("GRU from scratch", "从零写的 GRU")
    values = _from_scratch(code, show, vocab_size, hidden, batches, batch)
    _report(show, scratch, values)
    show.done(show.iterations)
    for number, (names, kind, layers) in enumerate(MODELS, start=1):
        torch.manual_seed(show.seed)
        model = code.RNNModel(kind, vocab_size, hidden, layers)
        start = {name: value.detach() for name, value in model.named_parameters()}
        _, values = code.train_model(kind, start, batches, show.iterations)
        _report(show, names, values)
        show.done((number + 1) * show.iterations)


def _by_hand(code, show):
    """Put two plain layers of one's own beside torch's, with the same weights."""
    torch.manual_seed(show.seed)
    layer, X = torch.nn.RNN(3, 4, 2), torch.randn(5, 2, 3)
    weights = [
        (getattr(layer, f"weight_ih_l{depth}").T, getattr(layer, f"weight_hh_l{depth}").T,
         getattr(layer, f"bias_ih_l{depth}") + getattr(layer, f"bias_hh_l{depth}"))
        for depth in (0, 1)
    ]  # fmt: skip
    with torch.no_grad():
        outputs, _ = code.deep_rnn(list(X), [torch.zeros(2, 4)] * 2, weights)
        apart = float((torch.stack(list(outputs)) - layer(X)[0]).abs().max())
    show.say(
        f"Two plain layers, by hand and by torch: no output is more than {apart:.0e} apart.",
        f"两层普通 RNN，手写的与 torch 的相比，输出最多相差 {apart:.0e}。",
    )


def _from_scratch(code, show, vocab_size, hidden, batches, batch):
    torch.manual_seed(show.seed)
    params, values = list(code.get_params("gru", vocab_size, hidden)), []
    for _ in range(show.iterations):
        state = code.init_state("gru", batch, hidden)
        params, _, value = code.train_epoch("gru", params, state, batches, 100.0, 0.01, False)
        values.append(value)
    return values


def _report(show, names, values):
    for epoch, value in enumerate(values, start=1):
        show.point(names, epoch, value)
    first = next((epoch for epoch, value in enumerate(values, start=1) if value < 1.5), None)
    en = "never below 1.5" if first is None else f"below 1.5 from epoch {first} on"
    zh = "始终没有低于 1.5" if first is None else f"第 {first} 轮起低于 1.5"
    show.say(
        f"  {names[0]:17} perplexity {values[-1]:8.4f}, {en}",
        f"  {names[1]}：困惑度 {values[-1]:.4f}，{zh}",
    )


def _unigram(indices):
    counts, total = Counter(indices).values(), len(indices)
    return math.exp(-sum(count * math.log(count / total) for count in counts) / total)
