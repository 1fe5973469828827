"""Looks at every open candidacy, opens what the rules find, and closes what is no longer so."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import locked, reading, transaction
from models.findings import UNSETTLED, Finding, Origin
from models.stages import CLOSED
from states.monev.keeping import About, Swept, keep_findings
from states.monev.limits import Limits
from states.monev.loading import load_observed
from states.monev.rule import Found
from states.monev.rules import find_all
from states.parts import WHOLE, Part

BATCH = 200  # candidacies looked at and written in one transaction


def sweep_findings(*, now: datetime, limits: Limits, part: Part = WHOLE) -> Swept:
    """Bring the findings about candidacies up to date; running again changes nothing."""
    total = Swept()
    for ids in _batches(part):
        with transaction() as session:
            candidacies = locked(session, Candidacy, col(Candidacy.id).in_(ids))
            rows = _rows(session, ids)
            seen = load_observed(session, candidacies, now=now, limits=limits)
            for candidacy, observed in zip(candidacies, seen, strict=True):
                found = [] if candidacy.stage in CLOSED else find_all(observed)
                situation = observed.situation
                about = About(situation.today, candidacy=candidacy, entry_id=situation.current.entry_id)
                total += keep_findings(session, about, found, rows[candidacy.id], now=now)
    return total


def found_now(*, now: datetime, limits: Limits) -> list[tuple[str, Found]]:
    """What the rules would find, by candidacy, without writing anything."""
    found: list[tuple[str, Found]] = []
    for ids in _batches():
        with reading() as session:
            candidacies = session.execute(select(Candidacy).where(col(Candidacy.id).in_(ids))).scalars().all()
            seen = load_observed(session, candidacies, now=now, limits=limits)
            for candidacy, observed in zip(candidacies, seen, strict=True):
                if candidacy.stage not in CLOSED:
                    found.extend((candidacy.code, one) for one in find_all(observed))
    return found


def _batches(part: Part = WHOLE) -> Iterable[list[int]]:
    after = 0
    while True:
        with reading() as session:
            query = (
                select(col(Candidacy.id))
                .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
                .where(col(Cycle.record_only).is_(False))
                .where(col(Candidacy.stage).not_in(CLOSED) | col(Candidacy.id).in_(_with_open_findings()))
                .where(col(Candidacy.id) > after, part.holds)
                .order_by(col(Candidacy.id))
                .limit(BATCH)
            )
            ids = list(session.execute(query).scalars())
        if not ids:
            return
        yield ids
        after = ids[-1]


def _with_open_findings() -> Select[int | None]:
    """None of those that belong to no candidacy: a NULL in such a list makes every comparison unknown."""
    return (
        select(col(Finding.candidacy_id))
        .where(col(Finding.state).in_(UNSETTLED))
        .where(col(Finding.origin) == Origin.MONEV)
        .where(col(Finding.candidacy_id).is_not(None))
    )


def _rows(session: Session, ids: list[int]) -> defaultdict[int | None, list[Finding]]:
    """Monev's findings about these candidacies, the closed ones too."""
    rows: defaultdict[int | None, list[Finding]] = defaultdict(list)
    query = select(Finding).where(col(Finding.candidacy_id).in_(ids)).where(col(Finding.origin) == Origin.MONEV)
    for row in session.execute(query.order_by(col(Finding.id))).scalars():
        rows[row.candidacy_id].append(row)
    return rows
