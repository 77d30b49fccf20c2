"""What is asked over HTTP, and what is answered."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.errors import GraderError, UnreachableError
from grader.scoring import final_score
from grader.service.guard import Guard
from grader.service.negotiation import FEEDBACK, pick_type
from grader.service.problems import Problem
from grader.service.receiving import AROUND_BYTES, Bounded, check_length, receive

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from fractions import Fraction

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from grader.gradebook import Upload
    from grader.service.keys import Caller, Keys
    from grader.service.quota import Quota
    from grader.service.reception import Reception

KEY_CHARACTERS: Final = 200
AGAIN_S: Final = 5
# On a page that is shown: no script, no form, nothing from elsewhere. Its own policy says more.
PAGE: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def make_app(
    receptions: Mapping[str, Reception],
    keys: Keys,
    quota: Quota,
    *,
    hosts: frozenset[str],
    lang: str,
    health: Callable[[], Mapping[str, object]] = dict,
) -> ASGIApp:
    """Make the application.

    Parameters
    ----------
    receptions : mapping of str to Reception
        By the ids of the assignments.
    keys : Keys
        Who may ask.
    quota : Quota
        How much may come in.
    hosts : frozenset of str
        What the server may be called; empty for anything.
    lang : str
        For who asks for no language.
    health : callable
        Tells how grading is, for who has the course's token.

    Returns
    -------
    callable
        An ASGI application.
    """
    service = _Service(receptions, quota, health)
    base = "/v1/{assignment}/submissions"
    routes = [
        Route("/health", service.health),
        Route(base, service.hand_in, methods=["POST"]),
        Route(base, service.listed),
        Route(f"{base}/{{id}}", service.status),
        Route(f"{base}/{{id}}/feedback", service.feedback),
    ]
    handlers: Any = {
        Problem: _problem,
        HTTPException: _http,
        UnreachableError: _no_database,
        GraderError: _ours,
        OSError: _ours,
        Exception: _ours,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, keys, hosts, lang)


class _Service:
    """Answers to requests."""

    def __init__(
        self,
        receptions: Mapping[str, Reception],
        quota: Quota,
        health: Callable[[], Mapping[str, object]],
    ) -> None:
        self._receptions = receptions
        self._quota = quota
        self._health = health
        self._receiving = asyncio.Semaphore(quota.at_once)
        self._of_student: dict[str, int] = {}

    def health(self, request: Request) -> Response:
        """Tell whether the service works; how grading is, to who has the course's token alone."""
        tallies = {name: one.tally() for name, one in self._receptions.items()}
        caller: Caller | None = request.state.caller
        if caller is None or caller.student is not None:
            return Response(status_code=204)
        return JSONResponse({"uploads": tallies, "grading": dict(self._health())})

    async def hand_in(self, request: Request) -> Response:
        """Take an upload in."""
        check_length(request.headers, self._quota)
        bounded = Bounded(request.receive, self._quota.size_bytes + AROUND_BYTES, self._quota)
        try:
            reception, upload = await self._taken_in(request, bounded)
        except Problem:
            await bounded.drain()  # else a client that is still sending may miss the answer
            request.state.unread = not bounded.ended
            raise
        answer = await run_in_threadpool(self._told, reception, upload)
        where = f"/v1/{reception.assignment.id}/submissions/{upload.id}"
        return JSONResponse(answer, 202, {"location": where})

    async def _taken_in(self, request: Request, bounded: Bounded) -> tuple[Reception, Upload]:
        """Keep what a request brings, unless it is refused."""
        reception, caller = self._reception(request), _caller(request)
        retry_key = _retry_key(request)
        told = request.query_params.get("student", "")
        if told or caller.student is not None:
            student = self._student(reception, caller, told)
            await run_in_threadpool(reception.check, student, retry_key)
        async with self._turn(caller):
            folder = await run_in_threadpool(reception.open_folder)
            try:
                received = await receive(request.scope, bounded, folder, self._quota)
                student = self._student(reception, caller, told or received.student)
                upload = await run_in_threadpool(
                    reception.keep, folder, received, student, retry_key
                )
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        return reception, upload

    def listed(self, request: Request) -> Response:
        """List what a student has handed in."""
        reception = self._reception(request)
        student = self._student(
            reception, _caller(request), request.query_params.get("student", "")
        )
        found = [self._told(reception, one) for one in reception.of_student(student)]
        return JSONResponse({"student": student, "submissions": found})

    def status(self, request: Request) -> Response:
        """Tell how far an upload is."""
        reception, upload = self._upload(request)
        return JSONResponse(self._told(reception, upload))

    def feedback(self, request: Request) -> Response:
        """Show what a student may read of a grade."""
        reception, upload = self._upload(request)
        kind = pick_type(request.headers.get("accept", ""), tuple(FEEDBACK))
        if kind is None:
            raise Problem(406, "service_no_such_type", types=", ".join(FEEDBACK))
        grade = reception.grade(upload)
        if grade is None:
            raise Problem(409, "service_not_yet", AGAIN_S)
        lang: str = request.state.lang
        body = reception.feedback(grade, FEEDBACK[kind], lang)
        headers = {"content-language": lang, "vary": "Accept, Accept-Language, Authorization"}
        if kind == "text/html":
            headers["content-security-policy"] = PAGE
        return Response(body, 200, headers, kind)

    @contextlib.asynccontextmanager
    async def _turn(self, caller: Caller) -> AsyncIterator[None]:
        """Wait for one's turn; a student has but so many at a time."""
        own = caller.student
        if own is not None:
            if self._of_student.get(own, 0) >= self._quota.waiting:
                raise Problem(429, "service_waiting", AGAIN_S, count=self._of_student[own])
            self._of_student[own] = self._of_student.get(own, 0) + 1
        try:
            async with self._receiving:
                yield
        finally:
            if own is not None:
                self._of_student[own] -= 1
                if not self._of_student[own]:
                    del self._of_student[own]

    def _reception(self, request: Request) -> Reception:
        found = self._receptions.get(request.path_params["assignment"])
        if found is None:
            raise Problem(404, "service_no_assignment", there=", ".join(self._receptions))
        return found

    def _student(self, reception: Reception, caller: Caller, told: str) -> str:
        """Tell whose an upload is; a student's token names nobody else."""
        if not told and caller.student is None:
            raise Problem(400, "service_no_student")
        key = reception.people.key(told) if told else caller.student
        if caller.student is not None and key != caller.student:
            raise Problem(403, "service_another_student")
        if key is None:
            raise Problem(403, "service_unknown_student")
        return key

    def _upload(self, request: Request) -> tuple[Reception, Upload]:
        """Find an upload that who asks may know of; what is another's is not there."""
        reception = self._reception(request)
        found = reception.get(request.path_params["id"])
        own = _caller(request).student
        if found is None or (own is not None and not reception.people.together(own, found.student)):
            raise Problem(404, "service_no_upload")
        return reception, found

    @staticmethod
    def _told(reception: Reception, upload: Upload) -> dict[str, object]:
        """Tell how far an upload is, and what was earned."""
        where = f"/v1/{reception.assignment.id}/submissions/{upload.id}"
        told: dict[str, object] = {
            "id": upload.id,
            "assignment": reception.assignment.id,
            "student": upload.student,
            "file": upload.file,
            "bytes": upload.bytes,
            "sha256": upload.sha256,
            "received_at": upload.received_at,
            "state": upload.state if upload.status is None else upload.status,
            "self": where,
        }
        if upload.state == "queued":
            told["ahead"] = reception.ahead_of(upload)
        grade = reception.grade(upload)
        if grade is not None:
            told["score"] = _number(final_score(grade))
            told["max_score"] = _number(grade.max_score)
            told["counts"] = grade.attempt.counts if grade.attempt is not None else True
            late = None if grade.attempt is None else grade.attempt.lateness
            told["late_days"] = 0 if late is None else late.days
            told["feedback"] = f"{where}/feedback"
        return told


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


def _number(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _retry_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not (0 < len(key) <= KEY_CHARACTERS and key.isascii() and key.isprintable()):
        raise Problem(400, "service_key_form", most=KEY_CHARACTERS)
    return key


def _problem(request: Request, error: Problem) -> Response:
    # What was not read of a request must not be taken for the next one.
    unread = request.method == "POST" and getattr(request.state, "unread", True)
    return error.response(request.state.lang, close=unread)


def _http(request: Request, error: HTTPException) -> Response:
    key = "service_no_method" if error.status_code == 405 else "service_no_page"  # noqa: PLR2004
    return _problem(request, Problem(error.status_code, key))


def _no_database(request: Request, error: Exception) -> Response:
    print(f"grader serve: {error}", file=sys.stderr)
    return _problem(request, Problem(503, "service_no_database", AGAIN_S))


def _ours(request: Request, error: Exception) -> Response:
    if isinstance(error, OSError | GraderError):
        print(f"grader serve: {type(error).__name__}: {error}", file=sys.stderr)
        return _problem(request, Problem(503, "service_ours", AGAIN_S))
    return _problem(request, Problem(500, "service_ours"))
