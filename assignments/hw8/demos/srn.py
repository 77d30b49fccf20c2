"""The same small network three times, on the same three inputs, with all weights 1."""

import numpy as np
import torch

INPUTS = [[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]]


def run(code, show):
    """Print inputs, outputs and states of each version, step by step."""
    for act in ("linear", "tanh"):
        show.say(f"\nsrn_forward, act = {act}")
        Y, H = code.srn_forward(np.array(INPUTS), np.ones(8), np.ones(4), act)
        _print_steps(show, Y, H)
    ones = torch.ones(2, 2)
    X = torch.tensor(INPUTS).unsqueeze(1)  # (steps, batch, 2)
    show.say("\nsrn_cell (torch.nn.RNNCell)", "\nsrn_cell（torch.nn.RNNCell）")
    _print_steps(show, *code.srn_cell(ones, ones, ones, X))
    show.say("\nsrn_rnn (torch.nn.RNN)", "\nsrn_rnn（torch.nn.RNN）")
    _print_steps(show, *code.srn_rnn(ones, ones, ones, X))
    show.say(
        "\nLinear states grow without end; tanh keeps them below 1. Cell and layer do what the "
        "formula does,\nin float32.",
        "\n不加激活函数，状态越来越大；加上 tanh，状态总小于 1。RNNCell、RNN 与手写公式结果一致，"
        "只是精度为 float32。",
    )


def _print_steps(show, Y, H):
    for x, y, h in zip(INPUTS, Y, H, strict=True):
        inputs, outputs, states = (_numbers(row) for row in (x, y, h))
        show.say(
            f"  input {inputs}  output {outputs}  state {states}",
            f"  输入 {inputs}  输出 {outputs}  状态 {states}",
        )


def _numbers(row):
    """Write a row of numbers, every digit of float64 and four decimals of float32."""
    if isinstance(row, torch.Tensor):
        return " ".join(f"{number:.4f}" for number in row.flatten().tolist())
    return " ".join(repr(float(number)) for number in row)
