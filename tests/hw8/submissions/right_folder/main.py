import sys

import numpy as np
import torch
from char_rnn import optimize, sample
from seq2seq import Seq2Seq, make_data


def train_names(path):
    names = [line.strip().lower() for line in open(path)]
    chars = sorted({c for name in names for c in name} | {"\n"})
    char_to_ix = {c: i for i, c in enumerate(chars)}
    np.random.seed(1)
    shapes = {"Wax": (50, len(chars)), "Waa": (50, 50), "Wya": (len(chars), 50)}
    parameters = {k: np.random.randn(*s) * 0.01 for k, s in shapes.items()}
    parameters.update(b=np.zeros((50, 1)), by=np.zeros((len(chars), 1)))
    a = np.zeros((50, 1))
    for j in range(10000):
        name = [char_to_ix[c] for c in names[j % len(names)]]
        loss, gradients, a = optimize([None] + name, name + [char_to_ix["\n"]], a, parameters)
    print("".join(chars[i] for i in sample(parameters, char_to_ix, 0)))


def train_words(pairs):
    model = Seq2Seq(29, 128)
    adam = torch.optim.Adam(model.parameters())
    enc, dec, out = make_data(pairs)
    for epoch in range(500):
        scores = model(enc, torch.zeros(1, len(pairs), 128), dec).transpose(0, 1)
        loss = torch.nn.functional.cross_entropy(scores.reshape(-1, 29), out.reshape(-1))
        adam.zero_grad()
        loss.backward()
        adam.step()


if __name__ == "__main__":
    train_names(sys.argv[1])
    train_words([["man", "women"], ["black", "white"], ["king", "queen"], ["up", "down"]])
