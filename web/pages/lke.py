"""An LKE at a glance: areas by layer, thresholds, prerequisites, what brings most, where TPI and unit differ."""

from fastapi import APIRouter, Response

from models.database import reading
from models.lke import Layer
from rulesets.figures import at_least, at_most, short
from rulesets.gap import QuestionGap, gap_between
from rulesets.priorities import priorities
from states.lke.guards import area_title
from states.lke.readiness import readiness
from states.lke.sheet import LkeSheet, layer_of, load_sheet, why_not
from states.sight import find_seen
from web.lke_glance import glance
from web.lke_view import address_of, in_words
from web.visit import Guest

router = APIRouter(prefix="/candidacies/{code}/lke")

PRIORITIES = 10  # shown
GAPS = 20


@router.get("")
def lke(visit: Guest, code: str) -> Response:
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        sheet = load_sheet(session, row, actor=visit.actor, now=visit.now)
        ready = readiness(session, row, layer=None, now=visit.now)
    target = ready.situation.target
    thresholds = ready.thresholds[target]
    found = priorities(ready.scored, thresholds)
    areas = (*sheet.lke.areas, None)
    writes = layer_of(sheet.situation, *areas, actor=visit.actor)
    refused = {area: why_not(sheet.situation, writes, area, actor=visit.actor) for area in areas}
    mine = [area for area in areas if not refused[area]]
    return visit.page(
        "lke",
        code=row.code,
        target=target,
        layer=ready.layer,
        glance=glance(sheet, ready),
        thresholds=thresholds,
        prerequisites=ready.prerequisites[target],
        ready=ready,
        priorities=found[:PRIORITIES],
        more=max(0, len(found) - PRIORITIES),
        gaps=gaps(sheet),
        most_gaps=GAPS,
        named=lambda held: in_words(area_title(sheet.lke, ready.scored, held.of)),
        address_of=address_of,
        writes=writes,
        first=address_of((mine or areas)[0]),
        closed=() if mine else refused[areas[0]],
        at_most=at_most,
        at_least=at_least,
        short=short,
    )


def gaps(sheet: LkeSheet) -> list[QuestionGap]:
    """Where the TPI came to something else, the largest loss first; nothing while it has not begun."""
    if not sheet.scored[Layer.TPI].answers:
        return []
    found = gap_between(sheet.scored[Layer.UNIT], sheet.scored[Layer.TPI]).questions
    return sorted((one for one in found if one.second and one.differs), key=lambda one: one.difference)
