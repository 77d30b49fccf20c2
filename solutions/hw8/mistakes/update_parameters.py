"""Wrong ways to take a step of gradient descent."""

_NAMES = ("Wax", "Waa", "Wya", "b", "by")


def uphill(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] += lr * gradients[f"d{name}"]
    return parameters


def biases_forgotten(parameters, gradients, lr):
    for name in ("Wax", "Waa", "Wya"):
        parameters[name] -= lr * gradients[f"d{name}"]
    return parameters


def by_forgotten(parameters, gradients, lr):
    for name in ("Wax", "Waa", "Wya", "b"):
        parameters[name] -= lr * gradients[f"d{name}"]
    return parameters


def rate_unused(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] -= gradients[f"d{name}"]
    return parameters


def rate_fixed(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] -= 0.01 * gradients[f"d{name}"]
    return parameters


def rate_squared(parameters, gradients, lr):
    for name in _NAMES:
        step = lr * gradients[f"d{name}"]
        parameters[name] -= lr * step
    return parameters


def divided_by_rate(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] -= gradients[f"d{name}"] / lr
    return parameters


def step_alone(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] = -lr * gradients[f"d{name}"]
    return parameters


def two_steps(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] -= lr * gradients[f"d{name}"]
        parameters[name] = parameters[name] - lr * gradients[f"d{name}"]
    return parameters


def multiplied(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] *= 1 - lr * gradients[f"d{name}"]
    return parameters


def signs_alone(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] -= lr * np.sign(gradients[f"d{name}"])
    return parameters


def unit_length(parameters, gradients, lr):
    for name in _NAMES:
        gradient = gradients[f"d{name}"]
        parameters[name] -= lr * gradient / np.linalg.norm(gradient)
    return parameters


def unchanged(parameters, gradients, lr):
    for name in _NAMES:
        parameter = parameters[name]
        parameter = parameter - lr * gradients[f"d{name}"]
    return parameters


def returns_in_the_loop(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] -= lr * gradients[f"d{name}"]
        return parameters


def gradients_returned(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] -= lr * gradients[f"d{name}"]
    return gradients


def returns_nothing(parameters, gradients, lr):
    for name in _NAMES:
        parameters[name] -= lr * gradients[f"d{name}"]
