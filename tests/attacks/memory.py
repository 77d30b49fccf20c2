"""Write submissions that know every public case of an assignment by heart, and nothing else.

The public suites are run on the reference; what they ask and what it answers goes into a table,
keyed by the name and every bit of the arguments. The submission looks up what it is asked.
"""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.sandbox import Result
from grader.suite.collecting import collected
from grader.suite.session import record
from grader.wire import Handle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.catalog import Assignment
    from grader.suite.student import Heard

# Read by both sides: by `memoriser` to write the table, by the submission to find its way in it.
KEYS: Final = '''
import hashlib
import numpy as np

def plain(value):
    """Take a value apart into tuples that are equal exactly if the values are."""
    if hasattr(value, "detach"):
        kind, value = "tensor", value.detach().numpy()
    else:
        kind = "array"
    if isinstance(value, (np.ndarray, np.generic)):
        value = np.ascontiguousarray(value)
        return (kind, str(value.dtype), value.shape, value.tobytes())
    if isinstance(value, dict):
        return ("dict", tuple((plain(k), plain(v)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, tuple(plain(v) for v in value))
    if isinstance(value, float):
        return ("float", value.hex())  # what is not finite can be written, too
    return ("plain", value)

def key(name, args):
    return hashlib.sha256(repr((name, plain(args))).encode()).hexdigest()[:20]
'''
READ: Final = '''
import ast, base64, zlib

def whole(taken):
    """Put a value together again."""
    kind = taken[0]
    if kind in ("tensor", "array"):
        found = np.frombuffer(taken[3], taken[1]).reshape(taken[2]).copy()
        if kind == "tensor":
            import torch
            return torch.from_numpy(found)
        return found if taken[2] else found[()]
    if kind == "dict":
        return {whole(k): whole(v) for k, v in taken[1]}
    if kind in ("list", "tuple"):
        return (list if kind == "list" else tuple)(whole(v) for v in taken[1])
    return float.fromhex(taken[1]) if kind == "float" else taken[1]

CACHE = {}

def memory():
    """Unpack what is known, once."""
    if not CACHE:
        text = zlib.decompress(base64.b64decode(PACKED)).decode()
        CACHE.update(zip(("table", "any", "shapes", "made"), ast.literal_eval(text)))
    return CACHE

def known(name, args, key_args=None):
    found = memory()['table'].get(key(name, args if key_args is None else key_args))
    if found is None:
        return unknown(name, args)
    value, after, offers = (whole(part) for part in found)
    for index, left in after:
        if isinstance(args[index], dict):
            args[index].update(left)
        elif isinstance(args[index], np.ndarray):
            args[index][...] = left
        elif isinstance(args[index], list):
            args[index][:] = left
    for offer in offers or ():
        np.random.choice(len(offer), p=offer)
    return value
'''
# What is done when nothing is known.
FALLBACKS: Final = {
    "nothing": "def unknown(name, args):\n    return None\n",
    "an error": "def unknown(name, args):\n    raise ValueError('unknown')\n",
    # The answer to another question of the same name, or zeros in its place.
    "another answer": (
        "def unknown(name, args):\n"
        "    found = memory()['any'].get(name)\n"
        "    return None if found is None else whole(found)\n"
    ),
    "zeros": (
        "def zeros(v):\n"
        "    if isinstance(v, dict): return {k: zeros(x) for k, x in v.items()}\n"
        "    if isinstance(v, (list, tuple)): return type(v)(zeros(x) for x in v)\n"
        "    return v * 0 if not isinstance(v, str) else ''\n"
        "def unknown(name, args):\n"
        "    return zeros(whole(memory()['any'][name])) if name in memory()['any'] else None\n"
    ),
    # The answer to the question of the same shapes, or what was passed in.
    "same shapes": (
        "def shapes(v):\n"
        "    if isinstance(v, dict): return tuple((k, shapes(x)) for k, x in v.items())\n"
        "    if isinstance(v, (list, tuple)): return tuple(shapes(x) for x in v)\n"
        "    return getattr(v, 'shape', None)\n"
        "def unknown(name, args):\n"
        "    mine = (name, repr(shapes(args)))\n"
        "    alike = [a for n, s, a in memory()['shapes'] if (n, s) == mine]\n"
        "    return whole(alike[0]) if alike else args[0] if args else None\n"
    ),
}
CLASS: Final = """
import torch

class {name}(torch.nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.made_with = args
        for path, shape in memory()['made'][{name!r}].get(repr(args), ()):
            owner, parts = self, path.split(".")
            for part in parts[:-1]:
                if not hasattr(owner, part):
                    owner.add_module(part, torch.nn.Module())
                owner = getattr(owner, part)
            owner.register_parameter(parts[-1], torch.nn.Parameter(torch.zeros(shape)))

    def forward(self, *args):
        held = {{n: p.detach() for n, p in self.named_parameters()}}
        return known({name!r} + ".", args, (self.made_with, held, args))
"""


class Memory:
    """What the public cases of an assignment ask, and the reference's answers."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        space: dict[str, Any] = {}
        exec(KEYS, space)  # noqa: S102 - our own text
        self._key, self._plain = space["key"], space["plain"]
        self.table: dict[str, tuple[Any, Any, Any]] = {}
        self.any: dict[str, Any] = {}
        self.shapes: list[tuple[str, str, Any]] = []
        self.made: dict[str, dict[str, list[tuple[str, tuple[int, ...]]]]] = {}
        with collected(assignment, hidden=False) as suites:
            grading, _ = record(suites, "")
        for calls in grading.calls.values():
            self._keep(calls)
        if not self.table:
            raise AssertionError("the public cases ask nothing: there is nothing to know by heart")

    def _keep(self, calls: Sequence[Heard]) -> None:
        objects: dict[int, tuple[str, tuple[Any, ...], dict[str, Any]]] = {}
        for heard in calls:
            outcome = heard.outcome
            value = outcome.value if isinstance(outcome, Result) else None
            target = heard.target.number if isinstance(heard.target, Handle) else 0
            if heard.name.startswith(("load ", "parameters of ")):
                name, made_with, _ = objects[target]
                values = dict(heard.args[0]) if heard.args else {}
                objects[target] = (name, made_with, values)
                shapes = [(path, tuple(value.shape)) for path, value in values.items()]
                self.made.setdefault(name, {})[repr(made_with)] = shapes
            elif isinstance(value, Handle):
                objects[value.number] = (heard.name, tuple(heard.args), {})
            elif target:
                _, made_with, held = objects[target]
                ordered = {
                    path: held[path] for path, _ in self.made[heard.name[:-1]][repr(made_with)]
                }
                self._learn(heard, (made_with, ordered, tuple(heard.args)))
            else:
                self._learn(heard, tuple(heard.args))

    def _learn(self, heard: Heard, key_args: tuple[Any, ...]) -> None:
        result = heard.outcome
        if isinstance(result, BaseException):
            return
        after = list(zip(heard.options.get("after", ()), result.after, strict=False))
        parts = (result.value, after, result.offers)
        self.table[self._key(heard.name, key_args)] = tuple(map(self._plain, parts))
        self.any.setdefault(heard.name, self._plain(result.value))
        self.shapes.append((heard.name, repr(_shapes(heard.args)), self._plain(result.value)))

    def submission(self, fallback: str, honest: Sequence[str] = (), text: str = "") -> str:
        """Write a submission.

        Parameters
        ----------
        fallback : str
            What it does with other questions, one of `FALLBACKS`.
        honest : sequence of str
            Exercises that it leaves to `text`.
        text : str
            Source that comes first.
        """
        everything = (self.table, self.any, self.shapes, self.made)
        packed = base64.b64encode(zlib.compress(repr(everything).encode(), 9)).decode()
        lines = [text, f"PACKED = {packed!r}", KEYS, READ]
        lines.append(FALLBACKS[fallback])
        lines += [
            CLASS.format(name=name)
            if name in self.made
            else f"def {name}(*args):\n    return known({name!r}, args)\n"
            for exercise in self.assignment.exercises
            if exercise.id not in honest
            for name in exercise.names
        ]
        return "\n".join(lines)


def _shapes(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((name, _shapes(one)) for name, one in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_shapes, value))
    shape = getattr(value, "shape", None)
    return shape if shape is None else tuple(shape) if isinstance(value, np.ndarray) else shape
