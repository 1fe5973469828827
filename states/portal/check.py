"""The pre-check: what PortalRB would get of a cycle, and what is wrong with it. Names of faults, no words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Level
from models.cycles import Cycle
from models.errors import Params
from rulesets.library import find_ruleset
from rulesets.scoring import score
from states.due_dates import Window
from states.evidence.counting import without_evidence
from states.portal.period import WindowState, state_of, today_at, window_of
from states.portal.proposed import Proposed, count_proposed, proposed_units, with_kept
from states.portal.sheets import Address, Sheet, sheets_of
from states.portal.tokens import tokens_of
from states.portal.wbbm import may_propose_wbbm


@dataclass(frozen=True)
class Fault:
    """Something wrong: the message is `portal.fault.NAME`."""

    name: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True)
class UnitCheck:
    proposed: Proposed
    sheet: Sheet
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class CycleCheck:
    cycle: Cycle
    window: Window | None
    state: WindowState
    today: date
    wbbm: bool
    faults: tuple[Fault, ...]  # of the cycle, the agency and the installation
    units: tuple[UnitCheck, ...]  # a page's worth
    count: int


def cycles_of(session: Session, agency: Agency) -> list[Cycle]:
    """The newest first."""
    query = select(Cycle).where(col(Cycle.agency_id) == agency.id, col(Cycle.record_only).is_(False))
    return list(session.execute(query.order_by(col(Cycle.year).desc())).scalars())


def check_cycle(
    session: Session,
    agency: Agency,
    cycle: Cycle,
    *,
    web_url: str | None,
    key: bytes,
    address: Address,
    now: datetime,
    limit: int,
    offset: int = 0,
) -> CycleCheck:
    window, today = window_of(session, cycle), today_at(agency, now)
    wbbm, count = may_propose_wbbm(session, agency.id), count_proposed(session, cycle)
    found = proposed_units(session, cycle, limit=limit, offset=offset)
    state = state_of(window, today)
    faults = [*_of_address(web_url), *_of_window(state, window)]
    if not any(token.revoked_at is None for token in tokens_of(session, agency)):
        faults.append(Fault("no_token"))
    if not find_ruleset(cycle.ruleset).lke.by_soal:
        faults.append(Fault("no_soal", {"ruleset": cycle.ruleset}))
    if not count:
        faults.append(Fault("no_units"))
    units = _checks(session, cycle, found, wbbm=wbbm, key=key, address=address)
    return CycleCheck(cycle, window, state, today, wbbm, tuple(faults), units, count)


def check_unit(session: Session, candidacy: Candidacy, unit: Unit, *, key: bytes, address: Address) -> UnitCheck:
    """Of one that stands proposed."""
    cycle = session.get_one(Cycle, candidacy.cycle_id)
    found = with_kept(session, [(candidacy, unit)])
    wbbm = may_propose_wbbm(session, unit.agency_id)
    return _checks(session, cycle, found, wbbm=wbbm, key=key, address=address)[0]


def _checks(
    session: Session, cycle: Cycle, found: Sequence[Proposed], *, wbbm: bool, key: bytes, address: Address
) -> tuple[UnitCheck, ...]:
    sheets = sheets_of(session, cycle, found, key=key, address=address)
    return tuple(
        UnitCheck(one, sheet, tuple(_of_unit(one, sheet, wbbm=wbbm))) for one, sheet in zip(found, sheets, strict=True)
    )


def _of_address(web_url: str | None) -> list[Fault]:
    if not web_url:
        return [Fault("no_web_url")]
    return [] if urlsplit(web_url).scheme == "https" else [Fault("not_https", {"url": web_url})]


def _of_window(state: WindowState, window: Window | None) -> list[Fault]:
    if state is WindowState.OPEN:
        return []
    days = {"opens": window.opens.isoformat(), "closes": window.closes.isoformat()} if window else {}
    return [Fault(f"window_{state.value}", days)]


def _of_unit(one: Proposed, sheet: Sheet, *, wbbm: bool) -> list[Fault]:
    faults: list[Fault] = []
    total = len(sheet.lke.by_soal)
    if one.candidacy.target is Level.WBBM and not wbbm:
        faults.append(Fault("wbbm"))
    if blank := total - sheet.answered:
        faults.append(Fault("unit_blank", {"count": blank}))
    if blank := total - sheet.answered_by_tpi:
        faults.append(Fault("tpi_blank", {"count": blank}))
    if unproven := _unproven(sheet):
        faults.append(Fault("no_evidence", {"count": len(unproven)}))
    if one.name != one.unit.name:
        faults.append(Fault("name_changed", {"name": one.unit.name}))
    if one.affirmative != one.waived:
        faults.append(Fault("clause_changed"))
    if one.kept is None:
        faults.append(Fault("not_kept"))
    return faults


def _unproven(sheet: Sheet) -> tuple[str, ...]:
    answers = {item: said.value for item, said in sheet.by_unit.items() if said.value and item in sheet.lke.items}
    return without_evidence(sheet.lke, score(sheet.lke, answers).questions, sheet.evidence)
