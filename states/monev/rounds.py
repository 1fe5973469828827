"""Takes the quarterly round: where every candidacy of an agency stands, kept, with a hash of it in the trail.

A round belongs to the quarter that runs, in the agency's zone, when it is taken. One that was missed stays missing:
how things stood then can't be looked up any more. Rows go through a spool file, so that memory stays small and the
database is held only while they are written.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from models.agencies import Agency
from models.cycles import Cycle
from models.database import locked, reading
from models.inserts import in_pieces
from models.people import Role
from models.rounds import MonevRound, RoundRow
from models.trail import Author, Json, Pending, record
from states.actors import SYSTEM, Actor, Place, current, require_admin_or
from states.lookups import find
from states.monev.looking import positions_now
from states.monev.positions import Position, row_line
from states.monev.quarters import Quarter, running_quarter
from states.monev.stored import parse_row, row_of
from states.writing import writing

AT_ONCE = 500  # rows in one INSERT statement's list


@dataclass(frozen=True)
class Taken:
    agency: str
    quarter: Quarter
    taken: bool  # False: there was one already, and it stays
    replaced: bool
    rows: int
    rows_hash: str
    audit_seq: int | None


@dataclass(frozen=True)
class _Spooled:
    rows: int
    rows_hash: str
    file: IO[str]


def take_round(agency: str | None, *, now: datetime, actor: Actor, again: bool = False) -> tuple[Taken, ...]:
    """Take the running quarter's round of one agency, or of every agency where the actor may; by the koordinator.

    A second time in a quarter changes nothing, unless `again` replaces it. Raises NotFound, Refused.
    """
    with reading() as session:
        codes = [find(session, Agency, agency).code] if agency else _allowed(session, current(session, actor, now=now))
    return tuple(_take(code, now=now, actor=actor, again=again) for code in codes)


def sweep_rounds(now: datetime) -> dict[str, int]:
    """For every agency with a cycle that runs: the running quarter's round, where it has none yet. For a flow."""
    with reading() as session:
        codes = _agencies(session)
    taken = [_take(code, now=now, actor=None, again=False) for code in codes]
    return {"agencies": len(taken), "taken": sum(one.taken for one in taken), "rows": sum(one.rows for one in taken)}


def _take(code: str, *, now: datetime, actor: Actor | None, again: bool) -> Taken:
    author, subject = actor.author if actor else SYSTEM, f"agency:{code}"
    with writing("round_take", author=author, now=now, subject=subject) as session:
        agency = find(session, Agency, code)
        _may(session, agency, actor, now=now)
        quarter = running_quarter(now, agency.zone)
        there = _round(session, agency.id, quarter)
    if there and not again:
        return _left(code, quarter, there)
    with TemporaryFile("w+", encoding="utf-8") as file:
        with reading() as session:
            spooled = _spool(positions_now(session, agency, now=now), file)
        with writing("round_take", author=author, now=now, subject=subject) as session:
            agency = locked(session, Agency, col(Agency.id) == agency.id)[0]
            _may(session, agency, actor, now=now)
            there = _round(session, agency.id, quarter)
            if there and not again:  # somebody was faster, and theirs stays
                return _left(code, quarter, there)
            before = there.rows_hash if there else None
            _keep(session, there or _new_round(agency, quarter, now), spooled, now=now, author=author)
            noted = _note(session, agency, quarter, spooled, before=before, now=now, author=author)
    return Taken(
        code,
        quarter,
        taken=True,
        replaced=before is not None,
        rows=spooled.rows,
        rows_hash=spooled.rows_hash,
        audit_seq=noted.seq,
    )


def _left(code: str, quarter: Quarter, there: MonevRound) -> Taken:
    return Taken(code, quarter, taken=False, replaced=False, rows=0, rows_hash=there.rows_hash, audit_seq=None)


def _may(session: Session, agency: Agency, actor: Actor | None, *, now: datetime) -> None:
    if actor is not None:
        who = current(session, actor, now=now)
        require_admin_or(who, (Role.KOORDINATOR,), Place(agency.id), subject=f"agency:{agency.code}")


def _new_round(agency: Agency, quarter: Quarter, now: datetime) -> MonevRound:
    return MonevRound(agency_id=agency.id, year=quarter.year, quarter=quarter.number, taken_at=now, rows_hash="")


def _keep(session: Session, kept: MonevRound, spooled: _Spooled, *, now: datetime, author: Author) -> None:
    """Write the round and its rows in place of those that it had."""
    kept.taken_at, kept.taken_by, kept.rows_hash = now, author.person_id, spooled.rows_hash
    session.add(kept)
    session.flush()
    session.execute(delete(RoundRow).where(col(RoundRow.round_id) == kept.id))
    spooled.file.seek(0)
    for lines in in_pieces(spooled.file, AT_ONCE):
        session.execute(insert(RoundRow), [{"round_id": kept.id, **parse_row(line)} for line in lines])


def _note(
    session: Session,
    agency: Agency,
    quarter: Quarter,
    spooled: _Spooled,
    *,
    before: str | None,
    now: datetime,
    author: Author,
) -> Pending:
    """One record, whose before and after are the hashes of the rows."""
    action = "monev_round_replaced" if before else "monev_round_taken"
    details: dict[str, Json] = {"year": quarter.year, "quarter": quarter.number, "rows": spooled.rows}
    pending = Pending(
        author,
        now,
        action=action,
        subject=f"agency:{agency.code}",
        before=before,
        after=spooled.rows_hash,
        details=details,
    )
    return record(session, pending)


def _spool(positions: Iterable[Position], file: IO[str]) -> _Spooled:
    digest, rows = sha256(), 0
    for position in positions:
        digest.update(row_line(position))
        file.write(json.dumps(row_of(position), separators=(",", ":")) + "\n")
        rows += 1
    return _Spooled(rows, digest.hexdigest(), file)


def _round(session: Session, agency: int, quarter: Quarter) -> MonevRound | None:
    return session.execute(
        select(MonevRound)
        .where(col(MonevRound.agency_id) == agency)
        .where(col(MonevRound.year) == quarter.year)
        .where(col(MonevRound.quarter) == quarter.number)
    ).scalar_one_or_none()


def _agencies(session: Session) -> list[str]:
    """Those with a cycle that is not mere history."""
    running = select(col(Cycle.agency_id)).where(col(Cycle.record_only).is_(False))
    query = select(col(Agency.code)).where(col(Agency.id).in_(running)).order_by(col(Agency.code))
    return list(session.execute(query).scalars())


def _allowed(session: Session, actor: Actor) -> list[str]:
    codes = _agencies(session)
    rows = session.execute(select(col(Agency.code), col(Agency.id)).where(col(Agency.code).in_(codes))).all()
    return sorted(code for code, id_ in rows if actor.is_admin() or actor.holds(Role.KOORDINATOR, Place(id_)))
