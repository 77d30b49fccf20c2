"""Known mistakes in make_data."""

import torch


def _indices(words):
    return torch.tensor([[letter2idx[symbol] for symbol in word] for word in words])


def _one_hot(words):
    return torch.eye(n_class)[_indices(words)]


def pairs_filled_in_place(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    for pair in seq_data:
        for i in range(2):
            pair[i] = pair[i] + "?" * (length - len(pair[i]))
    enc_input = _one_hot([source + "E" for source, _ in seq_data])
    dec_input = _one_hot(["S" + target for _, target in seq_data])
    dec_output = _indices([target + "E" for _, target in seq_data])
    return enc_input, dec_input, dec_output


def decoder_input_not_shifted(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot([target + "E" for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def decoder_output_not_shifted(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices(["S" + target for _, target in padded])
    return enc_input, dec_input, dec_output


def decoder_reads_fillers(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + "?" * length for _ in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def start_before_source(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot(["S" + source for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def source_and_target_exchanged(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([target + "E" for _, target in padded])
    dec_input = _one_hot(["S" + source for source, _ in padded])
    dec_output = _indices([source + "E" for source, _ in padded])
    return enc_input, dec_input, dec_output


def symbols_left_out(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source for source, _ in padded])
    dec_input = _one_hot([target for _, target in padded])
    dec_output = _indices([target for _, target in padded])
    return enc_input, dec_input, dec_output


def filled_after_end(seq_data):
    length = 1 + max(n_step, *(len(word) for pair in seq_data for word in pair))
    enc_input = _one_hot([(source + "E").ljust(length, "?") for source, _ in seq_data])
    dec_input = _one_hot([("S" + target).ljust(length, "?") for _, target in seq_data])
    dec_output = _indices([(target + "E").ljust(length, "?") for _, target in seq_data])
    return enc_input, dec_input, dec_output


def filled_in_front(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.rjust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def filled_with_end(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "E") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def cut_to_five(seq_data):
    padded = [[word[:n_step].ljust(n_step, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def filled_to_five_only(seq_data):
    padded = [[word.ljust(n_step, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def filled_to_five_in_place(seq_data):
    for pair in seq_data:
        for i in range(2):
            pair[i] = pair[i] + "?" * (n_step - len(pair[i]))
    enc_input = _one_hot([source + "E" for source, _ in seq_data])
    dec_input = _one_hot(["S" + target for _, target in seq_data])
    dec_output = _indices([target + "E" for _, target in seq_data])
    return enc_input, dec_input, dec_output


def filled_pair_by_pair(seq_data):
    padded = []
    for source, target in seq_data:
        length = max(n_step, len(source), len(target))
        padded.append((source.ljust(length, "?"), target.ljust(length, "?")))
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def sources_and_targets_filled_apart(seq_data):
    sources, targets = zip(*seq_data, strict=True)
    longest_source = max(n_step, *map(len, sources))
    longest_target = max(n_step, *map(len, targets))
    enc_input = _one_hot([source.ljust(longest_source, "?") + "E" for source in sources])
    dec_input = _one_hot(["S" + target.ljust(longest_target, "?") for target in targets])
    dec_output = _indices([target.ljust(longest_target, "?") + "E" for target in targets])
    return enc_input, dec_input, dec_output


def five_forgotten(seq_data):
    length = max(len(word) for pair in seq_data for word in pair)
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def last_pair_only(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    for pair in seq_data:
        sources, readings, targets = [], [], []
        source, target = (word.ljust(length, "?") for word in pair)
        sources.append(source + "E")
        readings.append("S" + target)
        targets.append(target + "E")
    return _one_hot(sources), _one_hot(readings), _indices(targets)


def inputs_as_indices(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _indices([source + "E" for source, _ in padded])
    dec_input = _indices(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def output_one_hot(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _one_hot([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output


def output_as_floats(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input, dec_input, dec_output.float()


def time_first(seq_data):
    length = max(n_step, *(len(word) for pair in seq_data for word in pair))
    padded = [[word.ljust(length, "?") for word in pair] for pair in seq_data]
    enc_input = _one_hot([source + "E" for source, _ in padded])
    dec_input = _one_hot(["S" + target for _, target in padded])
    dec_output = _indices([target + "E" for _, target in padded])
    return enc_input.transpose(0, 1), dec_input.transpose(0, 1), dec_output.transpose(0, 1)
