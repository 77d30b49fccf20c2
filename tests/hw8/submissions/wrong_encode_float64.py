"""hello -> ohlol, but the one-hot vectors come from numpy, whose numbers are float64."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

letters = "ehlo"


def hello_encode(word):
    table = np.eye(len(letters))
    rows = [table[letters.index(letter)] for letter in word]
    return torch.from_numpy(np.array(rows)[:, None, :])


def hello_states(inputs, hidden, parameters):
    cell = nn.RNNCell(inputs.shape[-1], hidden.shape[-1])
    cell.load_state_dict(parameters)
    found = []
    for step in inputs:
        hidden = cell(step, hidden)
        found.append(hidden)
    return found


def hello_train(parameters, epochs):
    net = nn.ModuleDict({
        "rnn": nn.RNN(4, parameters["fc.weight"].shape[1]),
        "fc": nn.Linear(parameters["fc.weight"].shape[1], 4),
    })
    net.load_state_dict(parameters)
    x = hello_encode("hello")
    y = torch.tensor([letters.index(letter) for letter in "ohlol"])
    adam = torch.optim.Adam(net.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(net["fc"](net["rnn"](x)[0])[:, 0], y)
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    best = net["fc"](net["rnn"](x)[0])[:, 0].argmax(1)
    return "".join(letters[i] for i in best), losses
