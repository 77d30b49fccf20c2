"""Two ways to cut a text into batches: what is in them, and how a plain network learns from each.

On the way: one-hot rows, gradients that are shortened together, and what perplexity measures.
"""

import math

import torch

RATE, BOUND = 100.0, 0.01
SHOWN, WINDOW = 31, 6  # with a character less there would be one window less


def run(code, show):
    """Print small batches and small numbers, then train with both kinds of batches."""
    text = code.load_text(show.text).lower()
    indices, _, idx_to_char, vocab_size = code.load_corpus(text, 10_000)
    short = indices[:SHOWN]
    show.say(
        f"{SHOWN} characters: " + _spelt(short, idx_to_char),
        f"{SHOWN} 个字符：" + _spelt(short, idx_to_char),
    )
    ways = [
        (("random", "随机采样"), list(code.data_iter_random(short, 1, WINDOW, show.seed))),
        (("consecutive", "相邻采样"), list(code.data_iter_consecutive(short, 1, WINDOW))),
    ]
    for names, batches in ways:
        show.say(f"\n{names[0]}: {len(batches)} windows", f"\n{names[1]}：{len(batches)} 个窗口")
        for X, Y in batches:
            first, second = (_spelt(part[0].tolist(), idx_to_char) for part in (X, Y))
            show.say(f"  X {first}   Y {second}")
    _small_numbers(code, show, indices[:WINDOW], vocab_size)
    _train(code, show, indices, vocab_size)


def _spelt(indices, idx_to_char):
    return "|" + "".join(idx_to_char[index] for index in indices) + "|"


def _small_numbers(code, show, few, vocab_size):
    """Show one-hot rows, clipping and perplexity, each on an example that one can check."""
    rows = code.to_onehot(torch.tensor([few]), vocab_size)
    shape = tuple(rows[0].shape)
    show.say(
        f"\none-hot: {len(rows)} steps of {shape}, with ones at {few}",
        f"\none-hot：{len(rows)} 步，每步 {shape}，1 的位置是 {few}",
    )
    params = [torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(torch.zeros(1))]
    params[0].grad, params[1].grad = torch.tensor([3.0, 4.0]), torch.tensor([12.0])
    code.grad_clipping(params, 1.0)
    numbers = ", ".join(f"{number:.4f}" for part in params for number in part.grad.tolist())
    show.say(
        f"gradients 3, 4 and 12 with a length of 13, shortened to 1: {numbers}",
        f"梯度 3、4、12 的总长度是 13，缩短到 1：{numbers}",
    )
    guessing = float(code.perplexity(6 * math.log(vocab_size), 6))
    show.say(
        f"perplexity of guessing among {vocab_size} characters: {guessing:.1f}; of being sure and "
        f"right: {float(code.perplexity(0.0, 6)):.1f}",
        f"在 {vocab_size} 个字符里瞎猜的困惑度：{guessing:.1f}；每次都确信并且猜对："
        f"{float(code.perplexity(0.0, 6)):.1f}",
    )


def _train(code, show, indices, vocab_size):
    batch, steps, hidden = (4, 16, 64) if len(indices) < 5000 else (32, 35, 256)
    show.axes(
        title=("Random or consecutive batches", "随机采样与相邻采样"),
        x=("epoch", "轮次"),
        y=("perplexity", "困惑度"),
        log=True,
    )
    show.start(2 * show.iterations)
    every = max(1, show.iterations // 5)
    for number, (names, is_random) in enumerate(
        [(("random", "随机采样"), True), (("consecutive", "相邻采样"), False)]
    ):
        show.say(f"\n{names[0]}", f"\n{names[1]}")
        torch.manual_seed(show.seed)
        params = list(code.get_params("rnn", vocab_size, hidden))
        for epoch in range(1, show.iterations + 1):
            if is_random:
                batches = code.data_iter_random(indices, batch, steps, show.seed + epoch)
            else:
                batches = code.data_iter_consecutive(indices, batch, steps)
            state = code.init_state("rnn", batch, hidden)
            params, _, value = code.train_epoch(
                "rnn", params, state, list(batches), RATE, BOUND, is_random
            )
            show.point(names, epoch, float(value))
            if epoch == 1 or epoch % every == 0:
                show.say(
                    f"  epoch {epoch:4d}  perplexity {float(value):9.4f}",
                    f"  第 {epoch:4d} 轮  困惑度 {float(value):9.4f}",
                )
            show.done(number * show.iterations + epoch)
