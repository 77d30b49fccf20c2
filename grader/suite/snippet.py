"""A failing call as Python text to paste: inputs written out, then the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader import wire
from grader.compare import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.suite.student import Heard

MAX_CHARS: Final = 6000
INLINE: Final = 48
WIDTH: Final = 88
PLAIN: Final = ("float64", "int64", "bool")  # dtypes that numpy gives by itself


class _UnwritableError(Exception):
    """A value that cannot be written out."""


def snippet(heard: Sequence[Heard], names_of: Callable[[str], Sequence[str]]) -> str:
    """Write the last call out, with the construction of the object that it goes to.

    Parameters
    ----------
    heard : sequence of Heard
        What was asked of the submission in a case, in order.
    names_of : callable
        Gives the parameters' names of a function of the submission; fewer where unknown.

    Returns
    -------
    str
        Lines to paste below the student's code; empty where a value is too long or cannot be
        written.
    """
    if not heard:
        return ""
    last = heard[-1]
    lines: list[str] = []
    try:
        called = last.name
        if isinstance(last.target, wire.Handle):
            called = _object_lines(heard, last, lines, names_of)
        if not last.name.startswith("load "):
            lines.append(_call(called, last.args, names_of(last.name), lines))
    except _UnwritableError:
        return ""
    modules = [f"import {name}" for name in ("torch",) if any(f"{name}." in x for x in lines)]
    if any("np." in line for line in lines):
        modules.insert(0, "import numpy as np")
    text = "\n".join([*modules, *([""] if modules else []), *lines])
    return text if len(text) <= MAX_CHARS else ""


def _object_lines(
    heard: Sequence[Heard],
    last: Heard,
    lines: list[str],
    names_of: Callable[[str], Sequence[str]],
) -> str:
    """Write how the object of the last call was made; return what the call is made on."""
    for one in heard:
        value = getattr(one.outcome, "value", None)
        if isinstance(value, wire.Handle) and value == last.target:  # arrays compare otherwise
            lines.append(f"it = {_call(one.name, one.args, names_of(one.name), lines)}")
        elif one.target == last.target and one.name.startswith("load "):
            parameters = _written(one.args[0], 0)
            lines += [f"values = {parameters}", "it.load_state_dict(values, strict=False)"]
    if not lines:
        raise _UnwritableError
    method = last.name.rpartition(".")[2]
    return f"it.{method}" if method else "it"


def _call(name: str, args: Sequence[Any], names: Sequence[str], lines: list[str]) -> str:
    """Return the call; longer arguments get lines of their own before it."""
    shown = []
    for index, arg in enumerate(args):
        text = _written(arg, 0)
        if len(text) > INLINE or "\n" in text:
            named = index < len(names) and names[index] != name
            variable = names[index] if named else f"arg{index + 1}"
            lines.append(f"{variable} = {_written(arg, len(variable) + 3)}")
            text = variable
        shown.append(text)
    return f"{name}({', '.join(shown)})"


def _written(value: Any, indent: int) -> str:
    """Write a value as Python text that gives an equal one."""
    if isinstance(value, np.generic):
        return f"np.{value.dtype}({_number(value)})"
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    if isinstance(value, float | complex):
        return _number(value)
    if isinstance(value, np.ndarray):
        return _written_array(value, indent)
    if kinds.is_tensor(value):
        return _written_tensor(value, indent)
    return _written_nesting(value, indent)


def _written_array(value: Any, indent: int) -> str:
    if value.size == 0:
        return f"np.zeros({value.shape}, dtype=np.{value.dtype})"
    kind = "" if value.dtype.name in PLAIN else f", dtype=np.{value.dtype}"
    return f"np.array({_elements(value, indent + 9)}{kind})"


def _written_tensor(value: Any, indent: int) -> str:
    name = kinds.dtype_name(value)
    grad = ", requires_grad=True" if value.requires_grad else ""
    if value.numel() == 0:
        return f"torch.zeros({tuple(value.shape)}, dtype=torch.{name}{grad})"
    kind = "" if name in {"float32", "int64", "bool"} else f", dtype=torch.{name}"
    plain = value.detach().cpu()
    # numpy has no bfloat16; float32 holds each of its numbers exactly.
    text = _elements((plain.float() if name == "bfloat16" else plain).numpy(), indent + 13)
    return f"torch.tensor({text}{kind}{grad})"


def _written_nesting(value: Any, indent: int) -> str:
    if isinstance(value, dict):
        items = [f"{key!r}: {_written(item, indent + 4)}" for key, item in value.items()]
        return _listed("{", items, "}")
    if isinstance(value, list | tuple):
        items = [_written(item, indent + 4) for item in value]
        if isinstance(value, list):
            return _listed("[", items, "]")
        return _listed("(", items, ",)" if len(items) == 1 else ")")
    raise _UnwritableError


def _listed(left: str, items: Sequence[str], right: str) -> str:
    short = f"{left}{', '.join(items)}{right}"
    if len(short) <= WIDTH and "\n" not in short:
        return short
    return "\n".join([left, *(f"    {_shifted(item)}," for item in items), right.lstrip(",")])


def _shifted(item: str) -> str:
    return item.replace("\n", "\n    ") if item.startswith(("{", "[", "(")) else item


def _elements(array: Any, indent: int) -> str:
    return np.array2string(
        array,
        separator=", ",
        threshold=array.size + 1,
        max_line_width=WIDTH,
        prefix=" " * min(indent, WIDTH // 2),
        formatter={"float_kind": _number, "complex_kind": _number},
    )


def _number(value: Any) -> str:
    """Write a number so that it can be read back, if it is not finite too."""
    if kinds.family_of(value) == "complex":
        return f"complex({_number(value.real)}, {_number(value.imag)})"
    text = str(value)
    return {"nan": "float('nan')", "inf": "float('inf')", "-inf": "-float('inf')"}.get(text, text)
