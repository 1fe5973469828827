"""Signing in and out, and the language of the pages."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from models.catalogue import LANGUAGES
from models.errors import Refused
from states.accounts.signing_in import sign_in, sign_out
from web import cookies
from web.visit import Anybody, Newcomer

router = APIRouter()

HOME = "/board"
Text = Annotated[str, Form()]


@router.get("/")
def root(visit: Newcomer) -> Response:
    return visit.to(HOME)


@router.get("/sign-in")
def sign_in_form(visit: Anybody, next: str = "") -> Response:  # noqa: A002 - as the address has it
    if visit.signed:
        return visit.to(inside(next))
    return visit.page("sign_in", email="", next=next, problem=None)


@router.post("/sign-in")
def sign_in_(visit: Anybody, email: Text = "", password: Text = "", next: Text = "") -> Response:  # noqa: A002
    agent = visit.request.headers.get("user-agent", "")
    try:
        token = sign_in(email, password, agent=agent, now=visit.now)
    except Refused as refused:
        return visit.page("sign_in", status=403, email=email, next=next, problem=refused)
    response = visit.to(inside(next))
    cookies.put(response, cookies.SESSION, token, visit.desk)
    cookies.drop(response, cookies.FORM, visit.desk)
    return response


@router.post("/sign-out")
def sign_out_(visit: Newcomer) -> Response:
    assert visit.signed  # noqa: S101
    sign_out(visit.signed, now=visit.now)
    response = visit.to("/sign-in", done="signed_out")
    cookies.drop(response, cookies.SESSION, visit.desk)
    return response


@router.post("/language")
def language(visit: Anybody, language: Text, back: Text = "") -> RedirectResponse:
    response = visit.to(inside(back))
    if language in LANGUAGES:
        cookies.put(response, cookies.LANGUAGE, language, visit.desk, lasts=timedelta(days=365))
    return response


def inside(path: str) -> str:
    """A page of ours, whatever an address says: never another site."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return HOME
    return path
