"""One run at a time in a folder of results."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import struct
from typing import TYPE_CHECKING, Final, Self

from grader import clock
from grader.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

NAME: Final = ".lock"
_TOLD_BYTES: Final = 1000
# `struct flock` of Linux with 64-bit offsets: type, whence, start, length, process.
_FLOCK: Final = struct.Struct("hhqqi4x")
_BUSY: Final = (errno.EACCES, errno.EAGAIN)


def at_work(folder: Path) -> str | None:
    """Tell which run is at work in a folder of results, in its own words; None if none is.

    Nothing is locked for it. A run of this very process is not seen.
    """
    try:
        file = os.open(folder / NAME, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        asked = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind = _FLOCK.unpack(fcntl.fcntl(file, fcntl.F_GETLK, asked))[0]
        if kind == fcntl.F_UNLCK:
            return None
        return os.pread(file, _TOLD_BYTES, 0).decode(errors="replace").strip() or "just begun"
    except OSError:
        return None
    finally:
        os.close(file)


class ResultsLock:
    """Keeps other runs out of a folder while a block runs.

    A record lock of the kernel's, which ends with the process that holds it, however that ends.
    Processes forked meanwhile do not hold it, so that one of them that is left over keeps nobody
    out; and it holds between the machines that share a network folder, as SQLite's own locks do.
    The file tells whose it is; that it exists means nothing.

    Parameters
    ----------
    folder : Path
        The folder, which exists.
    name : str
        Of the file; another one is another lock, which keeps nobody out of the folder.
    """

    def __init__(self, folder: Path, name: str = NAME) -> None:
        self._path = folder / name
        self._file = -1

    def __enter__(self) -> Self:
        """Take the lock.

        Raises
        ------
        UsageError
            When another run holds it, or the folder allows no locks.
        """
        while True:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError as error:
                raise UsageError(
                    f"{self._path.parent} cannot be written to: {error.strerror}; "
                    "give another folder with -o"
                ) from error
            try:
                self._take()
                if self._is_current():
                    self._tell()
                    return self
            except BaseException:
                self._close()
                raise
            self._close()  # whoever held it has taken the file away meanwhile

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the file away, then let go."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        self._close()

    def _take(self) -> None:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _BUSY:
                raise UsageError(
                    f"{self._path.parent} is on a file system without locks ({error.strerror}), "
                    "where a gradebook is not safe; give a folder on another one with -o"
                ) from error
            told = os.pread(self._file, _TOLD_BYTES, 0).decode(errors="replace").strip()
            raise UsageError(
                f"another run is at work in {self._path.parent} ({told or 'just begun'}); "
                "wait until it has ended, or give another folder with -o"
            ) from error

    def _is_current(self) -> bool:
        """Tell whether the file that is locked is the one that the next run will find."""
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except FileNotFoundError:
            return False

    def _tell(self) -> None:
        since = clock.utc_now().isoformat(sep=" ", timespec="seconds")
        told = f"process {os.getpid()} on {socket.gethostname()}, since {since}\n"
        # A full disk shows when there is something to keep; until then the lock is what counts.
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, told.encode(), 0)

    def _close(self) -> None:
        os.close(self._file)
        self._file = -1
