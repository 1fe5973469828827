"""What is to be said (outbox), by which way (channels), and how that went (deliveries)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import at_most_one, chosen, key, reference


class Notice(StrEnum):
    """The kinds of message; each has one template."""

    DUE = "due"  # a rung of an obligation
    MOVED = "moved"  # a candidacy entered a stage
    FINDING = "finding"  # monev or the TPI found something
    CORRECTION = "correction"  # a second person is asked to confirm
    CORRECTED = "corrected"  # the last move was undone: whoever heard of it hears of this, too
    EVIDENCE = "evidence"  # what one person still has to prove, in all their candidacies
    RELEASE = "release"  # a summary for the head waits for the koordinator
    SUMMARY = "summary"  # the summary, once it is released
    UNREACHABLE = "unreachable"  # somebody's channel is dead: told to the koordinator once
    CHECKPOINT = "checkpoint"  # a witness is sent a signed checkpoint to keep
    DIGEST = "digest"  # what one person wants to hear together, once a day or a week


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"  # given up; the error says why
    CANCELLED = "cancelled"  # no longer true when its turn came
    WAITING = "waiting"  # for the person's next digest
    DIGESTED = "digested"  # told in a digest


_is_unexpanded = text("expanded_at IS NULL")
_is_queued = text("state = 'queued'")
_is_failed = text("state = 'failed'")
_is_waiting = text("state = 'waiting'")


class OutboxMessage(SQLModel, table=True):
    """Written in the transaction of what it tells; names roles at a place, or one person, and no address."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("obligation_id", "due_on", "rung"),
        UniqueConstraint("kind", "subject"),
        CheckConstraint("(obligation_id IS NULL) = (rung IS NULL)", name="rung_of_obligation"),
        at_most_one("candidacy_id", "unit_id", "agency_id", name="one_place"),
        CheckConstraint(
            "(roles = '') = (person_id IS NOT NULL) OR (person_id IS NULL AND obligation_id IS NOT NULL)",
            name="roles_or_a_person",  # an obligation may be one person's, and heard by no role besides
        ),
        Index("ix_outbox_unexpanded", "id", sqlite_where=_is_unexpanded, postgresql_where=_is_unexpanded),
    )

    id: int = key()
    kind: Notice = chosen(Notice)
    subject: str  # what it is about, once per kind: "obligation:7:2026-05-31:H-3", "entry:12", "finding:5:0"
    candidacy_id: int | None = reference("candidacy.id", optional=True)
    unit_id: int | None = reference("unit.id", optional=True, index=False)  # of none of the three: the installation's
    agency_id: int | None = reference("agency.id", optional=True, index=False)
    person_id: int | None = reference("person.id", optional=True, index=False)  # told to them, whatever their role
    obligation_id: int | None = reference("obligation.id", optional=True, index=False)
    due_on: date | None = Field(default=None)
    rung: str | None = Field(default=None)
    reference_id: int | None = Field(default=None)  # the entry, finding, correction or delivery it tells of
    roles: str  # who hears it, comma-separated; people are looked up when it is expanded; empty: the person
    queued_at: datetime
    expanded_at: datetime | None = Field(default=None)


class Channel(SQLModel, table=True):
    """An Apprise address of a person: encrypted, shown masked, tried in the order of `position`.

    A mark (`failed_at`) says that it failed. With `rests_until` it may be tried again from then on, because what it
    failed of may pass; without, a test has to arrive first.
    """

    __tablename__ = "channel"
    id: int = key()
    person_id: int = reference("person.id")
    sealed_url: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    masked_url: str
    kind: str = Field(
        default="other", sa_column_kwargs={"server_default": "other"}
    )  # Apprise's scheme, without TLS's s
    position: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # least first, then by id
    added_at: datetime
    failed_at: datetime | None = Field(default=None)
    failure: str | None = Field(default=None)  # why, without a secret
    rests_until: datetime | None = Field(default=None)
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # times that it was marked


class SendingWindow(SQLModel, table=True):
    """How many messages went by one kind of channel since its minute began; shared by all processes."""

    __tablename__ = "sending_window"

    kind: str = Field(primary_key=True)
    began_at: datetime
    taken: int


class Delivery(SQLModel, table=True):
    """One message to one person by one channel, or in a digest; no channel means the .eml folder and the inbox."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "route"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_with_time"),
        CheckConstraint("(state = 'digested') = (digest_id IS NOT NULL)", name="digested_in_one"),
        Index("ix_delivery_queued", "next_try_at", sqlite_where=_is_queued, postgresql_where=_is_queued),
        Index("ix_delivery_failed", "id", sqlite_where=_is_failed, postgresql_where=_is_failed),
        Index("ix_delivery_waiting", "person_id", sqlite_where=_is_waiting, postgresql_where=_is_waiting),
        Index("ix_delivery_outbox", "outbox_id"),
    )

    id: int = key()
    message_id: str  # UUIDv5: the same thing to the same person has the same id, however often it is tried
    outbox_id: int = reference("outbox_message.id", index=False)
    person_id: int = reference("person.id")
    channel_id: int | None = reference("channel.id", optional=True)
    route: str  # "mail", "channel:7" or "digest"
    state: DeliveryState = chosen(DeliveryState, default=DeliveryState.QUEUED)
    attempts: int = Field(default=0)
    first_tried_at: datetime | None = Field(default=None)  # patience with a channel is counted from here
    next_try_at: datetime
    leased_by: str | None = Field(default=None)
    leased_until: datetime | None = Field(default=None)
    sent_at: datetime | None = Field(default=None)
    error: str | None = Field(default=None)
    queued_at: datetime
    digest_id: int | None = reference("outbox_message.id", optional=True)  # the digest that told it
