"""Wrong ways to learn from one word."""


def no_clip(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[len(X) - 1]


def clips_after_the_step(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    gradients = clip(gradients, 5)
    return loss, gradients, a[len(X) - 1]


def unclipped_returned(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    clipped = clip({name: np.copy(value) for name, value in gradients.items()}, 5)
    parameters.update(update_parameters(parameters, clipped, learning_rate))
    return loss, gradients, a[len(X) - 1]


def clips_to_one(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 1)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[len(X) - 1]


def clips_to_ten(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 10)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[len(X) - 1]


def parameters_returned(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, parameters, a[len(X) - 1]


def parameters_returned_too(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[len(X) - 1], parameters


def order_of_results(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, a[len(X) - 1], gradients


def state_before_the_word(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[-1]


def state_of_first_step(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[0]


def state_before_last_step(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[len(X) - 2]


def all_states_returned(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a


def starts_at_zero(X, Y, a_prev, parameters, learning_rate=0.01):
    a_prev = np.zeros_like(a_prev)
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[len(X) - 1]


def loss_after_the_step(X, Y, a_prev, parameters, learning_rate=0.01):
    vocab_size = parameters["by"].shape[0]
    _, cache = rnn_forward(X, Y, a_prev, parameters, vocab_size)
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    loss, _ = rnn_forward(X, Y, a_prev, parameters, vocab_size)
    return loss, gradients, a[len(X) - 1]


def mean_loss(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss / len(X), gradients, a[len(X) - 1]


def two_steps(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[len(X) - 1]


def rate_fixed(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, 0.01))
    return loss, gradients, a[len(X) - 1]


def parameters_unchanged(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    copies = {name: np.copy(value) for name, value in parameters.items()}
    parameters = update_parameters(copies, gradients, learning_rate)
    return loss, gradients, a[len(X) - 1]


def uphill(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, -learning_rate))
    return loss, gradients, a[len(X) - 1]
