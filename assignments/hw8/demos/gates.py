"""Gates held open and shut by their biases, and the same sequence in torch's own layers."""

import torch

WIDE = 50.0  # a bias for which a sigmoid is 1, or with a minus 0, to all digits
STEPS = 20


def run(code, show):
    """Show what a state becomes; compare with torch; plot how a memory fades."""
    torch.manual_seed(show.seed)
    with torch.no_grad():
        _show_gru(code, show)
        _show_lstm(code, show)
        _compare(code, show)
        _fade(code, show)


def _show_gru(code, show):
    cell = code.GRUCell(3, 2)
    inputs, start = torch.randn(5, 1, 3), torch.tensor([[0.5, -0.8]])
    for bias, words in [
        (WIDE, ("\nGRU, update gate 1: the state is kept", "\nGRU，更新门为 1：状态保持不变")),
        (-WIDE, ("\nGRU, update gate 0: replaced at once", "\nGRU，更新门为 0：状态立刻被换掉")),
    ]:
        cell.b_z.fill_(bias)
        show.say(*words)
        h = start
        _print_state(show, "h", 0, h)
        for step, x in enumerate(inputs, start=1):
            h = cell(x, h)
            _print_state(show, "h", step, h)


def _show_lstm(code, show):
    cell = code.LSTMCell(3, 2)
    inputs, memory = torch.randn(5, 1, 3), torch.tensor([[2.0, -3.0]])
    for forget, words in [
        (
            WIDE,
            ("\nLSTM, forget gate 1, input gate 0: kept", "\nLSTM，遗忘门 1、输入门 0：记忆不变"),
        ),
        (-WIDE, ("\nLSTM, both gates 0: forgotten", "\nLSTM，两个门都为 0：全部忘掉")),
    ]:
        cell.b_f.fill_(forget)
        cell.b_i.fill_(-WIDE)
        show.say(*words)
        h, c = torch.zeros(1, 2), memory
        _print_state(show, "c", 0, c)
        for step, x in enumerate(inputs, start=1):
            h, c = cell(x, (h, c))
            _print_state(show, "c", step, c)


def _print_state(show, name, step, state):
    numbers = " ".join(f"{round(number, 4) + 0.0:8.4f}" for number in state.flatten().tolist())
    show.say(f"  {name}{step}  {numbers}")


def _compare(code, show):
    show.say(
        "\nSix steps with random weights, largest difference from torch's layer",
        "\n随机权重走六步，与 torch 自带的层相比，最大差值",
    )
    inputs, state = torch.randn(6, 4, 3), torch.randn(4, 5)
    lstm = torch.nn.LSTM(3, 5)
    expected, _ = lstm(inputs, (state.unsqueeze(0), state.unsqueeze(0)))
    # torch stacks its gates in the order i, f, g, o; here they come as i, f, o, g.
    outputs, _ = code.lstm(list(inputs), (state, state), _parameters(lstm, (0, 1, 3, 2)))
    _print_difference(show, "LSTM", outputs, expected)
    gru = torch.nn.GRU(3, 5)
    for bias, words in [
        (WIDE, ("GRU, reset gate 1", "GRU，重置门为 1")),
        (0.0, ("GRU, reset gate free", "GRU，重置门不固定")),
    ]:
        gru.bias_ih_l0[:5] = bias  # torch stacks its gates in the order r, z, n
        gru.bias_hh_l0.zero_()
        expected, _ = gru(inputs, state.unsqueeze(0))
        outputs, _ = code.gru(list(inputs), (state,), _parameters(gru, (1, 0, 2)))
        _print_difference(show, show.pick(*words), outputs, expected)
    show.say(
        "  torch multiplies by the reset gate after the matrix product, the handout before it:\n"
        "  two networks, unless the gate is 1.",
        "  torch 先做矩阵乘法再乘重置门，讲义则先乘重置门：除非门恒为 1，两者是不同的网络。",
    )


def _parameters(layer, order):
    """Take a layer's weights apart by gate; the output is the state itself."""
    size = layer.hidden_size
    W_x = layer.weight_ih_l0.split(size)
    W_h = layer.weight_hh_l0.split(size)
    b = (layer.bias_ih_l0 + layer.bias_hh_l0).split(size)
    gates = [part for at in order for part in (W_x[at].T, W_h[at].T, b[at])]
    return [*gates, torch.eye(size), torch.zeros(size)]


def _print_difference(show, name, outputs, expected):
    difference = max(float((a - b).abs().max()) for a, b in zip(outputs, expected, strict=True))
    show.say(f"  {difference:.1e}  {name}")


def _fade(code, show):
    """Plot what is left of a memory of 1, without inputs, for some biases of the forget gate."""
    show.axes(
        title=(
            "What an LSTM remembers, by the bias of its forget gate",
            "LSTM 记得多少：遗忘门的偏置不同",
        ),
        x=("step", "步数"),
        y=("memory", "记忆"),
    )
    show.say(
        f"\nWhat is left of a memory of 1 after {STEPS} steps, by the bias of the forget gate",
        f"\n记忆为 1，走 {STEPS} 步之后还剩多少，取决于遗忘门的偏置",
    )
    for bias in (0.0, 1.0, 2.0, 4.0, 8.0):
        cell = code.LSTMCell(1, 1)
        for parameter in cell.parameters():
            parameter.zero_()
        cell.b_f.fill_(bias)
        h, c = torch.zeros(1, 1), torch.ones(1, 1)
        for step in range(STEPS + 1):
            if step:
                h, c = cell(torch.zeros(1, 1), (h, c))
            show.point((f"bias {bias:g}", f"偏置 {bias:g}"), step, c.item())
        show.say(f"  bias {bias:g}  {c.item():.4f}", f"  偏置 {bias:g}  {c.item():.4f}")
