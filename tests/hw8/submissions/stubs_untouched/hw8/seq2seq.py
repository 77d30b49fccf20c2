"""A translator of words, letter by letter: an encoder and a decoder, in PyTorch.

The encoder reads the source word and keeps nothing but its last hidden state. The decoder starts
from that state and spells the target word.

Three symbols stand before the letters a to z: ``S`` starts the decoder's input, ``E`` ends a word,
``?`` fills words up to the same length.
"""

import torch
from torch import Tensor, nn

letter = list("SE?abcdefghijklmnopqrstuvwxyz")
letter2idx = {symbol: index for index, symbol in enumerate(letter)}
n_class = len(letter)  # 29
n_step = 5


def make_data(seq_data: list[list[str]]) -> tuple[Tensor, Tensor, Tensor]:
    """Turn pairs of words into the three tensors of training.

    Fill every word with ``?`` at its end until it has `n_step` letters. If some word of the call
    is longer than `n_step`, fill all of them up to the longest instead; nothing is ever cut off.
    Call that length ``n``. Then

    * the encoder's input is the source followed by ``E``,
    * the decoder's input is ``S`` followed by the target,
    * the decoder's right output is the target followed by ``E``.

    Parameters
    ----------
    seq_data : list of [source, target]
        Words of the 29 symbols in `letter`, at least one pair. Leave it as it is.

    Returns
    -------
    enc_input : (len(seq_data), n + 1, n_class) Tensor of float32
        One-hot.
    dec_input : (len(seq_data), n + 1, n_class) Tensor of float32
        One-hot.
    dec_output : (len(seq_data), n + 1) Tensor of int64
        Indices, not one-hot.

    Examples
    --------
    >>> enc_input, dec_input, dec_output = make_data([["up", "down"], ["man", "women"]])
    >>> enc_input.shape, dec_output.shape
    (torch.Size([2, 6, 29]), torch.Size([2, 6]))
    >>> "".join(letter[index] for index in dec_output[0])
    'down?E'
    """
    raise NotImplementedError("make_data: not written yet")


class Seq2Seq(nn.Module):
    """Encoder and decoder, each a plain recurrent layer, and a linear layer on top.

    Parameters
    ----------
    n_class : int
        Number of symbols.
    n_hidden : int
        Length of the hidden state.

    References
    ----------
    Sutskever, Vinyals and Le (2014), Sequence to Sequence Learning with Neural Networks.

    Examples
    --------
    >>> model = Seq2Seq(n_class=29, n_hidden=8)
    >>> enc_input, dec_input, dec_output = make_data([["up", "down"], ["man", "women"]])
    >>> model(enc_input, torch.zeros(1, 2, 8), dec_input).shape
    torch.Size([6, 2, 29])
    """

    def __init__(self, n_class: int, n_hidden: int) -> None:
        super().__init__()
        self.encoder = nn.RNN(input_size=n_class, hidden_size=n_hidden)
        self.decoder = nn.RNN(input_size=n_class, hidden_size=n_hidden)
        self.fc = nn.Linear(n_hidden, n_class)

    def forward(self, enc_input: Tensor, enc_hidden: Tensor, dec_input: Tensor) -> Tensor:
        """Score every symbol at every step of the decoder.

        Both recurrent layers want time first, so their inputs need their first two axes exchanged.
        The encoder starts from `enc_hidden`, the decoder from the encoder's last state, and the
        linear layer turns each of the decoder's states into scores.

        Parameters
        ----------
        enc_input : (batch, steps, n_class) Tensor of float32
            Source words, one-hot.
        enc_hidden : (1, batch, n_hidden) Tensor of float32
            State of the encoder before its first step.
        dec_input : (batch, steps, n_class) Tensor of float32
            Input of the decoder, one-hot.

        Returns
        -------
        (steps, batch, n_class) Tensor of float32
            Scores (no softmax), time first.
        """
        raise NotImplementedError("Seq2Seq.forward: not written yet")
