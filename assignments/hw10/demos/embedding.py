"""A table of two words, as in the course text, and the gradient of a word that comes twice."""

import numpy as np
import torch


def run(code, show):
    """Look up, multiply with one-hot rows, and lead a gradient back, beside torch."""
    torch.manual_seed(show.seed)
    layer = torch.nn.Embedding(2, 5)
    W = layer.weight.detach().numpy()
    word_to_ix, _ = code.build_vocab(["hello", "world"])
    show.say(f"word_to_ix = {word_to_ix}")
    idx = np.array([word_to_ix["hello"]])
    looked_up = np.asarray(code.embed_forward(idx, W))
    show.say("\nhello, looked up", "\n查表得到的 hello")
    _print_rows(show, looked_up)
    show.say("hello, as a one-hot row times the table", "one-hot 行乘以整个表")
    _print_rows(show, np.eye(2, dtype=W.dtype)[idx] @ W)
    show.say("hello, by torch.nn.Embedding", "torch.nn.Embedding")
    _print_rows(show, layer(torch.from_numpy(idx)).detach().numpy())

    idx, dY = np.array([1, 1, 3]), np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    table = torch.zeros(5, 2, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.embedding(torch.from_numpy(idx), table).backward(torch.from_numpy(dY))
    careless = np.zeros((5, 2))
    careless[idx] += dY
    show.say(
        f"\nGradients {dY.tolist()} come back to the words {idx.tolist()}",
        f"\n梯度 {dY.tolist()} 传回单词 {idx.tolist()}",
    )
    for words, gradient in [
        (("embed_backward", "embed_backward"), code.embed_backward(idx, dY, 5)),
        (("torch", "torch"), table.grad.numpy()),
        (("dW[idx] += dY, which loses one", "dW[idx] += dY，丢了一次"), careless),
    ]:
        show.say(*words)
        _print_rows(show, np.asarray(gradient))


def _print_rows(show, rows):
    for row in rows:
        show.say("  " + " ".join(f"{number:8.4f}" for number in row))
