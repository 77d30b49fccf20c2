"""Wrong versions of hello_train."""


def _layers(parameters):
    n_hidden = parameters["fc.weight"].shape[1]
    layers = nn.ModuleDict({"rnn": nn.RNN(4, n_hidden), "fc": nn.Linear(n_hidden, 4)})
    layers.load_state_dict(parameters)
    return layers


def _indices(word):
    return torch.tensor([letters.index(ch) for ch in word])


def _scores(layers):
    return layers["fc"](layers["rnn"](hello_encode("hello"))[0]).squeeze(1)


def _text(scores):
    return "".join(letters[index] for index in scores.argmax(dim=1))


def gradients_kept(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(_scores(layers), _indices("ohlol"))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses


def plain_descent(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.SGD(layers.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(_scores(layers), _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses


def slow_rate(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.005)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(_scores(layers), _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses


def default_rate(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters())
    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(_scores(layers), _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses


def new_optimizer_each_epoch(parameters, epochs):
    layers = _layers(parameters)
    losses = []
    for _ in range(epochs):
        optimizer = torch.optim.Adam(layers.parameters(), lr=0.05)
        loss = nn.functional.cross_entropy(_scores(layers), _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses


def softmax_twice(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        probabilities = torch.softmax(_scores(layers), dim=1)
        loss = nn.functional.cross_entropy(probabilities, _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses


def learns_hello(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(_scores(layers), _indices("hello"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses


def sum_of_letters(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(_scores(layers), _indices("ohlol"), reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses


def no_memory(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.05)

    def scores():
        states = [layers["rnn"](x.unsqueeze(0))[0][0] for x in hello_encode("hello")]
        return layers["fc"](torch.cat(states))

    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(scores(), _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(scores()), losses


def text_before_the_last_step(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.05)
    losses = []
    text = ""
    for _ in range(epochs):
        scores = _scores(layers)
        text = _text(scores)
        loss = nn.functional.cross_entropy(scores, _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return text, losses


def losses_after_the_steps(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(_scores(layers), _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(nn.functional.cross_entropy(_scores(layers), _indices("ohlol")).item())
    return _text(_scores(layers)), losses


def only_fc_learns(parameters, epochs):
    layers = _layers(parameters)
    optimizer = torch.optim.Adam(layers["fc"].parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(_scores(layers), _indices("ohlol"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _text(_scores(layers)), losses
