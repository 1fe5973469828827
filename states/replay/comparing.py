"""Replays the whole trail and holds it against the tables, in one look at both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.agencies import Unit
from models.audit import AuditRecord
from models.candidacies import Candidacy, StageEntry
from models.cycles import Cycle
from states.replay.told import STEPS, Difference, Misfit, Told, ToldStay, differences, go_on

BATCH = 5_000  # rows held in memory at a time
ABOUT = "candidacy:"

Step = tuple[int, str, str]  # a record's number, subject and leaf


@dataclass(frozen=True)
class Replay:
    candidacies: int  # in the trail, in the tables, or in both
    differences: tuple[Difference, ...]  # by code

    @property
    def ok(self) -> bool:
        return not self.differences


def replay_trail(session: Session) -> Replay:
    """Tell every candidacy from its records, and name all in which the tables say otherwise.

    It believes the records, as they are: whether they are the ones that were written, `verify_trail` says.
    Reads both once, row by row; what stays in memory is some hundred bytes for each stay.
    """
    told, found = retell(_steps(session))
    count = len(told)
    for code, stored in _stored(session):
        count += code not in told
        found.extend(differences(code, told.pop(code, None), stored))
    for code, only_told in told.items():
        found.extend(differences(code, only_told, None))
    return Replay(count, tuple(sorted(found, key=attrgetter("candidacy"))))


def retell(steps: Iterable[Step]) -> tuple[dict[str, Told], list[Difference]]:
    """Every candidacy by its code; and of each the first record that does not follow, after which it is not told on."""
    told: dict[str, Told] = {}
    misfits: dict[str, Difference] = {}
    for seq, subject, leaf in steps:
        code = subject.removeprefix(ABOUT)
        if code in misfits:
            continue
        try:
            told[code] = go_on(told.get(code), leaf)
        except Misfit as why:
            misfits[code] = Difference(code, "record", str(why), None, seq=seq)
    return told, list(misfits.values())


def _steps(session: Session) -> Iterator[Step]:
    query = select(col(AuditRecord.seq), col(AuditRecord.subject), col(AuditRecord.leaf))
    query = query.where(col(AuditRecord.action).in_(STEPS)).order_by(col(AuditRecord.seq))
    yield from session.execute(query.execution_options(yield_per=BATCH))


def _stored(session: Session) -> Iterator[tuple[str, Told]]:
    rows = session.execute(_tables().execution_options(yield_per=BATCH))
    for _, stays in groupby(rows, key=attrgetter("id")):
        first, *rest = stays
        yield first.code, _as_told([first, *rest])


def _tables() -> Executable:
    earlier = aliased(Candidacy)
    entry = StageEntry
    return (
        select(
            col(Candidacy.id),
            col(Candidacy.code),
            col(Unit.code).label("unit"),
            col(Cycle.code).label("cycle"),
            col(Candidacy.target),
            earlier.code.label("after"),  # type: ignore[attr-defined]
            col(Candidacy.stage),
            col(entry.stage).label("stay"),
            col(entry.move),
            col(entry.entered_on),
            col(entry.recorded_by),
            col(entry.left_on),
            col(entry.undone),
        )
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .outerjoin(earlier, earlier.id == col(Candidacy.after_id))  # type: ignore[arg-type]
        .outerjoin(entry, col(entry.candidacy_id) == col(Candidacy.id))
        .order_by(col(Candidacy.id), col(entry.number))
    )


def _as_told(rows: list[Any]) -> Told:
    one = rows[0]
    stays = [
        ToldStay(row.stay, row.move, row.entered_on, row.recorded_by, row.left_on, row.undone)
        for row in rows
        if row.stay is not None
    ]
    return Told(one.unit, one.cycle, one.target, one.after, one.stage, stays)
