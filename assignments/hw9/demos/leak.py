"""A GRU that reads in both directions: inside a window, and one character at a time."""

import torch

WRITTEN = 50


def run(code, show):
    """Train for longer and longer from the same start; measure both perplexities, and write."""
    text = code.load_text(show.text).lower()
    indices, char_to_idx, idx_to_char, vocab_size = code.load_corpus(text, 10_000)
    batch, steps, hidden = (4, 16, 32) if len(indices) < 5000 else (32, 35, 128)
    batches = list(code.data_iter_consecutive(indices, batch, steps))
    _by_hand(code, show)
    show.axes(
        title=("Both directions know the answers", "双向网络看得到答案"),
        x=("epoch", "轮次"),
        y=("perplexity", "困惑度"),
        log=True,
    )
    stops = sorted({max(1, show.iterations * part // 8) for part in (1, 2, 4, 8)})
    show.start(len(stops))
    for done, epochs in enumerate(stops, start=1):
        torch.manual_seed(show.seed)
        model = code.RNNModel("gru", vocab_size, hidden, 1, True)
        start = {name: value.detach() for name, value in model.named_parameters()}
        trained, _ = code.train_model("gru", start, batches, epochs)
        report = code.leak_report("gru", trained, indices, steps)
        for names, key in [
            (("in windows", "在窗口里"), "window"),
            (("one character at a time", "逐个字符"), "step"),
        ]:
            show.point(names, epochs, report[key])
        show.say(
            f"epoch {epochs:4d}  in windows {report['window']:.4f} (all steps but the last "
            f"{report['inside']:.4f}, the last {report['last']:.4f})  "
            f"one character at a time {report['step']:.2f}",
            f"第 {epochs:4d} 轮  窗口里 {report['window']:.4f}（除最后一步 {report['inside']:.4f}，"
            f"最后一步 {report['last']:.4f}）  逐个字符 {report['step']:.2f}",
        )
        show.say("    " + _write(code, trained, text[:2], char_to_idx, idx_to_char))
        show.done(done)
    show.say(
        "\nInside a window, the layer that reads from the right has seen all answers but one.\n"
        "When the network writes, there is nothing to the right, and it has learnt nothing else.",
        "\n在窗口里，从右往左读的那一层，除了最后一步，每一步的答案都看过了。\n"
        "续写的时候右边什么也没有，而除此之外它什么也没学会。",
    )


def _by_hand(code, show):
    """Put a plain layer of one's own that reads both ways beside torch's, with the same weights."""
    torch.manual_seed(show.seed)
    layer, X = torch.nn.RNN(3, 4, bidirectional=True), torch.randn(5, 2, 3)
    ways = [
        (getattr(layer, f"weight_ih_l0{way}").T, getattr(layer, f"weight_hh_l0{way}").T,
         getattr(layer, f"bias_ih_l0{way}") + getattr(layer, f"bias_hh_l0{way}"))
        for way in ("", "_reverse")
    ]  # fmt: skip
    with torch.no_grad():
        outputs = code.bi_rnn(list(X), *ways)
        apart = float((torch.stack(list(outputs)) - layer(X)[0]).abs().max())
    show.say(
        f"A plain layer that reads both ways, by hand and by torch: no output is more than "
        f"{apart:.0e} apart.",
        f"双向的普通 RNN，手写的与 torch 的相比，输出最多相差 {apart:.0e}。",
    )


def _write(code, parameters, prefix, char_to_idx, idx_to_char):
    model = code.load_model("gru", parameters)
    written, state = list(prefix), None
    with torch.no_grad():
        for at in range(len(prefix) + WRITTEN - 1):
            scores, state = model(torch.tensor([[char_to_idx[written[at]]]]), state)
            if at + 1 == len(written):
                written.append(idx_to_char[int(scores.argmax())])
    return "".join(written)
