"""The areas of an LKE side by side: every layer, the threshold, what is blank; as rows and as a radar."""

from dataclasses import dataclass

from models.catalogue import say
from models.lke import Layer
from rulesets.figures import at_most, short
from rulesets.lke import Lke
from rulesets.scoring import Scored
from rulesets.thresholds import TOTAL, Held
from states.lke.readiness import Readiness
from states.lke.sheet import LkeSheet
from web.lke_view import address_of, nodes_of, title_of
from web.radar import Spoke, radar


@dataclass(frozen=True)
class AreaRow:
    """One area, the results, or the total."""

    address: str | None  # None for the total
    title: str
    weight: str
    figures: tuple[str | None, ...]  # in the order of the layers; None where nobody has begun
    required: str | None
    met: bool | None
    left: int  # blank items in the layer that is being filled in


@dataclass(frozen=True)
class Glance:
    """What the unit's page shows, too."""

    layers: tuple[Layer, ...]
    areas: tuple[AreaRow, ...]
    radar: str
    missed: tuple[Held, ...]
    begun: bool


def glance(sheet: LkeSheet, ready: Readiness) -> Glance:
    lke, layers = sheet.lke, sheet.layers
    held = {one.of: one for one in ready.thresholds[ready.situation.target]}
    begun = {layer: bool(sheet.scored[layer].answers) for layer in layers}
    rows = [_area(sheet, ready, area, held.get(area)) for area in lke.areas]
    rows += [_results(sheet, ready), _total(sheet, held.get(TOTAL))]
    spokes = [
        Spoke(
            area,
            sheet.scored[Layer.UNIT].areas[area].percent if begun[Layer.UNIT] else None,
            sheet.scored[Layer.TPI].areas[area].percent if begun[Layer.TPI] else None,
            held[area].required if area in held else None,
        )
        for area in lke.areas
    ]
    drawn = radar(spokes, title=say("web.lke.radar"), description=say("web.lke.radar.hint"))
    missed = tuple(one for one in ready.thresholds[ready.situation.target] if not one.met)
    return Glance(layers, tuple(rows), drawn, missed, any(begun.values()))


def _area(sheet: LkeSheet, ready: Readiness, area: str, held: Held | None) -> AreaRow:
    return AreaRow(
        address=address_of(area),
        title=title_of(sheet.lke, area),
        weight=short(sheet.scored[Layer.UNIT].areas[area].weight),
        figures=tuple(_percent(sheet.scored[layer], area) for layer in sheet.layers),
        required=f"{short(held.required)} %" if held else None,
        met=held.met if held else None,
        left=_left(sheet.lke, ready.scored, area),
    )


def _results(sheet: LkeSheet, ready: Readiness) -> AreaRow:
    lke = sheet.lke
    root = list(lke.chain(nodes_of(lke, None)[0].code))[-1].code
    return AreaRow(
        address=address_of(None),
        title=title_of(lke, None),
        weight=short(lke.by_code[root].weight),
        figures=tuple(_points(sheet.scored[layer], root) for layer in sheet.layers),
        required=None,
        met=None,
        left=_left(lke, ready.scored, None),
    )


def _total(sheet: LkeSheet, held: Held | None) -> AreaRow:
    return AreaRow(
        address=None,
        title=say("lke.total"),
        weight=short(sheet.lke.total),
        figures=tuple(_points(sheet.scored[layer], TOTAL) for layer in sheet.layers),
        required=short(held.required) if held else None,
        met=held.met if held else None,
        left=0,
    )


def _percent(scored: Scored, area: str) -> str | None:
    return f"{at_most(scored.areas[area].percent)} %" if scored.answers else None


def _points(scored: Scored, code: str) -> str | None:
    return at_most(scored.points_of(code)) if scored.answers else None


def _left(lke: Lke, scored: Scored, area: str | None) -> int:
    return sum(lke.area_of[lke.items[item].question.code] == area for item in scored.unanswered)
