"""Wrong versions of seq2seq_train."""


def _model(parameters):
    model = Seq2Seq(*parameters["fc.weight"].shape)
    model.load_state_dict(parameters)
    return model


def _trained(model):
    return {name: value.detach() for name, value in model.named_parameters()}


def _scores(model, enc_input, dec_input):
    hidden = torch.zeros(1, len(enc_input), model.fc.in_features)
    return model(enc_input, hidden, dec_input).transpose(0, 1)


def gradients_kept(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def plain_descent(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def rate_of_a_hundredth(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def mean_over_words(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = nn.functional.cross_entropy(pred.reshape(-1, n_class), dec_output.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def sum_over_letters(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i], reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def blanks_left_out(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    blank = letter2idx["?"]
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i], ignore_index=blank)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def letters_and_words_mixed(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    hidden = torch.zeros(1, len(seq_data), model.fc.in_features)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        scores = model(enc_input, hidden, dec_input)
        flat = scores.reshape(-1, n_class)
        loss = nn.functional.cross_entropy(flat, dec_output.reshape(-1)) * len(seq_data)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def one_word_at_a_time(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for i in range(len(seq_data)):
            pred = _scores(model, enc_input[i : i + 1], dec_input[i : i + 1])
            loss = nn.functional.cross_entropy(pred[0], dec_output[i])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total)
    return _trained(model), losses


def answer_as_input(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, _, dec_output = make_data(seq_data)
    dec_input = torch.eye(n_class)[dec_output]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def softmax_twice(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        pred = torch.softmax(_scores(model, enc_input, dec_input), dim=2)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses


def parameters_that_came_in(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return parameters, losses


def losses_after_the_steps(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    words = range(len(seq_data))
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = sum(nn.functional.cross_entropy(pred[i], dec_output[i]) for i in words)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        pred = _scores(model, enc_input, dec_input)
        loss = sum(nn.functional.cross_entropy(pred[i], dec_output[i]) for i in words)
        losses.append(loss.item())
    return _trained(model), losses


def only_decoder_learns(seq_data, parameters, epochs):
    model = _model(parameters)
    enc_input, dec_input, dec_output = make_data(seq_data)
    learning = [*model.decoder.parameters(), *model.fc.parameters()]
    optimizer = torch.optim.Adam(learning, lr=0.001)
    losses = []
    for _ in range(epochs):
        pred = _scores(model, enc_input, dec_input)
        loss = 0
        for i in range(len(pred)):
            loss += nn.functional.cross_entropy(pred[i], dec_output[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _trained(model), losses
