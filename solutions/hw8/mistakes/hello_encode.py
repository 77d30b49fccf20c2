"""Wrong versions of hello_encode."""


def order_of_the_word(word):
    order = "".join(dict.fromkeys(word))
    return torch.eye(4)[[order.index(ch) for ch in word]].unsqueeze(1)


def batch_not_between(word):
    return torch.eye(len(letters))[[letters.index(ch) for ch in word]]


def letters_first(word):
    rows = torch.eye(len(letters))[[letters.index(ch) for ch in word]]
    return rows.T.unsqueeze(1)


def numbers(word):
    indices = [float(letters.index(ch)) for ch in word]
    return torch.tensor(indices).reshape(len(word), 1, 1)


def each_letter_once(word):
    order = list(dict.fromkeys(word))
    return torch.eye(len(letters))[[letters.index(ch) for ch in order]].unsqueeze(1)


def last_letter_missing(word):
    return torch.eye(len(letters))[[letters.index(ch) for ch in word[:-1]]].unsqueeze(1)


def backwards(word):
    indices = [letters.index(ch) for ch in word][::-1]
    return torch.eye(len(letters))[indices].unsqueeze(1)


def order_h_e_l_o(word):
    return torch.eye(4)[["helo".index(ch) for ch in word]].unsqueeze(1)
