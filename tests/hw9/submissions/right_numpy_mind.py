import numpy as np
import torch
import torch.nn as nn

def load_corpus(text, n):
    chars = np.array(list(text.replace("\r", " ").replace("\n", " "))[:n])
    idx_to_char, indices = np.unique(chars, return_inverse=True)
    return indices, {c: i for i, c in enumerate(idx_to_char)}, idx_to_char, len(idx_to_char)

def data_iter_random(indices, batch_size, num_steps, seed):
    rng = np.random.default_rng(seed)
    a = np.array(indices)
    windows = rng.permutation((len(a) - 1) // num_steps)
    out = []
    for i in range(len(windows) // batch_size):
        rows = windows[i * batch_size:(i + 1) * batch_size, None] * num_steps + np.arange(num_steps)
        out.append((torch.from_numpy(a[rows]), torch.from_numpy(a[rows + 1])))
    return out

def data_iter_consecutive(indices, batch_size, num_steps):
    length = len(indices) // batch_size
    a = np.array(indices)
    out = []
    for j in range((length - 1) // num_steps):
        at = np.arange(batch_size)[:, None] * length + j * num_steps + np.arange(num_steps)
        out.append((torch.as_tensor(a[at]), torch.as_tensor(a[at + 1])))
    return out

def to_onehot(X, n_class):
    eye = np.eye(n_class, dtype=np.float32)
    return [torch.from_numpy(eye[x]) for x in X.numpy().astype(int).T]

def perplexity(loss_sum, n):
    with np.errstate(over='ignore'):
        return np.exp(np.float64(loss_sum) / n)

def grad_clipping(params, theta):
    grads = [p.grad for p in params if p.grad is not None]
    norm = np.sqrt(np.sum([np.sum(g.numpy() ** 2) for g in grads]))
    if norm > theta:
        for g in grads:
            g *= float(theta / norm)

def get_params(kind, n_class, hidden):
    def normal(*size):
        return nn.Parameter(torch.from_numpy(np.random.normal(scale=0.01, size=size)).float())
    def zeros(size):
        return nn.Parameter(torch.from_numpy(np.zeros(size, np.float32)))
    params = []
    for _ in {"rnn": "h", "gru": "zrh", "lstm": "ifoc"}[kind]:
        params += [normal(n_class, hidden), normal(hidden, hidden), zeros(hidden)]
    return params + [normal(hidden, n_class), zeros(n_class)]

def init_state(kind, batch_size, hidden):
    zero = torch.from_numpy(np.zeros((batch_size, hidden), dtype="float32"))
    return [zero, zero.clone()] if kind == "lstm" else [zero]

def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    ys = []
    for X in inputs:
        H = torch.add(X.matmul(W_xh), H.matmul(W_hh)).add(b_h).tanh()
        ys.append(H.matmul(W_hq).add(b_q))
    return torch.cat(ys), (H,)

def train_epoch(net, params, state, batches, lr, theta, reset):
    criterion = nn.CrossEntropyLoss(reduction="sum")
    losses, sizes = [], []
    for X, Y in batches:
        state = [s * 0 if reset else s for s in state]
        state = [torch.tensor(s.detach().numpy()) for s in state]
        scores, state = run(net, to_onehot(X, len(params[-1])), tuple(state), params)
        if isinstance(scores, (list, tuple)):
            scores = torch.vstack(list(scores))
        targets = torch.from_numpy(Y.numpy().astype("int64").flatten(order="F"))
        loss = criterion(scores, targets)
        for p in params:
            p.grad = torch.zeros_like(p)
        (loss / len(targets)).backward()
        grad_clipping(params, theta)
        for p in params:
            p.data = torch.from_numpy(p.detach().numpy() - lr * p.grad.numpy()).float()
        losses.append(loss.item())
        sizes.append(len(targets))
    return params, state, perplexity(np.sum(losses), np.sum(sizes))

def predict(prefix, n, net, params, state, char_to_idx, idx_to_char):
    idx = [char_to_idx[c] for c in prefix]
    t = 0
    while len(idx) < len(prefix) + n or t < len(prefix):
        out, state = run(net, to_onehot(torch.tensor([[idx[t]]]), len(idx_to_char)), state, params)
        t += 1
        if t >= len(prefix) and len(idx) < len(prefix) + n:
            idx.append(int(np.argmax(out[0].detach().numpy())))
    return "".join(idx_to_char[i] for i in idx)

class RNNModel(nn.Module):
    def __init__(self, kind, vocab_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        layers = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
        self.rnn = layers[kind](vocab_size, hidden_size, num_layers=num_layers, bidirectional=bidirectional)
        width = hidden_size + hidden_size * int(bidirectional)
        self.dense = nn.Linear(width, vocab_size)
    def forward(self, X, state):
        steps = torch.stack(to_onehot(X, self.rnn.input_size))
        out, state = self.rnn(steps, state)
        return torch.vstack([self.dense(o) for o in out]), state

def deep_rnn(inputs, states, layers):
    T, L = len(inputs), len(layers)
    grid = np.empty((L + 1, T + 1), dtype=object)
    for t in range(T):
        grid[0, t + 1] = inputs[t]
    for l in range(L):
        grid[l + 1, 0] = states[l]
    for t in range(1, T + 1):
        for l in range(1, L + 1):
            W_xh, W_hh, b_h = layers[l - 1]
            grid[l, t] = torch.tanh(grid[l - 1, t] @ W_xh + grid[l, t - 1] @ W_hh + b_h)
    return list(grid[L, 1:]), list(grid[1:, T])

def bi_rnn(inputs, forward, backward):
    def walk(steps, W_xh, W_hh, b_h):
        H = torch.zeros(inputs[0].shape[0], W_hh.shape[0])
        for t in steps:
            H = torch.tanh(inputs[t] @ W_xh + H @ W_hh + b_h)
            yield t, H
    n = len(inputs)
    left, right = dict(walk(range(n), *forward)), dict(walk(range(n)[::-1], *backward))
    return [torch.cat([left[t], right[t]], axis=1) for t in range(n)]

def step_perplexity(kind, parameters, indices):
    model = load_model(kind, parameters).eval()
    nll, state = [], None
    for t in range(len(indices) - 1):
        scores, state = model(torch.LongTensor([indices[t:t + 1]]), state)
        z = scores.detach().numpy()[0].astype(float)
        nll.append(np.log(np.exp(z - z.max()).sum()) + z.max() - z[indices[t + 1]])
    return np.exp(np.mean(nll))
