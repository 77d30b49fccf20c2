"""Wrong ways to go one step forward."""


def state_bias_missing(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev)
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p


def output_bias_missing(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = softmax(parameters["Wya"] @ a)
    return a, p


def biases_swapped(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["by"])
    p = softmax(parameters["Wya"] @ a + parameters["b"])
    return a, p


def waa_transposed(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"].T @ a_prev + parameters["b"])
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p


def no_tanh(parameters, a_prev, x):
    a = parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"]
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p


def sigmoid_for_tanh(parameters, a_prev, x):
    z = parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"]
    a = 1 / (1 + np.exp(-z))
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p


def relu_for_tanh(parameters, a_prev, x):
    z = parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"]
    a = np.maximum(z, 0)
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p


def bias_outside_tanh(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev) + parameters["b"]
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p


def old_state_unused(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["b"])
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p


def input_unused(parameters, a_prev, x):
    a = np.tanh(parameters["Waa"] @ a_prev + parameters["b"])
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p


def output_from_old_state(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = softmax(parameters["Wya"] @ a_prev + parameters["by"])
    return a, p


def no_softmax(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = parameters["Wya"] @ a + parameters["by"]
    return a, p


def sigmoid_for_softmax(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    scores = parameters["Wya"] @ a + parameters["by"]
    p = 1 / (1 + np.exp(-scores))
    return a, p


def not_normalised(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = np.exp(parameters["Wya"] @ a + parameters["by"])
    return a, p


def log_probabilities(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = np.log(softmax(parameters["Wya"] @ a + parameters["by"]))
    return a, p


def output_bias_outside_softmax(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = softmax(parameters["Wya"] @ a) + parameters["by"]
    return a, p


def tanh_of_scores(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = softmax(np.tanh(parameters["Wya"] @ a + parameters["by"]))
    return a, p


def order_of_results(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return p, a
