"""Names of the files of a batch, from ids that may hold anything."""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import quote

_UNSAFE: Final = re.compile(r"[^\w.-]+")
_NAME_BYTES: Final = 120


def file_name(submission_id: str, suffix: str) -> str:
    """Return the name of a submission's file: the id itself where that is a safe name.

    Parameters
    ----------
    submission_id : str
        Any text, such as ``ada`` or ``../../etc``.
    suffix : str
        ``.html`` or ``.json``.

    Returns
    -------
    str
        One path component without white space; where the id had to be changed, a digest of it
        keeps two ids apart. Ids that differ only in case share a file on some systems; intake
        keeps them apart.
    """
    safe = _UNSAFE.sub("_", submission_id.encode(errors="replace").decode()).lstrip(".")
    cut = safe.encode()[:_NAME_BYTES].decode(errors="ignore")
    if cut == submission_id:
        return cut + suffix
    digest = hashlib.sha256(submission_id.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{cut}-{digest}{suffix}"


def feedback_href(submission_id: str) -> str:
    """Return the link from index.html to a feedback page."""
    return f"feedback/{quote(file_name(submission_id, '.html'))}"
