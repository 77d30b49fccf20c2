import numpy as np
import torch
import torch.nn as nn
import torch.utils.data as Data


device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
letter = [c for c in 'SE?abcdefghijklmnopqrstuvwxyz']
letter2idx = {n: i for i, n in enumerate(letter)}
seq_data = [['man', 'women'], ['black', 'white'], ['king', 'queen'], ['girl', 'boy'], ['up', 'down'], ['high', 'low']]
n_step = max([max(len(i), len(j)) for i, j in seq_data])  # 5
n_class = len(letter2idx)


def make_data(seq_data):
    n = max(n_step, max([max(len(i), len(j)) for i, j in seq_data]))
    enc_input_all, dec_input_all, dec_output_all = [], [], []
    for seq in seq_data:
        words = []
        for i in range(2):
            words.append(seq[i] + '?' * (n - len(seq[i])))
        enc_input = [letter2idx[c] for c in (words[0] + 'E')]
        dec_input = [letter2idx[c] for c in ('S' + words[1])]
        dec_output = [letter2idx[c] for c in (words[1] + 'E')]
        enc_input_all.append(np.eye(n_class)[enc_input])
        dec_input_all.append(np.eye(n_class)[dec_input])
        dec_output_all.append(dec_output)  # 不用 one-hot
    return torch.Tensor(enc_input_all), torch.Tensor(dec_input_all), torch.LongTensor(dec_output_all)


class Seq2Seq(nn.Module):
    def __init__(self, n_class, n_hidden):
        super(Seq2Seq, self).__init__()
        self.encoder = nn.RNN(input_size=n_class, hidden_size=n_hidden, dropout=0.5)  # 只有一层,dropout 不起作用
        self.decoder = nn.RNN(input_size=n_class, hidden_size=n_hidden, dropout=0.5)
        self.fc = nn.Linear(n_hidden, n_class)

    def forward(self, enc_input, enc_hidden, dec_input):
        enc_input = enc_input.transpose(0, 1)
        dec_input = dec_input.transpose(0, 1)
        _, h_t = self.encoder(enc_input, enc_hidden)
        outputs, _ = self.decoder(dec_input, h_t)
        model = self.fc(outputs)
        return model


def seq2seq_train(seq_data, parameters, epochs):
    n_class, n_hidden = parameters['fc.weight'].shape
    model = Seq2Seq(n_class, n_hidden).to(device)
    model.load_state_dict(parameters)
    criterion = nn.CrossEntropyLoss().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    enc_input, dec_input, dec_output = make_data(seq_data)
    losses = []
    for epoch in range(epochs):
        h_0 = torch.zeros(1, len(seq_data), n_hidden).to(device)
        pred = model(enc_input.to(device), h_0, dec_input.to(device))
        pred = pred.transpose(0, 1)  # [batch_size, n_step+1, n_class]
        loss = 0
        for i in range(len(dec_output)):
            loss += criterion(pred[i], dec_output.to(device)[i]) / len(dec_output)
        if (epoch + 1) % 1000 == 0:
            print('Epoch:', '%04d' % (epoch + 1), 'cost =', '{:.6f}'.format(loss))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model.state_dict(), losses


def translate(word, parameters):
    n_class, n_hidden = parameters['fc.weight'].shape
    model = Seq2Seq(n_class, n_hidden)
    model.load_state_dict(parameters)
    model.eval()
    enc_input, dec_input, _ = make_data([[word, '?' * n_step]])
    hidden = torch.zeros(1, 1, n_hidden)
    output = model(enc_input, hidden, dec_input)  # [n_step+1, batch_size, n_class]
    predict = output.data.max(2, keepdim=True)[1]
    decoded = [letter[i] for i in predict]
    if 'E' in decoded:
        decoded = decoded[:decoded.index('E')]
    return ''.join(decoded).replace('?', '')
