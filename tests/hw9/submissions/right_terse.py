import math, random, torch
from functools import reduce
from itertools import accumulate, islice, chain
from torch import nn, tanh, sigmoid
from torch.nn.functional import cross_entropy

load_corpus = lambda text, n: (lambda t: (lambda v: ([v.index(c) for c in t], {c: i for i, c in enumerate(v)}, v, len(v)))(sorted({*t})))(text.translate({10: 32, 13: 32})[:n])

def data_iter_random(indices, batch_size, num_steps, seed):
    starts = random.Random(str(seed)).sample(range(0, len(indices) - num_steps, num_steps), (len(indices) - 1) // num_steps)
    groups = zip(*[iter(starts)] * batch_size)
    return ((torch.tensor([indices[s:s + num_steps] for s in g]), torch.tensor([indices[s + 1:s + 1 + num_steps] for s in g])) for g in groups)

def data_iter_consecutive(indices, batch_size, num_steps):
    L = len(indices) // batch_size
    T = torch.tensor(indices)
    windows = torch.stack([T[k * L:(k + 1) * L].unfold(0, num_steps + 1, num_steps) for k in range(batch_size)], 1)
    return [(w[:, :-1], w[:, 1:]) for w in windows]

to_onehot = lambda X, n_class: [(x.unsqueeze(1) == torch.arange(n_class)).float() for x in X.T]
perplexity = lambda loss_sum, n: math.exp(min(loss_sum / n, 709)) if loss_sum / n < 709.7 else math.inf

def grad_clipping(params, theta):
    g = [p.grad for p in params if p.grad is not None]
    k = min(1., theta / torch.cat([x.flatten() for x in g]).norm().item())
    [x.mul_(k) for x in g]

def get_params(kind, n_class, hidden):
    draw = lambda *s: nn.Parameter(torch.normal(0., .01, s))
    gate = lambda: (draw(n_class, hidden), draw(hidden, hidden), nn.Parameter(torch.zeros(hidden)))
    return (*chain.from_iterable(gate() for _ in range(dict(rnn=1, gru=3, lstm=4)[kind])), draw(hidden, n_class), nn.Parameter(torch.zeros(n_class)))

init_state = lambda kind, batch_size, hidden: (torch.zeros(batch_size, hidden),) * (1 + (kind == "lstm"))

def rnn(inputs, state, params):
    Wx, Wh, b, Wq, bq = params
    H = [*accumulate(inputs, lambda h, x: tanh(x @ Wx + h @ Wh + b), initial=state[0])][1:]
    return [h @ Wq + bq for h in H], (H[-1],)

def train_epoch(net, params, state, batches, lr, theta, reset):
    S = n = 0
    for X, Y in batches:
        state = [s.detach() * (not reset) for s in state]
        out, state = run(net, to_onehot(X, params[-1].numel()), state, params)
        losses = cross_entropy(torch.stack([*out]).permute(1, 2, 0), Y.long(), reduction="none")
        for p, g in zip(params, torch.autograd.grad(losses.mean(), params)): p.grad = g
        grad_clipping(params, theta)
        for p in params: p.data.add_(p.grad, alpha=-lr)
        S, n = S + losses.sum().item(), n + Y.numel()
    return params, state, perplexity(S, n)

def predict(prefix, n, net, params, state, char_to_idx, idx_to_char):
    text = list(prefix)
    for i in range(len(prefix) + n - 1):
        (y,), state = run(net, to_onehot(torch.tensor([[char_to_idx[text[i]]]]), len(char_to_idx)), state, params)
        text[len(prefix):] += [idx_to_char[y.argmax(1).item()]] * (i >= len(prefix) - 1)
    return "".join(text)

class RNNModel(nn.Module):
    def __init__(self, kind, vocab_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        self.rnn = eval(f"nn.{kind.upper()}")(vocab_size, hidden_size, num_layers, bidirectional=bool(bidirectional))
        self.dense = nn.LazyLinear(vocab_size); self.dense(torch.zeros(1, hidden_size << int(bidirectional)))
        self.V = vocab_size
    forward = lambda self, X, state: (lambda r: (self.dense(r[0].flatten(0, 1)), r[1]))(self.rnn(torch.stack(to_onehot(X, self.V)), state))

def _states(inputs, h, layer): return [*accumulate(inputs, lambda h, x: tanh(x @ layer[0] + h @ layer[1] + layer[2]), initial=h)][1:]

def deep_rnn(inputs, states, layers):
    all_ = [*accumulate(zip(states, layers), lambda below, s: _states(below, *s), initial=list(inputs))]
    return all_[-1], [up[-1] for up in all_[1:]]

def bi_rnn(inputs, forward, backward):
    zeros = lambda layer: torch.zeros(len(inputs[0]), len(layer[2]))
    return [torch.hstack(pair) for pair in zip(_states(inputs, zeros(forward), forward), reversed(_states(list(inputs)[::-1], zeros(backward), backward)))]

def step_perplexity(kind, parameters, indices):
    model, state, S = load_model(kind, parameters), None, 0
    for a, b in zip(indices, indices[1:]):
        y, state = model(torch.tensor([[a]]), state)
        S -= y.log_softmax(1)[0, b].item()
    return perplexity(S, len(indices) - 1)
