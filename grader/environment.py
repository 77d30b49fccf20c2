"""What decides from outside: packages, and what of the caller's environment a process keeps.

Variables steer what a grade is made by without a trace: which modules are found first, whether
assertions count, how many threads add up a sum, which of pytest's options are in force. So the
grader runs in a process that was started with those that are listed here, and no others.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What computes, collects or reads: another version of it may give another verdict.
PACKAGES: Final = ("ipython", "msgspec", "numpy", "pytest", "pytest-timeout", "torch")
# One thread each, so that a batch neither oversubscribes the machine nor forks amid threads, and so
# that sums come out bitwise alike everywhere.
ONE_THREAD: Final = {
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
FIXED: Final = {**ONE_THREAD, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
KEPT: Final = frozenset(
    {
        # programs, libraries and devices, and where files are put
        "CUDA_VISIBLE_DEVICES", "HOME", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "TMPDIR", "USER",
        "XDG_CACHE_HOME",
        # the terminal, and the language of texts
        "COLORTERM", "COLUMNS", "FORCE_COLOR", "LANG", "LANGUAGE", "LINES", "NO_COLOR", "TERM",
        # where `grader serve` keeps gradebooks, with the password; no verdict depends on it
        "GRADER_DATABASE",
        # what Classroom 50 tells of a push
        "ASSIGNMENT", "ASSIGNMENT_TYPE", "CLASSROOM", "COMMIT_TIME", "COMMIT_URL", "OWNER",
        "RELEASE_URL", "REVIEW_URL", "SUBMISSION_TAG",
        # which CI system this is, and where its page of a job is written
        "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI",
        # when it was given the work
        "CI_PIPELINE_CREATED_AT", "CI_PIPELINE_SOURCE", "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH",
        # the course's token, which `grader serve` takes out before it starts anything
        "GRADER_TOKEN",
        # what Windows needs besides: nothing starts there without the first of them
        "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP", "USERNAME", "USERPROFILE",
    }
)  # fmt: skip
KEPT_PREFIXES: Final = ("LC_",)
MARK: Final = "grader_closed"
# No folder of the caller's or of the user's is looked in for modules; and a mark, which no variable
# can set.
OPTIONS: Final = ("-P", "-s", "-X", MARK)


def closed(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that a command runs in, given the one that it was called in."""
    kept = {
        name: value
        for name, value in environ.items()
        if name in KEPT or name.startswith(KEPT_PREFIXES)
    }
    return kept | FIXED


def close(arguments: Sequence[str]) -> None:
    """Go on in a process that nothing of the caller's but `KEPT` has had a say in.

    Returns only if this process is already such a one; else it is replaced, or on Windows ends with
    the other one.

    Parameters
    ----------
    arguments : sequence of str
        The words after ``grader``.
    """
    if MARK in sys._xoptions:  # noqa: SLF001 - documented, and the only way to read them
        return
    command = [sys.executable, *OPTIONS, "-m", "grader.cli", *arguments]
    environ = closed(os.environ)
    if sys.platform == "win32":
        # There execve starts another process and ends this one, and nobody waits for the other.
        ended = subprocess.run(command, env=environ, check=False)  # noqa: S603 - our own interpreter
        raise SystemExit(ended.returncode)
    os.execve(sys.executable, command, environ)  # noqa: S606 - the same
