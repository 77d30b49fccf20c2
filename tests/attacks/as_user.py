"""Run a command as an ordinary user, where Python may lie in root's own home.

    python tests/attacks/as_user.py [--stay-root] [--own-processes] COMMAND ...

An ordinary user's command is simply run. Root's becomes user 65534, whose Python must be readable
to it: where the interpreter lies below a folder that only root may enter, that folder is covered,
in a mount namespace of this command alone, by an empty one that holds just what Python needs.
``/tmp`` is private too, so that what the command leaves there is its own; a checkout below it is
put back.

* ``--stay-root`` prepares the mounts but keeps the user: for what drops root by itself.
* ``--own-processes`` adds a process namespace: the command then sees and reaches no process but
  its own, and all of them end with it. An ordinary user needs user namespaces for that.

It ends with the code `UNAVAILABLE`, and a line that says what the kernel lacks, where it cannot.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

NOBODY = 65534
UNAVAILABLE = 69
INSIDE = "--inside"
TMP = "/tmp"  # noqa: S108 - the mount point
ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> None:
    """Read the options in front of the command, and become the command."""
    options = []
    while arguments and arguments[0].startswith("--"):
        options.append(arguments.pop(0))
    is_root = os.geteuid() == 0
    if INSIDE in options:
        prepare_mounts()
        become(arguments, stay_root="--stay-root" in options)
    own_processes = "--own-processes" in options
    if not is_root and not own_processes:
        os.execvp(arguments[0], arguments)  # noqa: S606 - the caller's own command
    if not is_root and "--stay-root" in options:
        give_up("this needs root to start from")
    unshare = shutil.which("unshare")
    missing_setpriv = is_root and shutil.which("setpriv") is None
    if unshare is None or missing_setpriv:
        give_up("the programs unshare and setpriv of util-linux are not there")
    flags = ["--mount", "--propagation", "private"]
    if own_processes:
        flags += ["--pid", "--fork", "--kill-child", "--mount-proc"]
    if not is_root:
        flags += ["--user", "--map-current-user"]
    tried = subprocess.run([unshare, *flags, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        give_up(f"the kernel allows no namespaces here: {tried.stderr.strip()}")
    own = [sys.executable, str(Path(__file__).resolve()), INSIDE, *options] if is_root else []
    os.execv(unshare, [unshare, *flags, *own, *arguments])  # noqa: S606


def give_up(reason: str) -> NoReturn:
    """Say why the command cannot be run so, and end."""
    print(reason, file=sys.stderr)
    raise SystemExit(UNAVAILABLE)


def prepare_mounts() -> None:
    """Let everybody enter the way to Python, and put a folder of our own over ``/tmp``."""
    needed = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, ROOT)}
    covers = {closed: "mode=755,size=1m" for path in needed if (closed := first_closed(path))}
    covers[TMP] = "mode=1777,size=1g"
    # All before anything is covered, for one cover may lie below another.
    opened = {path: os.open(path, os.O_PATH) for path in sorted(needed)}
    for cover, options in sorted(covers.items()):
        mount("-t", "tmpfs", "-o", options, "tmpfs", cover)
        for path, descriptor in opened.items():
            if Path(path).is_relative_to(cover):
                Path(path).mkdir(parents=True, exist_ok=True)
                source = f"/proc/self/fd/{descriptor}"
                mount("--no-canonicalize", "--bind", source, path, keep=descriptor)
    for descriptor in opened.values():
        os.close(descriptor)


def first_closed(path: str) -> str | None:
    """Return the outermost folder on the way to a path that other users may not enter."""
    for folder in [*reversed(Path(path).parents), Path(path)]:
        if not folder.stat().st_mode & stat.S_IXOTH:
            return str(folder)
    return None


def mount(*arguments: str, keep: int | None = None) -> None:
    """Call mount(8)."""
    passed = () if keep is None else (keep,)
    subprocess.run(["mount", *arguments], check=True, pass_fds=passed)  # noqa: S607


def become(command: list[str], *, stay_root: bool) -> None:
    """Give up root, unless told otherwise, and run the command."""
    environment = {**os.environ, "HOME": TMP, "TMPDIR": TMP}
    user = str(NOBODY)
    drop = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--inh-caps=-all"]
    whole = command if stay_root else [*drop, *command]
    os.execvpe(whole[0], whole, environment)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
