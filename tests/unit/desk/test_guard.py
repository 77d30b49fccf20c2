"""Who is turned away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.unit.desk.conftest import HOST, TOKEN

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from grader.desk import Desk

ORIGIN = f"http://{HOST}"


@pytest.mark.parametrize("path", ["/", "/x/", f"/{TOKEN[:-1]}/", f"/{TOKEN}x/", "//", "/tökén/"])
def test_without_the_token_there_is_nothing(client: TestClient, path: str) -> None:
    """Not even a word on what would be here."""
    answer = client.get(f"{ORIGIN}{path}")

    assert (answer.status_code, answer.text) == (404, "not here\n")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "localhost:8791"])
def test_another_host_is_turned_away(client: TestClient, host: str) -> None:
    """A name of somebody else's that leads here, too."""
    assert client.get("", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"https://{HOST}", ""])
def test_a_form_of_another_origin_does_nothing(client: TestClient, desk: Desk, origin: str) -> None:
    """Even if it has the token and the secret of the forms."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("feedback/bob.html").text)
    assert csrf is not None
    headers = {"origin": origin} if origin else {}

    answer = client.post(
        "comment", data={"csrf": csrf[1], "where": "student=ada", "text": "x"}, headers=headers
    )

    assert answer.status_code == 403
    assert desk.log() == []


@pytest.mark.parametrize("csrf", ["", "guess", None])
def test_a_form_without_the_secret_does_nothing(
    client: TestClient, desk: Desk, csrf: str | None
) -> None:
    """Whatever its origin."""
    data = {"where": "student=ada", "text": "x"} | ({} if csrf is None else {"csrf": csrf})

    answer = client.post("comment", data=data, headers={"origin": ORIGIN})

    assert answer.status_code == 403
    assert desk.log() == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_may_not_even_read(client: TestClient, site: str) -> None:
    """Browsers say who asks."""
    assert client.get("", headers={"sec-fetch-site": site}).status_code == 403


def test_acts_are_no_links(client: TestClient) -> None:
    """What is fetched does nothing."""
    for act in ("override", "comment", "undo", "regrade"):
        assert client.get(act).status_code == 405


def test_every_answer_keeps_others_out(client: TestClient) -> None:
    """Pages, refusals and what is not there."""
    for answer in (client.get(""), client.get("x"), client.get(f"{ORIGIN}/")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', client.get("").text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "; connect-src 'self'; form-action 'self'" in policy[1]
