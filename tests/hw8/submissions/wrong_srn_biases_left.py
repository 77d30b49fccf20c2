"""Chapter 6: three times the same network, and hello -> ohlol."""
import numpy as np
import torch
import torch.nn as nn


def srn_forward(X, w, U, act):
    f = np.tanh if act == "tanh" else (lambda z: z)
    h1 = h2 = 0.0
    Y, H = [], []
    for x1, x2 in X:
        n1 = f(w[0] * x1 + w[2] * x2 + U[0] * h1 + U[1] * h2)
        n2 = f(w[1] * x1 + w[3] * x2 + U[2] * h1 + U[3] * h2)
        h1, h2 = n1, n2
        H.append([h1, h2])
        Y.append([w[4] * h1 + w[6] * h2, w[5] * h1 + w[7] * h2])
    return np.array(Y), np.array(H)


def srn_cell(Wx, Uh, Vy, X):
    cell = nn.RNNCell(Wx.size(1), Wx.size(0))
    with torch.no_grad():
        cell.weight_ih.copy_(Wx)
        cell.weight_hh.copy_(Uh)
    h = torch.zeros(X.size(1), Wx.size(0))
    H = []
    for x in X:
        h = cell(x, h)
        H.append(h)
    H = torch.stack(H)
    return torch.einsum("qh,sbh->sbq", Vy, H), H


def srn_rnn(Wx, Uh, Vy, X):
    rnn = nn.RNN(Wx.size(1), Wx.size(0), batch_first=True)
    for name, param in rnn.named_parameters():
        nn.init.zeros_(param)
    rnn.weight_ih_l0 = nn.Parameter(Wx)
    rnn.weight_hh_l0 = nn.Parameter(Uh)
    H, _ = rnn(X)
    return nn.functional.linear(H, Vy), H


letters = "ehlo"


def hello_encode(word):
    index = torch.tensor([letters.index(c) for c in word])
    return nn.functional.one_hot(index, 4).unsqueeze(1).float()


def hello_states(inputs, hidden, parameters):
    cell = nn.RNNCell(inputs.size(2), hidden.size(1))
    cell.load_state_dict(parameters)
    return torch.stack([cell(x, hidden) for x in inputs])


def hello_train(parameters, epochs):
    rnn = nn.RNN(4, parameters["fc.weight"].size(1))
    fc = nn.Linear(parameters["fc.weight"].size(1), 4)
    rnn.load_state_dict({k[4:]: v for k, v in parameters.items() if k[:4] == "rnn."})
    fc.load_state_dict({k[3:]: v for k, v in parameters.items() if k[:3] == "fc."})
    optimizer = torch.optim.Adam([*rnn.parameters(), *fc.parameters()], lr=0.05)
    x = hello_encode("hello").float()
    y = torch.tensor([letters.index(c) for c in "ohlol"])
    losses = []
    for epoch in range(epochs):
        p = torch.softmax(fc(rnn(x)[0]).squeeze(1), dim=1)
        loss = nn.functional.cross_entropy(p, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    text = "".join(letters[i] for i in fc(rnn(x)[0]).squeeze(1).argmax(1))
    return text, losses
