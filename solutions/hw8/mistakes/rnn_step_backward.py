"""Wrong ways to go one step backward."""


def no_tanh_slope(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    dz = parameters["Wya"].T @ dy + gradients["da_next"]
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def slope_of_old_state(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a_prev**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def slope_without_square(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def slope_of_sigmoid(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = a * (1 - a) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def tanh_twice(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - np.tanh(a) ** 2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def slope_on_output_alone(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    dz = (1 - a**2) * (parameters["Wya"].T @ dy) + gradients["da_next"]
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def later_steps_unused(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def own_output_unused(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def sums_replaced(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] = dy @ a.T
    gradients["dby"] = dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] = dz @ x.T
    gradients["dWaa"] = dz @ a_prev.T
    gradients["db"] = dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def da_next_added_up(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] += parameters["Waa"].T @ dz
    return gradients


def da_next_not_renewed(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    return gradients


def waa_not_transposed(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"] @ dz
    return gradients


def da_next_without_slope(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ da
    return gradients


def da_next_without_waa(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = dz
    return gradients


def new_state_in_dwaa(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def dwaa_transposed(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += a_prev @ dz.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def old_state_in_dwya(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a_prev.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def db_without_slope(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += da
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def biases_forgotten(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def dby_forgotten(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] += dy @ a.T
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def subtracts(dy, gradients, parameters, x, a, a_prev):
    gradients["dWya"] -= dy @ a.T
    gradients["dby"] -= dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a**2) * da
    gradients["dWax"] -= dz @ x.T
    gradients["dWaa"] -= dz @ a_prev.T
    gradients["db"] -= dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients
