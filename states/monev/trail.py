"""Verifies the trail, and keeps the one finding that belongs to the installation."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditHead
from models.database import reading, transaction
from models.findings import Finding, Origin
from states.calendar import today_in_indonesia
from states.monev.keeping import About, Swept, keep_findings
from states.monev.observed import TrailSeen
from states.monev.rule import Found
from states.monev.rules import find_in_trail
from states.verify import verify_trail


def sweep_trail(*, now: datetime) -> Swept:
    """One finding while the trail does not verify; it is written even where the trail can't be written any more."""
    found = broken_now()
    with transaction() as session:
        session.execute(select(AuditHead).with_for_update()).all()  # two sweeps, one after the other
        query = select(Finding).where(col(Finding.candidacy_id).is_(None), col(Finding.unit_id).is_(None))
        rows = session.execute(query.where(col(Finding.origin) == Origin.MONEV)).scalars().all()
        return keep_findings(session, About(today_in_indonesia(now)), found, rows, now=now)


def broken_now() -> list[Found]:
    """What is wrong with the trail, without writing anything."""
    with reading() as session:
        verdict = verify_trail(session)
    fault = verdict.fault
    return find_in_trail(TrailSeen(fault.why if fault else "", fault.seq if fault else None, verdict.missing_triggers))
