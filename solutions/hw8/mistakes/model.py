"""Wrong versions of model."""


def label_is_input(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        ix = [char_to_ix[ch] for ch in examples[j % len(examples)]]
        curr_loss, _, a_prev = optimize(ix, ix, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def no_newline(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        ix = [char_to_ix[ch] for ch in examples[j % len(examples)]]
        curr_loss, _, a_prev = optimize([None, *ix[:-1]], ix, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def no_start(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        ix = [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*ix[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(ix, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def neither_start_nor_newline(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        ix = [char_to_ix[ch] for ch in examples[j % len(examples)]]
        curr_loss, _, a_prev = optimize(ix[:-1], ix[1:], a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def newline_is_zero(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], 0]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def state_reset(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        a_prev = np.zeros((n_a, 1))
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def not_shuffled(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in names[j % len(names)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def shuffled_in_place(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    np.random.seed(0)
    np.random.shuffle(names)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in names[j % len(names)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def shuffled_with_seed_one(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    examples = list(names)
    np.random.shuffle(examples)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def first_name_only(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for _ in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[0]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def begins_with_second_name(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(1, num_iterations + 1):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def past_the_last_name(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def sizes_exchanged(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(vocab_size, n_a, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def losses_not_smoothed(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        losses.append(curr_loss)
    return parameters, losses


def smoothed_from_zero(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = 0.0
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def starts_from_number_of_names(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, len(examples))
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def kept_before_smoothing(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        losses.append(loss)
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
    return parameters, losses


def rate_of_a_tenth(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.1)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
    return parameters, losses


def parameters_only(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        _, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
    return parameters


def nothing_returned(
    names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses = []
    for j in range(num_iterations):
        X = [None] + [char_to_ix[ch] for ch in examples[j % len(examples)]]
        Y = [*X[1:], char_to_ix["\n"]]
        curr_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, curr_loss)
        losses.append(loss)
