import numpy as np


def clip(gradients, max_value):
    return {k: np.clip(g, -max_value, max_value) for k, g in gradients.items()}


def update_parameters(parameters, gradients, lr):
    return {k: v - lr * gradients["d" + k] for k, v in parameters.items()}
