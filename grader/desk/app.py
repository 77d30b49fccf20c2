"""The desk's pages and acts as an ASGI application."""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route

from grader.desk.beside import beside
from grader.desk.desk import Desk, shown_points
from grader.desk.guard import Guard
from grader.errors import GraderError, UsageError
from grader.report.desk import (
    Deed,
    Place,
    class_page,
    failed_text,
    groups_page,
    log_page,
    pair_page,
    running_text,
    similar_page,
    student_page,
)
from grader.similarity import COMMON, SHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from grader.gradebook import Entry

    Form = Mapping[str, list[str]]
    Act = Callable[[Desk, Form], list[str]]

MOST_BYTES: Final = 1 << 16
_BACK: Final = re.compile(r"(?:groups|log|similar|feedback/[\w.%-]+\.html)?")


def make_app(desk: Desk, token: str, hosts: frozenset[str]) -> ASGIApp:
    """Make the application.

    Parameters
    ----------
    desk : Desk
        What is shown and done.
    token : str
        The secret that the path of every page begins with.
    hosts : frozenset of str
        What a browser may call the server, such as ``127.0.0.1:8000``.

    Returns
    -------
    callable
        An ASGI application.
    """
    pages = _Pages(desk, f"/{token}/", secrets.token_urlsafe(32))
    routes = [
        Route("/", pages.whole),
        Route("/groups", pages.groups),
        Route("/log", pages.log),
        Route("/similar", pages.similar),
        Route("/similar/{one}/{other}", pages.pair),
        Route("/feedback/{page}", pages.student),
        Route("/progress", pages.progress),
        *(Route(f"/{name}", pages.acting(act), methods=["POST"]) for name, act in ACTS.items()),
    ]
    app = Starlette(
        routes=[Mount(f"/{token}", routes=routes)],
        exception_handlers={OSError: _unreadable, GraderError: _unreadable},
    )
    return Guard(app, token, hosts)


def _unreadable(_request: Request, error: Exception) -> Response:
    """Say why nothing can be shown, as while the folder is away; the next request may succeed."""
    said = getattr(error, "strerror", None) or error
    return PlainTextResponse(f"the gradebook cannot be read: {said}\n", 503)


class _Pages:
    """Answers to requests.

    Parameters
    ----------
    desk : Desk
        What is shown and done.
    root : str
        The path that all of them are below.
    csrf : str
        What every form has to send along.
    """

    def __init__(self, desk: Desk, root: str, csrf: str) -> None:
        self._desk = desk
        self._root = root
        self._csrf = csrf

    def whole(self, _request: Request) -> Response:
        """Show the class."""
        return self._show("")

    def groups(self, _request: Request) -> Response:
        """Show who made the same mistake."""
        return self._show("groups")

    def log(self, _request: Request) -> Response:
        """Show what was done by hand."""
        return self._show("log")

    def similar(self, _request: Request) -> Response:
        """Show who shares passages."""
        return self._show("similar")

    def pair(self, request: Request) -> Response:
        """Show two students side by side."""
        one, other = request.path_params["one"], request.path_params["other"]
        place = Place(self._root, "similar", self._csrf, self._running())
        try:
            compared, found = self._desk.comparison()
            if not any((pair.one, pair.other) == (one, other) for pair in found.pairs):
                raise UsageError("these two are not listed")
            sides = zip((one, other), compared.beside(one, other), strict=True)
            text = pair_page(self._desk.assignment, tuple(sides), place, self._desk.lang)
        except UsageError as error:
            return PlainTextResponse(f"{error}\n", 404)
        return HTMLResponse(text)

    def student(self, request: Request) -> Response:
        """Show one student."""
        return self._show(f"feedback/{request.path_params['page']}")

    def progress(self, _request: Request) -> Response:
        """Tell how far a run is."""
        found = self._desk.progress()
        return JSONResponse({"running": found.running, "text": self._running()})

    def acting(self, act: Act) -> Callable[[Request], object]:
        """Return what answers a form: it acts, and leads back to the page with the form."""

        async def answer(request: Request) -> Response:
            body = bytearray()
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    return PlainTextResponse("too much\n", 413)
            form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
            if not hmac.compare_digest(_one(form, "csrf").encode(), self._csrf.encode()):
                return PlainTextResponse("another page asks\n", 403)
            return await run_in_threadpool(self._act, act, form)

        return answer

    def _act(self, act: Act, form: Form) -> Response:
        back = _one(form, "back")
        back = back if _BACK.fullmatch(back) else ""
        try:
            changed = act(self._desk, form)
        except GraderError as error:
            return self._show(back, str(error), 400)
        renewed = BackgroundTask(self._desk.renew, changed)
        return RedirectResponse(self._root + back, 303, background=renewed)

    def _show(self, here: str, problem: str = "", status: int = 200) -> Response:
        if not problem and (failed := self._desk.failed()) is not None:
            problem = failed_text(*failed, self._desk.lang)
        place = Place(self._root, here, self._csrf, self._running(), problem)
        try:
            return HTMLResponse(self._page(here, place), status)
        except UsageError as error:
            return PlainTextResponse(f"{error}\n", 404)

    def _page(self, here: str, place: Place) -> str:
        desk, lang = self._desk, self._desk.lang
        if here == "groups":
            return groups_page(desk.assignment, desk.grades(), place, lang)
        if here == "log":
            return log_page(desk.assignment, _deeds(desk.log()), place, lang)
        if here == "similar":
            _, found = desk.comparison()
            return similar_page(desk.assignment, found, SHARE, COMMON, place, lang)
        if here:
            grade = desk.grade(here.removeprefix("feedback/"))
            code = beside(desk.assignment, desk.submission(grade))
            tried, deeds = desk.attempts(grade), _deeds(desk.log(grade.id))
            return student_page(desk.assignment, grade, tried, code, deeds, place, lang)
        return class_page(desk.assignment, desk.grades(), place, lang)

    def _running(self) -> str:
        found = self._desk.progress()
        if not found.running:
            return ""
        return running_text(found.done, found.total, self._desk.lang)


def _override(desk: Desk, form: Form) -> list[str]:
    words = (_one(form, name) for name in ("student", "exercise", "points", "because"))
    return desk.override(*words)


def _comment(desk: Desk, form: Form) -> list[str]:
    return desk.comment(form.get("where", []), _one(form, "exercise"), _one(form, "text"))


def _undo(desk: Desk, form: Form) -> list[str]:
    entry = _one(form, "entry")
    if not (entry.isascii() and entry.isdecimal()):
        raise UsageError(f"{entry!r} is no number of an entry")
    return desk.undo(int(entry))


def _regrade(desk: Desk, form: Form) -> list[str]:
    return desk.regrade(form.get("where", []))


ACTS: Final[Mapping[str, Act]] = {
    "override": _override,
    "comment": _comment,
    "undo": _undo,
    "regrade": _regrade,
}


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]


def _deeds(entries: Iterable[Entry]) -> list[Deed]:
    return [
        Deed(
            one.id,
            one.at,
            one.who,
            one.kind,
            one.student,
            one.exercise,
            shown_points(one),
            one.text,
            one.undoes,
            one.undone,
        )
        for one in entries
    ]
