import numpy as np

from functions import softmax


def rnn_step_forward(parameters, a_prev, x):
    z = parameters['Wax'].dot(x) + parameters['Waa'].dot(a_prev) + parameters['b']
    a = np.tanh(z)
    p = softmax(parameters['Wya'].dot(a) + parameters['by'])
    return a, p


def rnn_step_backward(dy, gradients, parameters, x, a, a_prev):
    upstream = np.dot(parameters['Wya'].T, dy)
    upstream = upstream + gradients['da_next']
    dz = np.multiply(1 - np.square(a), upstream)
    shares = {'dWya': np.dot(dy, a.T), 'dby': dy, 'dWax': np.dot(dz, x.T), 'dWaa': np.dot(dz, a_prev.T), 'db': dz}
    for key in shares:
        gradients[key] = gradients[key] + shares[key]
    gradients['da_next'] = np.dot(parameters['Waa'].T, dz)
    return gradients
