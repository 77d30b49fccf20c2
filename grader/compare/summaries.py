"""Values in a few words, for differences and recipes; safe on data of any kind."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from grader.compare import kinds

SUMMARY_LENGTH: Final = 120
TEXT_LENGTH: Final = 40
SHOWN: Final = 5
PRINTED_BITS: Final = 256


def brief(value: object) -> str:
    """Name a value without its contents: ``float64 array of shape (5, 3)``, ``1.25``, ``None``."""
    if kinds.is_array(value):
        return _array(value)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return f"{_type(value)} of {len(value)}"
    if isinstance(value, str | bytes):
        return quoted(value)
    if value is None or isinstance(value, bool | int | float | complex | np.generic):
        return number(value)
    return f"object of type {_type(value)}"


def summary(value: object) -> str:
    """Describe a value in one line of at most 120 characters: type, shape, a few leading values.

    Parameters
    ----------
    value : object
        Anything; a value that is no plain data is named by its type alone.

    Returns
    -------
    str
        Printable text without line breaks.
    """
    head, (parts, more) = _head(value), _leading(value)
    while len(parts) > 1 and len(_line(head, parts, more=more)) > SUMMARY_LENGTH:
        parts, more = parts[:-1], True
    text = _line(head, parts, more=more)
    printable = "".join(character if character.isprintable() else " " for character in text)
    return (
        printable if len(printable) <= SUMMARY_LENGTH else f"{printable[: SUMMARY_LENGTH - 3]}..."
    )


def _line(head: str, parts: list[str], *, more: bool) -> str:
    return f"{head}: {', '.join(parts)}{', ...' if more else ''}" if parts else head


def number(value: object, digits: int = 9) -> str:
    """Write a scalar of Python or numpy as Python would, floats with so many digits."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int):
        # Python refuses to print huge ints in decimal; nobody would read them either.
        return (
            f"{value:d}"
            if value.bit_length() < PRINTED_BITS
            else f"int of {value.bit_length()} bits"
        )
    if isinstance(value, float):
        text = f"{value:.{digits}g}"
        return f"{text}.0" if text.lstrip("-").isdigit() else text
    if isinstance(value, complex):
        return f"{value:.{digits}g}"
    return quoted(value) if isinstance(value, str | bytes) else f"object of type {_type(value)}"


def number_pair(expected: object, actual: object) -> tuple[str, str]:
    """Write two different scalars so that they also look different."""
    pair = number(expected), number(actual)
    return pair if pair[0] != pair[1] else (number(expected, 17), number(actual, 17))


def quoted(text: str | bytes) -> str:
    """Quote a text, cut to its beginning."""
    return repr(text) if len(text) <= TEXT_LENGTH else f"{text[:TEXT_LENGTH]!r}..."


def key_text(key: object) -> str:
    """Write a dictionary key as Python would, numpy integers as plain ones."""
    return repr(key.item() if isinstance(key, np.generic) else key)


def _head(value: object) -> str:
    name = brief(value)
    if isinstance(value, np.generic):
        return f"{value.dtype} {name}"
    typed = isinstance(value, int | float | complex) and not isinstance(value, bool)
    return f"{_type(value)} {name}" if typed else name


def _leading(value: object) -> tuple[list[str], bool]:
    """List a few leading values, and tell whether there are more."""
    if kinds.is_array(value):
        return _elements(value)
    if isinstance(value, list | tuple):
        return [brief(item) for item in value[:SHOWN]], len(value) > SHOWN
    if isinstance(value, dict):
        shown = list(value.items())[:SHOWN]
        return [f"{brief(key)}: {brief(item)}" for key, item in shown], len(value) > SHOWN
    return [], False


def _elements(value: object) -> tuple[list[str], bool]:
    numbers = kinds.numbers_of(value)
    if numbers is None:
        return [], False
    flat = numbers.values.reshape(-1)
    return [number(item, 6) for item in flat[:SHOWN].tolist()], flat.size > SHOWN


def _array(value: Any) -> str:
    noun = "tensor" if kinds.is_tensor(value) else "array"
    return f"{kinds.dtype_name(value)} {noun} of shape {tuple(value.shape)}"


def _type(value: object) -> str:
    return type(value).__name__
