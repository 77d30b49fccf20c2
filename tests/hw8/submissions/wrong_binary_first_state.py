# -*- coding: utf-8 -*-
# 用 RNN 学二进制加法
import numpy as np

np.random.seed(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(output):
    return output * (1 - output)


def int_to_bits(n, dim=8):
    return np.array(list(format(n, 'b').zfill(dim)), dtype=int)


def bits_to_int(bits):
    return int(''.join(str(int(x)) for x in bits), 2)


def binadd_forward(a, b, U, W, V):
    layer_1_values = [np.zeros((1, len(W)))]
    layer_2_values = []
    for position in range(len(a)):
        X = np.array([[a[len(a) - position - 1], b[len(b) - position - 1]]])
        layer_1 = sigmoid(X.dot(U) + layer_1_values[0].dot(W))
        layer_2 = sigmoid(layer_1.dot(V))
        layer_1_values.append(layer_1)
        layer_2_values.append(layer_2)
    return layer_1_values, layer_2_values


def binadd_backward(a, b, c, hs, os, U, W, V):
    U_update = np.zeros(U.shape)
    W_update = np.zeros(W.shape)
    V_update = np.zeros(V.shape)
    future = np.zeros((1, len(W)))
    for position in range(len(c)):
        X = np.array([[a[position], b[position]]])
        layer_1, before, layer_2 = hs[-position - 1], hs[-position - 2], os[-position - 1]
        delta_2 = (layer_2 - c[position]) * slope(layer_2)
        delta_1 = (future.dot(W.T) + delta_2.dot(V.T)) * slope(layer_1)
        V_update += layer_1.T.dot(delta_2)
        W_update += before.T.dot(delta_1)
        U_update += X.T.dot(delta_1)
        future = delta_1
    return U_update, W_update, V_update


def binadd_train(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        a, b, c = (int_to_bits(n, dim) for n in (first, second, first + second))
        hs, os = binadd_forward(a, b, U, W, V)
        U_update, W_update, V_update = binadd_backward(a, b, c, hs, os, U, W, V)
        U = U - lr * U_update
        W = W - lr * W_update
        V = V - lr * V_update
    return U, W, V


if __name__ == "__main__":
    U, W, V = (2 * np.random.random(size) - 1 for size in ((2, 16), (16, 16), (16, 1)))
    pairs = np.random.randint(0, 128, (10000, 2)).tolist()
    U, W, V = binadd_train(pairs, U, W, V, 0.1)
    hs, os = binadd_forward(int_to_bits(33), int_to_bits(9), U, W, V)
    print(bits_to_int([round(o.item()) for o in reversed(os)]))
