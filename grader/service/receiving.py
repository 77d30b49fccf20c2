"""The body of a request, to a file: within a size and a time, under a name of our choosing."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import python_multipart  # noqa: F401 - starlette's parser of forms is of no use without it
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from grader.intake import safe_id
from grader.intake.kinds import stem
from grader.service.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from starlette.types import Message, Receive, Scope

    from grader.service.quota import Quota

FORM: Final = "multipart/form-data"
FIELD_BYTES: Final = 1 << 10
AROUND_BYTES: Final = 16 << 10  # of a form, besides the file
PART_BYTES: Final = 1 << 20
_ENDING: Final = re.compile(r"(?:\.[A-Za-z0-9]{1,10}){1,2}")


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come in.

    Parameters
    ----------
    file : str
        What it is called on disk.
    size : int
        In bytes.
    sha256 : str
        In hexadecimal digits.
    student : str
        Whose it is, as a form says; empty where none does.
    """

    file: str
    size: int
    sha256: str
    student: str = ""


class Bounded:
    """Receives no more of a request than is allowed, and not for longer.

    Parameters
    ----------
    receive : callable
        Of the server.
    most_bytes : int
        The whole of the body.
    quota : Quota
        The times.
    """

    def __init__(self, receive: Receive, most_bytes: int, quota: Quota) -> None:
        self._receive = receive
        self._left = most_bytes
        self._quota = quota
        self._until_s = asyncio.get_running_loop().time() + quota.body_s
        self.ended = False
        self.problem: Problem | None = None

    async def __call__(self) -> Message:
        """Receive the next part.

        Raises
        ------
        MultiPartException
            When it is too much, or takes too long; `problem` says which. It is the one error on
            which a form's parser lets go of its files.
        """
        left_s = self._until_s - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(
                self._receive(), max(0.0, min(left_s, self._quota.quiet_s))
            )
        except TimeoutError:
            raise self._refused(Problem(408, "service_too_slow")) from None
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise self._refused(too_large(self._quota))
        self.ended = not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read what is left of a request that is refused, within the same bounds."""
        with contextlib.suppress(MultiPartException):
            while not self.ended and self.problem is None:
                await self()

    def _refused(self, problem: Problem) -> MultiPartException:
        self.problem = problem
        return MultiPartException(problem.key)


def too_large(quota: Quota) -> Problem:
    """Return what is said of a file that is too large."""
    return Problem(413, "service_too_large", mib=quota.size_bytes / (1 << 20))


def check_length(headers: Any, quota: Quota) -> None:
    """Refuse a request that says itself that it is too large, before anything of it is read."""
    told = headers.get("content-length", "")
    most = quota.size_bytes + AROUND_BYTES
    if told and (not told.isascii() or not told.isdecimal() or len(told) > len(str(most))):
        raise too_large(quota)
    if told and int(told) > most:
        raise too_large(quota)


async def receive(scope: Scope, bounded: Bounded, folder: Path, quota: Quota) -> Received:
    """Write what a request brings into a folder, and make sure that it stays there.

    Parameters
    ----------
    scope : dict
        Of the request.
    bounded : Bounded
        Its body.
    folder : Path
        Empty.
    quota : Quota
        The largest file.

    Raises
    ------
    Problem
        When it is none that is taken.
    """
    request = Request(scope, bounded)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == FORM:
            return await _of_form(request, folder, quota)
        return await _raw(request, folder, quota)
    except (MultiPartException, HTTPException) as error:
        raise bounded.problem or Problem(400, "service_form") from error
    except ClientDisconnect as error:
        raise Problem(400, "service_gone") from error


async def _raw(request: Request, folder: Path, quota: Quota) -> Received:
    name = request.query_params.get("file", "")
    if not name:
        raise Problem(400, "service_no_file_name")
    writer = _Writer(folder, name, quota)
    with writer.stream:
        async for part in request.stream():
            writer.write(part)
        return await run_in_threadpool(writer.received, "")


async def _of_form(request: Request, folder: Path, quota: Quota) -> Received:
    form = await request.form(max_files=1, max_fields=4, max_part_size=FIELD_BYTES)
    try:
        files = [one for one in form.getlist("file") if isinstance(one, UploadFile)]
        if len(files) != 1 or not files[0].filename:
            raise Problem(400, "service_form")
        student = form.get("student", "")
        writer = _Writer(folder, files[0].filename, quota)
        with writer.stream:
            while part := await files[0].read(PART_BYTES):
                writer.write(part)
            return await run_in_threadpool(
                writer.received, student if isinstance(student, str) else ""
            )
    finally:
        await form.close()


class _Writer:
    """Writes one file."""

    def __init__(self, folder: Path, name: str, quota: Quota) -> None:
        self._quota = quota
        self._file = safe_file(name)
        self._folder = folder
        self._size = 0
        self._digest = hashlib.sha256()
        self.stream: BinaryIO = (folder / self._file).open("xb")

    def write(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._quota.size_bytes:
            raise too_large(self._quota)
        self._digest.update(part)
        self.stream.write(part)

    def received(self, student: str) -> Received:
        if not self._size:
            raise Problem(400, "service_empty")
        self.stream.flush()
        os.fsync(self.stream.fileno())
        sync_folder(self._folder)
        return Received(self._file, self._size, self._digest.hexdigest(), student)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def safe_file(name: str) -> str:
    """Make the name of a file on disk of one that a client gives.

    What tells its kind stays, as does what systems accept of the rest; what leads elsewhere goes.
    """
    bare = re.split(r"[/\\]", name)[-1]
    head = stem(bare)
    ending = bare[len(head) :] if bare.startswith(head) else ""
    return safe_id(head) + ending if _ENDING.fullmatch(ending) else safe_id(bare)
