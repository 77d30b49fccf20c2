"""What an object is, its own class decides: nobody sets an attribute of it from outside."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(__file__).parents[2] / "grader"
# Objects of others, which are changed by setting attributes of theirs: nodes of syntax trees,
# modules, pytest's items, a server's requests, and what an alternate constructor of a class makes.
OTHERS: Final = {
    "author/figures.py": {"module"},
    "author/versions.py": {"node"},
    "author/wheel.py": {"entry"},
    "batch/output.py": {"error"},
    "batch/returned.py": {"member"},
    "edits": {"function", "node", "other"},
    "gradebook/engine.py": {"connection"},
    "intake/marimo.py": {"node"},
    "report/junit.py": {"outcome"},
    "service/app.py": {"app.router", "request.state"},
    "service/patience.py": {"self.cycle"},
    "similarity.py": {"found"},
    "steps/marking.py": {"node", "node.func", "one", "value"},
    "study/checks.py": {"sys"},
    "suite/grading.py": {"twin"},
    "suite/plugin.py": {"session"},
    "suite/preparing.py": {"config.option", "item", "reporter"},
    "suite/probing.py": {"sys"},
    "suite/reference.py": {"twin"},
    "suite/timing.py": {"twin"},
    "trees.py": {"node"},
    "worker/forbidden.py": {"refuse"},
    "worker/kernel.py": {"library.syscall"},
    "worker/namespace.py": {"node"},
    "worker/randomness.py": {"np.random", "random"},
    "worker/repeats.py": {"torch.backends.cuda.matmul", "torch.backends.cudnn"},
    "worker/serve.py": {"sys"},
    "worker/showing.py": {"module"},
}
OWN: Final = {"self", "cls"}


def set_from_outside(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the owner of each attribute that is set on something else than oneself."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            owner = ast.unparse(node.value)
            if owner not in OWN:
                yield node.lineno, owner


def added_to(text: str) -> set[int]:
    """Return the lines on which something is only added to, such as a list that others fill."""
    return {node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.AugAssign)}


def test_no_attribute_of_ours_is_set_from_outside() -> None:
    """Whoever reads a class sees all that can become of its objects."""
    found, used = [], set()
    for path in sorted(PACKAGE.rglob("*.py")):
        name, text = path.relative_to(PACKAGE).as_posix(), path.read_text("utf-8")
        place = name if name in OTHERS else name.partition("/")[0]
        for line, owner in set_from_outside(text):
            if owner in OTHERS.get(place, ()):
                used.add((place, owner))
            elif line not in added_to(text):
                found.append(f"grader/{name}:{line}: {owner}")

    assert found == []
    assert used == {(place, owner) for place, owners in OTHERS.items() for owner in owners}


def test_what_is_set_from_outside_is_seen() -> None:
    """In any form: several at once, in a loop, by a with statement, and when it is deleted."""
    text = (
        "a.x = 1\nb.y, c.z = 1, 2\nfor d.i in []: pass\nwith f() as e.g: pass\ndel h.j\nself.k = 1"
    )

    assert [owner for _, owner in sorted(set_from_outside(text))] == ["a", "b", "c", "d", "e", "h"]
