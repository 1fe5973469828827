"""An agency's open findings, with their age and words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.findings import UNSETTLED, Finding, Severity
from models.people import Role
from states.monev.texts import describe

AGES = ((7, "week"), (30, "month"), (90, "quarter"), (None, "older"))
"""Upper ends in days, and the key of each group's name."""

WEIGHT = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True)
class OpenFinding:
    candidacy: str
    rule: str
    severity: Severity
    owner: Role
    text: str
    opened_at: datetime
    days: int


def open_findings(session: Session, agency: Agency, *, now: datetime) -> list[OpenFinding]:
    """The weightiest first, then the oldest; of candidacies that are not mere history."""
    query = (
        select(Finding, col(Candidacy.code))
        .join(Candidacy, col(Candidacy.id) == col(Finding.candidacy_id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .where(col(Cycle.agency_id) == agency.id)
        .where(col(Cycle.record_only).is_(False))
        .where(col(Finding.state).in_(UNSETTLED))
    )
    found = [
        OpenFinding(
            code,
            row.rule,
            row.severity,
            row.owner,
            describe(row)[0],
            row.opened_at,
            max(0, (now - row.opened_at).days),
        )
        for row, code in session.execute(query)
    ]
    return sorted(found, key=lambda one: (WEIGHT.index(one.severity), -one.days, one.candidacy, one.rule, one.text))


def by_age(findings: Sequence[OpenFinding]) -> Iterator[tuple[str, dict[str, int]]]:
    """Each group of ages with its counts by severity. Pure."""
    above = -1
    for end, name in AGES:
        here = [one for one in findings if one.days > above and (end is None or one.days <= end)]
        yield name, {severity.value: sum(one.severity is severity for one in here) for severity in WEIGHT}
        above = end if end is not None else above


@dataclass(frozen=True)
class Asked:
    """One follow-up: all that stands open by one rule with one role."""

    rule: str
    owner: Role
    severity: Severity
    count: int
    candidacies: tuple[str, ...]


def follow_up(findings: Sequence[OpenFinding]) -> list[Asked]:
    """What is asked of whom, the weightiest first; each rule and role once. Pure."""
    groups: dict[tuple[str, Role], list[OpenFinding]] = {}
    for one in findings:
        groups.setdefault((one.rule, one.owner), []).append(one)
    asked = [
        Asked(
            rule,
            owner,
            min((one.severity for one in here), key=WEIGHT.index),
            len(here),
            tuple(sorted({one.candidacy for one in here})),
        )
        for (rule, owner), here in groups.items()
    ]
    return sorted(asked, key=lambda one: (WEIGHT.index(one.severity), -one.count, one.rule, one.owner))
