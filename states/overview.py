"""All there is to see of one candidacy: its moves with what stands in their way, its papers, its stays."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlmodel import Session

from models.candidacies import Candidacy
from models.errors import Obstacle
from models.people import Role
from rulesets.ruleset import Scope
from states.actions.listing import late_count
from states.actors import Actor
from states.board import BoardRow, board_row
from states.calendar import today_in_indonesia
from states.due_dates import Window
from states.holders import first_person
from states.lke.snapshots import changed_since
from states.machine import decide
from states.moves import Move, moves_from
from states.observe import observe_one
from states.situation import Situation, Stay
from states.way_on import next_move, proposal_window

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
class Waiting:
    """An obstacle of the way on, and who has to act on it."""

    obstacle: Obstacle
    owner: Role
    person: str | None  # e-mail


@dataclass(frozen=True)
class Overview:
    situation: Situation
    row: BoardRow
    options: tuple[Option, ...]
    way_on: Option | None
    waiting: tuple[Waiting, ...]  # the obstacles of the way on, in the order of who must act
    documents: tuple[Needed, ...]
    stays: tuple[Stay, ...]
    proposal_window: Window | None  # that the way on has to keep to
    today: date
    changed_since: int | None  # answers and evidence that differ from what was proposed; None before a proposal
    late_actions: int  # open items of the action plan that are past their target


def overview(session: Session, candidacy: Candidacy, *, now: datetime, actor: Actor | None) -> Overview:
    situation = observe_one(session, candidacy, now=now, actor=actor, lke=True)
    options = tuple(Option(move, tuple(decide(situation, move).obstacles)) for move in moves_from(situation.stage))
    forward = next_move(situation)
    way_on = next((option for option in options if option.move is forward), None)
    return Overview(
        situation=situation,
        row=board_row(session, candidacy, now=now),
        options=options,
        way_on=way_on,
        waiting=tuple(_waiting(session, candidacy, way_on, now=now)) if way_on else (),
        documents=tuple(needed_documents(situation)),
        stays=situation.stays,
        proposal_window=proposal_window(situation),
        today=situation.today,
        changed_since=changed_since(session, candidacy.id),
        late_actions=0 if situation.record_only else late_count(session, candidacy, today=situation.today),
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


ACTING_ORDER = (Role.POKJA, Role.PIMPINAN_UNIT, Role.TPI, Role.KOORDINATOR, Role.PIMPINAN, Role.ADMIN)
"""The unit first, then who assesses it, then who proposes it."""


def _waiting(session: Session, candidacy: Candidacy, way_on: Option, *, now: datetime) -> list[Waiting]:
    obstacles = [one for one in way_on.obstacles if one.rule != "role_needed"]  # that is about who looks
    owners = [obstacle.owner or way_on.move.by for obstacle in obstacles]
    people = first_person(session, {(candidacy.id, owner) for owner in owners}, today=today_in_indonesia(now))
    waiting = [
        Waiting(obstacle, owner, obstacle.person or (person.email if person else None))
        for obstacle, owner in zip(obstacles, owners, strict=True)
        for person in (people.get((candidacy.id, owner)),)
    ]
    return sorted(waiting, key=lambda one: (ACTING_ORDER.index(one.owner), one.person or ""))
