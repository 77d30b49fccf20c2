"""Start the fork server by bubblewrap, where that may make namespaces and we may not.

Some systems forbid user namespaces to everybody but a few programs, of which bubblewrap is one, by
a rule of AppArmor or because it has the set-user-id bit.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

import grader
from grader.errors import SandboxError
from grader.worker.namespaces import DEVICES, NOBODY, python_needs

PROGRAM: Final = "bwrap"
REMEDY: Final = "install bubblewrap: apt-get install bubblewrap"
OPTIONS: Final = (
    "--unshare-all", "--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY),
    "--die-with-parent", "--as-pid-1", "--new-session", "--cap-drop", "ALL", "--proc", "/proc",
    "--tmpfs", "/tmp", "--chdir", "/",  # noqa: S108 - inside, where nothing else is
)  # fmt: skip


def command_prefix() -> list[str]:
    """Return what stands in front of a command that is to see Python's files and nothing else.

    Raises
    ------
    SandboxError
        Where bubblewrap is not installed.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise SandboxError(f"there is no {PROGRAM}; {REMEDY}")
    prefix = [program, *OPTIONS]
    for name in DEVICES:
        prefix += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for path in python_needs(Path(grader.__file__).parent):
        if Path(path).is_symlink():
            prefix += ["--symlink", os.readlink(path), path]  # noqa: PTH115 - the text of the link
        else:
            prefix += ["--ro-bind", path, path]
    return [*prefix, "--"]
