"""Log pengiriman: what was sent to whom by which way and how that went; trying again what failed."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from models.database import reading
from models.errors import NotFound, PipelineError, Refused
from models.messages import DeliveryState
from notifications.delivery_log import DeliveryRow, Page, Wanted, list_deliveries, show_message
from notifications.retry import can_retry, retry_deliveries, retry_failed
from states.sight import find_seen
from web.addresses import Number, Word, address, one_of
from web.errors import status_of
from web.visit import Guest, Visit

router = APIRouter(prefix="/deliveries")

Text = Annotated[str, Form(max_length=120)]

UNDELIVERED = "undelivered"  # beside the states: what failed and went by no other way of the person's


@dataclass(frozen=True)
class Asked:
    person: str = ""
    state: str = ""
    candidacy: str = ""
    before: int | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            person=self.person.strip() or None,
            state=one_of(DeliveryState, self.state),
            candidacy=self.candidacy.strip() or None,
            undelivered=self.state == UNDELIVERED,
        )

    @property
    def narrows(self) -> bool:
        return self.wanted != Wanted()

    def link(self, **other: Any) -> str:
        return address("/deliveries", **vars(replace(self, **{"before": None, **other})))


def asked(person: Word = "", state: Word = "", candidacy: Word = "", before: Number = None) -> Asked:
    return Asked(person, state, candidacy, before)


@router.get("")
def deliveries(visit: Guest, asked: Annotated[Asked, Depends(asked)]) -> Response:
    return _log(visit, asked)


@router.post("/retry")
def retry_all(visit: Guest, person: Text = "", candidacy: Text = "") -> Response:
    """All that failed, of what the filter finds and the visitor may try again."""
    asked = Asked(person, UNDELIVERED, candidacy)
    try:
        _seen(visit, asked)
        done = retry_failed(asked.wanted, actor=visit.actor, now=visit.now)
    except (Refused, NotFound) as problem:
        return _log(visit, asked, problem=problem)
    return visit.to(asked.link(), done="retried" if done else "nothing_to_retry")


@router.post("/{number}/retry")
def retry(visit: Guest, number: int) -> Response:
    if not can_retry([number], actor=visit.actor):
        raise NotFound("unknown_delivery", value=number)
    retry_deliveries([number], actor=visit.actor, now=visit.now)
    return visit.to("/deliveries", done="retried")


@router.get("/{message_id}")
def message(visit: Guest, message_id: str) -> Response:
    """All ways of one message."""
    try:
        rows = show_message(message_id, actor=visit.actor)
    except Refused as refused:  # as if it was not there
        raise NotFound("unknown_message", value=message_id) from refused
    return visit.page("delivery", rows=rows, first=rows[0], again=_again(visit, rows))


def _log(visit: Visit, asked: Asked, *, problem: PipelineError | None = None) -> Response:
    try:
        _seen(visit, asked)
        page = list_deliveries(asked.wanted, actor=visit.actor, before=asked.before)
    except NotFound:  # an unknown person or candidacy, or one that the visitor may not see
        page = Page([], None)
    return visit.page(
        "deliveries",
        status=status_of(problem) if problem else 200,
        problem=problem,
        asked=asked,
        page=page,
        again=_again(visit, page.rows),
        states=[state.value for state in DeliveryState],
    )


def _seen(visit: Visit, asked: Asked) -> None:
    """Raises NotFound for a candidacy that the visitor may not see."""
    if asked.wanted.candidacy:
        with reading() as session:
            find_seen(session, asked.wanted.candidacy, actor=visit.actor)


def _again(visit: Visit, rows: list[DeliveryRow] | Any) -> set[int]:
    failed = [row.id for row in rows if row.state is DeliveryState.FAILED]
    return can_retry(failed, actor=visit.actor) if failed else set()
