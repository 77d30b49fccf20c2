"""Wrong versions of get_initial_loss and smooth."""


def weights_exchanged__smooth(loss, cur_loss):
    return loss * 0.001 + cur_loss * 0.999


def nothing_fades__smooth(loss, cur_loss):
    return loss + 0.001 * cur_loss


def hundredth__smooth(loss, cur_loss):
    return loss * 0.99 + cur_loss * 0.01


def plain_mean__smooth(loss, cur_loss):
    return (loss + cur_loss) / 2


def no_smoothing__smooth(loss, cur_loss):
    return cur_loss


def sign_lost__get_initial_loss(vocab_size, seq_length):
    return np.log(1.0 / vocab_size) * seq_length


def one_character__get_initial_loss(vocab_size, seq_length):
    return -np.log(1.0 / vocab_size)


def in_bits__get_initial_loss(vocab_size, seq_length):
    return -np.log2(1.0 / vocab_size) * seq_length


def sizes_exchanged__get_initial_loss(vocab_size, seq_length):
    return np.log(seq_length) * vocab_size


def no_logarithm__get_initial_loss(vocab_size, seq_length):
    return seq_length / vocab_size
