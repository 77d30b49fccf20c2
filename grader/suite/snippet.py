"""A failing call as Python text to paste: inputs written out, then the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader import wire
from grader.compare import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.suite.grading import Heard

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
        if getattr(one.outcome, "value", None) == last.target:
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
            variable = names[index] if index < len(names) else f"arg{index + 1}"
            lines.append(f"{variable} = {_written(arg, len(variable) + 3)}")
            text = variable
        shown.append(text)
    return f"{name}({', '.join(shown)})"


def _written(value: Any, indent: int) -> str:
    """Write a value as Python text that gives an equal one."""
    if value is None or isinstance(value, bool | int | float | complex | str):
        return repr(value)
    if isinstance(value, np.generic):
        return f"np.{value!r}".replace("np.np.", "np.")
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype.name in PLAIN else f", dtype=np.{value.dtype}"
        return f"np.array({_elements(value, indent + 9)}{kind})"
    if kinds.is_tensor(value):
        name = kinds.dtype_name(value)
        kind = "" if name in {"float32", "int64", "bool"} else f", dtype=torch.{name}"
        grad = ", requires_grad=True" if value.requires_grad else ""
        text = _elements(value.detach().cpu().numpy(), indent + 13)
        return f"torch.tensor({text}{kind}{grad})"
    return _written_nesting(value, indent)


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
    return "\n".join([left, *(f"    {_shifted(item)}," for item in items), right])


def _shifted(item: str) -> str:
    return item.replace("\n", "\n    ") if item.startswith(("{", "[", "(")) else item


def _elements(array: Any, indent: int) -> str:
    if array.size == 0:
        return f"[]).reshape({array.shape}" if array.ndim > 1 else "[]"
    return np.array2string(
        array,
        separator=", ",
        threshold=array.size + 1,
        max_line_width=WIDTH,
        prefix=" " * min(indent, WIDTH // 2),
        formatter={"float_kind": _number},
    )


def _number(value: Any) -> str:
    text = str(value)
    return {"nan": "float('nan')", "inf": "float('inf')", "-inf": "-float('inf')"}.get(text, text)
