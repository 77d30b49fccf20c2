"""Wrong versions of translate."""


def _model(parameters):
    model = Seq2Seq(*parameters["fc.weight"].shape)
    model.load_state_dict(parameters)
    return model


def _symbols(enc_input, dec_input, parameters):
    model = _model(parameters)
    scores = model(enc_input, torch.zeros(1, 1, model.fc.in_features), dec_input)
    return "".join(letter[index] for index in scores[:, 0].argmax(dim=1))


def blanks_stay(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    return _symbols(enc_input, dec_input, parameters).split("E")[0]


def goes_on_after_e(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    return _symbols(enc_input, dec_input, parameters).replace("?", "").replace("E", "")


def e_stays(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    symbols = _symbols(enc_input, dec_input, parameters)
    end = symbols.find("E")
    return symbols[: end + 1 if end >= 0 else None].replace("?", "")


def needs_an_e(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    symbols = _symbols(enc_input, dec_input, parameters)
    return symbols[: symbols.index("E")].replace("?", "")


def last_symbol_dropped(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    symbols = _symbols(enc_input, dec_input, parameters)
    return symbols[: symbols.find("E")].replace("?", "")


def ends_at_a_blank(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    return _symbols(enc_input, dec_input, parameters).split("E")[0].split("?")[0]


def case_matters(word, parameters):
    enc_input, dec_input, _ = make_data([[word, "?"]])
    return _symbols(enc_input, dec_input, parameters).split("E")[0].replace("?", "")


def cut_to_five(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower()[:n_step], "?"]])
    return _symbols(enc_input, dec_input, parameters).split("E")[0].replace("?", "")


def reads_its_own_letters(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    model = _model(parameters)
    hidden = torch.zeros(1, 1, model.fc.in_features)
    symbols = ""
    for step in range(dec_input.shape[1]):
        scores = model(enc_input, hidden, dec_input)
        best = int(scores[step, 0].argmax())
        symbols += letter[best]
        if step + 1 < dec_input.shape[1]:
            dec_input[0, step + 1] = torch.eye(n_class)[best]
    return symbols.split("E")[0].replace("?", "")


def reads_the_source(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), word.lower()]])
    return _symbols(enc_input, dec_input, parameters).split("E")[0].replace("?", "")


def starts_from_ones(word, parameters):
    model = _model(parameters)
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    scores = model(enc_input, torch.ones(1, 1, model.fc.in_features), dec_input)
    symbols = "".join(letter[index] for index in scores[:, 0].argmax(dim=1))
    return symbols.split("E")[0].replace("?", "")


def first_symbol_dropped(word, parameters):
    enc_input, dec_input, _ = make_data([[word.lower(), "?"]])
    return _symbols(enc_input, dec_input, parameters)[1:].split("E")[0].replace("?", "")
