"""The register of predicates: every WBK and WBBM of the units that somebody sees, in force or revoked.

When the next two-yearly report is due is reckoned as monev reckons it, of the highest predicate that a unit holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Level
from models.facts import Predicate
from models.inserts import in_pieces
from states.actors import Actor
from states.holdings import PIECE, Holding, HoldingStatus, holdings_of
from states.sight import sees_units

PAGE = 50

Found = Row[Predicate, Unit, str, str]


class Standing(StrEnum):
    HELD = "held"
    REVOKED = "revoked"
    DUE = "due"  # held, and its report is due, or soon


@dataclass(frozen=True)
class Wanted:
    """Which rows; all that is given has to hold."""

    agency: str = ""  # code
    level: Level | None = None
    standing: Standing | None = None
    text: str = ""  # in the unit's name or code, or the decree


@dataclass(frozen=True)
class Registered:
    unit: str
    unit_name: str
    agency: str
    level: Level
    decree: str | None
    decreed_on: date
    revoked_on: date | None
    revocation_decree: str | None
    candidacy: str | None  # that it came from, where it was one of ours
    report_due: date | None  # none where a letter is on another predicate, or on none
    reported_on: date | None
    status: HoldingStatus | None


@dataclass(frozen=True)
class Register:
    """What somebody sees of it, on one day."""

    wanted: Wanted
    actor: Actor
    now: datetime
    lead_days: int  # how long before its day a report counts as soon

    def count(self, session: Session) -> int:
        found: int = session.execute(self._select(session, func.count())).scalar_one()
        return found

    def page(self, session: Session, *, offset: int = 0, limit: int = PAGE) -> list[Registered]:
        """By unit, the oldest decree first. A fixed number of queries."""
        query = self._select(session, Predicate, Unit, col(Agency.code), col(Candidacy.code))
        ordered = query.order_by(col(Unit.code), col(Predicate.decreed_on), col(Predicate.id))
        return self._rows(session, session.execute(ordered.offset(offset).limit(limit)).all())

    def all(self, session: Session) -> Iterator[Registered]:
        """In the same order, in constant memory."""
        offset = 0
        while rows := self.page(session, offset=offset, limit=PIECE):
            yield from rows
            offset += PIECE
            session.expunge_all()

    def _select(self, session: Session, *columns: object) -> Select[Predicate, Unit, str, str]:
        query: Select[Predicate, Unit, str, str] = (
            select(*columns)  # type: ignore[call-overload]
            .select_from(Predicate)
            .join(Unit, col(Unit.id) == col(Predicate.unit_id))
            .join(Agency, col(Agency.id) == col(Unit.agency_id))
            .outerjoin(Candidacy, col(Candidacy.id) == col(Predicate.candidacy_id))
            .where(sees_units(self.actor), *self._conditions(session))
        )
        return query

    def _conditions(self, session: Session) -> Iterator[ColumnElement[bool]]:
        wanted = self.wanted
        if wanted.agency:
            yield col(Agency.code) == wanted.agency.upper()
        if wanted.level:
            yield col(Predicate.level) == wanted.level
        if words := wanted.text.strip():
            names = (col(Unit.name), col(Unit.code), col(Predicate.decree))
            yield or_(*(name.icontains(words, autoescape=True) for name in names))
        if wanted.standing is Standing.REVOKED:
            yield col(Predicate.revoked_on).is_not(None)
        elif wanted.standing is not None:
            yield col(Predicate.revoked_on).is_(None)
        if wanted.standing is Standing.DUE:
            yield self._is_due(session)

    def _is_due(self, session: Session) -> ColumnElement[bool]:
        """Reckoned in pieces, because the day depends on the last letter and on what else the unit holds."""
        seen = select(col(Predicate.unit_id)).join(Unit, col(Unit.id) == col(Predicate.unit_id))
        ids = session.execute(seen.where(sees_units(self.actor)).distinct().order_by(col(Predicate.unit_id))).scalars()
        due: dict[Level, list[int]] = {level: [] for level in Level}
        for piece in in_pieces(ids, PIECE):
            for unit, held in holdings_of(session, piece, now=self.now).items():
                if held.status(lead_days=self.lead_days) in ("soon", "due"):
                    due[held.level].append(unit)
        found = [and_(col(Predicate.level) == level, col(Unit.id).in_(units)) for level, units in due.items() if units]
        return or_(*found) if found else false()

    def _rows(self, session: Session, found: Sequence[Found]) -> list[Registered]:
        held = holdings_of(session, sorted({unit.id for _, unit, _, _ in found}), now=self.now)
        return [self._row(row, held.get(row[1].id)) for row in found]

    def _row(self, found: Found, held: Holding | None) -> Registered:
        predicate, unit, agency, candidacy = found
        on_this = held is not None and (held.level, held.decreed_on) == (predicate.level, predicate.decreed_on)
        letter = held if on_this else None
        return Registered(
            unit=unit.code,
            unit_name=unit.name,
            agency=agency,
            level=predicate.level,
            decree=predicate.decree,
            decreed_on=predicate.decreed_on,
            revoked_on=predicate.revoked_on,
            revocation_decree=predicate.revocation_decree,
            candidacy=candidacy,
            report_due=letter.due_on if letter and not letter.excused else None,
            reported_on=letter.reported_on if letter else None,
            status=letter.status(lead_days=self.lead_days) if letter else None,
        )
