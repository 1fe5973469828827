"""A visit: one request with who is behind it. Every page begins with one of the ways to get it.

`Anybody` needs no account, `Guest` one of a signed-in person, whatever their roles: services and queries decide what
they may see and do. `allowed(...)` is for pages that only some roles have. `Outsider` and
`Portal` read no cookie and set none: the first is for whoever holds a link, the second for PortalRB with its token.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request, params
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from models.errors import PipelineError, Refused
from models.link_key import link_key
from models.people import Role
from states.accounts.signing_in import SignedIn, find_signed_in
from states.actors import Actor, not_allowed
from states.portal.refusals import no_token, not_https, too_many
from states.portal.tokens import Caller, caller_of
from web import cookies, forms
from web.desk import WebDesk
from web.rendering import render


class FormExpired(PipelineError):
    """A form that is not one of ours, or that was open since before somebody signed in or out."""

    status_code = 403
    code = "form"

    def __init__(self) -> None:
        super().__init__("form_expired")


class NotSignedIn(Exception):
    """Nobody is signed in; the handler sends them to do so."""


class MustChangePassword(Exception):
    """The password came from somebody else; the handler sends them to change it."""


@dataclass(frozen=True)
class Visit:
    request: Request
    desk: WebDesk
    now: datetime
    signed: SignedIn | None
    secret: str  # of this browser's forms

    @property
    def actor(self) -> Actor:
        assert self.signed  # noqa: S101 - only pages for signed-in people ask
        return self.signed.actor

    @property
    def form_key(self) -> str:
        return forms.masked(forms.key_of(self.secret))

    def page(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        response = HTMLResponse(render(template, visit=self, **values), status_code=status)
        if self.signed is None:
            cookies.put(response, cookies.FORM, self.secret, self.desk)
            cookies.drop(response, cookies.SESSION, self.desk)
        return response

    def to(self, path: str, *, done: str | None = None, place: str = "") -> RedirectResponse:
        """On to another page, which says what was done; to a place in it where one is named."""
        there = path if done is None else f"{path}{'&' if '?' in path else '?'}done={quote(done)}"
        return RedirectResponse(f"{there}#{quote(place)}" if place else there, status_code=303)


Way = Callable[[Request], Awaitable[object]]


async def anybody(request: Request) -> Visit:
    desk: WebDesk = request.app.state.desk
    now = desk.clock()
    token = cookies.read(request, cookies.SESSION, desk)
    signed = await run_in_threadpool(find_signed_in, token, limits=desk.limits, now=now) if token else None
    secret = (token if signed else cookies.read(request, cookies.FORM, desk)) or secrets.token_urlsafe(32)
    visit = Visit(request, desk, now, signed, secret)
    if request.method not in forms.SAFE:
        given = await forms.key_given(request)
        if not (forms.is_from_us(request) and forms.is_right(given, forms.key_of(secret))):
            raise NotSignedIn if token and signed is None else FormExpired
    return visit


async def signed_in(request: Request) -> Visit:
    """Raises what sends everybody else to sign in, or to change a password that somebody else knows."""
    visit = await newcomer(request)
    if visit.signed and visit.signed.must_change:
        raise MustChangePassword
    return visit


async def newcomer(request: Request) -> Visit:
    """Signed in, perhaps still with the password that somebody else gave."""
    visit = await anybody(request)
    if visit.signed is None:
        raise NotSignedIn
    return visit


def allowed(*roles: Role) -> Way:
    """For pages that only these roles have, wherever they are held; an admin has all of them."""

    async def way(request: Request) -> Visit:
        visit = await signed_in(request)
        if not visit.actor.is_admin() and not any(held.role in roles for held in visit.actor.roles):
            raise Refused(not_allowed((*roles, Role.ADMIN)).refusals)
        return visit

    return way


def declared(way: Way) -> params.Depends:
    """As an annotation of a route's visit; the router finds its rule of access by it."""
    dependency: params.Depends = Depends(way)
    return dependency


@dataclass(frozen=True)
class Outside:
    """A request without cookies, forms and accounts: of whoever holds a link, or of a program with a token."""

    request: Request
    desk: WebDesk
    now: datetime

    @property
    def key(self) -> bytes:
        """Of the links to evidence."""
        return link_key(self.desk.home.link_key)

    @property
    def address(self) -> str:
        """Where the visitor comes from, as far as the proxy in front says so."""
        return self.request.client.host if self.request.client else ""


@dataclass(frozen=True)
class PortalVisit(Outside):
    """PortalRB, with a token that is good."""

    caller: Caller


async def outside(request: Request) -> Outside:
    desk: WebDesk = request.app.state.desk
    return Outside(request, desk, desk.clock())


async def portal(request: Request) -> PortalVisit:
    """Raises PortalRefused: no HTTPS where there should be, no good token, too many requests with it."""
    desk: WebDesk = request.app.state.desk
    now = desk.clock()
    if desk.is_https and request.url.scheme != "https":
        raise not_https()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise no_token()
    caller = await run_in_threadpool(caller_of, token.strip(), now=now)
    most = desk.settings.portal_per_minute
    if not desk.throttle.lets(f"portal:{caller.token_id}", most):
        raise too_many(most)
    return PortalVisit(request, desk, now, caller)


Anybody = Annotated[Visit, Depends(anybody)]
Outsider = Annotated[Outside, Depends(outside)]
Portal = Annotated[PortalVisit, Depends(portal)]
Newcomer = Annotated[Visit, Depends(newcomer)]
Guest = Annotated[Visit, Depends(signed_in)]
