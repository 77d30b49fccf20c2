"""Grade many submissions in one batch, a third of them hostile, and see what is left of it.

    python -m tests.soak.soak [COUNT]

Attacks that only wait for a time-out are left out; the others of `tests/attacks` take turns. In the
end no process, descriptor, mount, folder or control group may be left, the memory of the grader
must be flat, and every right submission must have full marks.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader.batch import BatchOptions, grade_all
from grader.catalog import load_assignment
from grader.errors import SandboxError
from grader.model import Grade, Status
from grader.sandbox import open_server
from grader.sandbox.cgroups import own_group
from tests.attacks import driver, tree
from tests.attacks.attack import RIGHT_CLIP, RIGHT_FORWARD, RIGHT_STEP, attacks_of, classes

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.intake import Submission

COUNT: Final = 2000
HOSTILE_EVERY: Final = 3
GROWTH_MIB: Final = 64
TEMPORARY: Final = Path("/tmp")  # noqa: S108 - where leftovers would lie


def main() -> None:
    """Run the soak and print what it found; exit code 1 if anything is left."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    before = state()
    memory: list[int] = []
    wrong: list[str] = []
    statuses: dict[str, int] = {}
    started = time.monotonic()
    with driver.surroundings() as around:
        assignment = load_assignment(around.tree / "assignments" / "hw8")
        submissions = mixed(assignment, around, count)

        def keep(submission: Submission, made: Grade) -> None:
            statuses[made.status.value] = statuses.get(made.status.value, 0) + 1
            if submission.path.name == "right.py" and made.score != made.max_score:
                wrong.append(f"{submission.id}: {made.status} {made.score}")
            if made.status is Status.NOT_GRADED:
                wrong.append(f"{submission.id}: not graded")
            memory.append(resident_mib())

        with open_server("best", torch=True) as server:
            options = BatchOptions(jobs=os.cpu_count() or 1, salt=secrets.token_hex(8))
            grade_all(assignment, submissions, options, server, keep)
            print(f"tier {server.tier}")
        wrong += driver.touched(around)
    elapsed = time.monotonic() - started
    early, late = memory[len(memory) // 10], memory[-1]
    if late - early > GROWTH_MIB:
        wrong.append(f"memory grew from {early} to {late} MiB")
    wrong += [f"left behind: {what}" for what in sorted(state() - before)]
    print(f"{count} submissions, {count // HOSTILE_EVERY} of them hostile, in {elapsed:.0f} s")
    print(f"statuses {statuses}; memory {early} -> {late} MiB")
    print("\n".join(wrong) or "nothing left behind; every right submission has full marks")
    raise SystemExit(bool(wrong))


def mixed(assignment: Assignment, around: driver.Surroundings, count: int) -> list[Submission]:
    """Lay out a right submission and the attacks, and repeat them under ever new ids."""
    folder = around.tree / "submissions"
    (folder / "right.py").write_text(f"{RIGHT_CLIP}{RIGHT_STEP}{RIGHT_FORWARD}\n")
    (around.tree / "drop" / "file").write_text("as it was")
    quick = [
        attack
        for klass in classes()
        for attack in attacks_of(klass)
        if "timed_out" not in attack.verdicts and "sleep" not in attack.source
    ]
    for attack in quick:
        tree.lay_out(attack, folder, around.values)
    read = driver.read(assignment, folder)
    right = next(one for one in read if one.path.name == "right.py")
    hostile = itertools.cycle(one for one in read if one is not right and one.source is not None)
    return [
        msgspec.structs.replace(
            next(hostile) if number % HOSTILE_EVERY == 0 else right, id=f"soak-{number:05d}"
        )
        for number in range(count)
    ]


def state() -> set[str]:
    """Describe what could be left behind: children, descriptors, mounts, folders."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    folders = [path.name for path in TEMPORARY.glob("grader-*")]
    groups: list[Path] = []
    with contextlib.suppress(SandboxError):
        groups = list(own_group().glob("grader-*"))
    return {
        *(f"process {pid}" for pid in children),
        *(f"descriptor {what}" for what in driver.descriptors() if "/proc/" not in what),
        *(f"mount {line}" for line in mounts),
        *(f"folder {name}" for name in folders),
        *(f"control group {path}" for path in groups),
    }


def resident_mib() -> int:
    """Return what this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


if __name__ == "__main__":
    main()
