"""Short words for what monev's tests look at: a made-up candidacy, a sweep, and the findings it leaves."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from models.agencies import AgencyKind
from models.candidacies import Level
from models.cycles import Route
from models.database import reading
from models.findings import Finding, FindingState
from models.lke import Layer
from models.stages import Stage
from rulesets.library import find_ruleset
from states.actors import Place
from states.calendar import WorkCalendar
from states.monev.designations import sweep_designations
from states.monev.keeping import Swept
from states.monev.limits import Limits
from states.monev.observed import Observed
from states.monev.rule import Hit, Rule
from states.monev.sweep import sweep_findings
from states.situation import LayerFigures, Situation, Stay
from tests.office import Office

RULESET = "permen-90-2021-5-2024"
ENTERED = date(2026, 3, 2)
DUE = date(2026, 4, 11)  # 40 days later: half of the time is gone on 22 March
HALF_WAY = date(2026, 3, 22)


def observed(stage: Stage, today: date, *, due: date | None = DUE, whole: bool = True, **more: object) -> Observed:
    """A candidacy for WBK that entered this stage on ENTERED; its layers are whole unless they are said not to be."""
    items = len(find_ruleset(RULESET).lke.items)
    answered = items if whole else items - 1
    situation = Situation(
        code="RSUD-2026",
        stage=stage,
        version=0,
        target=Level.WBK,
        unit_kind="rsud",
        agency_kind=AgencyKind.KABKOTA,
        route=Route.TPN,
        ruleset=find_ruleset(RULESET),
        record_only=False,
        calendar=WorkCalendar(ZoneInfo("Asia/Jakarta"), frozenset()),
        place=Place(1, (1,)),
        today=today,
        stays=(Stay(1, 0, stage, "open", ENTERED, None, due, 1),),
        fact_subjects={"unit": "RSUD", "agency": "CONTOH"},
        figures={layer: LayerFigures(answered, "0.0000", 0) for layer in (Layer.UNIT, Layer.TPI)},
    )
    return replace(Observed(situation, last_record_on=today), **more)  # type: ignore[arg-type]


def hits(rule: Rule[Observed], seen: Observed) -> list[Hit]:
    return list(rule.look(seen))


def items(rule: Rule[Observed], seen: Observed) -> list[str]:
    return [hit.item for hit in hits(rule, seen)]


def sweep(office: Office, limits: Limits | None = None) -> Swept:
    return sweep_findings(now=office.now, limits=limits or Limits())


def sweep_holders(office: Office, limits: Limits | None = None) -> Swept:
    return sweep_designations(now=office.now, limits=limits or Limits())


def findings(*states: FindingState) -> dict[tuple[str, str], Finding]:
    """By rule and item; the open ones unless others are asked for."""
    with reading() as session:
        query = select(Finding).where(col(Finding.state).in_(states or (FindingState.OPEN,)))
        return {(row.rule, row.item): row for row in session.execute(query).scalars()}


def rules(keys: Iterable[tuple[str, str]]) -> set[str]:
    return {rule for rule, _ in keys}
