"""A koordinator releases a summary to the agency's head, or discards it; and who may read which."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency
from models.database import locked, reading
from models.errors import NotFound, Refused
from models.messages import Notice
from models.people import Role
from models.summaries import Summary, SummaryState
from models.trail import Pending, record
from states.actors import Actor, Place, current, not_allowed, require
from states.holders import Pair, people_now
from states.lookups import find
from states.notices import queue_at
from states.writing import writing

READERS = (Role.PIMPINAN, Role.KOORDINATOR, Role.AUDITOR)  # of what is released; a draft is the koordinator's alone


@dataclass(frozen=True)
class SummaryRow:
    id: int
    agency: str  # code
    agency_name: str
    period: str
    made_at: datetime
    state: SummaryState
    decided_at: datetime | None
    note: str | None
    content: dict[str, Any]


def release_summary(number: int, *, note: str, actor: Actor, now: datetime) -> str:
    """Send it to the head; returns the agency's code. Raises NotFound, and Refused also where nobody is the head."""
    with writing("summary_release", author=actor.author, now=now, subject=_subject(number)) as session:
        summary, agency = _to_decide(session, number, actor=actor, now=now)
        head: Pair = (("agency", agency.id), Role.PIMPINAN)
        if not people_now(session, [head], now=now)[head]:
            raise Refused.because("nobody_is_head", subject=f"agency:{agency.code}", agency=agency.code)
        _decide(session, summary, agency, SummaryState.RELEASED, note.strip() or None, actor=actor, now=now)
        queue_at(
            session,
            Notice.SUMMARY,
            where=("agency", agency.id),
            about=f"summary:{summary.id}",
            reference_id=summary.id,
            roles=(Role.PIMPINAN,),
            now=now,
        )
        return agency.code


def discard_summary(number: int, *, reason: str, actor: Actor, now: datetime) -> str:
    """Nobody gets it; returns the agency's code. Raises NotFound, and Refused also without a reason."""
    with writing("summary_discard", author=actor.author, now=now, subject=_subject(number)) as session:
        summary, agency = _to_decide(session, number, actor=actor, now=now)
        if not reason.strip():
            raise Refused.because("summary_without_reason", subject=f"agency:{agency.code}")
        _decide(session, summary, agency, SummaryState.DISCARDED, reason.strip(), actor=actor, now=now)
        return agency.code


def show_summary(session: Session, number: int, *, actor: Actor, now: datetime) -> SummaryRow:
    """Raises NotFound, and Refused for whom it is not meant."""
    summary = session.get(Summary, number)
    if summary is None:
        raise NotFound("unknown_summary", value=number)
    agency = session.get_one(Agency, summary.agency_id)
    if not _may_read(summary, agency, actor):
        raise not_allowed((Role.KOORDINATOR,), subject=f"agency:{agency.code}")
    return _row(summary, agency)


def list_summaries(session: Session, code: str, *, actor: Actor) -> list[SummaryRow]:
    """An agency's, as far as the actor may read them, the newest first. Raises NotFound."""
    agency = find(session, Agency, code)
    rows = session.execute(
        select(Summary).where(col(Summary.agency_id) == agency.id).order_by(col(Summary.id).desc())
    ).scalars()
    return [_row(summary, agency) for summary in rows if _may_read(summary, agency, actor)]


def _to_decide(session: Session, number: int, *, actor: Actor, now: datetime) -> tuple[Summary, Agency]:
    actor = current(session, actor, now=now)
    found = locked(session, Summary, col(Summary.id) == number)
    if not found:
        raise NotFound("unknown_summary", value=number)
    agency = session.get_one(Agency, found[0].agency_id)
    require(actor, (Role.KOORDINATOR,), Place(agency.id), subject=f"agency:{agency.code}")
    if found[0].state is not SummaryState.DRAFT:
        raise Refused.because("summary_decided", subject=f"agency:{agency.code}", number=number)
    return found[0], agency


def _decide(
    session: Session,
    summary: Summary,
    agency: Agency,
    state: SummaryState,
    note: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    summary.state, summary.note, summary.decided_by, summary.decided_at = state, note, actor.person_id, now
    session.flush()
    record(
        session,
        Pending(
            actor.author,
            now,
            action=f"summary_{state.value}",
            subject=f"agency:{agency.code}",
            details={"summary": summary.id, "period": summary.period},
            texts={"note": note} if note else {},
        ),
    )


def _may_read(summary: Summary, agency: Agency, actor: Actor) -> bool:
    roles = READERS if summary.state is SummaryState.RELEASED else (Role.KOORDINATOR,)
    return actor.is_admin() or actor.holds_any(roles, Place(agency.id))


def _row(summary: Summary, agency: Agency) -> SummaryRow:
    return SummaryRow(
        id=summary.id,
        agency=agency.code,
        agency_name=agency.name,
        period=summary.period,
        made_at=summary.made_at,
        state=summary.state,
        decided_at=summary.decided_at,
        note=summary.note,
        content=json.loads(summary.content),
    )


def _subject(number: int) -> str:
    """The agency's, where there is such a summary: a refusal belongs into its history."""
    with reading() as session:
        summary = session.get(Summary, number)
        return f"agency:{session.get_one(Agency, summary.agency_id).code}" if summary else f"summary:{number}"
