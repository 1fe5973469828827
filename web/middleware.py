"""Around every request: its id, its language, how large it may be, and what the browser is told to refuse."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.catalogue import LANGUAGES, use_language
from models.files import MIB
from models.links import use_web_url
from models.trail import use_request
from web import cookies
from web.desk import WebDesk
from web.forms import HEADER

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; "  # Tabler's own icons are data inside its style
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

STRANGERS_MOST = 64 * 1024  # bytes: a sign-in form is far smaller
FILES_AT_ONCE = 4  # of the largest size, in one form; our script sends each by itself


class TooLarge(HTTPException):
    """A body that is larger than anything we take; by this base FastAPI does not take it for a broken one."""

    def __init__(self) -> None:
        super().__init__(413)


class Around:
    """Pure ASGI, so that what it sets reaches the threads in which pages are made."""

    def __init__(self, app: ASGIApp, *, desk: WebDesk) -> None:
        self.app = app
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = secrets.token_hex(6)
        scope.setdefault("state", {})["request_id"] = number
        use_request(number)
        use_language(self._language(scope))
        use_web_url(self.desk.settings.web_url)
        limited = _limited(receive, self._most(scope))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), number, https=self.desk.is_https)
            await send(message)

        try:
            await self.app(scope, limited, with_headers)
        finally:
            if form := scope["state"].get("form"):
                await form.close()

    def _language(self, scope: Scope) -> str:
        chosen = _cookie(scope, cookies.LANGUAGE, self.desk)
        return chosen if chosen in LANGUAGES else self.desk.settings.lang

    def _most(self, scope: Scope) -> int:
        """Bytes that this request may send: few where nobody is signed in."""
        if _cookie(scope, cookies.SESSION, self.desk) is None:
            return STRANGERS_MOST
        by_script = any(name.decode("latin-1") == HEADER for name, _ in scope["headers"])
        return self.desk.home.upload_limit * (1 if by_script else FILES_AT_ONCE) + MIB


def _add_headers(headers: MutableHeaders, number: str, *, https: bool) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Request-Id"] = number
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"


def _limited(receive: Receive, most: int) -> Receive:
    """What comes after the refusal is thrown away by the server, so that browsers get to read why."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge
        return message

    return counted


def _cookie(scope: Scope, name: str, desk: WebDesk) -> str | None:
    return cookies.read(Request(scope), name, desk)
