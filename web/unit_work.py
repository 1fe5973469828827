"""What a unit's page shows of its work: the LKE at a glance, evidence that is missing and by whom, what is late."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from models.candidacies import Candidacy
from models.people import Role
from rulesets.figures import at_most, short
from states.actions.listing import Filter, list_items
from states.actors import require
from states.evidence.missing import Missing, missing_evidence, why_nothing
from states.lke.guards import area_title
from states.lke.readiness import readiness
from states.lke.sheet import load_sheet
from web.evidence_rights import why_not
from web.lke_glance import glance
from web.lke_view import in_words
from web.visit import Visit

LATE_SHOWN = 5


@dataclass(frozen=True)
class Lacking:
    """How many questions one person still has to prove; no address where nobody has the role."""

    email: str | None
    role: str
    count: int


def work_of(session: Session, row: Candidacy, visit: Visit) -> dict[str, object]:
    """The values of the partial templates."""
    sheet = load_sheet(session, row, actor=visit.actor, now=visit.now)
    ready = readiness(session, row, layer=None, now=visit.now)
    missing = [one for one in missing_evidence(session, row.code, now=visit.now) if one.required]
    nothing = "complete" if missing else why_nothing(session, row.code)[0]
    items = list(list_items(session, Filter(candidacy=row.code), now=visit.now))
    late = sorted((one for one in items if one.late), key=lambda one: one.item.target_on)
    raises = why_not(lambda: require(visit.actor, (Role.TPI,), sheet.situation.place))
    return {
        "glance": glance(sheet, ready),
        "named": lambda held: in_words(area_title(sheet.lke, ready.scored, held.of)),
        "at_most": at_most,
        "short": short,
        "missing": by_person(missing),
        "nothing": nothing,
        "late_items": late[:LATE_SHOWN],
        "open_items": sum(one.state == "open" for one in items),
        "may_raise": not raises,
    }


def by_person(missing: Iterable[Missing]) -> list[Lacking]:
    counted = Counter((one.responsible.email, one.responsible.role.value) for one in missing)
    return [Lacking(email, role, count) for (email, role), count in counted.items()]
