"""Agenda: what is late, then what is due on each day of a week; and calendar feeds of the same."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy import select
from sqlmodel import Session, col

from models import links
from models.agencies import Agency, Unit
from models.catalogue import use_language
from models.database import reading
from models.errors import NotFound, PipelineError, Refused, UsageError
from notifications.feeds import add_feed, feed_for, list_feeds, revoke_feed
from states.agenda import PAGE, Agenda, Owed, Span, WindowDay
from states.calendar import today_in_indonesia
from states.holdings import Holding
from states.sight import agencies_seen
from web.addresses import Flag, PageNumber, Word, address, day_in
from web.errors import status_of
from web.visit import Anybody, Guest, Visit

router = APIRouter()

Text = Annotated[str, Form(max_length=120)]

WEEK = timedelta(days=7)
CALENDAR = "text/calendar; charset=utf-8"
FEED_HEADERS = {"Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"}
MINE = "mine"


@dataclass(frozen=True)
class Asked:
    day: str = ""
    agency: str = ""
    mine: bool = False
    page: int = 1
    late_page: int = 1

    def monday(self, today: date) -> date:
        day = day_in(self.day) or today
        return day - timedelta(days=day.weekday())

    def link(self, **other: Any) -> str:
        return address("/agenda", **vars(replace(self, **{"page": "", "late_page": "", **other})))


def asked(day: Word = "", agency: Word = "", mine: Flag = "", page: PageNumber = 1, late_page: PageNumber = 1) -> Asked:
    return Asked(day, agency, mine == "1", page, late_page)


@dataclass(frozen=True)
class Day:
    on: date
    owed: list[Owed]
    windows: list[WindowDay]
    reports: list[Holding]


@router.get("/agenda")
def agenda(visit: Guest, asked: Annotated[Asked, Depends(asked)]) -> Response:
    today = today_in_indonesia(visit.now)
    monday = asked.monday(today)
    week = Span(monday, monday + WEEK - timedelta(days=1))
    before = Span(None, monday - timedelta(days=1))
    is_now = monday <= today < monday + WEEK
    shown = Agenda(visit.actor, visit.now, asked.agency, asked.mine)
    with reading() as session:
        count, late_count = shown.count(session, week), shown.count(session, before) if is_now else 0
        owed = shown.owed(session, week, offset=(asked.page - 1) * PAGE)
        late = shown.owed(session, before, offset=(asked.late_page - 1) * PAGE) if is_now else []
        windows, reports = shown.windows(session, week), shown.reports(session, week)
        late_reports = shown.reports(session, before) if is_now else []
        agencies = agencies_seen(session, visit.actor)
    return visit.page(
        "agenda",
        asked=asked,
        days=_days(owed, windows, reports),
        late=late,
        late_count=late_count,
        late_reports=late_reports,
        count=count,
        pages=max(1, -(-count // PAGE)),
        late_pages=max(1, -(-late_count // PAGE)),
        monday=monday,
        sunday=week.last,
        today=today,
        is_now=is_now,
        earlier=(monday - WEEK).isoformat(),
        later=(monday + WEEK).isoformat(),
        agencies=agencies,
    )


@router.get("/agenda/feeds")
def feeds(visit: Guest) -> Response:
    return _feeds(visit)


@router.post("/agenda/feeds")
def add(visit: Guest, scope: Text = MINE) -> Response:
    """Not sent on to another page: the address is shown here, once."""
    kind, _, code = scope.partition(":")
    unit, agency = (code if kind == "unit" else None), (code if kind == "agency" else None)
    try:
        _, token = add_feed(unit=unit, agency=agency, actor=visit.actor, now=visit.now)
    except (Refused, UsageError) as problem:
        return _feeds(visit, problem=problem)
    return _feeds(visit, made=_address_of(visit, token))


@router.post("/agenda/feeds/{number}/revoke")
def revoke(visit: Guest, number: int) -> Response:
    if not any(feed.id == number for feed in list_feeds(actor=visit.actor)):
        raise NotFound("unknown_feed_number", value=number)
    revoke_feed(number, actor=visit.actor, now=visit.now)
    return visit.to("/agenda/feeds", done="feed_revoked")


@router.get("/feeds/{token}.ics")
def feed(visit: Anybody, token: str) -> Response:
    """For calendar programs, which can't sign in: the token alone opens it. Revoked and unknown ones are alike."""
    use_language(visit.desk.settings.lang)
    with reading() as session:
        content = feed_for(session, token, visit.now)
    return Response(content, media_type=CALENDAR, headers=FEED_HEADERS)


def _days(owed: list[Owed], windows: list[WindowDay], reports: list[Holding]) -> list[Day]:
    days = sorted({*(one.on for one in owed), *(one.on for one in windows), *(one.due_on for one in reports)})
    return [
        Day(
            on,
            [one for one in owed if one.on == on],
            [one for one in windows if one.on == on],
            [one for one in reports if one.due_on == on],
        )
        for on in days
    ]


def _feeds(visit: Visit, *, made: str = "", problem: PipelineError | None = None) -> Response:
    with reading() as session:
        scopes = [MINE, *_scopes(session, visit)]
    return visit.page(
        "feeds",
        status=status_of(problem) if problem else 200,
        problem=problem,
        feeds=[one for one in list_feeds(actor=visit.actor) if one.revoked_at is None],
        scopes=scopes,
        made=made,
    )


def _scopes(session: Session, visit: Visit) -> list[str]:
    """The agencies and units where the visitor holds a role."""
    agencies = {one.agency_id for one in visit.actor.roles if one.agency_id is not None}
    units = {one.unit_id for one in visit.actor.roles if one.unit_id is not None}
    found = [
        f"agency:{code}"
        for code in session.execute(select(col(Agency.code)).where(col(Agency.id).in_(agencies))).scalars()
    ]
    found += [
        f"unit:{code}" for code in session.execute(select(col(Unit.code)).where(col(Unit.id).in_(units))).scalars()
    ]
    return sorted(found)


def _address_of(visit: Visit, token: str) -> str:
    """Where people reach these pages, as the settings say, or as this browser did."""
    return links.page("feeds", f"{token}.ics") or f"{str(visit.request.base_url).rstrip('/')}/feeds/{token}.ics"
