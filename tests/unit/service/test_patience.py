"""Connections that bring nothing whole, over a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest
import uvicorn

from grader.service import Quota
from grader.service.patience import protocol
from tests.unit.service.conftest import CODE, COURSE, WHERE, Counter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = f"Host: x\r\nAuthorization: Bearer {COURSE}\r\n"
POST = f"POST {WHERE}?student=ada&file=a.py HTTP/1.1\r\n{HEAD}"


@pytest.fixture
def address(make_counter: Callable[..., Counter]) -> Iterator[tuple[Counter, tuple[str, int]]]:
    """A counter behind the real server, which waits half a second for anything."""
    counter = make_counter(quota=Quota(size_bytes=20_000, body_s=1.5, quiet_s=0.5))
    config = uvicorn.Config(
        counter.client().app,
        http=protocol(0.5),
        log_level="critical",
        lifespan="off",
        ws="none",
        timeout_keep_alive=1,
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
        thread.start()
        yield counter, listening.getsockname()
        server.should_exit = True
        thread.join()


def exchange(address: tuple[str, int], *parts: bytes) -> bytes:
    """Send parts, and read until the server closes the connection."""
    with socket.create_connection(address, timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(1 << 16):
                answer += part
    return answer


@pytest.mark.parametrize("sent", [b"", b"GET", f"GET /health HTTP/1.1\r\n{HEAD}".encode()])
def test_a_head_that_never_ends_is_cut_off(
    address: tuple[Counter, tuple[str, int]], sent: bytes
) -> None:
    """Without an answer, for there was no question."""
    assert exchange(address[1], sent) == b""


def test_a_second_head_that_never_ends_is_cut_off_too(
    address: tuple[Counter, tuple[str, int]],
) -> None:
    """On a connection that had an answer."""
    whole = f"GET /health HTTP/1.1\r\n{HEAD}\r\n".encode()

    assert exchange(address[1], whole + whole[:-4]).count(b"HTTP/1.1 200") == 1


def test_a_body_that_never_ends_is_told_so_and_cut_off(
    address: tuple[Counter, tuple[str, int]],
) -> None:
    """Nothing of it is kept."""
    counter, where = address

    answer = exchange(where, f"{POST}Content-Length: 5000\r\n\r\n".encode() + CODE[:20])

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"service_too_slow" in answer
    assert b"connection: close" in answer.lower()
    assert counter.kept() == []


def test_what_is_refused_does_not_become_the_next_request(
    address: tuple[Counter, tuple[str, int]],
) -> None:
    """A request in the body of one that is refused is never read as one."""
    counter, where = address
    inner = f"{POST}Content-Length: 3\r\n\r\nabc".encode()
    refused = f"POST {WHERE} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n".encode()
    doubled = f"{POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode()

    answers = [exchange(where, refused + inner), exchange(where, doubled + inner)]

    assert [answer.count(b"HTTP/1.1") for answer in answers] == [1, 1]
    assert answers[0].startswith(b"HTTP/1.1 401")
    assert answers[1].startswith(b"HTTP/1.1 400")
    assert counter.reception.tally() == {}


def test_what_is_no_http_behind_a_head_ends_the_connection(
    address: tuple[Counter, tuple[str, int]],
) -> None:
    """And not the server, whatever was under way."""
    counter, where = address

    broken = exchange(where, f"{POST}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n".encode())
    whole = f"{POST}Content-Length: {len(CODE)}\r\nConnection: close\r\n\r\n".encode() + CODE

    assert broken.startswith(b"HTTP/1.1 400")
    assert exchange(where, whole).startswith(b"HTTP/1.1 202")
    assert counter.reception.tally() == {"queued": 1}
