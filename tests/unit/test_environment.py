"""What of the caller's environment has a say in a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader.environment import FIXED, closed

REPOSITORY = Path(__file__).resolve().parents[2]
GRADER = "import sys; from grader.cli import main; sys.exit(main())"
EVIL = "raise SystemExit('a module of the caller was imported')\n"


@pytest.mark.parametrize(
    "name",
    [
        "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_TIMEOUT",
        "PYTEST_DEBUG", "PYTHONPATH", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONWARNINGS",
        "PYTHONUSERBASE", "OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "NPY_DISABLE_CPU_FEATURES",
        "TORCH_LOGS", "IPYTHONDIR", "TZ",
    ],
)  # fmt: skip
def test_what_could_steer_a_grade_is_left_out(name: str) -> None:
    """Whatever is not known to be harmless does not come along."""
    assert closed({name: "1"}) == FIXED


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "PYTHONHASHSEED", "PYTHONUTF8"])
def test_what_is_fixed_cannot_be_set(name: str) -> None:
    """One thread, equal hashes and UTF-8, whatever the caller has chosen."""
    assert closed({name: "7"}) == FIXED


@pytest.mark.parametrize("name", ["PATH", "LANG", "LC_ALL", "NO_COLOR", "CLASSROOM", "TMPDIR"])
def test_what_a_command_needs_stays(name: str) -> None:
    """The language of texts, the terminal, where programs are, what a platform tells."""
    assert closed({name: "x"}) == {**FIXED, name: "x"}


def test_no_module_of_the_callers_is_imported(tmp_path: Path) -> None:
    """Neither one that a variable points at, nor one in the folder that one happens to be in."""
    for name in ("numpy", "msgspec", "pytest", "rich"):
        (tmp_path / f"{name}.py").write_text(EVIL)
    arguments = ["hint", "clip", "--root", str(REPOSITORY), "--lang", "en"]

    done = subprocess.run(
        [sys.executable, "-c", GRADER, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PYTHONOPTIMIZE": "2", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
