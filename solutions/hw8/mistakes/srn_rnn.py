"""Wrong versions of srn_rnn."""


def _layer(Wx, Uh, **options):
    layer = nn.RNN(Wx.shape[1], Wx.shape[0], **options)
    layer.weight_ih_l0.data, layer.weight_hh_l0.data = Wx, Uh
    return layer


def biases_left_random(Wx, Uh, Vy, X):
    H, _ = _layer(Wx, Uh)(X)
    return H @ Vy.T, H


def linear_bias_left_random(Wx, Uh, Vy, X):
    layer = _layer(Wx, Uh)
    nn.init.zeros_(layer.bias_ih_l0)
    nn.init.zeros_(layer.bias_hh_l0)
    linear = nn.Linear(Vy.shape[1], Vy.shape[0])
    linear.weight.data = Vy
    H, _ = layer(X)
    return linear(H), H


def batch_first(Wx, Uh, Vy, X):
    H, _ = _layer(Wx, Uh, bias=False, batch_first=True)(X)
    return H @ Vy.T, H


def u_transposed(Wx, Uh, Vy, X):
    H, _ = _layer(Wx, Uh.T, bias=False)(X)
    return H @ Vy.T, H


def last_state_returned(Wx, Uh, Vy, X):
    H, last = _layer(Wx, Uh, bias=False)(X)
    return H @ Vy.T, last


def last_step_only(Wx, Uh, Vy, X):
    _, last = _layer(Wx, Uh, bias=False)(X)
    return last @ Vy.T, last


def relu(Wx, Uh, Vy, X):
    H, _ = _layer(Wx, Uh, bias=False, nonlinearity="relu")(X)
    return H @ Vy.T, H


def tanh_on_output(Wx, Uh, Vy, X):
    H, _ = _layer(Wx, Uh, bias=False)(X)
    return torch.tanh(H @ Vy.T), H


def state_starts_at_one(Wx, Uh, Vy, X):
    H, _ = _layer(Wx, Uh, bias=False)(X, torch.ones(1, X.shape[1], Wx.shape[0]))
    return H @ Vy.T, H


def called_for_each_step(Wx, Uh, Vy, X):
    layer = _layer(Wx, Uh, bias=False)
    H = torch.cat([layer(x.unsqueeze(0))[0] for x in X])
    return H @ Vy.T, H


def outputs_of_the_layer_taken_for_y(Wx, Uh, Vy, X):
    H, last = _layer(Wx, Uh, bias=False)(X)
    return H, last


def squeezed(Wx, Uh, Vy, X):
    H, _ = _layer(Wx, Uh, bias=False)(X)
    return (H @ Vy.T)[:, 0], H[:, 0]


def states_first(Wx, Uh, Vy, X):
    H, _ = _layer(Wx, Uh, bias=False)(X)
    return H, H @ Vy.T
