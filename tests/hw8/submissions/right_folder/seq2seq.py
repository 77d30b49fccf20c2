import numpy as np
import torch
from torch import nn

from letters import letter2idx, n_class, n_step


def make_data(seq_data):
    longest = n_step
    for pair in seq_data:
        longest = max(longest, len(pair[0]), len(pair[1]))

    def numbers(word):
        return [letter2idx[sign] for sign in word]

    sources, teachers, targets = [], [], []
    for source, target in seq_data:
        source += '?' * (longest - len(source))
        target += '?' * (longest - len(target))
        sources.append(np.eye(n_class)[numbers(source + 'E')])
        teachers.append(np.eye(n_class)[numbers('S' + target)])
        targets.append(numbers(target + 'E'))
    return torch.Tensor(np.array(sources)), torch.Tensor(np.array(teachers)), torch.LongTensor(targets)


class Seq2Seq(nn.Module):
    def __init__(self, n_class, n_hidden):
        super().__init__()
        self.encoder = nn.RNN(n_class, n_hidden)
        self.decoder = nn.RNN(n_class, n_hidden)
        self.fc = nn.Linear(n_hidden, n_class)

    def forward(self, enc_input, enc_hidden, dec_input):
        source = enc_input.permute(1, 0, 2)
        teacher = dec_input.permute(1, 0, 2)
        states, meaning = self.encoder(source, enc_hidden)
        states, last = self.decoder(teacher, meaning)
        return self.fc(states)
