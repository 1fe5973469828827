"""What people set for themselves: what is kept, what follows where they set nothing, and who may."""

import json
from datetime import date, time

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency, AgencyKind
from models.audit import AuditRecord
from models.catalogue import LANGUAGES
from models.database import reading, transaction
from models.errors import BadInput, NotFound, Refused, UsageError
from models.messages import Notice
from models.people import Role
from models.preferences import ALWAYS_IMMEDIATE, Language, Mode, Zone
from states.people import Grant, PersonData, add_person, grant_role
from states.preferences import Changes, Preferences, To, preferences_of, set_preferences
from states.quiet_hours import QuietHours, Window
from tests.office import Office, rules_of

NIGHT = Window(time(21), time(6))
WORK = Window(time(7, 30), time(16))
KEPALA = "kepala@contoh.invalid"


def put(office: Office, changes: Changes, *, email: str = KEPALA, by: str = "kepala") -> Preferences:
    return set_preferences(email, changes, actor=office.actor(by), now=office.now)


def look(office: Office, *, email: str = KEPALA, by: str = "kepala") -> Preferences:
    with reading() as session:
        return preferences_of(email, session, actor=office.actor(by), now=office.now)[1]


class TestSetting:
    """What is named is changed, what is not stays; both databases keep it alike."""

    def test_one_thing_after_another(self, both_offices: Office) -> None:
        put(both_offices, Changes(quiet=To(NIGHT), zone=To(Zone.WITA)))
        put(both_offices, Changes(language=To(Language.EN), modes={Notice.MOVED: Mode.DAILY}))
        put(both_offices, Changes(work=To(WORK), modes={Notice.DUE: Mode.WEEKLY}))

        kept = look(both_offices)
        assert kept.hours == QuietHours(NIGHT, True, WORK)
        assert (kept.local_zone, kept.language) == ("Asia/Makassar", "en")
        assert kept.modes == {Notice.MOVED: Mode.DAILY, Notice.DUE: Mode.WEEKLY}
        assert kept.next_daily_at
        assert kept.next_weekly_at
        assert (kept.next_daily_at.isoformat(), kept.next_weekly_at.isoformat()) == (
            "2026-02-02T23:30:00+00:00",  # 07:30 WITA, Tuesday
            "2026-02-08T23:30:00+00:00",
        )

    def test_all_can_be_taken_back(self, office: Office) -> None:
        put(office, Changes(To(Zone.WIT), To(Language.EN), To(NIGHT), To(WORK), True, True, {Notice.DUE: Mode.DAILY}))
        put(office, Changes(To(None), To(None), To(None), To(None), False, False, {Notice.DUE: Mode.IMMEDIATE}))

        kept = look(office)
        assert (kept.zone, kept.language, kept.hours, kept.heartbeat) == (None, None, QuietHours(), False)
        assert (kept.next_daily_at, kept.next_weekly_at) == (None, None)

    def test_work_hours_bring_working_days_and_go_with_them(self, office: Office) -> None:
        assert put(office, Changes(work=To(WORK))).hours == QuietHours(None, True, WORK)
        assert put(office, Changes(working_days_only=False)).hours == QuietHours()

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            (Changes(), UsageError),
            (Changes(quiet=To(Window(time(6), time(6)))), BadInput),
            (Changes(quiet=To(NIGHT), work=To(Window(time(5), time(6, 30)))), BadInput),
            (Changes(work=To(WORK), working_days_only=False), BadInput),
            *((Changes(modes={kind: Mode.WEEKLY}), BadInput) for kind in ALWAYS_IMMEDIATE),
        ],
    )
    def test_what_can_not_be_taken_changes_nothing(
        self, office: Office, changes: Changes, error: type[Exception]
    ) -> None:
        put(office, Changes(heartbeat=True))
        before = look(office)

        with pytest.raises(error):
            put(office, changes)

        assert look(office) == before

    def test_it_is_in_the_trail_without_a_name(self, office: Office) -> None:
        put(office, Changes(quiet=To(NIGHT), modes={Notice.DUE: Mode.WEEKLY}))

        with reading() as session:
            query = select(AuditRecord).order_by(col(AuditRecord.seq).desc()).limit(1)
            leaf = json.loads(session.execute(query).scalar_one().leaf)
        assert leaf["action"] == "preferences_changed"
        assert leaf["before"]["quiet"] is None
        assert (leaf["after"]["quiet"], leaf["after"]["modes"]) == ("21:00-06:00", {"due": "weekly"})

    def test_the_languages_are_those_of_the_catalogues(self) -> None:
        assert tuple(Language) == LANGUAGES


class TestDefaults:
    """Who sets nothing is in the zone of their agency, and hears everything at once."""

    @pytest.mark.parametrize("by", ["kepala", "koordinator"])
    def test_the_zone_of_the_agency_by_a_role_in_it_or_in_a_unit(self, office: Office, by: str) -> None:
        with transaction() as session:
            session.execute(select(Agency)).scalar_one().zone = "Asia/Jayapura"

        found = look(office, email=f"{by}@contoh.invalid", by=by)

        assert (found.local_zone, found.hours.never, found.mode(Notice.DUE)) == ("Asia/Jayapura", True, Mode.IMMEDIATE)

    def test_without_a_role_western_indonesia(self, office: Office) -> None:
        add_person(PersonData("baru@contoh.invalid", "Baru"), actor=office.actor("admin"), now=office.now)

        assert look(office, email="baru@contoh.invalid", by="admin").local_zone == "Asia/Jakarta"


class TestWhoMay:
    """People set their own; an admin anybody's; a koordinator looks."""

    @pytest.mark.parametrize(("by", "allowed"), [("kepala", True), ("admin", True), ("koordinator", False)])
    def test_sets(self, office: Office, by: str, allowed: bool) -> None:
        if allowed:
            assert put(office, Changes(heartbeat=True), by=by).heartbeat
            return
        with pytest.raises(Refused) as refused:
            put(office, Changes(heartbeat=True), by=by)
        assert rules_of(refused) == {"role_needed"}

    @pytest.mark.parametrize(
        ("by", "allowed"), [("kepala", True), ("admin", True), ("koordinator", True), ("tpi", False)]
    )
    def test_looks(self, office: Office, by: str, allowed: bool) -> None:
        if allowed:
            assert look(office, by=by).hours.never
            return
        with pytest.raises(Refused):
            look(office, by=by)

    def test_an_unknown_person(self, office: Office) -> None:
        with pytest.raises(NotFound):
            put(office, Changes(heartbeat=True), email="x@contoh.invalid", by="admin")

    def test_the_first_role_says_where_somebody_works(self, office: Office) -> None:
        with transaction() as session:
            session.add(Agency(code="LAIN", name="Lain", kind=AgencyKind.KL, zone="Asia/Jayapura"))
        grant = Grant(KEPALA, Role.KOORDINATOR, agency="LAIN", since=date(2023, 1, 1))
        grant_role(grant, actor=office.actor("admin"), now=office.now)

        assert look(office).local_zone == "Asia/Jayapura"
