"""The board's rows: where every candidacy stands, what is late or missing, and who must act next.

Read in pieces with a fixed number of queries each, so that 30,000 candidacies need no more memory than a page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy import Row, Select, func, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Level
from models.cycles import Cycle
from models.findings import UNSETTLED, Finding
from models.lke import Layer
from models.people import Role
from models.stages import CLOSED, Stage
from states.board_query import Filter, Order, conditions, in_order, joined
from states.calendar import today_in_indonesia
from states.holders import first_person
from states.moves import STAGE_OWNER
from states.observe import observe
from states.situation import Situation
from states.way_on import missing_by_role

PIECE = 1_000  # candidacies loaded at a time

Names = Row[Candidacy, Unit, Agency, Cycle]


@dataclass(frozen=True)
class BoardRow:
    code: str
    unit: str
    unit_name: str
    agency: str
    cycle: str
    target: Level
    ruleset: str
    stage: Stage
    since: date
    due: date | None
    days_left: int | None  # calendar days; negative when late
    missing_evidence: int | None  # questions that score and have nothing on file; None while nothing is answered
    missing_documents: int
    lke_answered: int | None  # items of the layer that this stage works on
    lke_total: str | None  # its points so far, four decimals
    open_findings: int
    next_owner: Role | None
    next_person: str | None  # e-mail
    version: int

    @property
    def closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def late(self) -> bool:
        return self.days_left is not None and self.days_left < 0


def board(session: Session, wanted: Filter, *, now: datetime) -> Iterator[BoardRow]:
    """All rows by code."""
    after = ""
    query = _query().where(*conditions(wanted, now=now)).order_by(col(Candidacy.code)).limit(PIECE)
    while piece := session.execute(query.where(col(Candidacy.code) > after)).all():
        after = piece[-1][0].code
        yield from _rows(session, piece, now=now)


def board_page(
    session: Session,
    wanted: Filter,
    *,
    now: datetime,
    order: Order = Order.CODE,
    down: bool = False,
    limit: int,
    offset: int = 0,
) -> list[BoardRow]:
    """Some rows, in this order."""
    query = in_order(_query().where(*conditions(wanted, now=now)), order, down=down)
    return list(_rows(session, session.execute(query.limit(limit).offset(offset)).all(), now=now))


def board_columns(
    session: Session, wanted: Mapping[str, Filter], *, now: datetime, limit: int
) -> dict[str, list[BoardRow]]:
    """The most urgent rows of each filter, all of them loaded together."""
    found = {
        name: session.execute(in_order(_query().where(*conditions(one, now=now)), Order.DUE).limit(limit)).all()
        for name, one in wanted.items()
    }
    rows = _rows(session, [row for piece in found.values() for row in piece], now=now)
    return {name: list(islice(rows, len(piece))) for name, piece in found.items()}


def board_row(session: Session, candidacy: Candidacy, *, now: datetime) -> BoardRow:
    piece = session.execute(_query().where(col(Candidacy.id) == candidacy.id)).all()
    return next(_rows(session, piece, now=now))


def _query() -> Select[Candidacy, Unit, Agency, Cycle]:
    return joined(select(Candidacy, Unit, Agency, Cycle))


def _rows(session: Session, piece: Sequence[Names], *, now: datetime) -> Iterator[BoardRow]:
    situations = observe(session, [row[0] for row in piece], now=now)
    findings = _open_findings(session, [row[0].id for row in piece])
    pairs = {
        (row[0].id, owner) for row, situation in zip(piece, situations, strict=True) if (owner := next_owner(situation))
    }
    people = first_person(session, pairs, today=today_in_indonesia(now))
    for (candidacy, unit, agency, cycle), situation in zip(piece, situations, strict=True):
        owner = next_owner(situation)
        person = people.get((candidacy.id, owner)) if owner else None
        current = situation.current
        due = None if situation.stage in CLOSED else current.due_on
        unit_layer = situation.figures.get(Layer.UNIT)
        layer = unit_layer if situation.stage is Stage.SELF_ASSESSMENT else situation.figures.get(Layer.TPI)
        yield BoardRow(
            code=candidacy.code,
            unit=unit.code,
            unit_name=unit.name,
            agency=agency.code,
            cycle=cycle.code,
            target=candidacy.target,
            ruleset=cycle.ruleset,
            stage=situation.stage,
            since=current.entered_on,
            due=due,
            days_left=(due - situation.today).days if due else None,
            missing_evidence=unit_layer.missing_evidence if unit_layer else None,
            lke_answered=layer.answered if layer else None,
            lke_total=layer.total if layer else None,
            missing_documents=sum(len(kinds) for kinds in missing_by_role(situation).values()),
            open_findings=findings.get(candidacy.id, 0),
            next_owner=owner,
            next_person=person.email if person else None,
            version=candidacy.version,
        )


def next_owner(situation: Situation) -> Role | None:
    """Who has to act: the stage's owner, or the one role that still owes papers when the owner owes none. Pure."""
    owner = None if situation.record_only else STAGE_OWNER.get(situation.stage)
    owing = missing_by_role(situation)
    if owner is None or owner in owing or not owing:
        return owner
    return sorted(owing)[0]


def _open_findings(session: Session, ids: list[int]) -> dict[int | None, int]:
    """Those that are answered and not yet verified count, too."""
    rows = session.execute(
        select(col(Finding.candidacy_id), func.count())
        .where(col(Finding.candidacy_id).in_(ids))
        .where(col(Finding.state).in_(UNSETTLED))
        .group_by(col(Finding.candidacy_id))
    )
    return {candidacy: count for candidacy, count in rows}
