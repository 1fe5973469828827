"""A year in an agency, day by day: what people do, what the sweeps do, and what the reference says of both.

Days are missed, run twice, or cut off by kill -9; dates move; people change office; stages are left.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

from sqlalchemy import select, update
from sqlmodel import Session, col

from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Route
from models.database import reading, transaction
from models.errors import Refused
from models.home import Home
from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.obligations import Obligation, ObligationState, Said
from models.people import Membership, Person, Role
from models.quieting import Snooze
from models.stages import Stage
from models.trail import Author, Via
from notifications.deliver import deliver
from notifications.remind import remind
from states.absences import set_absence
from states.acknowledging import acknowledge
from states.actors import Actor, find_actor
from states.advance import move_candidacies
from states.candidacies import Opening, open_candidacy
from states.cycles import Dated, open_cycle, set_calendar
from states.days_off import load_days_off
from states.documents import Content, Filing, add_document
from states.ladder import LADDER
from states.people import PersonData, first_admin
from states.requests import Request
from states.snoozing import snooze
from tests.notifications.reference import Key, Leave, Office, Owed, Put, Reference

FIRST = date(2026, 1, 5)  # a Monday
MORNING = timedelta(hours=0, minutes=30)  # UTC: 07:30 in Jakarta
ANSWERED = {"core_business": "ya", "high_risk": "ya", "wide_impact": "ya"}
LONG_AGO = date(2024, 1, 1)
DAYS = {rung.name: rung.days for rung in LADDER}

SWEEPER = """
import sys
from datetime import datetime
from models.database import bind
from models.home import find_home
from models.settings import Settings
from notifications.deliver import deliver
from notifications.remind import remind

home = find_home(Settings(home=sys.argv[1]))
bind(home.database_url)
now = datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
remind(now=now)
deliver(home=home, clock=lambda: now)
"""


@dataclass
class Year:
    home: Home
    units: int
    dice: random.Random
    today: date = FIRST
    counted: Counter[str] = field(default_factory=Counter)
    reference: Reference = field(init=False)
    stays: dict[str, tuple[int, Stage]] = field(default_factory=dict)  # of open candidacies: number and stage
    dates: dict[Stage, Dated] = field(default_factory=dict)
    mails: set[str] = field(default_factory=set)  # seen so far

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, datetime.min.time(), tzinfo=UTC) + MORNING

    def begin(self) -> None:
        """One agency with its units, heads for most of them, and a cycle with dates."""
        with transaction() as session:
            first_admin(session, PersonData("admin@x.invalid", "Admin"), author=Author(None, Via.CLI), now=self.now)
            agency = Agency(code="X", name="Kabupaten X", kind=AgencyKind.KABKOTA, zone="Asia/Jakarta")
            session.add(agency)
            session.flush()
            self.reference = Reference(frozenset(), "X", [Office("admin@x.invalid", "admin", "everywhere", self.today)])
            for name in ("k1", "k2"):
                self.gives_office(session, name, Role.KOORDINATOR, agency_id=agency.id)
            for number in range(self.units):
                unit = Unit(code=f"U{number:03}", name=f"Unit {number:03}", agency_id=agency.id)
                session.add(unit)
                session.flush()
                if number % 10:  # every tenth has no head on record: its koordinator hears
                    self.gives_office(session, f"h{number}", Role.PIMPINAN_UNIT, unit_id=unit.id, place=unit.code)
        open_cycle("X", 2026, ruleset="permen-90-2021-5-2024", route=Route.TPN, actor=self.actor(), now=self.now)
        with reading() as session:
            self.reference.holidays = load_days_off(session).holidays
        self.set_dates(
            Dated(Stage.PENCANANGAN, due=date(2026, 2, 15)),
            Dated(Stage.UNIT_IDENTIFICATION, working_days=25),
            Dated(Stage.SELF_ASSESSMENT, due=date(2026, 6, 30)),
        )
        for number in range(self.units):
            code = open_candidacy(Opening(f"U{number:03}", "X-2026", Level.WBK), actor=self.actor(), now=self.now)
            self.entered(code, 0, Stage.PENCANANGAN)

    def gives_office(
        self,
        session: Session,
        name: str,
        role: Role,
        *,
        agency_id: int | None = None,
        unit_id: int | None = None,
        place: str = "X",
        since: date = LONG_AGO,
    ) -> None:
        person = Person(email=f"{name}@x.invalid", name=name.upper())
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, role=role, agency_id=agency_id, unit_id=unit_id, since=since))
        self.reference.offices.append(Office(person.email, role.value, place, since))

    def actor(self, name: str = "k1") -> Actor:
        with reading() as session:
            return find_actor(session, f"{name}@x.invalid", today=self.today, via=Via.CLI)

    # What people do

    def live(self) -> None:
        """One day of people: most do nothing, some go on, one moves a date, one changes office."""
        open_now = sorted(self.stays)
        self.dice.shuffle(open_now)
        for code in open_now[: self.dice.choice([0, 0, 1, self.units // 20])]:
            self.go_on(code)
        if self.dice.random() < 0.04:
            self.move_a_date()
        if self.dice.random() < 0.15:
            self.change_office()
        if self.dice.random() < 0.2:
            self.go_away()
        for key in self.dice.sample(sorted(self.reference.owed), min(2, len(self.reference.owed))):
            self.ask_to_be_spared(key)

    def go_on(self, code: str) -> None:
        _, stage = self.stays[code]
        if self.dice.random() < 0.1:
            self.move(code, "withdraw", None, reason="anggaran dialihkan")
        elif stage is Stage.PENCANANGAN:
            self.file(code, "piagam_pencanangan", "pakta_integritas")
            self.move(code, "select_unit", Stage.UNIT_IDENTIFICATION)
        elif stage is Stage.UNIT_IDENTIFICATION:
            self.file(code, "usulan_tim", "sk_penetapan_unit", "sk_tim_kerja", "rencana_aksi")
            self.move(code, "start_self_assessment", Stage.SELF_ASSESSMENT, values=ANSWERED)
        else:
            self.file(code, "laporan_monev")

    def move(self, code: str, name: str, dest: Stage | None, **request: object) -> None:
        move_candidacies([code], name, request=Request(**request), actor=self.actor(), now=self.now)  # type: ignore[arg-type]
        number, _ = self.stays.pop(code)
        for key, owed in self.reference.owed.items():
            if key[:2] == (code, number):
                owed.open = False
        if dest:
            self.entered(code, number + 1, dest)

    def entered(self, code: str, number: int, stage: Stage) -> None:
        """What the new stay owes: the stage, by its owner; and, by the unit's head, the papers that are theirs."""
        self.stays[code] = (number, stage)
        due, unit = self.due(stage, self.today), code.partition("-")[0]
        owner = "pimpinan_unit" if stage is Stage.SELF_ASSESSMENT else "koordinator"
        self.reference.owed[code, number, "stage", ""] = Owed(owner, unit, due)
        if stage is Stage.UNIT_IDENTIFICATION:
            self.reference.owed[code, number, "documents", "pimpinan_unit"] = Owed("pimpinan_unit", unit, due)

    def file(self, code: str, *kinds: str) -> None:
        for kind in kinds:
            numbered = kind == "sk_penetapan_unit"
            content = Content(url=f"https://x.invalid/{code}/{kind}/{self.today}")
            filing = Filing(kind, content, number="1" if numbered else None, dated_on=self.today if numbered else None)
            add_document(code, filing, actor=self.actor(), now=self.now)
        if "rencana_aksi" in kinds:
            self.reference.owed[code, self.stays[code][0], "documents", "pimpinan_unit"].open = False

    def move_a_date(self) -> None:
        stage = self.dice.choice(list(self.dates))
        before = self.dates[stage]
        if before.due:
            self.set_dates(Dated(stage, due=before.due + timedelta(days=self.dice.randint(-20, 30))))
        else:
            self.set_dates(Dated(stage, working_days=self.dice.randint(10, 40)))
        self.counted["dates moved"] += 1

    def set_dates(self, *dates: Dated) -> None:
        set_calendar("X-2026", dates, actor=self.actor(), now=self.now)
        self.dates |= {one.stage: one for one in dates}
        for code, (number, stage) in self.stays.items():
            with reading() as session:
                entered = _entered_on(session, code)
            for key in self.reference.owed:
                if key[:2] == (code, number):
                    self.reference.moved(key, self.due(stage, entered))

    def due(self, stage: Stage, entered: date) -> date | None:
        dated = self.dates.get(stage)
        if dated is None or dated.due:
            return dated.due if dated else None
        day, left = entered, dated.working_days or 0
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5 and day not in self.reference.holidays
        return day

    def change_office(self) -> None:
        """A head goes; another comes at once, or later, or nobody does."""
        heads = [
            one
            for one in self.reference.offices
            if one.role == "pimpinan_unit" and one.until is None and one.since < self.today
        ]
        if not heads:
            return
        old = self.dice.choice(heads)
        old.until = self.today - timedelta(days=1)
        with transaction() as session:
            person = select(col(Person.id)).where(col(Person.email) == old.person).scalar_subquery()
            session.execute(update(Membership).where(col(Membership.person_id) == person).values(until=old.until))
            if self.dice.random() < 0.8:
                unit = session.execute(select(Unit).where(col(Unit.code) == old.place)).scalar_one()
                since = self.today + timedelta(days=self.dice.choice([0, 0, 5]))
                name = f"n{len(self.reference.offices)}"
                self.gives_office(session, name, Role.PIMPINAN_UNIT, unit_id=unit.id, place=unit.code, since=since)
        self.counted["people changed"] += 1

    def go_away(self) -> None:
        """Somebody who holds an office names another as deputy, for a few days."""
        here = sorted({one.person for one in self.reference.offices if one.until is None and one.since <= self.today})
        person, deputy = self.dice.sample(here, 2)
        since = self.today + timedelta(days=self.dice.randint(0, 5))
        until = since + timedelta(days=self.dice.randint(0, 12))
        taken = any(
            one.person in (person, deputy) and one.since <= until and one.until >= since
            for one in self.reference.leaves
        )
        try:
            set_absence(person, since=since, until=until, deputy=deputy, actor=self.actor("admin"), now=self.now)
        except Refused:
            assert taken
            return
        assert not taken
        self.reference.leaves.append(Leave(person, deputy, since, until))
        self.counted["went away"] += 1

    def ask_to_be_spared(self, key: Key) -> None:
        """Who owes it knows of it, or puts it off: for too long, too."""
        one = self.reference.owed[key]
        people = self.reference.owners(one.role, one.unit, self.today)
        if not one.open or one.due is None or not people:
            return
        person = self.dice.choice(people)
        with reading() as session:
            number = next(number for number, known in _keys(session).items() if known == key)
        actor = self.actor(person.partition("@")[0])
        if self.dice.random() < 0.5:
            acknowledge(number, actor=actor, now=self.now)
            self.reference.known.add((key, person))
            self.counted["acknowledged"] += 1
            return
        until = self.today + timedelta(days=self.dice.randint(0, 16))
        allowed = self.reference.may_put_off(key, person, until, self.today)
        try:
            snooze(number, until=until, actor=actor, now=self.now)
        except Refused:
            assert not allowed, (key, person, until)
            return
        assert allowed, (key, person, until)
        self.reference.put_off[key, person] = Put(until, one.due)
        self.counted["put off"] += 1

    # What the machine does

    def sweep(self) -> None:
        """A day is swept once, twice, not at all, or cut off and perhaps done again."""
        how = self.dice.choices(["once", "twice", "missed", "killed", "killed, then once"], [70, 8, 14, 4, 4])[0]
        self.counted[how] += 1
        if how.startswith("killed"):
            self.sweep_and_kill()
        if how.endswith(("once", "twice")):
            self.sweep_once()
        if how == "twice":
            assert remind(now=self.now).as_dict() == dict.fromkeys(remind(now=self.now).as_dict(), 0)
            assert deliver(home=self.home, clock=lambda: self.now).sent == 0

    def sweep_once(self) -> None:
        self.reference.run(self.today)
        remind(now=self.now)
        deliver(home=self.home, clock=lambda: self.now)
        self.look_at_new_mails()

    def sweep_and_kill(self) -> None:
        """What it had committed before it died is taken from the database, and must be what the reference would say."""
        command = [sys.executable, "-c", SWEEPER, str(self.home.path), self.now.isoformat()]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as sweeper:
            assert sweeper.stdout
            sweeper.stdout.readline()
            time.sleep(self.dice.uniform(0.0, 0.2))
            sweeper.kill()
        told: list[tuple[Key, date, int]] = []
        for message, expanded in self.rungs_queued():
            if message not in self.reference.queued:
                key, due, rung = message
                assert self.reference.is_true(key, due)
                assert rung == self.reference.newest(due, self.today)
                self.reference.queue(message, self.today)
            told += [message] if expanded else []
        for key, person in self.snoozes_ended():
            if not self.reference.put_off[key, person].over:
                assert self.reference.put_off[key, person].until <= self.today
                self.reference.wake(key, person, self.today)
        for message in told:
            if message in self.reference.waiting:
                self.reference.tell(message, self.today)
        self.look_at_new_mails()

    def snoozes_ended(self) -> list[tuple[Key, str]]:
        with reading() as session:
            keys = _keys(session)
            rows = session.execute(
                select(col(Snooze.obligation_id), col(Person.email))
                .join(Person, col(Person.id) == col(Snooze.person_id))
                .where(col(Snooze.ended_at).is_not(None))
            )
            return [(keys[obligation], email) for obligation, email in rows]

    def rungs_queued(self) -> list[tuple[tuple[Key, date, int], bool]]:
        """In the order in which they were queued, and whether each was told already."""
        with reading() as session:
            keys = _keys(session)
            rows = session.execute(
                select(OutboxMessage).where(col(OutboxMessage.kind) == Notice.DUE).order_by(col(OutboxMessage.id))
            ).scalars()
            return [
                ((keys[row.obligation_id or 0], row.due_on or FIRST, DAYS[row.rung or ""]), row.expanded_at is not None)
                for row in rows
            ]

    # What must be so

    def look_at_new_mails(self) -> None:
        """Every reminder that went out says what is so on its day."""
        new = {file.stem: file for file in self.home.mail.glob("*.eml") if file.stem not in self.mails}
        self.mails |= set(new)
        if not new:
            return
        with reading() as session:
            keys = _keys(session)
            rows = session.execute(select(Said).where(col(Said.covered_by).is_(None))).scalars()
            told = {row.message_id: (keys[row.obligation_id], row.due_on) for row in rows if row.message_id in new}
        for number, (key, due) in told.items():
            subject = str(message_from_bytes(new[number].read_bytes(), policy=default)["Subject"])
            assert self.reference.is_true(key, due), subject
            assert subject.endswith(_left((due - self.today).days)), (subject, due, self.today)
            self.counted["reminders"] += 1

    def compare(self) -> None:
        """The database and the reference agree on what is owed, and on every rung: said, or covered by which."""
        with reading() as session:
            keys = _keys(session)
            emails = {key: email for key, email in session.execute(select(col(Person.id), col(Person.email)))}
            said = {
                (keys[row.obligation_id], row.due_on, DAYS[row.rung], emails[row.person_id]): (
                    DAYS[row.covered_by] if row.covered_by else None
                )
                for row in session.execute(select(Said)).scalars()
            }
            owed = {
                keys[row.id]: (row.state is ObligationState.OPEN, row.due_on)
                for row in session.execute(select(Obligation)).scalars()
            }
            deliveries = list(session.execute(select(col(Delivery.message_id), col(Delivery.state))))
        assert {key: open_ for key, (open_, _) in owed.items()} == {
            k: one.open for k, one in self.reference.owed.items()
        }
        assert {key: due for key, (open_, due) in owed.items() if open_} == {
            key: one.due for key, one in self.reference.owed.items() if one.open
        }
        assert said == self.reference.said
        assert {state for _, state in deliveries} <= {DeliveryState.SENT, DeliveryState.CANCELLED}
        assert {number for number, state in deliveries if state is DeliveryState.SENT} == self.mails
        assert len(deliveries) == len(set(deliveries))


def play(year: Year, days: int) -> Counter[str]:
    """Play so many days, and compare at the end of each month and of it all."""
    year.begin()
    for _ in range(days):
        year.live()
        year.sweep()
        year.today += timedelta(days=1)
        if year.today.day == 1:
            year.sweep_once()
            year.compare()
    year.sweep_once()
    year.compare()
    year.counted["rungs said"] = sum(covered is None for covered in year.reference.said.values())
    year.counted["rungs covered"] = len(year.reference.said) - year.counted["rungs said"]
    return year.counted


def _keys(session: Session) -> dict[int, Key]:
    rows = session.execute(
        select(Obligation, col(Candidacy.code), col(StageEntry.number))
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .join(StageEntry, col(StageEntry.id) == col(Obligation.entry_id))
    )
    return {row.id: (code, number, row.kind.value, row.item) for row, code, number in rows}


def _entered_on(session: Session, code: str) -> date:
    entered: date = session.execute(
        select(col(StageEntry.entered_on))
        .join(Candidacy, col(Candidacy.id) == col(StageEntry.candidacy_id))
        .where(col(Candidacy.code) == code, col(StageEntry.left_at).is_(None))
    ).scalar_one()
    return entered


def _left(days: int) -> str:
    if days > 1:
        return f"{days} hari lagi"
    return {1: "besok", 0: "hari ini"}.get(days, f"terlambat {-days} hari")
