"""Take layers away one at a time, and see which attacks then succeed.

    python tests/attacks/as_user.py --own-processes python -m tests.attacks.negative_control

A check that no missing layer can make fail checks nothing. Each attack here is harmless where it
succeeds, and even so this runs as an ordinary user only, in a process namespace of its own: it
refuses to start as root, or where it can see processes that are not its own.

It prints a table in Markdown: a row for each attack that ever succeeds, a column for each set of
layers in force, and in the cells what told of the success.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.errors import SandboxError
from grader.worker.confine import Layers
from tests.attacks import driver
from tests.attacks.as_user import UNAVAILABLE
from tests.attacks.attack import Attack, attacks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

KLASSES: Final = ("searches", "others", "network", "leftovers", "resources")
# Each takes its time and depends on bounds that are always in force, or on none.
LEFT_OUT: Final = (
    "memory", "memory_in_c", "output_flood", "endless_loop", "endless_loop_at_import", "deadlock",
    "blocked_in_c", "catastrophic_pattern", "stack_overflow", "big_power", "own_memory",
    "many_files", "many_threads", "null_pointer", "abort", "numpy_giant", "disk", "descriptors",
)  # fmt: skip
QUICK: Final = ("files_by_name", "fork", "signal_others", "connect", "write_everywhere")
COMBINATIONS: Final[Mapping[str, Layers]] = {
    "all (tier A)": Layers(namespaces=True, landlock=True, seccomp=True),
    "without namespaces (tier B)": Layers(landlock=True, seccomp=True),
    "without landlock": Layers(namespaces=True, seccomp=True),
    "without seccomp": Layers(namespaces=True, landlock=True),
    "seccomp alone": Layers(seccomp=True),
    "landlock alone": Layers(landlock=True),
    "namespaces alone": Layers(namespaces=True),
    "none (tier C)": Layers(),
}
REPORTS: Final = ("the attack reports success", "a secret is in")


def main(arguments: list[str]) -> None:
    """Print the table, or with ``--quick`` the successes of a few attacks as JSON."""
    refuse_unless_harmless()
    chosen = [attack for klass in KLASSES for attack in attacks_of(klass)]
    if arguments == ["--quick"]:
        chosen = [attack for attack in chosen if attack.name in QUICK]
    chosen = [attack for attack in chosen if attack.name not in LEFT_OUT]
    found = {name: successes(chosen, layers) for name, layers in COMBINATIONS.items()}
    if arguments == ["--quick"]:
        print(json.dumps(found))
    else:
        print(table(found))


def refuse_unless_harmless() -> None:
    """Never run an attack as root, nor where it could reach what is not this test's own."""
    if os.geteuid() == 0:
        raise SystemExit("not as root; run it through as_user.py")
    first = Path("/proc/1/cmdline").read_bytes()
    if os.getpid() != 1 and b"negative_control" not in first:
        print("run it through as_user.py --own-processes", file=sys.stderr)
        raise SystemExit(UNAVAILABLE)


def successes(attacks: list[Attack], layers: Layers) -> dict[str, str]:
    """Return what each attack that succeeds gives itself away by."""
    try:
        problems = driver.grade(attacks, layers, "off", jobs=1, narrow=True)
    except SandboxError as error:
        print(f"{layers} cannot be formed here: {error}", file=sys.stderr)
        raise SystemExit(UNAVAILABLE) from None
    found: dict[str, str] = {}
    for name, lines in problems.items():
        if name == "around":
            effects = [line for line in lines if _is_effect(line)]
            found |= {_short(line): "yes" for line in effects}
        elif any(line.startswith(REPORTS) for line in lines):
            secret = any("secret" in line for line in lines)
            found[name] = "a secret told" if secret else "yes"
    return found


def table(found: Mapping[str, Mapping[str, str]]) -> str:
    """Lay the successes out in Markdown."""
    names = sorted({name for column in found.values() for name in column})
    lines = ["| attack | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]
    for name in names:
        cells = [column.get(name, "") for column in found.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _is_effect(line: str) -> bool:
    return line.startswith(("the canary process", "something came in", "files were left", "a file"))


def _short(line: str) -> str:
    return f"({line.partition(':')[0].partition(' at ')[0]})"


if __name__ == "__main__":
    main(sys.argv[1:])
