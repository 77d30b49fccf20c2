"""Wrong versions of binadd_backward."""


def no_carry(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
    return dU, dW, dV


def w_not_transposed(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W
    return dU, dW, dV


def new_state_in_dw(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, o = hs[t + 1], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def no_slope_at_output(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = o - c[-1 - t]
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def no_slope_at_state(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = do @ V.T + carry
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def sign_of_the_step(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (c[-1 - t] - o) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def error_not_squared(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = np.sign(o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def no_half(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = 2 * (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def mean_over_the_steps(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU / len(c), dW / len(c), dV / len(c)


def bits_not_turned_round(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[t], b[t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def label_not_turned_round(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def first_step_first(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in range(len(c)):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def last_gradient_only(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV = h.T @ do
        dW = h_prev.T @ dz
        dU = x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def carry_before_the_slope(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dh = do @ V.T + carry
        dz = dh * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dh @ W.T
    return dU, dW, dV


def carry_added_after_the_slope(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = do @ V.T * h * (1 - h) + carry
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def carry_piles_up(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = carry + dz @ W.T
    return dU, dW, dV


def carry_without_w(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz
    return dU, dW, dV


def sigmoid_taken_twice(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * sigmoid(o) * (1 - sigmoid(o))
        dz = (do @ V.T + carry) * sigmoid(h) * (1 - sigmoid(h))
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def state_of_the_step_before(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t], hs[t - 1], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * h * (1 - h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def slope_of_tanh(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        do = (o - c[-1 - t]) * o * (1 - o)
        dz = (do @ V.T + carry) * (1 - h * h)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV


def slope_of_the_sum(a, b, c, hs, os, U, W, V):
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    carry = np.zeros((1, W.shape[0]))
    for t in reversed(range(len(c))):
        x = np.array([[a[-1 - t], b[-1 - t]]])
        h, h_prev, o = hs[t + 1], hs[t], os[t]
        z, s = x @ U + h_prev @ W, h @ V
        do = (o - c[-1 - t]) * s * (1 - s)
        dz = (do @ V.T + carry) * z * (1 - z)
        dV += h.T @ do
        dW += h_prev.T @ dz
        dU += x.T @ dz
        carry = dz @ W.T
    return dU, dW, dV
