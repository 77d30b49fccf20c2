"""Facts about the project as a whole."""

from __future__ import annotations

import importlib.metadata
import itertools
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import grader

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

# Everything is imported once and ours forgotten, so that what other people wrote is there already;
# then each module of ours is imported in a process forked for it.
IMPORT_EACH_ALONE = """
import importlib, os, sys, traceback

for name in sys.argv[1:]:
    importlib.import_module(name)
for name in [known for known in sys.modules if known.split(".")[0] == "grader"]:
    del sys.modules[name]
assert "torch" not in sys.modules, "some module imports torch"

failed = 0
for name in sys.argv[1:]:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            importlib.import_module(name)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    if os.waitpid(pid, 0)[1]:
        print(f"{name} cannot be imported alone", file=sys.stderr)
        failed = 1
sys.exit(failed)
"""


@pytest.mark.proof
def test_every_module_can_be_imported_alone() -> None:
    """No module needs another one to be imported first, and none of them imports torch."""
    names = [found.name for found in pkgutil.walk_packages(grader.__path__, "grader.")]

    # One thread, so that forking is safe.
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_EACH_ALONE, *names],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert len(names) > 50
    assert run.returncode == 0, run.stderr


def test_version_is_the_installed_one() -> None:
    """`grader.__version__` is what package managers see; after a change, `make setup`."""
    assert grader.__version__ == importlib.metadata.version("grader")


def test_changelog_has_a_place_for_the_next_change() -> None:
    """The changelog begins with what is not released yet."""
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert headings[0] == "[Unreleased]"


def test_every_requirement_is_pinned() -> None:
    """constraints.txt pins each direct requirement exactly: no range, no URL, no local build."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = {*project["dependencies"], *itertools.chain.from_iterable(extras)}
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]

    malformed = [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9a-z.]+", pin)]
    pinned = {_normal(pin.partition("==")[0]) for pin in pins}
    missing = {_normal(re.split(r"[\[<>=!~]", one)[0]) for one in wanted} - pinned - {"grader"}

    assert malformed == []
    assert missing == set()


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_decision_records_have_one_form(record: Path) -> None:
    """A record has its number, its status, and says why, what, and what follows."""
    text = record.read_text("utf-8")

    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert re.search(r"^Status: (accepted|superseded by \d{4})$", text, re.MULTILINE)
    for heading in ("Context", "Decision", "Consequences"):
        assert f"\n## {heading}\n" in text


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
