"""Wrong versions of get_sample."""


def all_small(sample_ix, ix_to_char):
    return "".join(ix_to_char[ix] for ix in sample_ix)


def all_upper(sample_ix, ix_to_char):
    return "".join(ix_to_char[ix] for ix in sample_ix).upper()


def capitalized(sample_ix, ix_to_char):
    return "".join(ix_to_char[ix] for ix in sample_ix).capitalize()


def titled(sample_ix, ix_to_char):
    return "".join(ix_to_char[ix] for ix in sample_ix).title()


def newline_stripped(sample_ix, ix_to_char):
    txt = "".join(ix_to_char[ix] for ix in sample_ix).strip()
    return txt[:1].upper() + txt[1:]


def first_dropped(sample_ix, ix_to_char):
    txt = "".join(ix_to_char[ix] for ix in sample_ix[1:])
    return txt[:1].upper() + txt[1:]


def nothing_returned(sample_ix, ix_to_char):
    txt = "".join(ix_to_char[ix] for ix in sample_ix)
    txt = txt[0].upper() + txt[1:]


def list_of_characters(sample_ix, ix_to_char):
    txt = [ix_to_char[ix] for ix in sample_ix]
    txt[0] = txt[0].upper()
    return txt


def fixed_alphabet(sample_ix, ix_to_char):
    txt = "".join("\n" if ix == 0 else chr(ord("a") + ix - 1) for ix in sample_ix)
    return txt[0].upper() + txt[1:]


def with_spaces(sample_ix, ix_to_char):
    txt = " ".join(ix_to_char[ix] for ix in sample_ix)
    return txt[0].upper() + txt[1:]
