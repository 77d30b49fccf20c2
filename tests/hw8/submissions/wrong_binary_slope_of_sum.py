import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def sigmoid_derivative(x):
    # sigma' = sigma * (1 - sigma)
    return x * (1 - x)


def int_to_bits(n, dim=8):
    bits = np.zeros(dim, dtype=int)
    for i in range(dim):
        bits[dim - 1 - i] = n % 2
        n = n // 2
    return bits


def bits_to_int(bits):
    return int(np.dot(np.array(bits).astype(int), 2 ** np.arange(len(bits))[::-1]))


def binadd_forward(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for t in range(len(a)):
        x = np.array([a[-1 - t], b[-1 - t]]).reshape(1, 2)
        hs.append(sigmoid(np.matmul(x, U) + np.matmul(hs[t], W)))
        os.append(sigmoid(np.matmul(hs[t + 1], V)))
    return hs, os


def binadd_backward(a, b, c, hs, os, U, W, V):
    dU, dW, dV = 0 * U, 0 * W, 0 * V
    d_next = np.zeros((1, W.shape[0]))
    for t in range(len(c) - 1, -1, -1):
        x = np.array([a[-1 - t], b[-1 - t]]).reshape(1, 2)
        z = np.matmul(x, U) + np.matmul(hs[t], W)
        d_out = (os[t] - c[-1 - t]) * sigmoid_derivative(np.matmul(hs[t + 1], V))
        d_z = (np.matmul(d_out, V.T) + d_next) * sigmoid_derivative(z)
        dV = dV + np.matmul(hs[t + 1].T, d_out)
        dW = dW + np.matmul(hs[t].T, d_z)
        dU = dU + np.matmul(x.T, d_z)
        d_next = np.matmul(d_z, W.T)
    return dU, dW, dV


def binadd_train(pairs, U, W, V, lr, dim=8):
    for p in pairs:
        a, b, c = int_to_bits(p[0], dim), int_to_bits(p[1], dim), int_to_bits(p[0] + p[1], dim)
        hs, os = binadd_forward(a, b, U, W, V)
        grads = binadd_backward(a, b, c, hs, os, U, W, V)
        U, W, V = [w - lr * g for w, g in zip([U, W, V], grads)]
    return U, W, V
