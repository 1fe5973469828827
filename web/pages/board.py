"""Papan: a column for each of the six stages, the most urgent units first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Response
from sqlmodel import Session

from models.agencies import Agency
from models.cycles import Cycle
from models.database import reading
from models.people import Role
from models.stages import CLOSED, SUBMISSION, Stage
from states.board import BoardRow, board_columns
from states.board_query import Count, Filter, counts, total
from states.sight import agencies_seen, cycles_seen
from web.filters import FilterAsked
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
        columns = _columns(session, wanted, counted, now=visit.now)
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


def _columns(session: Session, wanted: Filter, counted: Mapping[Stage, Count], *, now: datetime) -> list[Column]:
    here = {
        column: total(count for one, count in counted.items() if column in (one.value, one.parent))
        for column in COLUMNS
    }
    filled = {column: replace(wanted, stage=wanted.stage or column) for column in COLUMNS if here[column].all}
    rows = board_columns(session, filled, now=now, limit=CARDS)
    return [Column(column, here[column], rows.get(column, [])) for column in COLUMNS]
