"""Monev: where the units stand, how that changed, what holds them back, what was found, and the report of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from markupsafe import Markup

from models.agencies import Agency
from models.catalogue import say
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError, Refused
from models.findings import Severity
from models.people import Role
from rulesets.library import area_codes, find_ruleset, rulesets
from states.actors import Place
from states.monev.panorama import PAGE, Panorama, QuarterFigures, Step, Wanted
from states.monev.texts import describe
from states.monev.trend import AreaStanding
from states.reports import charts
from states.reports.contents import Signature
from states.reports.exporting import READERS, export_report
from states.reports.figures import points, quarter_name
from states.reports.open_findings import WEIGHT
from states.sight import agencies_seen
from web.addresses import PageNumber, Word, address, one_of
from web.charts import picture
from web.errors import status_of
from web.exports import file_name
from web.visit import Guest, Visit

router = APIRouter(prefix="/monev")

Text = Annotated[str, Form(max_length=200)]

FORMS = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
OWNERS = (Role.PIMPINAN_UNIT, Role.POKJA, Role.KOORDINATOR, Role.TPI, Role.PIMPINAN, Role.ADMIN)


@dataclass(frozen=True)
class Asked:
    agency: str = ""
    severity: str = ""
    owner: str = ""
    area: str = ""
    page: int = 1

    @property
    def wanted(self) -> Wanted:
        area = self.area if self.area in area_codes() else ""
        return Wanted(one_of(Severity, self.severity), one_of(Role, self.owner), area)

    @property
    def narrows(self) -> bool:
        return self.wanted != Wanted()

    def link(self, **other: Any) -> str:
        return address("/monev", **vars(replace(self, **{"page": "", **other})))


def asked(agency: Word = "", severity: Word = "", owner: Word = "", area: Word = "", page: PageNumber = 1) -> Asked:
    return Asked(agency, severity, owner, area, page)


@router.get("")
def monev(visit: Guest, asked: Annotated[Asked, Depends(asked)]) -> Response:
    return _page(visit, asked)


@router.post("/report")
def report(
    visit: Guest,
    agency: Text = "",
    form: Text = "pdf",
    name: Text = "",
    nip: Text = "",
    office: Text = "",
    place: Text = "",
) -> Response:
    """The report of one agency, made now; its hash is in the trail before it leaves."""
    if form not in FORMS:
        raise NotFound("unknown_page")
    signature = Signature(name.strip(), nip.strip(), office.strip(), place.strip())
    with reading() as session:
        chosen = next((one for one in agencies_seen(session, visit.actor) if one.code == agency.strip().upper()), None)
    if chosen is None:
        raise NotFound("unknown_page")
    header = file_name(visit, f"laporan-monev-{chosen.code}", form)
    with TemporaryDirectory() as folder:
        path = Path(folder, f"laporan-monev-{chosen.code}.{form}")
        try:
            export_report(chosen.code, path, signature=signature, force=False, actor=visit.actor, now=visit.now)
        except (Refused, BadInput) as problem:
            return _page(visit, Asked(agency=chosen.code), problem=problem)
        return Response(path.read_bytes(), media_type=FORMS[form], headers=header)


def _page(visit: Visit, asked: Asked, *, problem: PipelineError | None = None) -> Response:
    panorama = Panorama(visit.actor, visit.now, asked.agency)
    with reading() as session:
        funnel, trend, areas = panorama.funnel(session), panorama.trend(session), panorama.areas(session)
        ages = panorama.ages(session)
        count = panorama.count(session, asked.wanted)
        pages = max(1, -(-count // PAGE))
        at = min(asked.page, pages)
        found = panorama.findings(session, asked.wanted, offset=(at - 1) * PAGE)
        agencies = agencies_seen(session, visit.actor)
    return visit.page(
        "monev",
        status=status_of(problem) if problem else 200,
        problem=problem,
        asked=asked,
        funnel=funnel,
        funnel_picture=_funnel(funnel),
        trend=[(quarter_name(one.quarter), one) for one in trend],
        trend_picture=_trend(trend),
        areas=areas,
        areas_picture=_areas(areas),
        ages=ages,
        ages_picture=_ages(ages),
        weights=[one.value for one in WEIGHT],
        findings=found,
        count=count,
        at=at,
        pages=pages,
        agencies=agencies,
        reported=_reported(visit, agencies),
        owners=[role.value for role in OWNERS],
        area_choices=[(code, area_name(code)) for code in area_codes()],
        area_name=area_name,
        describe=describe,
        points=points,
    )


def area_name(code: str) -> str:
    """As the newest rule set that has it calls it."""
    for name in rulesets():
        if code in (known := find_ruleset(name).lke.areas):
            return str(known[code].title)
    return code


def _reported(visit: Visit, agencies: Sequence[Agency]) -> list[Agency]:
    """The agencies whose report the visitor may have."""
    actor = visit.actor
    return [one for one in agencies if actor.is_admin() or actor.holds_any(READERS, Place(one.id))]


def _funnel(steps: Sequence[Step]) -> Markup:
    bars = [(say(f"stage.{one.stage}"), one.now) for one in steps]
    return _drawn(charts.funnel(bars), "funnel", bars)


def _areas(areas: Sequence[AreaStanding]) -> Markup | None:
    if not areas:
        return None
    bars = [
        charts.AreaBars(
            area_name(one.code), one.unit_mean, one.tpi_mean, one.required, points(one.unit_mean), points(one.tpi_mean)
        )
        for one in areas
    ]
    names = {"unit": say("layer.unit"), "tpi": say("layer.tpi"), "required": say("report.threshold")}
    return _drawn(charts.area_bars(bars, **names), "areas", [(one.label, one.unit_text) for one in bars])


def _trend(quarters: Sequence[QuarterFigures]) -> Markup | None:
    """None for fewer than two: one spot is no line."""
    spots = [
        charts.Spot(quarter_name(one.quarter), one.unit_mean, one.tpi_mean, points(one.unit_mean), points(one.tpi_mean))
        for one in quarters
    ]
    if sum(spot.unit is not None or spot.tpi is not None for spot in spots) < 2:  # noqa: PLR2004
        return None
    drawn = charts.score_lines(spots, unit=say("report.column.unit_mean"), tpi=say("report.column.tpi_mean"))
    return _drawn(drawn, "trend", [(one.label, one.unit_text) for one in spots])


def _ages(ages: Sequence[tuple[str, dict[str, int]]]) -> Markup | None:
    bars = [(say(f"report.age.{name}"), counts) for name, counts in ages]
    totals = [(label, sum(counts.values())) for label, counts in bars]
    if not any(total for _, total in totals):
        return None
    return _drawn(charts.age_bars(bars, {one.value: say(f"severity.{one.value}") for one in WEIGHT}), "ages", totals)


def _drawn(svg: str, name: str, figures: Sequence[tuple[str, object]]) -> Markup:
    desc = "; ".join(f"{label}: {figure}" for label, figure in figures)
    return picture(svg, title=say(f"report.chart.{name}"), desc=desc)
