import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def minmax_scale(series, n_train):
    train = np.asarray(series, dtype=np.float64)[:n_train]
    low, span = train.min(), np.ptp(train)
    scaled = np.divide(series - low, span) if span > 0 else np.subtract(series, low)
    return scaled, low, low + span


def unscale(scaled, low, high):
    return np.asarray(scaled) * (high - low if high != low else 1) + low


def create_windows(series, k):
    t = torch.tensor(series, dtype=torch.float32)
    w = t.unfold(0, k + 1, 1)
    return w[:, :-1].contiguous(), w[:, -1:].contiguous()


def seq_pairs(series, warmup):
    t = torch.FloatTensor(series.tolist()).unsqueeze(1).unsqueeze(2)
    return t.narrow(0, 0, len(t) - 1), t.narrow(0, warmup + 1, len(t) - 1 - warmup)


class SeriesFC(nn.Module):
    def __init__(self, k, sizes):
        super().__init__()
        self.k = k
        dims = [k] + sizes
        self.hidden = nn.ModuleList([nn.Linear(dims[i], dims[i + 1]) for i in range(len(sizes))])
        self.out = nn.Linear(dims[-1], 1)

    def forward(self, x):
        stages = []
        for layer in self.hidden:
            stages += [layer, nn.ReLU()]
        return nn.Sequential(*stages, self.out)(x)


class SeriesRNN(nn.Module):
    def __init__(self, kind, n_hidden, n_layer, warmup=12):
        super().__init__()
        self.warmup = warmup
        if kind == "lstm":
            self.rnn = nn.LSTM(1, n_hidden, n_layer)
        elif kind == "gru":
            self.rnn = nn.GRU(1, n_hidden, n_layer)
        else:
            self.rnn = nn.RNN(1, n_hidden, n_layer, nonlinearity="tanh")
        self.fc = nn.Linear(n_hidden, 1)

    def forward(self, x):
        steps, batch, _ = x.shape
        states, _ = self.rnn(x)
        every = self.fc(states.reshape(steps * batch, -1)).reshape(steps, batch, 1)
        return every[self.warmup:]


def train_series(series, parameters, epochs):
    model = series_model(parameters)
    if type(model) is SeriesFC:
        pairs = TensorDataset(*create_windows(series, model.k))
        loader = DataLoader(pairs, batch_size=len(pairs), shuffle=False)
    else:
        loader = [seq_pairs(series, model.warmup)]
    optimizer = torch.optim.Adam(params=model.parameters(), lr=0.01, betas=(0.9, 0.999), foreach=False)
    criterion = nn.MSELoss(reduction="mean")
    history = []
    for _ in range(epochs):
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            history.append(loss)
    return {name: p.data for name, p in model.named_parameters()}, [float(l) for l in history]


if __name__ == "__main__":
    data = np.loadtxt("passengers.csv")
    print(minmax_scale(data, 120)[0][:5])
