"""Binary addition and the character model in single precision; losses are plain floats."""
import numpy as np

single = np.float32


def sigmoid(x):
    return single(1) / (single(1) + np.exp(-x))


def int_to_bits(n, dim=8):
    digits = np.zeros(dim, single)
    for place in range(dim):
        digits[dim - 1 - place] = (n >> place) & 1
    return digits


def bits_to_int(bits):
    total = 0.0
    for bit in bits:
        total = 2.0 * total + float(bit)
    return total


def binadd_forward(a, b, U, W, V):
    U, W, V = (np.asarray(part, single) for part in (U, W, V))
    states, outputs = [np.zeros((1, len(W)), single)], []
    for bits in zip(a[::-1], b[::-1]):
        states.append(sigmoid(np.array([bits], single) @ U + states[-1] @ W))
        outputs.append(sigmoid(states[-1] @ V))
    return states, outputs


def binadd_backward(a, b, c, hs, os, U, W, V):
    U, W, V = (np.asarray(part, single) for part in (U, W, V))
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    later = np.zeros((1, len(W)), single)
    for t in range(len(a), 0, -1):
        h, before, o = (single(part) for part in (hs[t], hs[t - 1], os[t - 1]))
        do = (o - single(c[-t])) * o * (1 - o)
        dz = (do @ V.T + later @ W.T) * h * (1 - h)
        dV += h.T @ do
        dW += before.T @ dz
        dU += np.array([[a[-t]], [b[-t]]], single) @ dz
        later = dz
    return dU, dW, dV


def binadd_train(pairs, U, W, V, lr, dim=8):
    weights = [np.array(part, single) for part in (U, W, V)]
    for first, second in pairs:
        a, b, c = (int_to_bits(n, dim) for n in (first, second, first + second))
        hs, os = binadd_forward(a, b, *weights)
        for part, slope in zip(weights, binadd_backward(a, b, c, hs, os, *weights)):
            part -= single(lr) * slope
    return tuple(weights)


def clip(gradients, maxValue):
    bound = single(maxValue)
    return {name: np.clip(single(value), -bound, bound) for name, value in gradients.items()}


def sample(parameters, char_to_ix, seed):
    x, a = np.zeros_like(parameters["by"]), np.zeros_like(parameters["b"])
    drawn = []
    while len(drawn) < 50:
        a, p = rnn_step_forward(parameters, a, x)
        np.random.seed(seed)
        drawn.append(int(np.random.choice(len(p), p=p[:, 0])))
        if drawn[-1] == char_to_ix["\n"]:
            break
        x = np.eye(len(p), dtype=single)[:, drawn[-1:]]
        seed += 2
    return drawn + [char_to_ix["\n"]] * (len(drawn) == 50)


def rnn_step_forward(parameters, a_prev, x):
    Wax, Waa, Wya, b, by = (single(parameters[name]) for name in ("Wax", "Waa", "Wya", "b", "by"))
    a = np.tanh(Wax @ single(x) + Waa @ single(a_prev) + b)
    return a, softmax(Wya @ a + by)


def rnn_step_backward(dy, gradients, parameters, x, a, a_prev):
    dy, x, a, a_prev = (single(part) for part in (dy, x, a, a_prev))
    da = single(parameters["Wya"]).T @ dy + single(gradients["da_next"])
    dz = (1 - a ** 2) * da
    steps = {"dWya": dy @ a.T, "dby": dy, "dWax": dz @ x.T, "dWaa": dz @ a_prev.T, "db": dz}
    added = {name: single(gradients[name]) + step for name, step in steps.items()}
    return {**added, "da_next": single(parameters["Waa"]).T @ dz}


def rnn_forward(X, Y, a0, parameters, vocab_size=27):
    x, a, p = {}, {-1: single(a0)}, {}
    loss = 0.0
    for t in range(len(X)):
        x[t] = np.zeros((vocab_size, 1), single)
        if X[t] is not None:
            x[t][X[t]] = 1
        a[t], p[t] = rnn_step_forward(parameters, a[t - 1], x[t])
        loss += -np.log(p[t][Y[t], 0]).item()
    return loss, (p, a, x)


def rnn_backward(X, Y, parameters, cache):
    p, a, x = cache
    gradients = {"d" + name: np.zeros_like(value, single) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[0])
    for t in range(len(X) - 1, -1, -1):
        dy = np.array(p[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def update_parameters(parameters, gradients, lr):
    for name in parameters:
        parameters[name] -= lr * gradients["d" + name]
    return parameters


def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, len(parameters["by"]))
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    update_parameters(parameters, gradients, learning_rate)
    return loss, gradients, a[len(X) - 1]


def smooth(loss, cur_loss):
    return 0.999 * loss + 0.001 * cur_loss


def get_sample(sample_ix, ix_to_char):
    first, *rest = (ix_to_char[ix] for ix in sample_ix)
    return first.upper() + "".join(rest)


def get_initial_loss(vocab_size, seq_length):
    return float(single(seq_length) * np.log(single(vocab_size)))


def model(names, ix_to_char, char_to_ix, num_iterations=10, n_a=50, dino_names=7, vocab_size=27):
    np.random.seed(0)
    order = np.random.permutation(names)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a, loss, losses = np.zeros((n_a, 1)), get_initial_loss(vocab_size, dino_names), []
    for j in range(num_iterations):
        ixs = [char_to_ix[c] for c in order[j % len(order)]]
        cost, _, a = optimize([None] + ixs, ixs + [char_to_ix["\n"]], a, parameters)
        loss = smooth(loss, cost)
        losses.append(loss)
    return parameters, losses
