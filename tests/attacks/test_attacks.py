"""Every attack, graded in every tier that this machine can form.

A tier's attacks are graded in one batch by `driver`, in a process of its own, which runs as the
user in question; see `as_user` for what that takes when the tests run as root.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
UNAVAILABLE: Final = 69
LONGEST_S: Final = 1800  # a driver that hangs; nothing else takes this long, whatever else runs
CLASSES: Final = sorted(path.stem for path in (HERE / "attacks").glob("*.py"))
# What runs on the machine differs from tier to tier; what is merely said to the grader does not,
# and is tried in the first one alone.
ON_THE_MACHINE: Final = (
    "clocks", "endings", "leftovers", "network", "others", "resources", "searches",
)  # fmt: skip
# Where a worker can write no file at all; what is bounded alike in every tier is left out.
WITHOUT_OWN_FILES: Final = ("leftovers", "network", "others", "searches")
# What a start from root could leave open.
FROM_ROOT: Final = ("others", "searches")
RUNS: Final = {
    "A as a user": ("A", ("--own-processes",), CLASSES),
    "A as a user, whole": ("A", ("--own-processes",), CLASSES),
    "A as root": ("A", (), FROM_ROOT),
    "A as root, more": ("A", (), [one for one in ON_THE_MACHINE if one not in FROM_ROOT]),
    "B as a user": ("B", (), WITHOUT_OWN_FILES),
    "B as a user, more": ("B", (), [one for one in ON_THE_MACHINE if one not in WITHOUT_OWN_FILES]),
    "B as root": ("B", ("--stay-root",), ON_THE_MACHINE),
    "C by bubblewrap as a user": ("C-bubblewrap", ("--own-processes",), WITHOUT_OWN_FILES),
    "C by bubblewrap as root": ("C-bubblewrap", ("--stay-root",), WITHOUT_OWN_FILES),
    "C by another user as root": ("C-user", ("--stay-root",), WITHOUT_OWN_FILES),
}
# Graded on every exercise; in the other runs on those that an attack names.
WHOLE: Final = ("A as a user, whole",)
# The same layers once more, entered from root: what that could leave open, the other runs look for;
# and of tier B what is bounded as in A.
LONG: Final = (
    *WHOLE, "A as root, more", "B as a user, more", "B as root", "C by bubblewrap as root",
)  # fmt: skip


@functools.cache
def graded(run: str) -> tuple[dict[str, dict[str, list[str]]], str, str]:
    """Grade a run's attacks once.

    Returns
    -------
    dict, str, str
        Problems by class and attack; why the run cannot be made here; how it broke.
    """
    tier, options, klasses = RUNS[run]
    as_root = "as root" in run
    if as_root and os.geteuid() != 0:
        return {}, "the tests do not run as root", ""
    narrow = [] if run in WHOLE else ["--narrow"]
    driver = [sys.executable, "-m", "tests.attacks.driver", tier, *narrow, *klasses]
    wrapper = [sys.executable, str(HERE / "as_user.py"), *options]
    if not as_root and os.geteuid() != 0:
        wrapper = []  # an ordinary user needs no preparation
    elif as_root and not options:
        wrapper = []  # tier A opens what it needs before it changes the user
    environment = {**os.environ, "ATTACK_CANARY": f"CANARY-environment-{os.urandom(8).hex()}"}
    done = subprocess.run(
        [*wrapper, *driver], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=LONGEST_S, check=False,
    )  # fmt: skip
    if done.returncode == UNAVAILABLE:
        return {}, done.stderr.strip().splitlines()[-1], ""
    if done.returncode != 0:
        return {}, "", f"the whole batch broke: {done.stderr[-3000:]}"
    return json.loads(done.stdout), "", ""


@pytest.mark.parametrize(
    ("run", "klass"),
    [
        pytest.param(run, klass, marks=[pytest.mark.proof] if run in LONG else [])
        for run, (_, _, klasses) in RUNS.items()
        for klass in [*klasses, "around"]
    ],
)
def test_attacks_earn_nothing_and_reach_nothing(run: str, klass: str) -> None:
    """Each ends as its class says: no marks by it, no secret told, nothing left, nobody harmed."""
    found, unavailable, broke = graded(run)
    if unavailable:
        pytest.skip(unavailable)
    assert not broke, broke

    wrong = {name: problems for name, problems in found[klass].items() if problems}

    assert not wrong, "\n".join(
        f"{name}: {problem}" for name, problems in wrong.items() for problem in problems
    )


def test_there_are_many_attacks_of_every_class() -> None:
    """No class is empty, and names are unique, so that none is graded in another's place."""
    script = (
        "from tests.attacks.attack import attacks_of, classes\n"
        "names = [a.name for klass in classes() for a in attacks_of(klass)]\n"
        "entries = [a.entry for klass in classes() for a in attacks_of(klass)]\n"
        "assert all(attacks_of(klass) for klass in classes())\n"
        "assert len(set(names)) == len(names) == len(set(entries)) >= 200, len(names)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
