"""What goes wrong under `/portalrb`, as PortalRB's interface has it: JSON, and one of its six statuses."""

from http import HTTPStatus

from fastapi.responses import JSONResponse

from states.portal.documents import error_document
from states.portal.refusals import CODES

AS = {
    HTTPStatus.BAD_REQUEST: HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.METHOD_NOT_ALLOWED: HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT: HTTPStatus.FORBIDDEN,
}
"""Of the statuses that the interface does not know, which of its own comes nearest."""


def is_portal(path: str) -> bool:
    return f"{path}/".startswith("/portalrb/")


def portal_error(status: int, message: str, code: str | None = None) -> JSONResponse:
    known = AS.get(HTTPStatus(status), HTTPStatus(status))
    if known not in CODES:
        known = (
            HTTPStatus.UNPROCESSABLE_ENTITY
            if known < HTTPStatus.INTERNAL_SERVER_ERROR
            else HTTPStatus.INTERNAL_SERVER_ERROR
        )
    headers = {
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
        HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "60"},
    }
    return JSONResponse(error_document(code or CODES[known], message), known, headers.get(known))
