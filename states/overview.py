"""All there is to see of one candidacy: its moves with what stands in their way, its papers, its stays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from models.candidacies import Candidacy
from models.errors import Obstacle
from rulesets.ruleset import Scope
from states.actors import Actor
from states.board import BoardRow, board_row
from states.machine import decide
from states.moves import Move, moves_from
from states.obligations import next_move
from states.observe import observe_one
from states.situation import Situation, Stay

Status = Literal["on_file", "incomplete", "missing"]


@dataclass(frozen=True)
class Option:
    """A move from here; what only comes with the request (a reason, a date) is not held against it."""

    move: Move
    obstacles: tuple[Obstacle, ...]

    @property
    def allowed(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True)
class Needed:
    kind: str
    needed_for: str  # move
    status: Status
    scope: Scope | None  # where it is on file


@dataclass(frozen=True)
class Overview:
    row: BoardRow
    options: tuple[Option, ...]
    way_on: Option | None
    documents: tuple[Needed, ...]
    stays: tuple[Stay, ...]


def overview(session: Session, candidacy: Candidacy, *, now: datetime, actor: Actor | None) -> Overview:
    situation = observe_one(session, candidacy, now=now, actor=actor)
    options = tuple(Option(move, tuple(decide(situation, move).obstacles)) for move in moves_from(situation.stage))
    forward = next_move(situation)
    return Overview(
        row=board_row(session, candidacy, now=now),
        options=options,
        way_on=next((option for option in options if option.move is forward), None),
        documents=tuple(needed_documents(situation)),
        stays=situation.stays,
    )


def needed_documents(situation: Situation) -> list[Needed]:
    """The papers that some move from here wants, each once for each move. Pure."""
    return [
        _needed(situation, move, kind) for move in moves_from(situation.stage) for kind in situation.required(move.name)
    ]


def _needed(situation: Situation, move: Move, kind: str) -> Needed:
    papers = situation.papers_of(kind)
    status: Status = "on_file" if situation.has(kind) else "incomplete" if papers else "missing"
    return Needed(kind, move.name, status, papers[-1].scope if papers else None)
