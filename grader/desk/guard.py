"""Who may ask the desk for anything: a browser on this machine that was given the address.

A page of another origin can make a browser send requests here. It does not know the token in the
address; it gets no further with a name of its own that leads to this machine, for the host must be
ours; and what acts must come from a page of ours, by its origin and by a secret in its form.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_SAFE: Final = frozenset({"GET", "HEAD"})
_OURS: Final = frozenset({"same-origin", "none"})


class Guard:
    """Turns away what is not asked by a page of ours, and sets the headers of every answer.

    Parameters
    ----------
    app : callable
        What answers the rest.
    token : str
        The secret in the address.
    hosts : frozenset of str
        What the browser may call this server, with the port.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: frozenset[str]) -> None:
        self._app = app
        self._token = token
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or have answered."""
        if scope["type"] != "http":
            return  # no web sockets; the server's own life is nobody's request

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        refused = self._refusal(scope)
        answer = self._app if refused is None else refused
        await answer(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if headers.get("host", "") not in self._hosts:
            return PlainTextResponse("another host is meant\n", 421)
        token = scope["path"].split("/")[1]
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return PlainTextResponse("not here\n", 404)
        if not self._is_ours(scope["method"], headers):
            return PlainTextResponse("another page asks\n", 403)
        return None

    def _is_ours(self, method: str, headers: Mapping[str, str]) -> bool:
        if headers.get("sec-fetch-site", "none") not in _OURS:
            return False
        return method in _SAFE or headers.get("origin") == f"http://{headers['host']}"
