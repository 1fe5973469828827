"""What the messages of one batch are about, as it stands now: loaded with a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from models.actions import ActionItem
from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Correction, StageEntry
from models.findings import Finding
from models.messages import Channel, Delivery, Notice
from models.obligations import Obligation, ObligationKind
from models.people import Person
from notifications.parcel import Parcel
from states.holders import Pair, people_of
from states.moves import STAGE_OWNER
from states.observe import observe
from states.owing import named_people
from states.situation import Situation

Row = TypeVar("Row", bound=SQLModel)

TOLD_OF: Mapping[Notice, type[SQLModel]] = {
    Notice.DUE: Obligation,
    Notice.MOVED: StageEntry,
    Notice.FINDING: Finding,
    Notice.CORRECTION: Correction,
    Notice.CORRECTED: Correction,
    Notice.UNREACHABLE: Delivery,
}


@dataclass(frozen=True)
class Scene:
    candidacies: Mapping[int, Candidacy]
    situations: Mapping[int, Situation]  # by candidacy
    units: Mapping[int, Unit]
    agencies: Mapping[int, Agency]
    holders: Mapping[Pair, Sequence[Person]]  # who has to act
    told: Mapping[tuple[Notice, int], SQLModel]
    people: Mapping[int, Person]  # whom the messages name
    channels: Mapping[int, Channel]
    named: Mapping[int, Person]  # who owes in person and serves the unit still, by obligation
    actions: Mapping[int, ActionItem]  # what actions are owed

    def situation(self, parcel: Parcel) -> Situation:
        return self.situations[parcel.outbox.candidacy_id]

    def unit(self, parcel: Parcel) -> Unit:
        return self.units[self.candidacies[parcel.outbox.candidacy_id].unit_id]

    def told_of(self, parcel: Parcel, table: type[Row]) -> Row:
        """The obligation, entry, finding, correction or delivery that the message tells of."""
        row = self.told[parcel.outbox.kind, _told_id(parcel)]
        assert isinstance(row, table)  # noqa: S101 - the kind of notice names the table
        return row


def load_scene(session: Session, parcels: Sequence[Parcel], *, now: datetime) -> Scene:
    candidacies = _by_id(session, Candidacy, (parcel.outbox.candidacy_id for parcel in parcels))
    units = _by_id(session, Unit, (candidacy.unit_id for candidacy in candidacies.values()))
    told = {
        (kind, row_id): row
        for kind, table in TOLD_OF.items()
        for row_id, row in _by_id(
            session, table, (_told_id(parcel) for parcel in parcels if parcel.outbox.kind is kind)
        ).items()
    }
    deliveries = [row for row in told.values() if isinstance(row, Delivery)]
    owed = [row for row in told.values() if isinstance(row, Obligation)]
    numbers = (int(row.item) for row in owed if row.kind is ObligationKind.ACTION)
    observed = observe(session, list(candidacies.values()), now=now)
    situations = dict(zip(candidacies, observed, strict=True))
    return Scene(
        candidacies=candidacies,
        situations=situations,
        units=units,
        agencies=_by_id(session, Agency, (unit.agency_id for unit in units.values())),
        holders=_holders(session, _pairs(candidacies, told.values()), situations),
        told=told,
        people=_by_id(session, Person, _named(told.values())),
        channels=_by_id(session, Channel, (row.channel_id for row in deliveries if row.channel_id is not None)),
        named=named_people(session, owed, now=now),
        actions=_by_id(session, ActionItem, numbers),
    )


def _told_id(parcel: Parcel) -> int:
    told = parcel.outbox.obligation_id if parcel.outbox.kind is Notice.DUE else parcel.outbox.reference_id
    assert told is not None  # noqa: S101 - every notice tells of something
    return told


def _pairs(candidacies: Mapping[int, Candidacy], told: Iterable[SQLModel]) -> set[Pair]:
    """The owner of each stage, and who owes what the messages tell of."""
    pairs = {(one.id, STAGE_OWNER[one.stage]) for one in candidacies.values() if one.stage in STAGE_OWNER}
    for row in told:
        match row:
            case Obligation():
                pairs.add((row.candidacy_id, row.owed_by))
            case Finding():
                pairs.add((row.candidacy_id, row.owner))
    return pairs


def _holders(session: Session, pairs: set[Pair], situations: Mapping[int, Situation]) -> dict[Pair, Sequence[Person]]:
    """On the day that it is in each agency's zone; two at most."""
    holders: dict[Pair, Sequence[Person]] = {}
    for day in {situation.today for situation in situations.values()}:
        today = {pair for pair in pairs if situations[pair[0]].today == day}
        holders.update(people_of(session, today, today=day))
    return holders


def _named(told: Iterable[SQLModel]) -> Iterable[int]:
    for row in told:
        match row:
            case Obligation() if row.person_id is not None:
                yield row.person_id
            case StageEntry():
                yield row.recorded_by
            case Finding() if row.raised_by is not None:
                yield row.raised_by
            case Correction():
                yield row.requested_by
                if row.confirmed_by is not None:
                    yield row.confirmed_by
            case Delivery():
                yield row.person_id


def _by_id(session: Session, table: Any, ids: Iterable[int]) -> dict[int, Any]:
    return {row.id: row for row in session.execute(select(table).where(table.id.in_(set(ids)))).scalars()}
