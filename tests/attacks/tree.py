"""A small copy of hw8 with secrets planted all around the submissions."""

from __future__ import annotations

import ast
import os
import re
import secrets
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.attacks.attack import Attack

REPOSITORY: Final = Path(__file__).resolve().parents[2]
KEPT: Final = ("clip", "rnn_step_forward", "rnn_forward")
# How many tests of an exercise are taken from each suite.
TESTS: Final = 2
LIMITS: Final = """[limits]
call_s = 1.0
load_s = 2.0
submission_s = 8.0
diagnosis_s = 3.0
memory_mib = 512
timeouts = 1
"""
GIVEN: Final = """[given]
char_rnn = ["softmax"]
"""
PLACES: Final = ("environment", "beside", "solution", "hidden", "neighbour", "git", "results")


def plant(secret: str) -> str:
    """Make up the canary of one place."""
    return f"CANARY-{secret}-{secrets.token_hex(8)}"


def build(tree: Path, canaries: Mapping[str, str]) -> None:
    """Lay out assignments, solutions and what else holds a secret.

    Parameters
    ----------
    tree : Path
        An empty folder.
    canaries : mapping of str to str
        For each of `PLACES` a text that no student may ever see.
    """
    public, solution = tree / "assignments" / "hw8", tree / "solutions" / "hw8"
    hidden = solution / "hidden"
    for folder in (public, hidden, tree / "submissions", tree / "drop", tree / "results"):
        folder.mkdir(parents=True)
    (tree / "drop").chmod(0o777)
    theirs = REPOSITORY / "assignments" / "hw8"
    ours = REPOSITORY / "solutions" / "hw8"
    for name in ("char_rnn.py", "inputs_hw8.py"):
        shutil.copy(theirs / name, public)
    catalogue = (theirs / "exercises.toml").read_text("utf-8")
    (public / "exercises.toml").write_text(_cut_catalogue(catalogue), "utf-8")
    _copy_suite(theirs / "test_char_rnn.py", public)
    _copy_suite(ours / "hidden" / "test_char_rnn_hidden.py", hidden, canaries["hidden"])
    reference = (ours / "char_rnn.py").read_text("utf-8")
    (solution / "char_rnn.py").write_text(f"{reference}\n# {canaries['solution']}\n", "utf-8")
    (tree / "secret.txt").write_text(canaries["beside"])
    (tree / "results" / "grades.csv").write_text(canaries["results"])
    (tree / ".git" / "logs").mkdir(parents=True)
    (tree / ".git" / "logs" / "HEAD").write_text(canaries["git"])


def close_to_others(tree: Path) -> list[Path]:
    """Do what docs/security.md asks of who relies on owners and modes; return what is closed."""
    names = ("assignments", "solutions", "submissions", "results", ".git", "secret.txt")
    kept = [tree / name for name in names]
    for path in kept:
        path.chmod(0o700 if path.is_dir() else 0o600)
    tree.chmod(0o711)
    return kept


def lay_out(attack: Attack, folder: Path, values: Mapping[str, str]) -> None:
    """Write an attack's files into the folder of submissions."""
    for name, content in attack.laid_out().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content == "FIFO":
            os.mkfifo(path)
            continue
        if isinstance(content, str):
            for key, value in values.items():
                content = content.replace(f"{{{key}}}", value)  # noqa: PLW2901 - filled in
        if isinstance(content, str) and content.startswith("-> "):
            path.symlink_to(content[3:])
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _cut_catalogue(text: str) -> str:
    """Keep the exercises of `KEPT` and what is said of all of them, with small limits."""
    heading, *blocks = re.split(r"(?m)^(?=\[\[exercise\]\])", text)
    kept = [block for block in blocks if re.search(r'(?m)^id = "(\w+)"', block)[1] in KEPT]  # type: ignore[index]  # every exercise has an id
    for table in (LIMITS, GIVEN):
        name = re.escape(table.partition("\n")[0])
        heading, found = re.subn(rf"(?ms)^{name}\n.*?(?=^\[)", f"{table}\n", heading)
        assert found == 1, f"exercises.toml has no {name}"
    # What a submission may not use is read off its text; attacks are to meet what comes after that.
    heading = re.sub(r"(?ms)^\[rules\..*?(?=^\[(?!rules\.)|^#|\Z)", "", heading)
    kept = [re.sub(r"(?m)^rules = .*\n", "", block) for block in kept]
    return f"{heading}{''.join(kept)}"


def _copy_suite(path: Path, folder: Path, canary: str = "") -> None:
    """Copy a suite without the tests of other exercises, line for line."""
    text = path.read_text("utf-8")
    lines = text.split("\n")
    seen: Counter[str] = Counter()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and not _is_kept(node, seen):
            first = min([node.lineno, *(adorned.lineno for adorned in node.decorator_list)])
            lines[first - 1 : node.end_lineno] = [""] * ((node.end_lineno or first) - first + 1)
    (folder / path.name).write_text("\n".join([*lines, f"# {canary}\n"]), "utf-8")


def _is_kept(node: ast.FunctionDef, seen: Counter[str]) -> bool:
    """Keep what is no test, and the first few tests of the exercises of `KEPT`."""
    texts = [ast.unparse(adorned) for adorned in node.decorator_list]
    marks = [text for text in texts if ".exercise(" in text]
    if not marks:
        return True
    name = marks[0].split("'")[1]
    seen[name] += 1
    return name in KEPT and seen[name] <= TESTS
