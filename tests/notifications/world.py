"""A small world to send messages in: one agency, one unit under way, and the people around it."""

import json
from datetime import UTC, date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Candidacy, Correction, Level, StageEntry
from models.cycles import Cycle, Route
from models.database import reading, transaction
from models.findings import Finding, Origin, Severity
from models.home import Home
from models.lke import Answer, Layer, LayerSummary
from models.messages import Channel, Delivery, DeliveryState, Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind
from models.people import Membership, Person, Role
from models.sealing import seal
from models.stages import Stage
from models.summaries import Summary
from models.witnesses import Witness
from notifications.address import kind_of, masked, open_address
from rulesets.library import find_ruleset
from states.actors import SYSTEM
from states.checkpoints import make_checkpoint
from states.ladder import LADDER
from states.notices import join_roles
from states.summaries.content import gather

RULESET = "permen-90-2021-5-2024"
DUE = date(2026, 5, 31)  # a Sunday
FRIDAY = datetime(2026, 5, 29, 0, 30, tzinfo=UTC)  # 07:30 in Jakarta, two days before
LONG_AGO = date(2025, 1, 1)

Row = TypeVar("Row", bound=SQLModel)


def kept(row: Row, session: Session | None = None) -> Row:
    """Put one row on record, at once or with the rest of a session."""
    if session is None:
        with transaction() as own:
            return kept(row, own)
    session.add(row)
    session.flush()
    return row


def stored(table: type[Row]) -> list[Row]:
    with reading() as session:
        rows = list(session.execute(select(table)).scalars())
        session.expunge_all()
        return rows


class World:
    """RSUD dr. Loekmono Hadi in Kudus, in its self-assessment, due on 31 May 2026; head, TPI and koordinator."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._session: Session | None = None
        with transaction() as self._session:
            self._make()
        self._session = None

    def _make(self) -> None:
        self.agency = self._kept(
            Agency(code="KUDUS", name="Kabupaten Kudus", kind=AgencyKind.KABKOTA, zone="Asia/Jakarta")
        )
        self.dinas = self._kept(Unit(code="DINKES", name="Dinas Kesehatan", agency_id=self.agency.id))
        self.unit = self._kept(
            Unit(code="RSUD", name="RSUD dr. Loekmono Hadi", agency_id=self.agency.id, parent_id=self.dinas.id)
        )
        self.koordinator = self.person("ani@kudus.go.id", "Ani Lestari", Role.KOORDINATOR)
        self.head = self.person("budi@kudus.go.id", "Budi Santoso", Role.PIMPINAN_UNIT)
        self.assessor = self.person("citra@kudus.go.id", "Citra Dewi", Role.TPI)
        self.cycle = self._kept(
            Cycle(
                code="KUDUS-2026",
                agency_id=self.agency.id,
                year=2026,
                ruleset=RULESET,
                ruleset_hash=find_ruleset(RULESET).hash,
                route=Route.TPN,
            )
        )
        self.candidacy = self._kept(
            Candidacy(
                code="RSUD-2026",
                unit_id=self.unit.id,
                cycle_id=self.cycle.id,
                target=Level.WBK,
                stage=Stage.SELF_ASSESSMENT,
            )
        )
        self.first_entry = self.entered(0, Stage.UNIT_IDENTIFICATION, "open", left=True)
        self.entry = self.entered(1, Stage.SELF_ASSESSMENT, "start_self_assessment")
        self.obligation = self._kept(
            Obligation(
                candidacy_id=self.candidacy.id,
                entry_id=self.entry.id,
                kind=ObligationKind.STAGE,
                owed_by=Role.PIMPINAN_UNIT,
                due_on=DUE,
                opened_at=FRIDAY,
            )
        )

    def _kept(self, row: Row) -> Row:
        return kept(row, self._session)

    def person(self, email: str, name: str, role: Role | None = None, *, unit: Unit | None = None) -> Person:
        person = self._kept(Person(email=email, name=name))
        if role:
            self.role(person, role, unit=unit)
        return person

    def role(
        self, person: Person, role: Role, *, unit: Unit | None = None, since: date = LONG_AGO, until: date | None = None
    ) -> None:
        in_unit = unit or (self.unit if role in (Role.PIMPINAN_UNIT, Role.POKJA) else None)
        agency = None if in_unit or role is Role.ADMIN else self.agency
        self._kept(
            Membership(
                person_id=person.id,
                role=role,
                agency_id=agency.id if agency else None,
                unit_id=in_unit.id if in_unit else None,
                since=since,
                until=until,
            )
        )

    def entered(self, number: int, stage: Stage, move: str, *, left: bool = False) -> StageEntry:
        return self._kept(
            StageEntry(
                candidacy_id=self.candidacy.id,
                number=number,
                stage=stage,
                move=move,
                entered_on=date(2026, 3, 2),
                entered_at=FRIDAY,
                left_on=date(2026, 3, 2) if left else None,
                left_at=FRIDAY if left else None,
                due_on=None if left else DUE,
                recorded_by=self.koordinator.id,
            )
        )

    def queue_rung(self, name: str, *, due_on: date = DUE, obligation: Obligation | None = None) -> OutboxMessage:
        owed = obligation or self.obligation
        rung = next(rung for rung in LADDER if rung.name == name)
        return self._kept(
            OutboxMessage(
                kind=Notice.DUE,
                subject=f"obligation:{owed.id}:{due_on}:{name}",
                candidacy_id=self.candidacy.id,
                obligation_id=owed.id,
                due_on=due_on,
                rung=name,
                roles=join_roles((owed.owed_by, *rung.also)),
                queued_at=FRIDAY,
            )
        )

    def queue(self, kind: Notice, about: SQLModel, *roles: Role) -> OutboxMessage:
        number: int = about.id  # type: ignore[attr-defined]
        return self._kept(
            OutboxMessage(
                kind=kind,
                subject=f"{about.__tablename__}:{number}",
                candidacy_id=self.candidacy.id,
                reference_id=number,
                roles=join_roles(roles),
                queued_at=FRIDAY,
            )
        )

    def queue_evidence(self, person: Person) -> OutboxMessage:
        """After one answer that nothing proves."""
        number, layer = self.candidacy.id, Layer.UNIT
        self._kept(
            Answer(
                candidacy_id=number,
                layer=layer,
                item="A.I.1.i.a",
                value="Ya",
                answered_by=self.head.id,
                answered_at=FRIDAY,
            )
        )
        self._kept(
            LayerSummary(
                candidacy_id=number, layer=layer, answered=1, total="0.2500", missing_evidence=1, changed_at=FRIDAY
            )
        )
        return self._kept(
            OutboxMessage(
                kind=Notice.EVIDENCE, subject="person:1:2026-05-29", person_id=person.id, roles="", queued_at=FRIDAY
            )
        )

    def queue_summary(self, kind: Notice, role: Role) -> OutboxMessage:
        with reading() as session:
            content = json.dumps(gather(session, self.agency, now=FRIDAY))
        summary = self._kept(Summary(agency_id=self.agency.id, period="2026-05", made_at=FRIDAY, content=content))
        return self._kept(
            OutboxMessage(
                kind=kind,
                subject=f"summary:{summary.id}",
                agency_id=self.agency.id,
                reference_id=summary.id,
                roles=join_roles((role,)),
                queued_at=FRIDAY,
            )
        )

    def queue_digest(self, person: Person) -> OutboxMessage:
        """A weekly one with one reminder in it."""
        digest = self._kept(
            OutboxMessage(
                kind=Notice.DIGEST, subject="person:1:weekly:2026-W22", person_id=person.id, roles="", queued_at=FRIDAY
            )
        )
        self._kept(
            Delivery(
                message_id="00000000-0000-5000-8000-000000000002",
                outbox_id=self.queue_rung("H-14").id,
                person_id=person.id,
                route="digest",
                state=DeliveryState.DIGESTED,
                digest_id=digest.id,
                next_try_at=FRIDAY,
                queued_at=FRIDAY,
            )
        )
        return digest

    def queue_checkpoint(self, person: Person) -> OutboxMessage:
        self._kept(Witness(person_id=person.id, added_by=person.id, added_at=FRIDAY))
        made = make_checkpoint(author=SYSTEM, key_file=self.home.checkpoint_key, now=FRIDAY)
        [queued] = [one for one in stored(OutboxMessage) if one.reference_id == made.size]
        return queued

    def finding(self, *, rule: str = "tpi", params: str = "{}", text: str = "Bukti survei belum ada.") -> Finding:
        return self._kept(
            Finding(
                candidacy_id=self.candidacy.id,
                entry_id=self.entry.id,
                origin=Origin.TPI if rule == "tpi" else Origin.MONEV,
                rule=rule,
                item="1",
                severity=Severity.WARNING,
                owner=Role.PIMPINAN_UNIT,
                params=params,
                text=text if rule == "tpi" else None,
                raised_by=self.assessor.id if rule == "tpi" else None,
                opened_at=FRIDAY,
            )
        )

    def correction(self, *, confirmed: bool = False) -> Correction:
        return self._kept(
            Correction(
                candidacy_id=self.candidacy.id,
                entry_id=self.entry.id,
                reason="Salah unit",
                requested_by=self.koordinator.id,
                requested_at=FRIDAY,
                confirmed_by=self.head.id if confirmed else None,
                confirmed_at=FRIDAY if confirmed else None,
            )
        )

    def channel(self, person: Person, url: str, *, position: int = 0) -> Channel:
        sealed, service = seal(url, key_file=self.home.channel_key), open_address(url)
        return self._kept(
            Channel(
                person_id=person.id,
                sealed_url=sealed,
                masked_url=masked(service),
                kind=kind_of(service),
                position=position,
                added_at=FRIDAY,
            )
        )

    def deliveries(self) -> dict[str, Delivery]:
        """The newest delivery to each person, by e-mail."""
        emails = {person.id: person.email for person in stored(Person)}
        return {emails[row.person_id]: row for row in sorted(stored(Delivery), key=lambda row: row.id)}

    def failed_delivery(self, person: Person, channel: Channel) -> Delivery:
        outbox = self.queue_rung("H")
        return self._kept(
            Delivery(
                message_id="00000000-0000-5000-8000-000000000001",
                outbox_id=outbox.id,
                person_id=person.id,
                channel_id=channel.id,
                route=f"channel:{channel.id}",
                state=DeliveryState.FAILED,
                attempts=8,
                next_try_at=FRIDAY,
                error="Failed to send JSON notification: error=500.",
                queued_at=FRIDAY,
            )
        )
