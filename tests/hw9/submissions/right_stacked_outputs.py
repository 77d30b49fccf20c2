"""One tensor wherever a list will do, bare states, products by einsum."""
import torch, math
from torch.nn import functional as F
from torch import nn

def load_corpus(text, n):
    text = "".join(" " if c in "\r\n" else c for c in text)[:n]
    chars = sorted(set(text)); table = {c: chars.index(c) for c in chars}
    return list(map(table.get, text)), table, dict(enumerate(chars)), len(chars)

def data_iter_random(indices, batch_size, num_steps, seed):
    g = torch.Generator(); g.manual_seed(10 * seed + 1)
    n = (len(indices) - 1) // num_steps
    text = torch.tensor(indices)
    X = text[:n * num_steps].view(n, num_steps)
    Y = text[1:n * num_steps + 1].view(n, num_steps)
    order = torch.randperm(n, generator=g)[:n // batch_size * batch_size]
    return list(zip(X[order].split(batch_size), Y[order].split(batch_size)))

def data_iter_consecutive(indices, batch_size, num_steps):
    L = len(indices) // batch_size
    rows = torch.tensor(indices).narrow(0, 0, L * batch_size).view(batch_size, -1)
    n = (L - 1) // num_steps
    X, Y = rows[:, :n * num_steps], rows[:, 1:n * num_steps + 1]
    return tuple(zip(X.split(num_steps, dim=1), Y.split(num_steps, dim=1)))

def to_onehot(X, n_class):
    return F.one_hot(X.long().t(), n_class).float()

def perplexity(loss_sum, n):
    return torch.exp(torch.tensor(loss_sum / n, dtype=torch.float64)).item()

def grad_clipping(params, theta):
    return nn.utils.clip_grad_norm_([p for p in params if p.grad is not None], theta)

def get_params(kind, n_class, hidden):
    gates = {"rnn": "h", "gru": "zrh", "lstm": "ifoc"}[kind]
    params = []
    for gate in gates:
        for rows in (n_class, hidden):
            params.append(nn.init.normal_(nn.Parameter(torch.empty(rows, hidden)), std=0.01))
        params.append(nn.Parameter(torch.zeros(hidden)))
    out = nn.Linear(hidden, n_class)
    return params + [nn.init.normal_(nn.Parameter(torch.empty(hidden, n_class)), 0, .01), nn.init.zeros_(out.bias)]

def init_state(kind, batch_size, hidden):
    H = torch.zeros(batch_size, hidden)
    return (H, H.clone()) if kind == "lstm" else H

def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    H = state[0]
    states = []
    for X in inputs:
        H = (torch.einsum("bd,dh->bh", X, W_xh) + torch.einsum("bk,kh->bh", H, W_hh) + b_h).tanh()
        states.append(H)
    return torch.einsum("sbh,hq->sbq", torch.stack(states), W_hq) + b_q, H

def train_epoch(net, params, state, batches, lr, theta, reset):
    opt = torch.optim.SGD(params, lr=lr)
    total, count = 0., 0
    for X, Y in batches:
        if isinstance(state, torch.Tensor): state = (state,)
        state = tuple(s.detach() * (0. if reset else 1.) for s in state)
        out, state = run(net, to_onehot(X, params[-1].numel()), state, params)
        if not isinstance(out, torch.Tensor): out = torch.stack(out)
        loss = F.nll_loss(out.log_softmax(-1).flatten(0, 1), Y.t().flatten().long())
        opt.zero_grad(); loss.backward(); grad_clipping(params, theta); opt.step()
        total += float(loss) * Y.numel(); count += Y.numel()
    return params, state, perplexity(total, count)

def predict(prefix, n, net, params, state, char_to_idx, idx_to_char):
    text = ""
    todo = prefix
    while len(text) < len(prefix) + n:
        c, todo = todo[0], todo[1:]
        text += c
        out, state = run(net, to_onehot(torch.tensor([[char_to_idx[c]]]), len(idx_to_char)), state, params)
        if isinstance(state, torch.Tensor): state = (state,)
        if not todo: todo = idx_to_char[out[-1].argmax().item()]
    return text

class RNNModel(nn.Module):
    def __init__(self, kind, vocab_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        options = dict(num_layers=num_layers, bidirectional=bidirectional, batch_first=True)
        self.rnn = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](vocab_size, hidden_size, **options)
        self.dense = nn.Linear((1 + bidirectional) * hidden_size, vocab_size)
    def forward(self, X, state):
        out, state = self.rnn(F.one_hot(X.long(), self.dense.out_features).float(), state)
        return self.dense(out).transpose(0, 1).flatten(0, 1), state

def _layer(inputs, H, layer):
    W, U, b = layer
    found = []
    for X in inputs:
        H = torch.tanh(torch.cat([X, H], 1) @ torch.cat([W, U]) + b)
        found.append(H)
    return torch.stack(found), H

def deep_rnn(inputs, states, layers):
    last = []
    for H, layer in zip(states, layers):
        inputs, H = _layer(inputs, H, layer)
        last.append(H)
    return inputs, last

def bi_rnn(inputs, forward, backward):
    X = torch.stack(list(inputs))
    f, _ = _layer(X, X.new_zeros(X.shape[1], len(forward[2])), forward)
    b, _ = _layer(X.flip(0), X.new_zeros(X.shape[1], len(backward[2])), backward)
    return torch.cat([f, b.flip(0)], dim=-1)

@torch.no_grad()
def step_perplexity(kind, parameters, indices):
    model, state, scores = load_model(kind, parameters), None, []
    for i in indices[:-1]:
        s, state = model(torch.tensor([[i]]), state)
        scores.append(s)
    return math.e ** F.cross_entropy(torch.cat(scores), torch.tensor(indices[1:])).item()
