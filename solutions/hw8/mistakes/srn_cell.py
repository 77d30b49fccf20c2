"""Wrong versions of srn_cell."""


def _steps(cell, Vy, X, h):
    outputs, states = [], []
    for x in X:
        h = cell(x, h)
        states.append(h)
        outputs.append(h @ Vy.T)
    return outputs, states


def _cell(Wx, Uh, **options):
    cell = nn.RNNCell(Wx.shape[1], Wx.shape[0], **options)
    cell.weight_ih.data, cell.weight_hh.data = Wx, Uh
    return cell


def biases_left_random(Wx, Uh, Vy, X):
    cell = nn.RNNCell(Wx.shape[1], Wx.shape[0])
    cell.weight_ih.data, cell.weight_hh.data = Wx, Uh
    return _steps(cell, Vy, X, torch.zeros(X.shape[1], Wx.shape[0]))


def linear_bias_left_random(Wx, Uh, Vy, X):
    cell = nn.RNNCell(Wx.shape[1], Wx.shape[0])
    cell.weight_ih.data, cell.weight_hh.data = Wx, Uh
    nn.init.zeros_(cell.bias_ih)
    nn.init.zeros_(cell.bias_hh)
    linear = nn.Linear(Vy.shape[1], Vy.shape[0])
    linear.weight.data = Vy
    h = torch.zeros(X.shape[1], Wx.shape[0])
    outputs, states = [], []
    for x in X:
        h = cell(x, h)
        states.append(h)
        outputs.append(linear(h))
    return outputs, states


def u_transposed(Wx, Uh, Vy, X):
    return _steps(_cell(Wx, Uh.T, bias=False), Vy, X, torch.zeros(X.shape[1], Wx.shape[0]))


def state_not_passed(Wx, Uh, Vy, X):
    cell = _cell(Wx, Uh, bias=False)
    states = [cell(x) for x in X]
    return [h @ Vy.T for h in states], states


def state_starts_at_one(Wx, Uh, Vy, X):
    return _steps(_cell(Wx, Uh, bias=False), Vy, X, torch.ones(X.shape[1], Wx.shape[0]))


def relu(Wx, Uh, Vy, X):
    cell = _cell(Wx, Uh, bias=False, nonlinearity="relu")
    return _steps(cell, Vy, X, torch.zeros(X.shape[1], Wx.shape[0]))


def tanh_on_output(Wx, Uh, Vy, X):
    cell = _cell(Wx, Uh, bias=False)
    outputs, states = _steps(cell, Vy, X, torch.zeros(X.shape[1], Wx.shape[0]))
    return [torch.tanh(y) for y in outputs], states


def output_of_the_state_before(Wx, Uh, Vy, X):
    cell = _cell(Wx, Uh, bias=False)
    h = torch.zeros(X.shape[1], Wx.shape[0])
    outputs, states = [], []
    for x in X:
        outputs.append(h @ Vy.T)
        h = cell(x, h)
        states.append(h)
    return outputs, states


def first_of_the_batch_only(Wx, Uh, Vy, X):
    cell = _cell(Wx, Uh, bias=False)
    outputs, states = _steps(cell, Vy, X, torch.zeros(X.shape[1], Wx.shape[0]))
    return [y[0] for y in outputs], [h[0] for h in states]


def last_step_only(Wx, Uh, Vy, X):
    cell = _cell(Wx, Uh, bias=False)
    outputs, states = _steps(cell, Vy, X, torch.zeros(X.shape[1], Wx.shape[0]))
    return outputs[-1], states[-1]


def states_first(Wx, Uh, Vy, X):
    cell = _cell(Wx, Uh, bias=False)
    outputs, states = _steps(cell, Vy, X, torch.zeros(X.shape[1], Wx.shape[0]))
    return states, outputs


def weights_left_random(Wx, Uh, Vy, X):
    cell = nn.RNNCell(Wx.shape[1], Wx.shape[0], bias=False)
    return _steps(cell, Vy, X, torch.zeros(X.shape[1], Wx.shape[0]))


def all_weights_one(Wx, Uh, Vy, X):
    cell = _cell(torch.ones_like(Wx), torch.ones_like(Uh), bias=False)
    return _steps(cell, torch.ones_like(Vy), X, torch.zeros(X.shape[1], Wx.shape[0]))
