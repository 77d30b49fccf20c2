"""What one attack is, and where all of them are found."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER: Final = Path(__file__).parent / "attacks"
# What an attack prints, returns or raises where the sandbox let it do what it must not. Written
# in two parts by the attacks themselves, so that no quoted line of source holds it.
GOTCHA: Final = "GOTCHA-4c1f"
# What must not be told of a hidden case.
WITHHELD: Final = "WITHHELD-9d2e"
# Raw HTML, which no page may hold as it stands.
MARKUP: Final = "<img src=x"

# Where a name in an archive points that starts at the root.
ABSOLUTE: Final = "/tmp/attack_written.py"  # noqa: S108 - an attacker would know such a place

# What clip is called with in the public suite; other bounds are those of hidden cases.
PUBLIC_BOUNDS: Final = (0.5, 6.0, 10, 5)

RIGHT_CLIP: Final = """
import numpy as np

def clip(gradients, maxValue):
    names = ("dWax", "dWaa", "dWya", "db", "dby")
    return {name: np.clip(gradients[name], -maxValue, maxValue) for name in names}
"""
RIGHT_STEP: Final = """
import numpy as np

def rnn_step_forward(parameters, a_prev, x):
    Wax, Waa, Wya = (parameters[name] for name in ("Wax", "Waa", "Wya"))
    a = np.tanh(Wax @ x + Waa @ a_prev + parameters["b"])
    return a, softmax(Wya @ a + parameters["by"])
"""
RIGHT_FORWARD: Final = """
import numpy as np

def rnn_forward(X, Y, a0, parameters, vocab_size=27):
    loss, xs, states, found = 0.0, {}, {-1: np.copy(a0)}, {}
    for t in range(len(X)):
        xs[t] = np.zeros((vocab_size, 1))
        if X[t] is not None:
            xs[t][X[t]] = 1
        states[t], found[t] = rnn_step_forward(parameters, states[t - 1], xs[t])
        loss -= np.log(found[t][Y[t], 0])
    return loss, (found, states, xs)
"""
# Finds what the worker serves over, as any code in the same process can.
SOCKET: Final = """
import sys

def worker_frames():
    frame, found = sys._getframe(), {}
    while frame is not None:
        found = {**frame.f_locals, **found}
        frame = frame.f_back
    return found

def frame_bytes(data):
    return len(data).to_bytes(4, "little") + data

def raw(data):
    sock = worker_frames()["stream"]._sock
    sock.settimeout(None)
    sock.sendall(data)

def reply(message):
    import os
    from grader import wire
    raw(frame_bytes(wire.pack(message)))
    os._exit(0)

def nonce():
    return worker_frames()["request"].nonce
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Attack:
    """A hostile or broken submission, and what must become of it.

    Parameters
    ----------
    name : str
        Unique; also the name of its file.
    idea : str
        What it tries, and what must happen.
    source : str
        Its text; `{TREE}` and the like are put in by `driver`.
    files : mapping of str to str or bytes
        In place of a source: what lies in the folder of submissions, the first part of each path
        being the submission. A value ``-> PATH`` makes a link, ``FIFO`` a named pipe.
    exercise : str
        The exercise attacked.
    verdicts : tuple of str
        How a case of it may end.
    marks : str
        ``none``, ``little`` (at most an eighth), ``part`` or ``full``: what it earns there;
        ``unreadable`` for no grade at all.
    alike : str
        Another attack, which does something else in hidden cases and earns the same; but for its
        name, the student must read the same.
    seconds : float
        Longest time that grading it may take, time-outs included.
    """

    name: str
    idea: str
    source: str = ""
    files: Mapping[str, str | bytes] = dataclasses.field(default_factory=dict)
    exercise: str = "clip"
    verdicts: tuple[str, ...] = ("failed",)
    marks: str = "none"
    alike: str = ""
    seconds: float = 15.0

    def laid_out(self) -> Mapping[str, str | bytes]:
        """Return the files, by path in the folder of submissions."""
        return self.files or {f"{self.name}.py": self.source}

    @property
    def imports_torch(self) -> bool:
        """Whether its workers need torch, which is imported before they are forked."""
        return any("import torch" in str(content) for content in self.laid_out().values())

    def names_of(self, exercises: Sequence[str]) -> tuple[str, ...]:
        """Return the exercise attacked, and which others the text names, in their order."""
        texts = [str(content) for content in self.laid_out().values()]
        return tuple(
            name
            for name in exercises
            if name == self.exercise or any(name in text for text in texts)
        )

    @property
    def entry(self) -> str:
        """The name in the folder of submissions."""
        return next(iter(self.laid_out())).split("/")[0]


def classes() -> list[str]:
    """List the classes of attacks."""
    return sorted(path.stem for path in FOLDER.glob("*.py"))


def attacks_of(klass: str) -> tuple[Attack, ...]:
    """Return the attacks of one class."""
    found: tuple[Attack, ...] = importlib.import_module(f"tests.attacks.attacks.{klass}").ATTACKS
    return found
