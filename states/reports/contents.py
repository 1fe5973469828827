"""All that the report of one agency says, read in one look."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from models.agencies import Agency
from models.audit import AuditHead
from models.merkle import root, unpack
from rulesets.library import find_ruleset, rulesets
from states.monev.history import History, Past, history
from states.monev.looking import positions_now
from states.monev.positions import Position
from states.monev.quarters import Quarter, running_quarter
from states.monev.stored import is_intact, positions_of
from states.monev.trend import AreaStanding, Change, Totals, areas, changes, totals
from states.reports.open_findings import OpenFinding, open_findings


@dataclass(frozen=True)
class Signature:
    """Who signs, as given with the request; blanks are lines to fill in by hand."""

    name: str = ""
    nip: str = ""
    office: str = ""
    place: str = ""


@dataclass(frozen=True)
class Contents:
    agency: str
    agency_name: str
    zone: str
    now: datetime
    today: date
    quarter: Quarter
    positions: tuple[Position, ...]  # by code
    totals: Totals
    areas: tuple[AreaStanding, ...]
    findings: tuple[OpenFinding, ...]
    history: History
    compared: Past | None  # the round that the present is held against: the last of an earlier quarter
    changes: tuple[Change, ...]
    intact: bool  # whether the rows of that round are those that the trail vouches for
    trail_size: int
    trail_root: str
    signature: Signature

    @property
    def cycles(self) -> tuple[str, ...]:
        return tuple(sorted({one.cycle for one in self.positions}))

    @property
    def late(self) -> list[Position]:
        return sorted((one for one in self.positions if one.days_late), key=lambda one: (-one.days_late, one.code))

    def day_of(self, at: datetime) -> date:
        """In the agency's zone."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def area_name(self, code: str) -> str:
        """As the rule sets here call it."""
        for name in (*dict.fromkeys(one.ruleset for one in self.positions), *rulesets()):
            if code in (known := find_ruleset(name).lke.areas):
                return str(known[code].title)
        return code


def load_contents(session: Session, agency: Agency, *, now: datetime, signature: Signature) -> Contents:
    """How things stand now, beside the rounds that were taken."""
    positions = tuple(sorted(positions_now(session, agency, now=now), key=lambda one: one.code))
    quarter = running_quarter(now, agency.zone)
    past = history(session, agency)
    compared = next((one for one in reversed(past.rounds) if one.kept.quarter < quarter), None)
    before = list(positions_of(session, compared.kept.id)) if compared else []
    head = session.execute(select(AuditHead)).scalar_one()
    return Contents(
        agency=agency.code,
        agency_name=agency.name,
        zone=agency.zone,
        now=now,
        today=now.astimezone(ZoneInfo(agency.zone)).date(),
        quarter=quarter,
        positions=positions,
        totals=totals(positions),
        areas=areas(positions),
        findings=tuple(open_findings(session, agency, now=now)),
        history=past,
        compared=compared,
        changes=tuple(changes(before, positions)) if compared else (),
        intact=is_intact(session, compared.kept) if compared else True,
        trail_size=head.size,
        trail_root=root(unpack(head.frontier)).hex(),
        signature=signature,
    )
