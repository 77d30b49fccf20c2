# encoding=utf8
import copy, numpy as np
import sys
reload(sys)
sys.setdefaultencoding('utf8')

# the table of the blog: numbers below 256
largest_number = pow(2, 8)
int2binary = {}
binary = np.unpackbits(np.array([range(largest_number)], dtype=np.uint8).T, axis=1)
for i in range(largest_number):
    int2binary[i] = binary[i]


def sigmoid(x):
    output = 1 / (1 + np.exp(-x))
    return output


def sigmoid_output_to_derivative(output):
    return output * (1 - output)


def int_to_bits(n, dim=8):
    return int2binary[n]


def bits_to_int(bits):
    out = 0
    for index, x in enumerate(reversed(bits)):
        out += int(x) * pow(2, index)
    return out


def binadd_forward(a, b, synapse_0, synapse_h, synapse_1):
    layer_1_values, layer_2_values = [np.zeros((1, synapse_h.shape[0]))], []
    for position in range(len(a)):
        X = np.array([[a[len(a) - position - 1], b[len(a) - position - 1]]])
        layer_1 = sigmoid(np.dot(X, synapse_0) + np.dot(layer_1_values[-1], synapse_h))
        layer_2 = sigmoid(np.dot(layer_1, synapse_1))
        layer_1_values.append(copy.deepcopy(layer_1))
        layer_2_values.append(layer_2)
    return layer_1_values, layer_2_values


def binadd_backward(a, b, c, hs, os, synapse_0, synapse_h, synapse_1):
    synapse_0_update = np.zeros_like(synapse_0)
    synapse_1_update = np.zeros_like(synapse_1)
    synapse_h_update = np.zeros_like(synapse_h)
    future_layer_1_delta = np.zeros((1, synapse_h.shape[0]))
    for position in range(len(c)):
        X = np.array([[a[position], b[position]]])
        layer_1, prev_layer_1 = hs[-position - 1], hs[-position - 2]
        layer_2_delta = (os[-position - 1] - c[position]) * sigmoid_output_to_derivative(os[-position - 1])
        layer_1_delta = (future_layer_1_delta.dot(synapse_h.T) + layer_2_delta.dot(synapse_1.T)) * sigmoid_output_to_derivative(layer_1)
        synapse_1_update += layer_1.T.dot(layer_2_delta)
        synapse_h_update += prev_layer_1.T.dot(layer_1_delta)
        synapse_0_update += X.T.dot(layer_1_delta)
        future_layer_1_delta = layer_1_delta
    return synapse_0_update, synapse_h_update, synapse_1_update


def binadd_train(pairs, synapse_0, synapse_h, synapse_1, alpha, dim=8):
    synapse_1_update = np.zeros_like(synapse_1)
    for a_int, b_int in pairs:
        a, b = int_to_bits(a_int, dim), int_to_bits(b_int, dim)
        c = int_to_bits(a_int + b_int, dim)
        hs, os = binadd_forward(a, b, synapse_0, synapse_h, synapse_1_update)
        synapse_0_update, synapse_h_update, synapse_1_update = binadd_backward(a, b, c, hs, os, synapse_0, synapse_h, synapse_1)
        synapse_0 = synapse_0 - alpha * synapse_0_update
        synapse_1 = synapse_1 - alpha * synapse_1_update
        synapse_h = synapse_h - alpha * synapse_h_update
    return synapse_0, synapse_h, synapse_1


def binadd_gru(a, b, synapse_0, synapse_h, synapse_1):
    # GRU instead, not ready
    s_t0 = 
	for position in xrange(len(a)):
        z = sigmoid(np.dot(X, synapse_0) + s_t0)


for j in xrange(10000):
    if (j % 1000 == 0):
        print "Error:" + str(overallError)
        print "Pred:" + str(d)
