"""What a document, a fact or a trail record is about, and the candidacies it covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import locked
from models.errors import NotFound, UsageError
from models.stages import CLOSED
from rulesets.ruleset import Scope
from states.actors import Actor, Place, place_of_unit
from states.days_off import hold_calendar
from states.obligations import keep_in_step
from states.observe import observe

Owner = Agency | Unit | Cycle | Candidacy

SCOPES = ("candidacy", "cycle", "unit", "agency")


@dataclass(frozen=True)
class Subject:
    scope: Scope
    id: int
    code: str
    place: Place
    cycle_id: int | None = None

    @property
    def name(self) -> str:
        """As the trail writes it."""
        return f"{self.scope}:{self.code}"

    @property
    def label(self) -> str:
        """As a refusal names it: a candidacy by its code alone."""
        return self.code if self.scope == "candidacy" else self.name


def find_subject(session: Session, code: str) -> Subject:
    """By code, or `unit:CODE` where two things share one. Raises NotFound, UsageError when it is ambiguous."""
    prefix, _, rest = code.rpartition(":")
    if prefix:
        if prefix.lower() not in SCOPES:
            raise UsageError("unknown_scope", value=prefix, known=", ".join(SCOPES))
        found = [row for row in _rows_named(session, rest) if row.__tablename__ == prefix.lower()]
    else:
        found = _rows_named(session, code)
    if not found:
        raise NotFound("unknown_subject", value=code)
    if len(found) > 1:
        kinds = ", ".join(f"{row.__tablename__}:{code.upper()}" for row in found)
        raise UsageError("ambiguous_subject", value=code, known=kinds)
    return _subject(session, found[0])


def _rows_named(session: Session, code: str) -> list[Owner]:
    """Everything that has this code."""
    named: list[Owner] = []
    for table in (Candidacy, Cycle, Unit, Agency):
        named.extend(session.execute(select(table).where(col(table.code) == code.strip().upper())).scalars())
    return named


def owner_of(session: Session, scope: Scope, key: int) -> Owner:
    """The row that something belongs to."""
    match scope:
        case "candidacy":
            return session.get_one(Candidacy, key)
        case "cycle":
            return session.get_one(Cycle, key)
        case "unit":
            return session.get_one(Unit, key)
        case "agency":
            return session.get_one(Agency, key)


def subject_of(session: Session, row: Owner) -> Subject:
    return _subject(session, row)


def lock_covered(session: Session, subject: Subject) -> list[Candidacy]:
    """The open candidacies that this subject covers, locked: what is written next may be what a guard reads."""
    hold_calendar(session)  # what follows may open obligations
    conditions: list[ColumnElement[bool]] = [col(Candidacy.stage).not_in(CLOSED)]
    if subject.scope == "candidacy":
        conditions = [col(Candidacy.id) == subject.id]
    elif subject.scope == "unit":
        conditions.append(col(Candidacy.unit_id) == subject.id)
    elif subject.scope == "cycle":
        conditions.append(col(Candidacy.cycle_id) == subject.id)
    else:
        units = select(col(Unit.id)).where(col(Unit.agency_id) == subject.id)
        conditions.append(col(Candidacy.unit_id).in_(units))
    return locked(session, Candidacy, *conditions)


def after_change(
    session: Session, candidacies: Sequence[Candidacy], *, now: datetime, actor: Actor | None = None
) -> None:
    """What guards read has changed: whoever decided on the old state loses, and obligations follow the new one."""
    for candidacy in candidacies:
        candidacy.version += 1
    session.flush()
    for candidacy, situation in zip(candidacies, observe(session, candidacies, now=now, actor=actor), strict=True):
        keep_in_step(session, candidacy, situation, now=now)


def _subject(session: Session, row: Owner) -> Subject:
    scope = cast("Scope", row.__tablename__)
    match row:
        case Agency():
            return Subject(scope, row.id, row.code, Place(row.id))
        case Unit():
            return Subject(scope, row.id, row.code, place_of_unit(session, row))
        case Cycle():
            return Subject(scope, row.id, row.code, Place(row.agency_id), cycle_id=row.id)
        case Candidacy():
            unit = session.get_one(Unit, row.unit_id)
            return Subject(scope, row.id, row.code, place_of_unit(session, unit), cycle_id=row.cycle_id)
