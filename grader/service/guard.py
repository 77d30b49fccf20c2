"""Who may ask the service for anything, and what stands in every answer.

Without a token that is known, nothing is told: not which pages there are, nor which assignments. A
request that two programs in a row could read in two ways is not read at all.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from grader.service.negotiation import pick_lang
from grader.service.problems import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from grader.service.keys import Keys

HEADERS: Final = {
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
# Who answers that all is well, need not know who asks.
OPEN: Final = "/health"
_ONCE: Final = ("authorization", "content-length", "content-type", "host", "idempotency-key")


class Guard:
    """Turns away who has no token, and sets the headers of every answer.

    Parameters
    ----------
    app : callable
        What answers the rest; it finds ``caller`` and ``lang`` in the state of a request.
    keys : Keys
        The tokens.
    hosts : frozenset of str
        What the server may be called; empty for anything.
    lang : str
        For who asks for no language.
    """

    def __init__(self, app: ASGIApp, keys: Keys, hosts: frozenset[str], lang: str) -> None:
        self._app = app
        self._keys = keys
        self._hosts = hosts
        self._lang = lang

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or have answered."""
        if scope["type"] != "http":
            return  # no web sockets; the server's own life is nobody's request

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_own(message.get("headers", ()))}
            await send(message)

        told = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        headers = dict(told)
        lang = pick_lang(headers.get("accept-language", ""), self._lang)
        scope["state"] = {**scope.get("state", {}), "lang": lang, "caller": None}
        problem = self._refusal(scope, told, headers)
        if problem is None:
            await self._app(scope, receive, send_with_headers)
        else:
            await problem.response(lang, close=True)(scope, receive, send_with_headers)

    def _refusal(
        self, scope: Scope, told: list[tuple[str, str]], headers: dict[str, str]
    ) -> Problem | None:
        counts = Counter(name for name, _ in told)
        if any(counts[name] > 1 for name in _ONCE) or (
            "transfer-encoding" in counts and "content-length" in counts
        ):
            return Problem(400, "service_two_readings")
        if self._hosts and headers.get("host", "").lower() not in self._hosts:
            return Problem(421, "service_another_host")
        caller = self._keys.caller(headers.get("authorization", ""))
        if caller is None and scope["path"] != OPEN:
            return Problem(401, "service_no_token")
        scope["state"]["caller"] = caller
        return None


def _with_own(headers: object) -> list[tuple[bytes, bytes]]:
    given = list(headers)  # type: ignore[call-overload]  # as the server's interface has it
    names = {name for name, _ in given}
    own = (
        HEADERS
        if b"content-security-policy" in names
        else HEADERS | {"content-security-policy": POLICY}
    )
    return [*given, *((name.encode(), value.encode()) for name, value in own.items())]
