"""Single keys from a terminal, without Enter: on POSIX and on Windows."""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def keys(press: Callable[[str], None]) -> Iterator[bool]:
    """Hand on each key that is pressed while the block runs.

    Parameters
    ----------
    press : callable
        Gets the character, on another thread.

    Yields
    ------
    bool
        Whether there are keys: not without a terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield False
        return
    with _one_by_one() as read:
        threading.Thread(target=_hand_on, args=(read, press), daemon=True).start()
        yield True


def _hand_on(read: Callable[[], str], press: Callable[[str], None]) -> None:
    with contextlib.suppress(OSError, ValueError):  # the terminal is gone
        while key := read():
            press(key)


@contextlib.contextmanager
def _one_by_one() -> Iterator[Callable[[], str]]:
    """Have the terminal hand over each character at once, and not show it."""
    msvcrt = _module("msvcrt")
    if msvcrt is not None:
        yield msvcrt.getwch
        return
    termios = _module("termios")
    if termios is None:
        yield lambda: sys.stdin.read(1)
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    changed = termios.tcgetattr(terminal)
    changed[3] &= ~(termios.ICANON | termios.ECHO)  # local modes; Ctrl-C stays what it is
    termios.tcsetattr(terminal, termios.TCSADRAIN, changed)
    try:
        yield lambda: sys.stdin.read(1)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _module(name: str) -> Any:
    """Import a module that only some systems have; None elsewhere."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
