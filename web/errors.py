"""Every outcome that is no page becomes one: what happened, what to do, and the request's id to ask with."""

import logging
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from models.catalogue import has_message, say
from models.errors import UNWRITABLE, BadInput, PipelineError, Refused, StorageFailed
from states.accounts.signing_in import find_signed_in
from states.portal.refusals import PortalRefused
from web import cookies
from web.desk import WebDesk
from web.middleware import TooLarge
from web.portal_errors import is_portal, portal_error
from web.rendering import render
from web.visit import MustChangePassword, NotSignedIn, Visit
from web.wants import wants_json

LOG = logging.getLogger("zi.web")

TOO_LARGE = 413  # named otherwise in Python 3.13

ROLE_RULES = {"role_needed"}


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(PipelineError, _pipeline_error)
    app.add_exception_handler(NotSignedIn, _sign_in_first)
    app.add_exception_handler(MustChangePassword, _change_password_first)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OSError, _os_error)
    app.add_exception_handler(Exception, _bug)


def status_of(error: PipelineError) -> int:
    """409 for a refusal; 403 where it is the role alone that is missing; 507 where the disk is full."""
    if isinstance(error, StorageFailed) and error.is_full:
        return HTTPStatus.INSUFFICIENT_STORAGE
    if isinstance(error, Refused) and {one.obstacle.rule for one in error.refusals} <= ROLE_RULES:
        return HTTPStatus.FORBIDDEN
    return error.status_code


async def _pipeline_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PipelineError)  # noqa: S101
    if isinstance(error, PortalRefused):
        return portal_error(error.status_code, str(error), error.portal_code)
    if isinstance(error, StorageFailed):
        return await _storage(request, error)
    details = error.details if isinstance(error, BadInput) else ()
    refusals = error.refusals if isinstance(error, Refused) else ()
    fix = "" if isinstance(error, Refused) else _fix(error)
    return await _page(request, status_of(error), str(error), fix, details=details, refusals=refusals)


async def _storage(request: Request, error: StorageFailed) -> Response:
    """What the database or the disk says names machines and folders, and is for who runs the server."""
    LOG.error("request %s: %s", request.state.request_id, error)
    status = status_of(error)
    return await _page(request, status, say(f"web.error.{status}"), say(f"web.error.{status}.fix"))


async def _sign_in_first(request: Request, _error: Exception) -> Response:
    """Back to where they wanted to go once they are signed in; what a form sent can't be kept."""
    if wants_json(request):
        return JSONResponse({"problem": say("web.error.signed_out")}, status_code=HTTPStatus.UNAUTHORIZED)
    there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = f"?next={quote(there)}" if request.method == "GET" else "?done=session_over"
    response = RedirectResponse(f"/sign-in{where}", status_code=HTTPStatus.SEE_OTHER)
    cookies.drop(response, cookies.SESSION, request.app.state.desk)
    return response


async def _change_password_first(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/account/password", status_code=HTTPStatus.SEE_OTHER)


async def _too_large(request: Request, _error: Exception) -> Response:
    limit = request.app.state.desk.settings.upload_limit_mib
    return await _page(request, TOO_LARGE, say("web.error.too_large", limit=limit))


async def _bad_request(request: Request, _error: Exception) -> Response:
    return await _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, say("web.error.bad_request"))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    key = f"web.error.{error.status_code}"
    return await _page(request, error.status_code, say(key) if has_message(key) else say("web.error.bad_request"))


async def _os_error(request: Request, error: Exception) -> Response:
    """A disk without room, or one that may only be read, is no bug; anything else of the system's is."""
    assert isinstance(error, OSError)  # noqa: S101
    if error.errno not in UNWRITABLE:
        raise error
    storage = StorageFailed("files_not_writable", path=str(error.filename or ""), why=error.strerror or "")
    storage.__cause__ = error
    return await _pipeline_error(request, storage)


async def _bug(request: Request, error: Exception) -> Response:
    """The traceback is for who runs the server; the visitor gets the id under which it stands there.

    The route stands in the log, not the address that was asked for: in some it is a token that opens the page.
    """
    asked = getattr(request.scope.get("route"), "path", "-")
    LOG.error("request %s: %s %s", request.state.request_id, request.method, asked, exc_info=error)
    return await _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, say("web.error.500"))


async def _page(
    request: Request, status: int, happened: str, fix: str = "", *, details: object = (), refusals: object = ()
) -> Response:
    if wants_json(request):
        return JSONResponse({"problem": happened}, status_code=status)
    if is_portal(request.url.path):
        return portal_error(status, happened)
    visit = await _visit(request)
    content = {"happened": happened, "fix": fix, "details": details, "refusals": refusals, "status": status}
    return Response(
        render("error", visit=visit, request_id=request.state.request_id, **content),
        status_code=status,
        media_type="text/html; charset=utf-8",
    )


async def _visit(request: Request) -> Visit:
    """For the frame of the page only: nothing is refused here."""
    desk: WebDesk = request.app.state.desk
    token = cookies.read(request, cookies.SESSION, desk)
    now = desk.clock()
    try:
        signed = await run_in_threadpool(find_signed_in, token, limits=desk.limits, now=now) if token else None
    except PipelineError:  # the very fault may be that the database can't be read
        signed = None
    return Visit(request, desk, now, signed, token or "nobody")


def _fix(error: PipelineError) -> str:
    """The way out as pages have it; none where only a command is known."""
    key = f"error.{error.key}.fix"
    return say(f"{key}.web", **error.params) if has_message(f"{key}.web") else ""
