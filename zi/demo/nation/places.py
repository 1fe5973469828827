"""Agencies, their units, who works in them, and this year's and last year's cycle. All names are patterns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from models.agencies import Agency, AgencyKind, Unit
from models.cycles import Cycle, CycleDate, Route
from models.facts import Fact
from models.people import Membership, Person, Role
from models.rows import Rows
from models.stages import Stage
from models.windows import CycleWindow, WindowKind
from notifications.identity import MessageIds
from rulesets.ruleset import RuleSet
from states.calendar import WIB, WorkCalendar, today_in_indonesia
from states.due_dates import Due, DueDates, Window
from zi.demo.nation.told import Told

MOST_AGENCIES = 635  # about as many as there are
UNITS = 48  # in an agency, in a nation that has fewer
FAMILY = 5  # a head office and the units below it
KINDS = (AgencyKind.KL, AgencyKind.PROVINSI, *[AgencyKind.KABKOTA] * 6)
ZONES = {
    AgencyKind.KL: ("Asia/Jakarta",),
    AgencyKind.PROVINSI: ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    AgencyKind.KABKOTA: ("Asia/Jakarta", "Asia/Jakarta", "Asia/Makassar", "Asia/Pontianak", "Asia/Jayapura"),
}
NAMES = {
    AgencyKind.KL: ("KL", "Kementerian Rekaan"),
    AgencyKind.PROVINSI: ("PROV", "Provinsi Rekaan"),
    AgencyKind.KABKOTA: ("KAB", "Kabupaten Rekaan"),
}
HEAD = {
    AgencyKind.KL: ("eselon_1", None, "Direktorat Jenderal Rekaan"),
    AgencyKind.PROVINSI: ("dinas", None, "Dinas Rekaan"),
    AgencyKind.KABKOTA: ("dinas", "dukcapil", "Dinas Rekaan"),
}
WITH_HEAD = 0.95
A_YEAR = 365
MORNING = timedelta(hours=7, minutes=30)  # when flows remind
BELOW = {
    AgencyKind.KL: (("kantor", None, "Kantor Pelayanan Rekaan"),),
    AgencyKind.PROVINSI: (("samsat", "samsat", "Samsat Rekaan"), ("uptd", None, "UPTD Rekaan")),
    AgencyKind.KABKOTA: (
        ("puskesmas", None, "Puskesmas Rekaan"),
        ("rsud", "rsud", "RSUD Rekaan"),
        ("kecamatan", None, "Kecamatan Rekaan"),
    ),
}
WORKING_DAYS = {
    Stage.PENCANANGAN: 25,
    Stage.UNIT_IDENTIFICATION: 30,
    Stage.SELF_ASSESSMENT: 85,
    Stage.TPI_ASSESSMENT: 30,
    **dict.fromkeys((one for one in Stage if one.parent == "submission"), 12),
}
AGENCY_FACTS = {"opini_bpk": "WTP", "sakip": "BB", "indeks_rb": "B", "maturitas_spip": "3.2"}
HALVES = ("MP, TL, SDM", "AK, PW, PP")
IN_THE_AGENCY = (Role.KOORDINATOR, Role.TPI, Role.AUDITOR)  # numbered first, so that number 7 of each is agency 7's


@dataclass
class Office:
    """One agency with those who work in it for all units."""

    id: int
    code: str
    kind: AgencyKind
    calendar: WorkCalendar
    people: dict[Role, list[int]]
    dates: dict[tuple[int, Stage], Due] = field(default_factory=dict)
    window: Window | None = None  # of this year's proposals

    def cycle(self, *, last_year: bool) -> int:
        return self.id * 2 - last_year

    def due_on(self, stage: Stage, entered_on: date, *, last_year: bool) -> date | None:
        return DueDates(self.dates).due_on(self.cycle(last_year=last_year), stage, entered_on, self.calendar)


@dataclass(frozen=True)
class Place:
    """One unit and its people."""

    id: int
    code: str
    name: str
    kind: str
    office: Office
    head: int | None
    pokja: tuple[int, ...]

    def person(self, role: Role) -> int:
        """Who acts in this role: where a unit has no head of its own, the koordinator does."""
        if role is Role.PIMPINAN_UNIT:
            return self.head or self.office.people[Role.KOORDINATOR][0]
        if role is Role.POKJA:
            return self.pokja[0] if self.pokja else self.person(Role.PIMPINAN_UNIT)
        return self.office.people[role][0]


@dataclass
class Ground:
    """Where rows and records of one nation go, and the numbers that are next."""

    rows: Rows
    told: Told
    rules: RuleSet
    holidays: frozenset[date]
    begins: datetime
    now: datetime
    ids: MessageIds
    admin: int = 1
    people: Iterator[int] = field(default_factory=lambda: count(2))  # the admin is the first
    roles: Iterator[int] = field(default_factory=lambda: count(2))
    dates: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def today(self) -> date:
        return today_in_indonesia(self.now)

    @cached_property
    def swept(self) -> datetime:
        """The last time that reminders were queued: yesterday morning."""
        return WorkCalendar(WIB).start_of(self.today - timedelta(days=1)) + MORNING

    @property
    def until(self) -> datetime:
        """The end of history."""
        return self.swept + timedelta(hours=10)

    @property
    def year(self) -> int:
        """Of the cycle that runs: one that began in the last months of a year is the next one's."""
        return (self.today - timedelta(days=120)).year

    def opens(self, *, last_year: bool) -> datetime:
        """When the cycles were opened."""
        return self.begins + timedelta(days=1 if last_year else A_YEAR)

    def fact(self, kind: str, value: str, day: date, *, subject: str, by: int, **owner: int) -> None:
        self.rows.put(Fact, kind=kind, value=value, dated_on=day, **owner)
        details = {"kind": kind, "dated_on": day.isoformat()}
        self.told.note(self.begins, by, "fact_recorded", subject, details=details, texts={"value": value})

    def person(self, email: str, name: str, by: int) -> int:
        number = next(self.people)
        address = f"{email}@contoh.invalid"
        self.rows.put(Person, id=number, email=address, name=name)
        self.told.note(self.begins, by, "person_added", f"person:{number}", texts={"email": address, "name": name})
        return number

    def role(
        self,
        person: int,
        role: Role,
        by: int,
        *,
        agency: int | None = None,
        unit: int | None = None,
        area: str | None = None,
    ) -> None:
        since = self.begins.date() - timedelta(days=1)
        self.rows.put(
            Membership,
            id=next(self.roles),
            person_id=person,
            role=role.value,
            agency_id=agency,
            unit_id=unit,
            area=area,
            since=since,
        )
        where = {"agency": agency} if agency else {"unit": unit}
        details = {"role": role.value, "since": since.isoformat(), **where}
        self.told.note(self.begins, by, "role_granted", f"person:{person}", details=details)


def agencies_for(units: int) -> int:
    return min(MOST_AGENCIES, max(3, units // UNITS))


def make_offices(ground: Ground, how_many: int, chance: Random) -> list[Office]:
    trio = [
        {
            role: [ground.person(f"{role.value}{number}", f"{role.value.title()} {number}", ground.admin)]
            for role in IN_THE_AGENCY
        }
        for number in range(1, how_many + 1)
    ]
    return [_office(ground, number, people, chance) for number, people in enumerate(trio, start=1)]


def _office(ground: Ground, number: int, people: dict[Role, list[int]], chance: Random) -> Office:
    kind = KINDS[number % len(KINDS)]
    word, name = NAMES[kind]
    code, zone = f"{word}{number}", ZONES[kind][number % len(ZONES[kind])]
    ground.rows.put(
        Agency, id=number, code=code, name=f"{name} {number}", kind=kind.value, zone=zone, escalate_to_head=False
    )
    ground.told.note(
        ground.begins,
        ground.admin,
        "agency_added",
        f"agency:{code}",
        details={"kind": kind.value, "zone": zone},
        texts={"name": f"{name} {number}"},
    )
    more = ((Role.PIMPINAN, ""), (Role.KOORDINATOR, ".2"), (Role.TPI, ".2"), (Role.TPI, ".3"))
    for role, ending in more:
        person = ground.person(f"{role.value}{number}{ending}", f"{role.value.title()} {number}{ending}", ground.admin)
        people.setdefault(role, []).append(person)
    for role, holders in people.items():
        for at, person in enumerate(holders):
            area = HALVES[at - 1] if role is Role.TPI and at else None
            ground.role(person, role, ground.admin, agency=number, area=area)
    office = Office(number, code, kind, WorkCalendar(ZoneInfo(zone), ground.holidays), people)
    for last_year in (True, False):
        _cycle(ground, office, last_year=last_year, chance=chance)
    day = ground.begins.date() - timedelta(days=30)
    for fact, value in AGENCY_FACTS.items():
        ground.fact(fact, value, day, subject=f"agency:{code}", by=ground.admin, agency_id=number)
    return office


def _cycle(ground: Ground, office: Office, *, last_year: bool, chance: Random) -> None:
    """Working days for most stages; half of the agencies name a day for the self-assessment."""
    number, year = office.cycle(last_year=last_year), ground.year - last_year
    code, by = f"{office.code}-{year}", office.people[Role.KOORDINATOR][0]
    ground.rows.put(
        Cycle,
        id=number,
        code=code,
        agency_id=office.id,
        year=year,
        ruleset=ground.rules.name,
        ruleset_hash=ground.rules.hash,
        route=Route.TPN.value,
        record_only=False,
    )
    at = ground.opens(last_year=last_year)
    details = {
        "ruleset": ground.rules.name,
        "ruleset_sha256": ground.rules.hash,
        "route": Route.TPN.value,
        "record_only": False,
    }
    ground.told.note(at, by, "cycle_opened", f"cycle:{code}", details=details)
    named = not last_year and office.id % 2 == 0
    for stage, days in WORKING_DAYS.items():
        due = (
            ground.today + timedelta(days=chance.randint(-10, 45)) if named and stage is Stage.SELF_ASSESSMENT else None
        )
        line = Due(due, None if due else days)
        office.dates[number, stage] = line
        ground.rows.put(
            CycleDate,
            id=next(ground.dates),
            cycle_id=number,
            stage=stage.value,
            due=due,
            working_days=line.working_days,
        )
        after = {"due": due.isoformat()} if due else {"working_days": days}
        ground.told.note(at, by, "calendar_set", f"cycle:{code}", after=after, details={"stage": stage.value})
    if not last_year:
        _window(ground, office, code, at, chance)


def _window(ground: Ground, office: Office, code: str, at: datetime, chance: Random) -> None:
    opens = ground.today - timedelta(days=chance.randint(60, 90))
    closes = ground.today + timedelta(days=chance.randint(1, 60))
    office.window = Window(opens, closes)
    ground.rows.put(
        CycleWindow,
        id=office.id,
        cycle_id=office.cycle(last_year=False),
        kind=WindowKind.PROPOSAL.value,
        opens=opens,
        closes=closes,
        made_at=at,
        set_at=at,
    )
    days: dict[str, str] = {"opens": opens.isoformat(), "closes": closes.isoformat()}
    by = office.people[Role.KOORDINATOR][0]
    details = {"window": WindowKind.PROPOSAL.value}
    ground.told.note(at, by, "window_set", f"cycle:{code}", after=days, details=details)


def make_place(ground: Ground, office: Office, number: int, position: int, chance: Random) -> Place:
    """One unit: every fifth is a head office, and those after it stand below it."""
    koordinator = office.people[Role.KOORDINATOR][0]
    is_head = position % FAMILY == 0
    below = BELOW[office.kind]
    kind, service, name = (*HEAD[office.kind],) if is_head else below[position % len(below)]
    code, parent = f"U{number}", None if is_head else number - position % FAMILY
    name = f"{name} {number}"
    ground.rows.put(
        Unit, id=number, code=code, name=name, agency_id=office.id, parent_id=parent, kind=kind, core_service=service
    )
    details = {"agency": office.code, **({"parent": f"U{parent}"} if parent else {})}
    texts = {"name": name, "kind": kind, **({"core_service": service} if service else {})}
    ground.told.note(ground.begins, koordinator, "unit_added", f"unit:{code}", details=details, texts=texts)
    head = None
    if chance.random() < WITH_HEAD or is_head:
        head = ground.person(f"kepala.u{number}", f"Kepala {name}", koordinator)
        ground.role(head, Role.PIMPINAN_UNIT, koordinator, unit=number)
    pokja: list[int] = []
    for at, area in enumerate(chance.choices((HALVES, (None,), ()), (25, 65, 10))[0], start=1):
        pokja.append(ground.person(f"pokja{at}.u{number}", f"Pokja {at} {name}", koordinator))
        ground.role(pokja[-1], Role.POKJA, koordinator, unit=number, area=area)
    return Place(number, code, name, kind, office, head, tuple(pokja))
