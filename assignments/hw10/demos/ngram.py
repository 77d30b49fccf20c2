"""The trigrams of a sonnet: the loss falls, and the words that can be known are known."""

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

CONTEXT = 2
DIMENSIONS = 10


def run(code, show):
    """Train, report the loss now and then, and let the network go on from its first words."""
    words = code.sonnet.split()
    maps = code.build_vocab(words)
    runs = code.make_ngrams(words, CONTEXT + 1)
    numbers = [
        (tuple(maps[0][word] for word in context), maps[0][label]) for context, label in runs
    ]
    torch.manual_seed(show.seed)
    model = code.NgramModel(len(maps[0]), CONTEXT, DIMENSIONS)
    start = {name: value.detach().clone() for name, value in model.named_parameters()}
    show.say(
        f"{len(words)} words, {len(maps[0])} of them different, {len(runs)} trigrams, "
        f"{sum(value.numel() for value in start.values())} parameters",
        f"{len(words)} 个词，其中 {len(maps[0])} 个不同；{len(runs)} 个三元组；"
        f"{sum(value.numel() for value in start.values())} 个参数",
    )
    show.axes(
        title=("A network learns a sonnet by heart", "网络背诵十四行诗"),
        x=("epoch", "轮次"),
        y=("loss (nats a word)", "损失（每词 nat）"),
        log=True,
    )
    show.start(show.iterations)
    steps = 0

    def count(optimizer, args, kwargs):
        nonlocal steps
        steps += 1
        show.done(steps // len(runs))

    hook = register_optimizer_step_post_hook(count)
    try:
        trained, losses = code.train_ngram(numbers, start, show.iterations)
    finally:
        hook.remove()
    every = max(1, show.iterations // 10)
    for epoch, loss in enumerate(losses, start=1):
        show.point(("loss", "损失"), epoch, float(loss))
        if epoch % every == 0 or epoch == 1:
            show.say(f"{epoch:5d}  loss {float(loss):.6f}", f"{epoch:5d}  损失 {float(loss):.6f}")
    named = [code.predict_next(context, trained, maps) for context, _ in runs]
    right = sum(word == label for word, (_, label) in zip(named, runs, strict=True))
    contexts = len({context for context, _ in runs})
    show.say(
        f"\n{right} of {len(runs)} words are named right; {contexts} contexts are different, so no "
        f"network can name more than {contexts}.\nAll of these are what it was trained on.",
        f"\n{len(runs)} 个词里猜对 {right} 个；不同的上下文有 {contexts} 个，所以最多只能猜对 "
        f"{contexts} 个。\n这些全都是训练用过的。",
    )
    (context, label), word = runs[20], named[20]
    show.say(
        f'after {context}: the text has "{label}", the network says "{word}"',
        f"{context} 之后：原文是 {label}，网络说 {word}",
    )
    _go_on(code, show, words[:CONTEXT], trained, maps)


def _go_on(code, show, text, trained, maps):
    """Write twenty words, each after the last two."""
    text = list(text)
    for _ in range(20):
        text.append(code.predict_next(tuple(text[-CONTEXT:]), trained, maps))
    show.say("\nIt goes on by itself:", "\n让它自己写下去：")
    show.say("  " + " ".join(text))
