"""Wrong versions of hello_states."""


def _cell(inputs, hidden, parameters):
    cell = nn.RNNCell(inputs.shape[2], hidden.shape[1])
    cell.load_state_dict(parameters)
    return cell


def starts_anew(inputs, hidden, parameters):
    cell = _cell(inputs, hidden, parameters)
    return [cell(x, hidden) for x in inputs]


def first_state_ignored(inputs, hidden, parameters):
    cell = _cell(inputs, hidden, parameters)
    hidden = torch.zeros_like(hidden)
    states = []
    for x in inputs:
        hidden = cell(x, hidden)
        states.append(hidden)
    return states


def states_before_the_steps(inputs, hidden, parameters):
    cell = _cell(inputs, hidden, parameters)
    states = []
    for x in inputs:
        states.append(hidden)
        hidden = cell(x, hidden)
    return states


def first_state_included(inputs, hidden, parameters):
    cell = _cell(inputs, hidden, parameters)
    states = [hidden]
    for x in inputs:
        states.append(cell(x, states[-1]))
    return states


def last_state_only(inputs, hidden, parameters):
    cell = _cell(inputs, hidden, parameters)
    for x in inputs:
        hidden = cell(x, hidden)
    return [hidden]


def first_input_again(inputs, hidden, parameters):
    cell = _cell(inputs, hidden, parameters)
    states = []
    for _ in inputs:
        hidden = cell(inputs[0], hidden)
        states.append(hidden)
    return states


def no_tanh(inputs, hidden, parameters):
    states = []
    for x in inputs:
        hidden = (
            x @ parameters["weight_ih"].T
            + parameters["bias_ih"]
            + hidden @ parameters["weight_hh"].T
            + parameters["bias_hh"]
        )
        states.append(hidden)
    return states


def relu(inputs, hidden, parameters):
    cell = nn.RNNCell(inputs.shape[2], hidden.shape[1], nonlinearity="relu")
    cell.load_state_dict(parameters)
    states = []
    for x in inputs:
        hidden = cell(x, hidden)
        states.append(hidden)
    return states


def one_bias(inputs, hidden, parameters):
    states = []
    for x in inputs:
        read = x @ parameters["weight_ih"].T + parameters["bias_ih"]
        hidden = torch.tanh(read + hidden @ parameters["weight_hh"].T)
        states.append(hidden)
    return states


def weight_not_transposed(inputs, hidden, parameters):
    states = []
    for x in inputs:
        read = x @ parameters["weight_ih"].T + parameters["bias_ih"]
        hidden = torch.tanh(read + hidden @ parameters["weight_hh"] + parameters["bias_hh"])
        states.append(hidden)
    return states


def backwards(inputs, hidden, parameters):
    cell = _cell(inputs, hidden, parameters)
    states = []
    for x in reversed(inputs):
        hidden = cell(x, hidden)
        states.append(hidden)
    return states
