"""What the messages of one batch are about, as it stands now: loaded with a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from models.absences import ToldFor
from models.actions import ActionItem
from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Correction, StageEntry
from models.checkpoints import Checkpoint, CheckpointKey
from models.findings import Finding
from models.messages import Channel, Delivery, Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind
from models.people import Person
from models.summaries import Summary
from notifications.digest_items import load_items
from notifications.long_late import Late, long_late
from notifications.parcel import Parcel
from states.evidence.backlog import Backlog, backlogs
from states.holders import Pair, people_now
from states.moves import STAGE_OWNER
from states.notices import where_of
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
    Notice.RELEASE: Summary,
    Notice.SUMMARY: Summary,
    Notice.UNREACHABLE: Delivery,
    Notice.CHECKPOINT: Checkpoint,
}


@dataclass(frozen=True)
class Scene:
    now: datetime
    candidacies: Mapping[int, Candidacy]
    situations: Mapping[int, Situation]  # by candidacy
    units: Mapping[int, Unit]
    agencies: Mapping[int, Agency]
    holders: Mapping[Pair, Sequence[Person]]  # who has to act
    told: Mapping[tuple[Notice, int], SQLModel]
    people: Mapping[int, Person]  # whom the messages name
    channels: Mapping[int, Channel]
    backlogs: Mapping[int, Backlog]  # by person, of those who are told what they have to prove
    named: Mapping[int, Person]  # who owes in person and serves the unit still, by obligation
    actions: Mapping[int, ActionItem]  # what actions are owed
    told_for: Mapping[str, Sequence[str]]  # the names of those in whose place a message is told, by its id
    items: Mapping[int, Sequence[Parcel]]  # what stands in digests, by the digest's outbox row
    keys: Mapping[int, CheckpointKey]  # that signed the checkpoints
    late: Mapping[int, Sequence[Late]]  # what stays late and is reminded of no more, by whoever gets a weekly digest

    def situation(self, parcel: Parcel) -> Situation:
        """For messages about a candidacy."""
        assert parcel.outbox.candidacy_id is not None  # noqa: S101 - the kind of notice tells what it is about
        return self.situations[parcel.outbox.candidacy_id]

    def unit(self, parcel: Parcel) -> Unit | None:
        """Where the message is about one, or about its candidacy."""
        outbox = parcel.outbox
        if outbox.candidacy_id is not None:
            return self.units[self.candidacies[outbox.candidacy_id].unit_id]
        return self.units[outbox.unit_id] if outbox.unit_id is not None else None

    def agency(self, parcel: Parcel) -> Agency | None:
        unit = self.unit(parcel)
        agency_id = unit.agency_id if unit else parcel.outbox.agency_id
        return self.agencies[agency_id] if agency_id is not None else None

    def told_of(self, parcel: Parcel, table: type[Row]) -> Row:
        """The obligation, entry, finding, correction or delivery that the message tells of."""
        row = self.told.get((parcel.outbox.kind, _told_id(parcel.outbox) or 0))
        assert isinstance(row, table)  # noqa: S101 - the kind of notice names the table
        return row


def load_scene(session: Session, parcels: Sequence[Parcel], *, now: datetime) -> Scene:
    items = load_items(session, parcels, now=now)
    messages = [parcel.outbox for parcel in (*parcels, *(item for listed in items.values() for item in listed))]
    candidacies = _by_id(session, Candidacy, (message.candidacy_id for message in messages))
    of_candidacies = (candidacy.unit_id for candidacy in candidacies.values())
    units = _by_id(session, Unit, (*of_candidacies, *(message.unit_id for message in messages)))
    of_units = (unit.agency_id for unit in units.values())
    told = {
        (kind, row_id): row
        for kind, table in TOLD_OF.items()
        for row_id, row in _by_id(
            session, table, (_told_id(message) for message in messages if message.kind is kind)
        ).items()
    }
    deliveries = [row for row in told.values() if isinstance(row, Delivery)]
    owed = [row for row in told.values() if isinstance(row, Obligation)]
    numbers = (int(row.item) for row in owed if row.kind is ObligationKind.ACTION)
    observed = observe(session, list(candidacies.values()), now=now)
    situations = dict(zip(candidacies, observed, strict=True))
    return Scene(
        now=now,
        candidacies=candidacies,
        situations=situations,
        units=units,
        agencies=_by_id(session, Agency, (*of_units, *(message.agency_id for message in messages))),
        holders=people_now(session, _pairs(candidacies, messages, told), now=now),
        told=told,
        people=_by_id(session, Person, _named(told.values())),
        channels=_by_id(session, Channel, (row.channel_id for row in deliveries if row.channel_id is not None)),
        backlogs=_backlogs(session, messages, now=now),
        named=named_people(session, owed, now=now),
        actions=_by_id(session, ActionItem, numbers),
        told_for=_told_for(session, [parcel.message_id for parcel in parcels]),
        items=items,
        keys=_by_id(session, CheckpointKey, (row.key_number for row in told.values() if isinstance(row, Checkpoint))),
        late=long_late(session, parcels, now=now),
    )


def _backlogs(session: Session, messages: Sequence[OutboxMessage], *, now: datetime) -> dict[int, Backlog]:
    people = {one.person_id for one in messages if one.kind is Notice.EVIDENCE and one.person_id is not None}
    return backlogs(session, people, now=now) if people else {}


def _told_for(session: Session, message_ids: Sequence[str]) -> dict[str, list[str]]:
    rows = session.execute(
        select(col(ToldFor.message_id), col(Person.name))
        .join(Person, col(Person.id) == col(ToldFor.person_id))
        .where(col(ToldFor.message_id).in_(message_ids))
        .order_by(col(ToldFor.id))
    )
    found: dict[str, list[str]] = {}
    for message_id, name in rows:
        found.setdefault(message_id, []).append(name)
    return found


def _told_id(message: OutboxMessage) -> int | None:
    return message.obligation_id if message.kind is Notice.DUE else message.reference_id


def _pairs(
    candidacies: Mapping[int, Candidacy],
    messages: Iterable[OutboxMessage],
    told: Mapping[tuple[Notice, int], SQLModel],
) -> set[Pair]:
    """The owner of each stage, and who owes what the messages tell of."""
    pairs: set[Pair] = {(one.id, STAGE_OWNER[one.stage]) for one in candidacies.values() if one.stage in STAGE_OWNER}
    for message in messages:
        match told.get((message.kind, _told_id(message) or 0)):
            case Obligation() as row:
                pairs.add((row.candidacy_id, row.owed_by))
            case Finding() as row:
                pairs.add((where_of(message), row.owner))
    return pairs


def _named(told: Iterable[SQLModel]) -> Iterable[int]:
    for row in told:
        match row:
            case Obligation() if row.person_id is not None:
                yield row.person_id
            case StageEntry():
                yield row.recorded_by
            case Finding():
                yield from (person for person in (row.raised_by, row.responded_by) if person is not None)
            case Correction():
                yield row.requested_by
                if row.confirmed_by is not None:
                    yield row.confirmed_by
            case Delivery():
                yield row.person_id


def _by_id(session: Session, table: Any, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {one for one in ids if one is not None}
    key = next(iter(table.__table__.primary_key)).name  # a checkpoint's is its size
    rows = session.execute(select(table).where(getattr(table, key).in_(wanted))).scalars()
    return {getattr(row, key): row for row in rows}
