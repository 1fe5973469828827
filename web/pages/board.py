"""Papan: a column for each of the six stages, the most urgent units first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Response
from sqlmodel import Session

from models.agencies import Agency
from models.cycles import Cycle
from models.database import reading
from models.people import Role
from models.stages import CLOSED, SUBMISSION, Stage
from states.board import BoardRow, board_page
from states.board_query import Count, Order, counts, total
from states.sight import agencies_seen, cycles_seen
from web.filters import Asked, FilterAsked
from web.visit import Guest, Visit

router = APIRouter()

CARDS = 12  # in a column; the list has the rest

COLUMNS = (
    Stage.PENCANANGAN.value,
    Stage.UNIT_IDENTIFICATION.value,
    Stage.SELF_ASSESSMENT.value,
    Stage.TPI_ASSESSMENT.value,
    SUBMISSION,
    Stage.DESIGNATION.value,
)
ENDED = tuple(stage for stage in CLOSED if stage is not Stage.DESIGNATION)


@dataclass(frozen=True)
class Column:
    stage: str
    count: Count
    rows: list[BoardRow]


@router.get("/board")
def board(visit: Guest, asked: FilterAsked) -> Response:
    wanted = asked.wanted(visit.actor)
    with reading() as session:
        counted = counts(session, wanted, now=visit.now)
        columns = [_column(session, visit, asked, stage, counted) for stage in COLUMNS]
        choices = choices_for(session, visit)
    return visit.page(
        "board",
        asked=asked,
        columns=columns,
        count=total(counted.values()),
        ended=[(stage, counted[stage].all) for stage in ENDED if stage in counted],
        may_open=any(held.role is Role.KOORDINATOR for held in visit.actor.roles),
        choices=choices,
    )


@dataclass(frozen=True)
class Choices:
    """What the filter offers: agencies and cycles of which the visitor sees anything."""

    agencies: list[Agency]
    cycles: list[Cycle]


def choices_for(session: Session, visit: Visit) -> Choices:
    return Choices(agencies_seen(session, visit.actor), cycles_seen(session, visit.actor))


def _column(session: Session, visit: Visit, asked: Asked, stage: str, counted: Mapping[Stage, Count]) -> Column:
    here = total(count for one, count in counted.items() if stage in (one.value, one.parent))
    if not here.all:
        return Column(stage, here, [])
    wanted = replace(asked.wanted(visit.actor), stage=asked.stage or stage)
    return Column(stage, here, board_page(session, wanted, now=visit.now, order=Order.DUE, limit=CARDS))
