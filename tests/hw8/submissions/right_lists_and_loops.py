# homework 8
# I have not used numpy before, so I wrote the loops myself. It is slow but it gives the numbers
# of the handout.
import math
import numpy as np
import torch
from torch import nn


def softmax(x):
	e = np.exp(x)          # numbers are small here
	return e / np.sum(e)


def clip(gradients, max):
	# loop over everything
	result = {}
	for key in ["dWax", "dWaa", "dWya", "db", "dby"]:
		new = []
		for row in gradients[key]:
			new_row = []
			for number in row:
				number = float(number)
				if number > max:
					number = max
				elif number < -max:
					number = -max
				new_row.append(number)
			new.append(new_row)
		result[key] = np.array(new)
	return result


def sample(parameters, char_to_ix, seed):
	indices = []
	size = parameters["by"].shape[0]
	newline = char_to_ix["\n"]
	a = np.zeros((parameters["b"].shape[0], 1))
	x = np.zeros((size, 1))
	finished = False
	while not finished:
		a, y = rnn_step_forward(parameters, a, x)
		# a list of the probabilities, for choice
		probabilities = [float(y[i, 0]) for i in range(size)]
		total = sum(probabilities)
		probabilities = [p / total for p in probabilities]
		np.random.seed(seed)
		index = int(np.random.choice(size, 1, p=probabilities)[0])
		seed = seed + 2
		indices.append(index)
		x = np.zeros((size, 1))
		x[index, 0] = 1
		if index == newline:
			finished = True
		if len(indices) == 50:
			indices.append(newline)
			finished = True
	return indices


def rnn_step_forward(parameters, a_prev, x):
	Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
	n_a, vocab = len(Wax), len(x)
	a = np.zeros((n_a, 1))
	for i in range(n_a):
		total = parameters["b"][i, 0]
		for j in range(vocab):
			total += Wax[i, j] * x[j, 0]
		for j in range(n_a):
			total += Waa[i, j] * a_prev[j, 0]
		a[i, 0] = math.tanh(total)
	scores = np.zeros((vocab, 1))
	for i in range(vocab):
		scores[i, 0] = parameters["by"][i, 0]
		for j in range(n_a):
			scores[i, 0] += Wya[i, j] * a[j, 0]
	return [a, softmax(scores)]


def rnn_step_backward(dy, gradients, parameters, x, a, a_prev):
	Wya, Waa = parameters["Wya"], parameters["Waa"]
	vocab, n_a = Wya.shape
	out = {key: gradients[key].copy() for key in gradients}
	dz = []
	for j in range(n_a):
		da = gradients["da_next"][j, 0]
		for i in range(vocab):
			da += Wya[i, j] * dy[i, 0]
		dz.append((1.0 - a[j, 0] ** 2) * da)
	for i in range(vocab):
		out["dby"][i, 0] += dy[i, 0]
		for j in range(n_a):
			out["dWya"][i, j] += dy[i, 0] * a[j, 0]
			out["dWax"][j, i] += dz[j] * x[i, 0]
	for j in range(n_a):
		out["db"][j, 0] += dz[j]
		for k in range(n_a):
			out["dWaa"][j, k] += dz[j] * a_prev[k, 0]
	for k in range(n_a):
		out["da_next"][k, 0] = sum(Waa[j, k] * dz[j] for j in range(n_a))
	return out


def rnn_forward(X, Y, a0, parameters, vocab_size=27):
	losses = []
	y_hat = {}
	a = {}
	x = {}
	a[-1] = a0
	for t in range(len(X)):
		column = [[0.0] for _ in range(vocab_size)]
		if X[t] is not None:
			column[X[t]][0] = 1.0
		x[t] = np.array(column)
		a[t], y_hat[t] = rnn_step_forward(parameters, a_prev=a[t - 1], x=x[t])
		losses.append(math.log(y_hat[t][Y[t], 0]))
	return -sum(losses), [y_hat, a, x]


def rnn_backward(X, Y, parameters, cache):
	y_hat, a, x = cache
	gradients = {}
	for name in ["Wax", "Waa", "Wya", "b", "by"]:
		gradients["d" + name] = parameters[name] * 0.0
	gradients["da_next"] = a[-1] * 0.0
	t = len(X) - 1
	while t >= 0:
		dy = y_hat[t].copy()
		dy[Y[t], 0] = dy[Y[t], 0] - 1.0
		before = a[t - 1]
		gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], before)
		t = t - 1
	return [gradients, a]


def update_parameters(parameters, gradients, lr):
	for name in ["Wax", "Waa", "Wya", "b", "by"]:
		rows, columns = parameters[name].shape
		for i in range(rows):
			for j in range(columns):
				parameters[name][i, j] = parameters[name][i, j] - lr * gradients["d" + name][i, j]
	return parameters


def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
	loss, cache = rnn_forward(X, Y, a_prev, parameters, len(parameters["by"]))
	gradients, states = rnn_backward(X, Y, parameters, cache)
	small = clip(gradients, 5)
	new = update_parameters(parameters, small, learning_rate)
	for key in new:
		parameters[key] = new[key]
	last = max(states.keys())
	return [loss, small, states[last]]


def gate_parameters(input_size, hidden_size):
	return (nn.Parameter(0.01 * torch.randn(input_size, hidden_size)),
			nn.Parameter(0.01 * torch.randn(hidden_size, hidden_size)),
			nn.Parameter(torch.zeros(hidden_size)))


class GRUCell(nn.Module):
	def __init__(self, input_size, hidden_size):
		super().__init__()
		self.W_xz, self.W_hz, self.b_z = gate_parameters(input_size, hidden_size)
		self.W_xr, self.W_hr, self.b_r = gate_parameters(input_size, hidden_size)
		self.W_xh, self.W_hh, self.b_h = gate_parameters(input_size, hidden_size)

	def forward(self, x, h):
		rows = []
		for n in range(x.shape[0]):      # one example after the other
			xn = x[n]
			hn = h[n]
			z = 1 / (1 + torch.exp(-(xn @ self.W_xz + hn @ self.W_hz + self.b_z)))
			r = 1 / (1 + torch.exp(-(xn @ self.W_xr + hn @ self.W_hr + self.b_r)))
			cand = torch.tanh(xn @ self.W_xh + (r * hn) @ self.W_hh + self.b_h)
			rows.append(z * hn + (1 - z) * cand)
		return torch.stack(rows)


class LSTMCell(nn.Module):
	def __init__(self, input_size, hidden_size):
		super().__init__()
		self.W_xi, self.W_hi, self.b_i = gate_parameters(input_size, hidden_size)
		self.W_xf, self.W_hf, self.b_f = gate_parameters(input_size, hidden_size)
		self.W_xo, self.W_ho, self.b_o = gate_parameters(input_size, hidden_size)
		self.W_xc, self.W_hc, self.b_c = gate_parameters(input_size, hidden_size)

	def gate(self, x, h, w, u, b):
		return x.mm(w).add(h.mm(u)).add(b)

	def forward(self, x, state):
		h = state[0]
		c = state[1]
		i = self.gate(x, h, self.W_xi, self.W_hi, self.b_i).sigmoid()
		f = self.gate(x, h, self.W_xf, self.W_hf, self.b_f).sigmoid()
		o = self.gate(x, h, self.W_xo, self.W_ho, self.b_o).sigmoid()
		g = self.gate(x, h, self.W_xc, self.W_hc, self.b_c).tanh()
		c_new = c * f + g * i
		return [torch.tanh(c_new) * o, c_new]


def gru_step(x, h, p):
	z = torch.sigmoid(torch.mm(x, p[0]) + torch.mm(h, p[1]) + p[2])
	r = torch.sigmoid(torch.mm(x, p[3]) + torch.mm(h, p[4]) + p[5])
	new = torch.tanh(torch.mm(x, p[6]) + torch.mm(r * h, p[7]) + p[8])
	return z * h + (1 - z) * new


def gru(inputs, state, params):
	H = state[0]
	outputs = []
	for x in inputs:
		H = gru_step(x, H, params[:9])
		outputs.append(torch.addmm(params[10], H, params[9]))
	return outputs, (H,)


def lstm(inputs, state, params):
	Wi, Ui, ci, Wf, Uf, cf, Wo, Uo, co, Wg, Ug, cg, Wy, cy = params
	h, memory = state
	ys = []
	for x in inputs:
		write = torch.sigmoid(x.matmul(Wi) + h.matmul(Ui) + ci)
		keep = torch.sigmoid(x.matmul(Wf) + h.matmul(Uf) + cf)
		show = torch.sigmoid(x.matmul(Wo) + h.matmul(Uo) + co)
		proposal = torch.tanh(x.matmul(Wg) + h.matmul(Ug) + cg)
		memory = keep * memory + write * proposal
		h = show * torch.tanh(memory)
		ys.append(h.matmul(Wy) + cy)
	return ys, (h, memory)


letter = list("SE?abcdefghijklmnopqrstuvwxyz")
letter2idx = {}
for position in range(len(letter)):
	letter2idx[letter[position]] = position
n_class = 29
n_step = 5


def make_data(seq_data):
	longest = 5
	for source, target in seq_data:
		if len(source) > longest:
			longest = len(source)
		if len(target) > longest:
			longest = len(target)
	number = len(seq_data)
	enc_input = torch.zeros(number, longest + 1, 29)
	dec_input = torch.zeros(number, longest + 1, 29)
	dec_output = torch.zeros(number, longest + 1, dtype=torch.long)
	for k in range(number):
		source = seq_data[k][0]
		target = seq_data[k][1]
		while len(source) < longest:
			source = source + "?"
		while len(target) < longest:
			target = target + "?"
		source = source + "E"
		for t in range(longest + 1):
			enc_input[k, t, letter2idx[source[t]]] = 1
			dec_input[k, t, letter2idx[("S" + target)[t]]] = 1
			dec_output[k, t] = letter2idx[(target + "E")[t]]
	return enc_input, dec_input, dec_output


class Seq2Seq(nn.Module):
	def __init__(self, n_class, n_hidden):
		super().__init__()
		self.encoder = nn.RNN(input_size=n_class, hidden_size=n_hidden, dropout=0.0)
		self.decoder = nn.RNN(input_size=n_class, hidden_size=n_hidden, dropout=0.0)
		self.fc = nn.Linear(n_hidden, n_class)

	def forward(self, enc_input, enc_hidden, dec_input):
		h = enc_hidden
		for t in range(enc_input.shape[1]):
			out, h = self.encoder(enc_input[:, t:t + 1].permute(1, 0, 2), h)
		scores = []
		for t in range(dec_input.shape[1]):
			out, h = self.decoder(dec_input[:, t:t + 1].permute(1, 0, 2), h)
			scores.append(self.fc(out[0]))
		return torch.stack(scores)
