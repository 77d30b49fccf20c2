"""Wrong versions of srn_forward."""


def _matrices(w, U):
    Wx = np.array([[w[0], w[2]], [w[1], w[3]]])
    Uh = np.array([[U[1], U[3]], [U[0], U[2]]])
    Vy = np.array([[w[4], w[6]], [w[5], w[7]]])
    return Wx, Uh, Vy


def _run(X, Wx, Uh, Vy, act):
    h, states = np.zeros(2), []
    for x in X:
        z = Wx @ x + Uh @ h
        h = np.tanh(z) if act == "tanh" else z
        states.append(h)
    H = np.array(states)
    return H @ Vy.T, H


def u_straight(X, w, U, act):
    Wx, _, Vy = _matrices(w, U)
    return _run(X, Wx, np.array([[U[0], U[2]], [U[1], U[3]]]), Vy, act)


def u_in_reading_order(X, w, U, act):
    Wx, _, Vy = _matrices(w, U)
    return _run(X, Wx, np.array(U).reshape(2, 2), Vy, act)


def u_transposed(X, w, U, act):
    Wx, Uh, Vy = _matrices(w, U)
    return _run(X, Wx, Uh.T, Vy, act)


def inputs_crossed(X, w, U, act):
    Wx, Uh, Vy = _matrices(w, U)
    return _run(X, Wx.T, Uh, Vy, act)


def outputs_crossed(X, w, U, act):
    Wx, Uh, Vy = _matrices(w, U)
    return _run(X, Wx, Uh, Vy.T, act)


def w_in_reading_order(X, w, U, act):
    Wx, Uh, Vy = _matrices(w, U)
    return _run(X, Wx.T, Uh, Vy.T, act)


def activation_on_output(X, w, U, act):
    Y, H = _run(X, *_matrices(w, U), act)
    return (np.tanh(Y) if act == "tanh" else Y), H


def never_an_activation(X, w, U, act):
    return _run(X, *_matrices(w, U), "linear")


def always_tanh(X, w, U, act):
    return _run(X, *_matrices(w, U), "tanh")


def first_unit_overwritten(X, w, U, act):
    h1 = h2 = 0.0
    Y, H = [], []
    for x1, x2 in X:
        h1 = w[0] * x1 + w[2] * x2 + U[1] * h1 + U[3] * h2
        if act == "tanh":
            h1 = np.tanh(h1)
        h2 = w[1] * x1 + w[3] * x2 + U[0] * h1 + U[2] * h2
        if act == "tanh":
            h2 = np.tanh(h2)
        H.append([h1, h2])
        Y.append([w[4] * h1 + w[6] * h2, w[5] * h1 + w[7] * h2])
    return np.array(Y), np.array(H)


def output_of_the_state_before(X, w, U, act):
    Wx, Uh, Vy = _matrices(w, U)
    _, H = _run(X, Wx, Uh, Vy, act)
    return np.vstack([np.zeros((1, 2)), H[:-1]]) @ Vy.T, H


def state_not_carried(X, w, U, act):
    Wx, Uh, Vy = _matrices(w, U)
    return _run(X, Wx, np.zeros_like(Uh), Vy, act)


def sums_carried(X, w, U, act):
    Wx, Uh, Vy = _matrices(w, U)
    z, states = np.zeros(2), []
    for x in X:
        z = Wx @ x + Uh @ z
        states.append(np.tanh(z) if act == "tanh" else z)
    H = np.array(states)
    return H @ Vy.T, H


def activation_on_inputs_alone(X, w, U, act):
    Wx, Uh, Vy = _matrices(w, U)
    h, states = np.zeros(2), []
    for x in X:
        z = Wx @ x
        h = (np.tanh(z) if act == "tanh" else z) + Uh @ h
        states.append(h)
    H = np.array(states)
    return H @ Vy.T, H


def states_first(X, w, U, act):
    Y, H = _run(X, *_matrices(w, U), act)
    return H, Y


def last_step_only(X, w, U, act):
    Y, H = _run(X, *_matrices(w, U), act)
    return Y[-1], H[-1]


def start_among_the_states(X, w, U, act):
    Y, H = _run(X, *_matrices(w, U), act)
    return Y, np.vstack([np.zeros((1, 2)), H])
