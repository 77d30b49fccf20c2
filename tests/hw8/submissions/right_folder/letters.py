"""The symbols of the translator."""


letter = list("SE?") + [chr(ord("a") + i) for i in range(26)]
letter2idx = {symbol: i for i, symbol in enumerate(letter)}
n_class = len(letter)
n_step = 5
