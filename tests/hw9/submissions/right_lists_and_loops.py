# no tensor operation where a loop will do
import math, random
import torch
from torch import nn

def load_corpus(text, n):
	kept = []
	for c in text:
		if len(kept) == n:
			break
		if c == '\n' or c == '\r':
			c = ' '
		kept.append(c)
	idx_to_char = []
	for c in kept:
		if c not in idx_to_char:
			idx_to_char.append(c)
	idx_to_char.sort()
	char_to_idx = {}
	for i in range(len(idx_to_char)):
		char_to_idx[idx_to_char[i]] = i
	indices = []
	for c in kept:
		indices.append(char_to_idx[c])
	return [indices, char_to_idx, idx_to_char, len(idx_to_char)]

def data_iter_random(indices, batch_size, num_steps, seed):
	shuffler = random.Random(seed)
	starts = []
	start = 0
	while start + num_steps < len(indices):
		starts.append(start)
		start += num_steps
	shuffler.shuffle(starts)
	batches = []
	while len(starts) >= batch_size:
		X, Y = [], []
		for i in range(batch_size):
			s = starts.pop()
			X.append(indices[s:s + num_steps])
			Y.append(indices[s + 1:s + num_steps + 1])
		batches.append([torch.LongTensor(X), torch.LongTensor(Y)])
	return batches

def data_iter_consecutive(indices, batch_size, num_steps):
	length = len(indices) // batch_size
	batches = []
	at = 0
	while at + num_steps + 1 <= length:
		X, Y = [], []
		for k in range(batch_size):
			row = indices[k * length:(k + 1) * length]
			X.append(row[at:at + num_steps])
			Y.append(row[at + 1:at + num_steps + 1])
		batches.append((torch.tensor(X), torch.tensor(Y)))
		at += num_steps
	return batches

def to_onehot(X, n_class):
	steps = []
	for t in range(X.size(1)):
		rows = []
		for b in range(X.size(0)):
			row = [0.0] * n_class
			row[int(X[b, t])] = 1.0
			rows.append(row)
		steps.append(torch.tensor(rows))
	return tuple(steps)

def perplexity(loss_sum, n):
	mean = loss_sum / n
	if mean > 709:
		return float('inf')
	return math.e ** mean

def grad_clipping(params, theta):
	kept = []
	total = 0.0
	for p in params:
		if p.grad is not None:
			kept.append(p)
			for g in p.grad.flatten().tolist():
				total += g * g
	norm = total ** 0.5
	if norm <= theta:
		return norm
	for p in kept:
		p.grad = p.grad * (theta / norm)
	return norm

def get_params(kind, n_class, hidden):
	def weight(rows, columns):
		w = torch.zeros(rows, columns)
		for i in range(rows):
			for j in range(columns):
				w[i, j] = random.gauss(0, 0.01)
		return w.requires_grad_()
	def bias(size):
		return torch.zeros(size, requires_grad=True)
	params = []
	if kind == 'rnn':
		gates = 1
	elif kind == 'gru':
		gates = 3
	else:
		gates = 4
	for g in range(gates):
		params.append(weight(n_class, hidden))
		params.append(weight(hidden, hidden))
		params.append(bias(hidden))
	params.append(weight(hidden, n_class))
	params.append(bias(n_class))
	return params

def init_state(kind, batch_size, hidden):
	state = [torch.zeros([batch_size, hidden])]
	if kind == 'lstm':
		state.append(torch.zeros([batch_size, hidden]))
	return state

def rnn(inputs, state, params):
	H = state[0]
	outputs = []
	for i in range(len(inputs)):
		z = torch.mm(inputs[i], params[0])
		z = z + torch.mm(H, params[1])
		z = z + params[2]
		H = torch.tanh(z)
		outputs.append(torch.mm(H, params[3]) + params[4])
	return [outputs, [H]]

def train_epoch(net, params, state, batches, lr, theta, reset):
	V = params[len(params) - 1].size(0)
	total = 0
	count = 0
	for batch in batches:
		X = batch[0]
		Y = batch[1]
		new_state = []
		for part in state:
			if reset:
				new_state.append(torch.zeros(part.size()))
			else:
				new_state.append(part.detach().clone())
		outputs, state = run(net, to_onehot(X, V), tuple(new_state), params)
		loss = 0
		for t in range(X.size(1)):
			loss = loss + nn.functional.cross_entropy(outputs[t], Y[:, t].long(), reduction='sum')
		n = X.size(0) * X.size(1)
		for p in params:
			if p.grad is not None:
				p.grad.zero_()
		(loss / n).backward()
		grad_clipping(params, theta)
		for p in params:
			p.data = p.data - lr * p.grad
		total += loss.item()
		count += n
	return [params, state, perplexity(total, count)]

def predict(prefix, n, net, params, state, char_to_idx, idx_to_char):
	def say(c, state):
		X = torch.tensor([[char_to_idx[c]]])
		Y, state = run(net, to_onehot(X, len(char_to_idx)), state, params)
		scores = Y[0].flatten().tolist()
		best = 0
		for i in range(len(scores)):
			if scores[i] > scores[best]:
				best = i
		return idx_to_char[best], state
	for c in prefix:
		following, state = say(c, state)
	text = prefix
	for i in range(n):
		text = text + following
		following, state = say(following, state)
	return text

class RNNModel(nn.Module):
	def __init__(self, kind, vocab_size, hidden_size, num_layers=1, bidirectional=False):
		nn.Module.__init__(self)
		if kind == 'rnn':
			self.rnn = nn.RNN(vocab_size, hidden_size, num_layers, bidirectional=bidirectional)
		if kind == 'gru':
			self.rnn = nn.GRU(vocab_size, hidden_size, num_layers, bidirectional=bidirectional)
		if kind == 'lstm':
			self.rnn = nn.LSTM(vocab_size, hidden_size, num_layers, bidirectional=bidirectional)
		if bidirectional:
			self.dense = nn.Linear(2 * hidden_size, vocab_size)
		else:
			self.dense = nn.Linear(hidden_size, vocab_size)
		self.vocab_size = vocab_size
	def forward(self, X, state=None):
		outputs, state = self.rnn(torch.stack(to_onehot(X, self.vocab_size)), state)
		scores = []
		for step in outputs:
			for row in step:
				scores.append(self.dense(row))
		return torch.stack(scores), state

def deep_rnn(inputs, states, layers):
	states = [s for s in states]
	outputs = []
	for X in inputs:
		x = X
		for k in range(len(layers)):
			states[k] = torch.tanh(x.mm(layers[k][0]) + states[k].mm(layers[k][1]) + layers[k][2])
			x = states[k]
		outputs.append(states[-1])
	return outputs, states

def bi_rnn(inputs, forward, backward):
	batch = inputs[0].size(0)
	left = torch.zeros(batch, forward[2].size(0))
	right = torch.zeros(batch, backward[2].size(0))
	lefts = []
	rights = []
	for t in range(len(inputs)):
		left = torch.tanh(inputs[t].mm(forward[0]) + left.mm(forward[1]) + forward[2])
		lefts.append(left)
	for t in reversed(range(len(inputs))):
		right = torch.tanh(inputs[t].mm(backward[0]) + right.mm(backward[1]) + backward[2])
		rights.insert(0, right)
	return [torch.cat([lefts[t], rights[t]], 1) for t in range(len(inputs))]

def step_perplexity(kind, parameters, indices):
	model = load_model(kind, parameters)
	state = None
	total = 0.0
	for t in range(1, len(indices)):
		scores, state = model(torch.tensor([[indices[t - 1]]]), state)
		probabilities = torch.softmax(scores[0].double(), 0)
		total -= math.log(probabilities[indices[t]].item())
	return math.exp(total / (len(indices) - 1))
