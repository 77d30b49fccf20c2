"""Wrong ways to sample a word; each is written out, as a student has it."""


def stale_state(parameters, char_to_ix, seed):
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    b, by = parameters["b"], parameters["by"]
    vocab_size, n_a = by.shape[0], Waa.shape[1]
    x = np.zeros((vocab_size, 1))
    a_prev = np.zeros((n_a, 1))
    indices = []
    idx = -1
    counter = 0
    while idx != char_to_ix["\n"] and counter < 50:
        a = np.tanh(Wax @ x + Waa @ a_prev + b)
        y = softmax(Wya @ a_prev + by)
        np.random.seed(counter + seed)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        a_prev = a
        seed += 1
        counter += 1
    if counter == 50:
        indices.append(char_to_ix["\n"])
    return indices


def state_not_kept(parameters, char_to_ix, seed):
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    b, by = parameters["b"], parameters["by"]
    vocab_size, n_a = by.shape[0], Waa.shape[1]
    x = np.zeros((vocab_size, 1))
    a_prev = np.zeros((n_a, 1))
    indices = []
    idx = -1
    counter = 0
    while idx != char_to_ix["\n"] and counter < 50:
        a = np.tanh(Wax @ x + Waa @ a_prev + b)
        y = softmax(Wya @ a + by)
        np.random.seed(counter + seed)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        seed += 1
        counter += 1
    if counter == 50:
        indices.append(char_to_ix["\n"])
    return indices


def input_not_updated(parameters, char_to_ix, seed):
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    b, by = parameters["b"], parameters["by"]
    vocab_size, n_a = by.shape[0], Waa.shape[1]
    x = np.zeros((vocab_size, 1))
    a_prev = np.zeros((n_a, 1))
    indices = []
    idx = -1
    counter = 0
    while idx != char_to_ix["\n"] and counter < 50:
        a = np.tanh(Wax @ x + Waa @ a_prev + b)
        y = softmax(Wya @ a + by)
        np.random.seed(counter + seed)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        a_prev = a
        seed += 1
        counter += 1
    if counter == 50:
        indices.append(char_to_ix["\n"])
    return indices


def input_not_cleared(parameters, char_to_ix, seed):
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    b, by = parameters["b"], parameters["by"]
    vocab_size, n_a = by.shape[0], Waa.shape[1]
    x = np.zeros((vocab_size, 1))
    a_prev = np.zeros((n_a, 1))
    indices = []
    idx = -1
    counter = 0
    while idx != char_to_ix["\n"] and counter < 50:
        a = np.tanh(Wax @ x + Waa @ a_prev + b)
        y = softmax(Wya @ a + by)
        np.random.seed(counter + seed)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x[idx] = 1
        a_prev = a
        seed += 1
        counter += 1
    if counter == 50:
        indices.append(char_to_ix["\n"])
    return indices


def starts_with_newline(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    x[newline] = 1
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def no_tanh(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"]
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def state_bias_missing(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a)
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def output_bias_missing(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a)
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def biases_swapped(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["by"])
        y = softmax(parameters["Wya"] @ a + parameters["b"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def probabilities_unused(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size)))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def always_the_likeliest(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    while len(indices) < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        indices.append(int(np.argmax(y)))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def unseeded(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    while len(indices) < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def seeded_once(parameters, char_to_ix, seed):
    np.random.seed(seed)
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    while len(indices) < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def seed_not_raised(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    while len(indices) < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def seed_raised_by_one(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    counter = 0
    while counter < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + counter)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
        counter += 1
    if counter == 50:
        indices.append(newline)
    return indices


def seed_raised_too_early(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    counter = 0
    while counter < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        seed += 1
        counter += 1
        np.random.seed(seed + counter)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def seed_argument_unused(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    counter = 0
    while counter < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(counter)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
        counter += 1
    if counter == 50:
        indices.append(newline)
    return indices


def newline_unnoticed(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline_character = char_to_ix
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    idx = -1
    counter = 0
    while idx != newline_character and counter != 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * counter)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        counter += 1
    if counter == 50:
        indices.append(char_to_ix["\n"])
    return indices


def newline_is_zero(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    idx = -1
    counter = 0
    while idx != 0 and counter < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * counter)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        counter += 1
    if counter == 50:
        indices.append(0)
    return indices


def newline_left_out(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        if idx == newline:
            break
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def newline_twice(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    indices.append(newline)
    return indices


def no_newline_after_fifty(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    return indices


def newline_as_text(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append("\n")
    return indices


def stops_at_forty_nine(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    idx = -1
    counter = 1
    while idx != newline and counter < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * len(indices))
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        counter += 1
    if counter == 50:
        indices.append(newline)
    return indices


def stops_at_forty(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(40):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 40:
        indices.append(newline)
    return indices


def one_character(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    counter = 0
    idx = -1
    while idx != newline and counter < 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * counter)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        counter += 1
        if counter == 50:
            indices.append(newline)
        return indices


def counter_not_raised(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    counter = 0
    idx = -1
    while idx != newline and counter != 50:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(counter + seed)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        seed += 1
    if counter == 50:
        indices.append(newline)
    return indices


def order_of_the_dictionary(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(list(char_to_ix.values()), p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def always_27(parameters, char_to_ix, seed):
    newline = char_to_ix["\n"]
    x = np.zeros((27, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(27, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((27, 1))
        x[indices[-1]] = 1
    if len(indices) == 50:
        indices.append(newline)
    return indices


def characters_for_numbers(parameters, char_to_ix, seed):
    ix_to_char = {index: character for character, index in char_to_ix.items()}
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    word = []
    for count in range(50):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        word.append(ix_to_char[idx])
        if idx == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
    if len(word) == 50:
        word.append("\n")
    return word


def no_limit(parameters, char_to_ix, seed):
    vocab_size = parameters["by"].shape[0]
    newline = char_to_ix["\n"]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices = []
    idx = -1
    while idx != newline:
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * len(indices))
        idx = int(np.random.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
    return indices
