"""A form that opens a candidacy: a unit's first try, a later one, or one that was under way before."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency, Unit
from models.candidacies import Level
from models.cycles import Cycle
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError, Refused
from models.people import Role
from models.stages import OPEN, Stage
from states.candidacies import Opening, open_candidacy
from states.requests import parse_day
from states.sight import covered_by
from web.visit import Visit, allowed, declared

router = APIRouter(prefix="/candidacies/new")

Koordinator = Annotated[Visit, declared(allowed(Role.KOORDINATOR))]
Text = Annotated[str, Form()]


@router.get("")
def new(visit: Koordinator, unit: str = "") -> Response:
    return _form(visit, {"unit": unit})


@router.post("")
def open_(
    visit: Koordinator,
    unit: Text = "",
    cycle: Text = "",
    target: Text = "",
    stage: Text = "",
    since: Text = "",
    reason: Text = "",
) -> Response:
    given = {"unit": unit, "cycle": cycle, "target": target, "stage": stage, "since": since, "reason": reason}
    try:
        if target not in list(Level) or stage not in ("", *OPEN):
            raise BadInput("choice_missing")
        opening = Opening(
            unit=unit,
            cycle=cycle,
            target=Level(target),
            stage=Stage(stage) if stage else Stage.PENCANANGAN,
            since=parse_day(since.strip(), name="since") if since.strip() else None,
            reason=reason,
        )
        code = open_candidacy(opening, actor=visit.actor, now=visit.now)
    except (Refused, BadInput, NotFound) as problem:
        return _form(visit, given, problem=problem)
    return visit.to(f"/candidacies/{code}", done="opened")


def _form(visit: Visit, given: dict[str, str], *, problem: PipelineError | None = None) -> Response:
    """Units and cycles of the agencies where the visitor is koordinator; to pick, or to type where they are many."""
    where = covered_by([held for held in visit.actor.roles if held.role is Role.KOORDINATOR])
    with reading() as session:
        units = list(session.execute(select(Unit).where(where).order_by(col(Unit.name)).limit(MOST)).scalars())
        agencies = select(col(Unit.agency_id)).where(where)
        cycles = list(
            session.execute(
                select(Cycle)
                .join(Agency, col(Agency.id) == col(Cycle.agency_id))
                .where(col(Agency.id).in_(agencies))
                .order_by(col(Cycle.year).desc(), col(Cycle.code))
            ).scalars()
        )
    empty = dict.fromkeys(("unit", "cycle", "target", "stage", "since", "reason"), "")
    return visit.page(
        "opening",
        status=problem.status_code if problem else 200,
        problem=problem,
        units=units,
        cycles=cycles,
        stages=[stage for stage in OPEN if stage is not Stage.PENCANANGAN],
        given={**empty, **given},
    )


MOST = 2_000  # units offered by name; of more, the code is typed
