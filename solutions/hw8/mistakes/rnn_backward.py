"""Wrong ways to propagate back through time."""


def forward_in_time(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in range(len(X)):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def nothing_carried_back(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    for t in reversed(range(len(X))):
        gradients["da_next"] = np.zeros_like(a[-1])
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def sums_restarted(X, Y, parameters, cache):
    y_hat, a, x = cache
    da_next = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
        gradients["da_next"] = da_next
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
        da_next = gradients["da_next"]
    return gradients, a


def one_not_subtracted(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def one_subtracted_everywhere(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = y_hat[t] - 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def input_as_label(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = y_hat[t] - x[t]
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def sign_reversed(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = -y_hat[t]
        dy[Y[t]] += 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def new_state_as_old(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t])
    return gradients, a


def states_swapped(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t - 1], a[t])
    return gradients, a


def first_step_missing(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in range(len(X) - 1, 0, -1):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def last_step_missing(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X) - 1)):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def mean_over_steps(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy / len(X), gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def cache_changed(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = y_hat[t]
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def last_state_returned(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a[len(X) - 1]


def states_not_returned(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients


def order_of_results(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return a, gradients


def da_next_not_returned(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return {name: gradients[name] for name in ("dWax", "dWaa", "dWya", "db", "dby")}, a
