"""Wrong versions of binadd_train."""


def _gradients(first, second, U, W, V, dim):
    a, b, c = (int_to_bits(number, dim) for number in (first, second, first + second))
    hs, os = binadd_forward(a, b, U, W, V)
    return binadd_backward(a, b, c, hs, os, U, W, V)


def gradients_not_reset(pairs, U, W, V, lr, dim=8):
    sum_U, sum_W, sum_V = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        sum_U, sum_W, sum_V = sum_U + dU, sum_W + dW, sum_V + dV
        U, W, V = U - lr * sum_U, W - lr * sum_W, V - lr * sum_V
    return U, W, V


def uphill(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        U, W, V = U + lr * dU, W + lr * dW, V + lr * dV
    return U, W, V


def update_inside_the_time_loop(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        a, b, c = (int_to_bits(number, dim) for number in (first, second, first + second))
        hs, os = binadd_forward(a, b, U, W, V)
        dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
        carry = np.zeros((1, W.shape[0]))
        for t in reversed(range(dim)):
            x = np.array([[a[-1 - t], b[-1 - t]]])
            h, h_prev, o = hs[t + 1], hs[t], os[t]
            do = (o - c[-1 - t]) * o * (1 - o)
            dz = (do @ V.T + carry) * h * (1 - h)
            dV += h.T @ do
            dW += h_prev.T @ dz
            dU += x.T @ dz
            carry = dz @ W.T
            U, W, V = U - lr * dU, W - lr * dW, V - lr * dV
    return U, W, V


def one_step_for_all_pairs(pairs, U, W, V, lr, dim=8):
    sum_U, sum_W, sum_V = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        sum_U, sum_W, sum_V = sum_U + dU, sum_W + dW, sum_V + dV
    return U - lr * sum_U, W - lr * sum_W, V - lr * sum_V


def sum_without_carrying(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        a, b = int_to_bits(first, dim), int_to_bits(second, dim)
        c = a + b
        hs, os = binadd_forward(a, b, U, W, V)
        dU, dW, dV = binadd_backward(a, b, c, hs, os, U, W, V)
        U, W, V = U - lr * dU, W - lr * dW, V - lr * dV
    return U, W, V


def w_forgotten(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, _, dV = _gradients(first, second, U, W, V, dim)
        U, V = U - lr * dU, V - lr * dV
    return U, W, V


def output_alone_learns(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        _, _, dV = _gradients(first, second, U, W, V, dim)
        V = V - lr * dV
    return U, W, V


def last_pair_left_out(pairs, U, W, V, lr, dim=8):
    for first, second in pairs[:-1]:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        U, W, V = U - lr * dU, W - lr * dW, V - lr * dV
    return U, W, V


def returns_after_the_first_pair(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        U, W, V = U - lr * dU, W - lr * dW, V - lr * dV
        return U, W, V
    return U, W, V


def rate_ignored(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        U, W, V = U - 0.1 * dU, W - 0.1 * dW, V - 0.1 * dV
    return U, W, V


def always_eight_bits(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, 8)
        U, W, V = U - lr * dU, W - lr * dW, V - lr * dV
    return U, W, V


def returned_as_u_v_w(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        U, W, V = U - lr * dU, W - lr * dW, V - lr * dV
    return U, V, W


def gradients_taken_for_u_v_w(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, dV, dW = _gradients(first, second, U, W, V, dim)
        U, W, V = U - lr * dU, W - lr * dW, V - lr * dV
    return U, W, V


def old_weights_returned(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        new_U, new_W, new_V = U - lr * dU, W - lr * dW, V - lr * dV
    return U, W, V


def divided_by_the_bits(pairs, U, W, V, lr, dim=8):
    for first, second in pairs:
        dU, dW, dV = _gradients(first, second, U, W, V, dim)
        U, W, V = U - lr * dU / dim, W - lr * dW / dim, V - lr * dV / dim
    return U, W, V


def gradient_for_v_in_forward(pairs, U, W, V, lr, dim=8):
    dV = np.zeros_like(V)
    for first, second in pairs:
        a, b, c = (int_to_bits(number, dim) for number in (first, second, first + second))
        hs, os = binadd_forward(a, b, U, W, dV)
        dU, dW, dV = binadd_backward(a, b, c, hs, os, U, W, V)
        U, W, V = U - lr * dU, W - lr * dW, V - lr * dV
    return U, W, V
