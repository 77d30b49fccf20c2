"""What a client is told that does not get what it asks for: problem details, after RFC 9457."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse

from grader.texts import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.errors import Field

MEDIA_TYPE: Final = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the RFC's word
    """Why a request is not answered as it wants.

    Parameters
    ----------
    status : int
        The HTTP status.
    key : str
        Of the text, in `grader/texts/service.toml`; programs tell problems apart by it.
    retry_after_s : int
        After how many seconds it is worth while to try again; 0 where that is not known.
    **fields : str, int or float
        What the text names.
    """

    def __init__(self, status: int, key: str, /, retry_after_s: int = 0, **fields: Field) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.retry_after_s = retry_after_s
        self.fields = fields

    def response(self, lang: str, *, close: bool = False) -> JSONResponse:
        """Return what is sent.

        Parameters
        ----------
        lang : str
            ``en`` or ``zh``.
        close : bool
            Whether the connection ends with it, for not all of the request was read.
        """
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.key,
            "detail": words_of("service", lang)(self.key, **self.fields),
        }
        return JSONResponse(body, self.status, self._headers(lang, close=close), MEDIA_TYPE)

    def _headers(self, lang: str, *, close: bool) -> Mapping[str, str]:
        headers = {"content-language": lang}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["www-authenticate"] = "Bearer"
        if self.retry_after_s:
            headers["retry-after"] = str(self.retry_after_s)
        if close:
            headers["connection"] = "close"
        return headers
