"""Looks at every unit that holds a predicate, whether it is a candidate for anything or not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlmodel import Session, col

from models.agencies import Unit
from models.cycles import Cycle
from models.database import locked, reading, transaction
from models.facts import Predicate
from models.findings import UNSETTLED, Finding, Origin
from states.calendar import today_in_indonesia
from states.holdings import Holding, holdings_of
from states.monev.keeping import About, Swept, keep_findings
from states.monev.limits import Limits
from states.monev.observed import Designated
from states.monev.rule import Found
from states.monev.rules import find_at_unit

BATCH = 500  # units looked at and written in one transaction


def sweep_designations(*, now: datetime, limits: Limits) -> Swept:
    """Bring the findings about units up to date; running again changes nothing."""
    total = Swept()
    for ids in _batches():
        with transaction() as session:
            units = locked(session, Unit, col(Unit.id).in_(ids))
            held, rows = holdings_of(session, ids, now=now), _rows(session, ids)
            for unit in units:
                holding = held.get(unit.id)
                found = find_at_unit(_seen(holding, limits)) if holding else []
                about = About(holding.today if holding else today_in_indonesia(now), unit=unit)
                total += keep_findings(session, about, found, rows[unit.id], now=now)
    return total


def due_now(*, now: datetime, limits: Limits) -> list[tuple[str, Found]]:
    """What the rules would find, by unit, without writing anything."""
    found: list[tuple[str, Found]] = []
    for ids in _batches():
        with reading() as session:
            for holding in holdings_of(session, ids, now=now).values():
                found.extend((holding.unit, one) for one in find_at_unit(_seen(holding, limits)))
    return found


def _seen(holding: Holding, limits: Limits) -> Designated:
    return Designated(
        unit=holding.unit,
        level=holding.level,
        due_on=holding.due_on,
        today=holding.today,
        lead_days=limits.expiry_days,
        excused=holding.excused,
    )


def _batches() -> Iterable[list[int]]:
    after = 0
    unsettled = (
        select(col(Finding.unit_id))
        .where(col(Finding.state).in_(UNSETTLED))
        .where(col(Finding.origin) == Origin.MONEV)
        .where(col(Finding.unit_id).is_not(None))
    )
    while True:
        with reading() as session:
            query = (
                select(col(Unit.id))
                .where(col(Unit.id).in_(select(col(Predicate.unit_id))) | col(Unit.id).in_(unsettled))
                .where(~_is_history())
                .where(col(Unit.id) > after)
                .order_by(col(Unit.id))
                .limit(BATCH)
            )
            ids = list(session.execute(query).scalars())
        if not ids:
            return
        yield ids
        after = ids[-1]


def _rows(session: Session, ids: Sequence[int]) -> defaultdict[int | None, list[Finding]]:
    rows: defaultdict[int | None, list[Finding]] = defaultdict(list)
    query = select(Finding).where(col(Finding.unit_id).in_(ids)).where(col(Finding.origin) == Origin.MONEV)
    for row in session.execute(query.order_by(col(Finding.id))).scalars():
        rows[row.unit_id].append(row)
    return rows


def _is_history() -> ColumnElement[bool]:
    """Whether the agency of a unit is here for the record only: it has cycles, and all of them are history."""
    cycles = select(col(Cycle.id)).where(col(Cycle.agency_id) == col(Unit.agency_id))
    return exists(cycles) & ~exists(cycles.where(col(Cycle.record_only).is_(False)))
