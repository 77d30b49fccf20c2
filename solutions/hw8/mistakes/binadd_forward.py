"""Wrong versions of binadd_forward."""


def highest_bit_first(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[position], b[position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W))
        os.append(sigmoid(hs[-1] @ V))
    return hs, os


def always_the_first_state(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        hs.append(sigmoid(x @ U + hs[0] @ W))
        os.append(sigmoid(hs[-1] @ V))
    return hs, os


def no_sigmoid_on_output(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W))
        os.append(hs[-1] @ V)
    return hs, os


def no_sigmoid_on_state(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        hs.append(x @ U + hs[-1] @ W)
        os.append(sigmoid(hs[-1] @ V))
    return hs, os


def tanh_for_sigmoid(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        hs.append(np.tanh(x @ U + hs[-1] @ W))
        os.append(sigmoid(hs[-1] @ V))
    return hs, os


def w_transposed(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W.T))
        os.append(sigmoid(hs[-1] @ V))
    return hs, os


def output_of_the_state_before(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        h = sigmoid(x @ U + hs[-1] @ W)
        os.append(sigmoid(hs[-1] @ V))
        hs.append(h)
    return hs, os


def no_start_among_the_states(a, b, U, W, V):
    h, hs, os = np.zeros((1, W.shape[0])), [], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        h = sigmoid(x @ U + h @ W)
        hs.append(h)
        os.append(sigmoid(h @ V))
    return hs, os


def numbers_exchanged(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[b[-1 - position], a[-1 - position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W))
        os.append(sigmoid(hs[-1] @ V))
    return hs, os


def first_number_twice(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], a[-1 - position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W))
        os.append(sigmoid(hs[-1] @ V))
    return hs, os


def outputs_rounded(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W))
        os.append(np.round(sigmoid(hs[-1] @ V)))
    return hs, os


def outputs_highest_first(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W))
        os.insert(0, sigmoid(hs[-1] @ V))
    return hs, os


def starts_at_one(a, b, U, W, V):
    hs, os = [np.ones((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-1 - position], b[-1 - position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W))
        os.append(sigmoid(hs[-1] @ V))
    return hs, os


def shifted_by_one(a, b, U, W, V):
    hs, os = [np.zeros((1, W.shape[0]))], []
    for position in range(len(a)):
        x = np.array([[a[-position], b[-position]]])
        hs.append(sigmoid(x @ U + hs[-1] @ W))
        os.append(sigmoid(hs[-1] @ V))
    return hs, os
