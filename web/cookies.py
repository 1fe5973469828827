"""The cookies: who is signed in, and what a form of somebody who is not yet has to bring back.

Under HTTPS their names begin with `__Host-`, so that no neighbour under the same domain can set them
(RFC 6265bis 4.1.3.2).
"""

from datetime import timedelta

from fastapi import Request, Response

from web.desk import WebDesk

SESSION, FORM, LANGUAGE = "zi_session", "zi_form", "zi_lang"


def read(request: Request, name: str, desk: WebDesk) -> str | None:
    return request.cookies.get(_named(name, desk)) or None


def put(response: Response, name: str, value: str, desk: WebDesk, *, lasts: timedelta | None = None) -> None:
    """Kept until the browser closes, or for so long."""
    response.set_cookie(
        _named(name, desk),
        value,
        max_age=int(lasts.total_seconds()) if lasts else None,
        path="/",
        secure=desk.is_https,
        httponly=True,
        samesite="lax",  # strict would sign people out who come by a link in a mail
    )


def drop(response: Response, name: str, desk: WebDesk) -> None:
    response.delete_cookie(_named(name, desk), path="/", secure=desk.is_https, httponly=True, samesite="lax")


def _named(name: str, desk: WebDesk) -> str:
    return f"__Host-{name}" if desk.is_https else name
