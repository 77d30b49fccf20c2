"""Known mistakes in lstm."""

import torch


def forget_parameters_first(inputs, state, params):
    W_xf, W_hf, b_f, W_xi, W_hi, b_i, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def candidate_parameters_third(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xc, W_hc, b_c, W_xo, W_ho, b_o, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def forget_is_rest_of_input(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = 1 - input_gate
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def sigmoid_candidate(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.sigmoid(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def forget_gate_unused(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def old_memory_dropped(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def memory_shown_without_tanh(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * C
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def old_memory_shown(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        H = output_gate * torch.tanh(C)
        C = forget_gate * C + input_gate * candidate
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def memory_not_carried(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C_new = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C_new)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C_new)


def state_not_carried(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H_new = output_gate * torch.tanh(C)
        outputs.append(H_new @ W_hq + b_q)
    return outputs, (H_new, C)


def memory_read_first(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    C, H = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def memory_returned_first(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (C, H)


def state_returned_alone(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H,)


def start_ignored(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H = torch.zeros(inputs[0].shape[0], W_hi.shape[0])
    C = torch.zeros_like(H)
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def start_returned(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, state


def output_from_old_state(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        outputs.append(H @ W_hq + b_q)
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
    return outputs, (H, C)


def output_from_memory(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(C @ W_hq + b_q)
    return outputs, (H, C)


def output_bias_left_out(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq)
    return outputs, (H, C)


def states_for_outputs(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H)
    return outputs, (H, C)


def return_inside_loop(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
        return outputs, (H, C)


def detached_at_every_step(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        H, C = H.detach(), C.detach()
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def start_detached(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state[0].detach(), state[1].detach()
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def changed_in_place(inputs, state, params):
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C *= forget_gate
        C += input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)
