"""Training of four networks on one text, with what each of them writes on the way."""

import torch

NETWORKS = [("rnn", "rnn"), ("gru", "gru"), ("gru_after", "gru"), ("lstm", "lstm")]
RATE, BOUND = 100.0, 0.01
WRITTEN = 60


def run(code, show):
    """Train each network from a start of its own, on strips of the text."""
    text = code.load_text(show.text).lower()
    indices, char_to_idx, idx_to_char, vocab_size = code.load_corpus(text, 10_000)
    batch, steps, hidden = (4, 16, 64) if len(indices) < 5000 else (32, 35, 256)
    show.say(
        f"{len(indices)} characters, {vocab_size} different ones",
        f"{len(indices)} 个字符，其中不同的有 {vocab_size} 种",
    )
    show.axes(
        title=("A text is learnt by heart", "把文本背下来"),
        x=("epoch", "轮次"),
        y=("perplexity", "困惑度"),
        log=True,
    )
    show.start(len(NETWORKS) * show.iterations)
    batches = list(code.data_iter_consecutive(indices, batch, steps))
    prefix = text[: text.index(" ")] if " " in text[:20] else text[:2]

    def write(net, kind, params):
        plain = [param.detach() for param in params]
        state = code.init_state(kind, 1, hidden)
        return code.predict(prefix, WRITTEN, net, plain, state, char_to_idx, idx_to_char)

    for number, (net, kind) in enumerate(NETWORKS):
        torch.manual_seed(show.seed)
        params = list(code.get_params(kind, vocab_size, hidden))
        show.say(f"\n{net}")
        for epoch in range(1, show.iterations + 1):
            state = code.init_state(kind, batch, hidden)
            params, _, value = code.train_epoch(net, params, state, batches, RATE, BOUND, False)
            show.point((net, net), epoch, value)
            show.done(number * show.iterations + epoch)
            if epoch in _stops(show.iterations):
                written = write(net, kind, params)
                show.say(
                    f"  epoch {epoch:4d}  perplexity {value:9.4f}  {written}",
                    f"  第 {epoch:4d} 轮  困惑度 {value:9.4f}  {written}",
                )


def _stops(iterations):
    return sorted({max(1, iterations // 4), max(1, iterations // 2), iterations})
