"""Known mistakes in seq2seq_forward."""

import torch
from torch import nn


class _Model(nn.Module):
    def __init__(self, n_class, n_hidden):
        super().__init__()
        self.encoder = nn.RNN(input_size=n_class, hidden_size=n_hidden)
        self.decoder = nn.RNN(input_size=n_class, hidden_size=n_hidden)
        self.fc = nn.Linear(n_hidden, n_class)


class encoder_state_dropped(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1))
        return self.fc(dec_states)


class decoder_starts_from_enc_hidden(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_hidden)
        return self.fc(dec_states)


class enc_hidden_unused(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1))
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state)
        return self.fc(dec_states)


class first_encoder_state_taken(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        enc_states, _ = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_states[:1])
        return self.fc(dec_states)


class encoder_state_at_every_step(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        scores = []
        for symbol in dec_input.transpose(0, 1):
            dec_state, _ = self.decoder(symbol.unsqueeze(0), enc_state)
            scores.append(self.fc(dec_state))
        return torch.cat(scores)


class axes_reshaped(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        batch, steps, n_class = enc_input.shape
        _, enc_state = self.encoder(enc_input.reshape(steps, batch, n_class), enc_hidden)
        dec_states, _ = self.decoder(dec_input.reshape(steps, batch, n_class), enc_state)
        return self.fc(dec_states)


class axes_not_exchanged(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input, enc_hidden)
        dec_states, _ = self.decoder(dec_input, enc_state)
        return self.fc(dec_states)


class batch_first_result(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state)
        return self.fc(dec_states).transpose(0, 1)


class last_step_only(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state)
        return self.fc(dec_states[-1])


class inputs_exchanged(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(dec_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(enc_input.transpose(0, 1), enc_state)
        return self.fc(dec_states)


class decoder_reads_source(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(enc_input.transpose(0, 1), enc_state)
        return self.fc(dec_states)


class encoder_decodes(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.encoder(dec_input.transpose(0, 1), enc_state)
        return self.fc(dec_states)


class scores_from_encoder(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        enc_states, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state)
        return self.fc(enc_states)


class states_returned(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state)
        return dec_states


class probabilities_returned(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state)
        return torch.softmax(self.fc(dec_states), dim=2)


class logarithms_returned(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state)
        return torch.log_softmax(self.fc(dec_states), dim=2)


class encoder_state_detached(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
        dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state.detach())
        return self.fc(dec_states)


class without_graph(_Model):
    def forward(self, enc_input, enc_hidden, dec_input):
        with torch.no_grad():
            _, enc_state = self.encoder(enc_input.transpose(0, 1), enc_hidden)
            dec_states, _ = self.decoder(dec_input.transpose(0, 1), enc_state)
            return self.fc(dec_states)
