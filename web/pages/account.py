"""One's own account: the password, and the browsers that are signed in."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from models.errors import BadInput, NotFound
from states.accounts.keeping import change_password
from states.accounts.signing_in import end_session, open_sessions
from web.pages.signing_in import HOME
from web.visit import Guest, Newcomer

router = APIRouter(prefix="/account")

Text = Annotated[str, Form()]


@router.get("")
def account(visit: Guest) -> Response:
    assert visit.signed  # noqa: S101
    sessions = open_sessions(visit.actor, limits=visit.desk.limits, now=visit.now)
    return visit.page("account", sessions=sessions, this=visit.signed.session_id)


@router.get("/password")
def password_form(visit: Newcomer) -> Response:
    return visit.page("password", problem=None)


@router.post("/password")
def password(visit: Newcomer, old: Text = "", new: Text = "", again: Text = "") -> Response:
    assert visit.signed  # noqa: S101
    try:
        if new != again:
            raise BadInput("password_not_repeated")
        change_password(old, new, keep=visit.signed.session_id, actor=visit.actor, now=visit.now)
    except BadInput as problem:
        return visit.page("password", status=problem.status_code, problem=problem)
    return visit.to(HOME, done="password_changed")


@router.post("/sessions/{number}/end")
def end(visit: Guest, number: int) -> Response:
    if not end_session(number, actor=visit.actor, now=visit.now):
        raise NotFound("unknown_session", value=number)
    return visit.to("/account", done="session_ended")
