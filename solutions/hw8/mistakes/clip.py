"""Wrong ways to clip gradients."""

_NAMES = ("dWax", "dWaa", "dWya", "db", "dby")


def upper_only(gradients, maxValue):
    return {name: np.minimum(gradients[name], maxValue) for name in _NAMES}


def lower_only(gradients, maxValue):
    return {name: np.maximum(gradients[name], -maxValue) for name in _NAMES}


def negatives_to_zero(gradients, maxValue):
    return {name: np.clip(gradients[name], 0, maxValue) for name in _NAMES}


def sign_lost(gradients, maxValue):
    clipped = {}
    for name in _NAMES:
        gradient = gradients[name]
        clipped[name] = np.where(np.abs(gradient) > maxValue, maxValue, gradient)
    return clipped


def absolute_values(gradients, maxValue):
    return {name: np.minimum(np.abs(gradients[name]), maxValue) for name in _NAMES}


def large_to_zero(gradients, maxValue):
    clipped = {}
    for name in _NAMES:
        gradient = gradients[name]
        clipped[name] = np.where(np.abs(gradient) > maxValue, 0.0, gradient)
    return clipped


def bounds_swapped(gradients, maxValue):
    return {name: np.clip(gradients[name], maxValue, -maxValue) for name in _NAMES}


def always_five(gradients, maxValue):
    return {name: np.clip(gradients[name], -5, 5) for name in _NAMES}


def always_ten(gradients, maxValue):
    return {name: np.clip(gradients[name], -10, 10) for name in _NAMES}


def by_norm(gradients, maxValue):
    clipped = {}
    for name in _NAMES:
        norm = np.linalg.norm(gradients[name])
        scale = maxValue / norm if norm > maxValue else 1.0
        clipped[name] = gradients[name] * scale
    return clipped


def by_global_norm(gradients, maxValue):
    norm = np.sqrt(sum(np.sum(gradients[name] ** 2) for name in _NAMES))
    scale = maxValue / norm if norm > maxValue else 1.0
    return {name: gradients[name] * scale for name in _NAMES}


def by_largest_entry(gradients, maxValue):
    clipped = {}
    for name in _NAMES:
        largest = np.max(np.abs(gradients[name]))
        scale = maxValue / largest if largest > maxValue else 1.0
        clipped[name] = gradients[name] * scale
    return clipped


def unclipped(gradients, maxValue):
    for name in _NAMES:
        gradient = gradients[name]
        gradient = np.clip(gradient, -maxValue, maxValue)
    return {name: gradients[name] for name in _NAMES}


def biases_forgotten(gradients, maxValue):
    clipped = {name: gradients[name] for name in _NAMES}
    for name in ("dWax", "dWaa", "dWya"):
        clipped[name] = np.clip(gradients[name], -maxValue, maxValue)
    return clipped


def dby_forgotten(gradients, maxValue):
    clipped = {name: gradients[name] for name in _NAMES}
    for name in ("dWax", "dWaa", "dWya", "db"):
        clipped[name] = np.clip(gradients[name], -maxValue, maxValue)
    return clipped


def returns_in_the_loop(gradients, maxValue):
    for name in _NAMES:
        np.clip(gradients[name], -maxValue, maxValue, out=gradients[name])
        return gradients


def returns_nothing(gradients, maxValue):
    for name in _NAMES:
        np.clip(gradients[name], -maxValue, maxValue, out=gradients[name])
