"""The units that stand proposed, with the name and the affirmative clause that they were proposed with.

Both are kept with the proposal, or at the first pull for a unit that was under way before `zi`: PortalRB begins its
review anew when one of them changes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from models.agencies import Unit
from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Cycle
from models.documents import Waiver
from models.inserts import in_pieces, insert_new
from models.portal import ProposedUnit
from models.stages import SUBMISSION_STEPS

AFFIRMATIVE = "afirmasi"  # the waiver of 5/2024 p.5


@dataclass(frozen=True)
class Proposed:
    candidacy: Candidacy
    unit: Unit
    kept: ProposedUnit | None  # None until the first pull of a baseline
    waived: bool  # whether the affirmative clause is confirmed now

    @property
    def name(self) -> str:
        return self.kept.name if self.kept else self.unit.name

    @property
    def affirmative(self) -> bool:
        return self.kept.affirmative if self.kept else self.waived


def proposed_units(
    session: Session,
    cycle: Cycle,
    *,
    level: Level | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Proposed]:
    """By unit code; a fixed number of queries."""
    query = _proposed(cycle, level).order_by(col(Unit.code)).limit(limit).offset(offset)
    return with_kept(session, [(candidacy, unit) for candidacy, unit in session.execute(query)])


def count_proposed(session: Session, cycle: Cycle) -> int:
    query = (
        select(func.count(col(Candidacy.id)))
        .where(col(Candidacy.cycle_id) == cycle.id)
        .where(col(Candidacy.stage).in_(SUBMISSION_STEPS))
    )
    count: int = session.execute(query).scalar_one()
    return count


def with_kept(session: Session, rows: Sequence[tuple[Candidacy, Unit]]) -> list[Proposed]:
    ids = [candidacy.id for candidacy, _ in rows]
    kept, waived = _kept(session, ids), _waived(session, ids)
    return [Proposed(one, unit, kept.get(one.id), one.id in waived) for one, unit in rows]


def keep_proposed(session: Session, candidacies: Collection[int], *, now: datetime) -> None:
    """Keep name and clause of those that came into submission and have not been kept since."""
    kept, waived = _kept(session, candidacies), _waived(session, candidacies)
    missing = {key: entry for key, entry in _entries(session, candidacies).items() if key not in kept}
    names = {
        key: name
        for piece in in_pieces(missing)
        for key, name in session.execute(
            select(col(Candidacy.id), col(Unit.name))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .where(col(Candidacy.id).in_(piece))
        )
    }
    rows: list[dict[str, object]] = [
        {"candidacy_id": key, "entry_id": entry, "name": names[key], "affirmative": key in waived, "kept_at": now}
        for key, entry in missing.items()
    ]
    insert_new(session, ProposedUnit, rows)


def _proposed(cycle: Cycle, level: Level | None) -> Select[Candidacy, Unit]:
    query = (
        select(Candidacy, Unit)
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .where(col(Candidacy.cycle_id) == cycle.id)
        .where(col(Candidacy.stage).in_(SUBMISSION_STEPS))
    )
    return query if level is None else query.where(col(Candidacy.target) == level)


def _entries(session: Session, candidacies: Collection[int]) -> dict[int, int]:
    """The stay by which each came into submission, of those that were not undone."""
    found: dict[int, int] = {}
    for piece in in_pieces(candidacies):
        rows = session.execute(
            select(col(StageEntry.candidacy_id), func.min(col(StageEntry.id)))
            .where(col(StageEntry.candidacy_id).in_(piece))
            .where(col(StageEntry.stage).in_(SUBMISSION_STEPS))
            .where(col(StageEntry.undone).is_(False))
            .group_by(col(StageEntry.candidacy_id))
        )
        found.update({candidacy: entry for candidacy, entry in rows})
    return found


def _kept(session: Session, candidacies: Collection[int]) -> Mapping[int, ProposedUnit]:
    entries = _entries(session, candidacies)
    return {
        row.candidacy_id: row
        for piece in in_pieces(entries.values())
        for row in session.execute(select(ProposedUnit).where(col(ProposedUnit.entry_id).in_(piece))).scalars()
    }


def _waived(session: Session, candidacies: Collection[int]) -> set[int]:
    return {
        key
        for piece in in_pieces(candidacies)
        for key in session.execute(
            select(col(Waiver.candidacy_id))
            .where(col(Waiver.candidacy_id).in_(piece))
            .where(col(Waiver.kind) == AFFIRMATIVE)
            .where(col(Waiver.confirmed_at).is_not(None))
        ).scalars()
    }
