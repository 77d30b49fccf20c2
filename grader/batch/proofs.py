"""Proofs kept on disk: what the reference answered, for a later batch under the same conditions.

To run the suites on the reference takes longer than to begin a batch otherwise does, and gives the
same as long as nothing has changed that it depends on. What is kept holds answers to hidden cases,
so it lies in a folder that its owner alone may enter. Nothing there is believed that another user
could have written, or that is not whole; whatever cannot be used is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import stat
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader.diagnose import Trace
from grader.errors import WireError
from grader.suite.golden import Golden
from grader.suite.session import Proof, prove, recalled
from grader.suite.timing import OFF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.model import Conditions
    from grader.suite.session import Session, Suites
    from grader.suite.timing import Timing

FORMAT: Final = "grader/proof/v1"
PRIVATE: Final = 0o700
OTHERS: Final = 0o077
DIGEST_BYTES: Final = 32
MAX_BYTES: Final = 256 << 20
KEPT: Final = 16  # proofs; one that is older than so many others is removed
CPU_INFO: Final = Path("/proc/cpuinfo")


class _Stored(msgspec.Struct, frozen=True):
    format: str
    key: str
    golden: bytes
    right: dict[str, Trace]
    asked: dict[str, tuple[str, ...]]


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Return where this user's caches lie; None where there is no such place."""
    named = environ.get("XDG_CACHE_HOME") or os.path.join(environ.get("HOME", ""), ".cache")  # noqa: PTH118 - may be empty
    return Path(named) / "grader" / "proofs" if os.path.isabs(named) else None  # noqa: PTH117 - text


def proven(
    suites: Suites, salt: str, conditions: Conditions, timing: Timing, folder: Path | None
) -> Session:
    """Return the session of some suites, proven now, or before under the same conditions.

    What is measured of speed is proven each time, and where there are no solutions nothing is.

    Parameters
    ----------
    suites : Suites
        What was collected.
    salt : str
        What the seeds of hidden suites are derived from.
    conditions : Conditions
        What grades are made under.
    timing : Timing
        Whether speed is measured; started.
    folder : Path or None
        Where proofs are kept; None proves it now in any case.

    Raises
    ------
    CatalogError
        When the reference does not pass the suites.
    """
    is_measured = dict(conditions.parts).get("timing", OFF) != OFF
    if folder is None or is_measured or not suites.assignment.solution.is_dir():
        return prove(suites, salt, timing)
    proofs = Proofs(folder)
    proof = proofs.find(conditions, salt)
    if proof is not None:
        return recalled(suites, salt, proof)
    session = prove(suites, salt, timing)
    proofs.keep(session.proof, conditions, salt)
    return session


class Proofs:
    """The proofs in a folder.

    Parameters
    ----------
    folder : Path
        Made when it is first needed, for its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, conditions: Conditions, salt: str) -> Proof | None:
        """Return what was proven under the same conditions; None if nothing usable is there."""
        key = key_of(conditions, salt)
        with contextlib.suppress(OSError, WireError), self._opened() as folder:
            proof = _decoded(_read(folder, _name(key)), key)
            os.utime(_name(key), dir_fd=folder)
            return proof
        return None

    def keep(self, proof: Proof, conditions: Conditions, salt: str) -> None:
        """Write a proof, whole or not at all; where it cannot be written, the next batch proves."""
        key = key_of(conditions, salt)
        with contextlib.suppress(OSError), self._opened() as folder:
            _write(folder, _name(key), _encoded(proof, key))
            _remove_old(folder)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """Open the folder, so that nobody can put another into its place meanwhile.

        Raises
        ------
        PermissionError
            When it is another user's, or open to others.
        """
        self._folder.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        with contextlib.suppress(FileExistsError):
            self._folder.mkdir(mode=PRIVATE)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _check_owned(folder)
            yield folder
        finally:
            os.close(folder)


def key_of(conditions: Conditions, salt: str) -> str:
    """Hash everything that decides about what the reference answers, or how it is compared.

    Besides the conditions of a batch that is the salt itself, and what the processor can do: how
    sums are rounded depends on it.
    """
    told = [FORMAT, salt, conditions.suite_hash, *map(repr, conditions.parts), _processor()]
    return hashlib.sha256(msgspec.msgpack.encode(told)).hexdigest()


def _processor() -> str:
    """Describe the processor as far as NumPy and torch choose their code by it."""
    with contextlib.suppress(OSError):
        first, _, _ = CPU_INFO.read_text("utf-8").partition("\n\n")
        named = [
            line
            for line in first.splitlines()
            if line.startswith(("model name", "flags", "CPU", "Features"))
        ]
        return "\n".join(named)
    return platform.processor()


def _encoded(proof: Proof, key: str) -> bytes:
    stored = _Stored(FORMAT, key, proof.golden.to_bytes(), dict(proof.right), dict(proof.asked))
    body = zlib.compress(msgspec.msgpack.encode(stored), 1)
    return hashlib.sha256(body).digest() + body


def _decoded(data: bytes, key: str) -> Proof:
    digest, body = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        raise WireError("damaged")
    try:
        unpacked = zlib.decompressobj().decompress(body, MAX_BYTES)
        stored = msgspec.msgpack.decode(unpacked, type=_Stored)
    except (zlib.error, msgspec.DecodeError) as error:
        raise WireError(str(error)) from error
    if (stored.format, stored.key) != (FORMAT, key):
        raise WireError("another proof")
    return Proof(Golden.from_bytes(stored.golden), stored.right, stored.asked)


def _name(key: str) -> str:
    return f"{key[:DIGEST_BYTES]}.proof"


def _check_owned(descriptor: int) -> None:
    found = os.fstat(descriptor)
    if found.st_uid != os.geteuid() or found.st_mode & OTHERS:
        raise PermissionError("another user's, or open to others")


def _read(folder: int, name: str) -> bytes:
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    with open(file, "rb") as stream:  # noqa: PTH123 - a descriptor
        _check_owned(file)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise PermissionError("no plain file")
        return stream.read(MAX_BYTES)


def _write(folder: int, name: str, data: bytes) -> None:
    partial = f".{name}.{os.getpid()}"
    file = os.open(
        partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder
    )
    try:
        with open(file, "wb") as stream:  # noqa: PTH123 - a descriptor
            stream.write(data)
        os.replace(partial, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(partial, dir_fd=folder)
        raise


def _remove_old(folder: int) -> None:
    """Keep the proofs that were used last; the others, and what a killed process left, go."""
    used = {
        name: os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime_ns
        for name in os.listdir(folder)
    }
    for name in sorted(used, key=used.__getitem__, reverse=True)[KEPT:]:
        os.unlink(name, dir_fd=folder)
