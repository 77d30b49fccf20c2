"""Binary addition in single precision from end to end."""
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
