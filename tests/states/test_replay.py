"""The trail alone tells where every candidacy stands and has stood; whoever changes a table is found out by it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, AgencyKind
from models.audit import AuditRecord
from models.candidacies import Candidacy, Level, StageEntry
from models.database import bind, reading, transaction, unbind
from models.errors import IntegrityBroken, NotFound, UsageError
from models.people import Role
from states.actors import Actor
from states.corrections import correct
from states.people import Grant, PersonData, add_person, grant_role
from states.replay.as_of import stood_on
from states.replay.comparing import replay_trail, retell
from states.replay.told import STEPS, Difference, differences
from tests.lasting import NAMES, lasting_database, lasting_session, taken_back
from tests.office import NOW, Office
from tests.walks import walk

CODE = "RSUD-2026"


@pytest.fixture(scope="module", params=NAMES)
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One candidacy that went the whole way and one that was just opened; what a test does to them is taken back."""
    with lasting_database(request, tmp_path_factory.mktemp("walked")) as url:
        bind(url)
        office = Office.opened(url)
        assert walk(office) == CODE
        office.open(unit="DINAS", target=Level.WBBM)
        unbind()
        with lasting_session(url) as session:
            yield session


def run(session: Session, statement: str) -> None:
    session.connection().exec_driver_sql(statement)


class TestTheWholeTrail:
    """Stage, stays and what a candidacy was opened as: each has to be what the records say."""

    def test_tells_what_the_tables_say(self, walked: Session) -> None:
        replayed = replay_trail(walked)

        assert (replayed.candidacies, replayed.differences) == (2, ())

    @pytest.mark.parametrize(
        ("statement", "what", "trail", "table"),
        [
            ("UPDATE candidacy SET stage = 'designation' WHERE code = ?", "stage", "revoked", "designation"),
            ("UPDATE candidacy SET target = 'WBBM' WHERE code = ?", "target", "WBK", "WBBM"),
            (
                "UPDATE candidacy SET after_id = (SELECT id FROM candidacy WHERE code = 'DINAS-2026') WHERE code = ?",
                "after",
                None,
                "DINAS-2026",
            ),
            (
                "UPDATE candidacy SET unit_id = (SELECT id FROM unit WHERE code = 'DINAS') WHERE code = ?",
                "unit",
                "RSUD",
                "DINAS",
            ),
            ("UPDATE stage_entry SET stage = 'coaching' WHERE {0}", "entry_stage", "pencanangan", "coaching"),
            ("UPDATE stage_entry SET move = 'propose' WHERE {0}", "move", "open", "propose"),
            ("UPDATE stage_entry SET entered_on = '2026-02-01' WHERE {0}", "entered", "2026-02-02", "2026-02-01"),
            ("UPDATE stage_entry SET left_on = '2026-02-03' WHERE {0}", "left", "2026-02-02", "2026-02-03"),
            ("UPDATE stage_entry SET undone = true WHERE {0}", "undone", False, True),
        ],
    )
    def test_names_what_was_changed_in_the_tables(
        self, walked: Session, statement: str, what: str, trail: object, table: object
    ) -> None:
        first = f"number = 0 AND candidacy_id = (SELECT id FROM candidacy WHERE code = '{CODE}')"
        with taken_back(walked):
            run(walked, statement.format(first).replace("?", f"'{CODE}'"))

            [found] = replay_trail(walked).differences

        assert (found.candidacy, found.what) == (CODE, what)
        assert found.entry == (0 if "{0}" in statement else None)
        assert (found.trail, found.table) == (trail, table)

    def test_misses_a_stay_that_was_taken_out(self, walked: Session) -> None:
        with taken_back(walked):
            run(walked, "DELETE FROM stage_entry WHERE stage = 'revoked'")

            [found] = replay_trail(walked).differences

        assert (found.what, found.trail) == ("entries", 16)
        assert found.table == 15

    def test_misses_a_candidacy_that_was_taken_out(self, walked: Session) -> None:
        with taken_back(walked):
            code = "SELECT id FROM candidacy WHERE code = 'DINAS-2026'"
            for table in ("obligation", "stage_entry"):
                run(walked, f"DELETE FROM {table} WHERE candidacy_id = ({code})")
            run(walked, "DELETE FROM candidacy WHERE code = 'DINAS-2026'")
            replayed = replay_trail(walked)

        assert replayed.candidacies == 2
        assert [(one.what, one.trail, one.table) for one in replayed.differences] == [
            ("candidacy", "pencanangan", None)
        ]

    def test_finds_one_that_nobody_opened(self, walked: Session) -> None:
        with taken_back(walked):
            run(
                walked,
                "INSERT INTO candidacy (code, unit_id, cycle_id, target, stage, version)"
                " SELECT 'X-2026', unit_id, cycle_id, target, 'coaching', 0 FROM candidacy WHERE code = 'RSUD-2026'",
            )
            [found] = replay_trail(walked).differences

        assert (found.candidacy, found.what, found.trail, found.table) == ("X-2026", "candidacy", None, "coaching")


class TestARecordThatDoesNotFollow:
    """A step left out, told twice or told in another order shows, whichever it is."""

    def test_each_that_is_left_out_is_missed(self, walked: Session) -> None:
        steps, whole = self.told(walked)

        for number in range(len(steps)):
            assert self.wrong(steps[:number] + steps[number + 1 :], whole)

    def test_each_that_is_told_twice_is_found(self, walked: Session) -> None:
        steps, whole = self.told(walked)

        for number in range(len(steps)):
            assert self.wrong(steps[: number + 1] + steps[number:], whole)

    def test_two_that_changed_places_are_found(self, walked: Session) -> None:
        steps, whole = self.told(walked)

        for number in range(len(steps) - 1):
            changed = [*steps[:number], steps[number + 1], steps[number], *steps[number + 2 :]]
            assert self.wrong(changed, whole)

    @pytest.mark.parametrize(
        "leaf", ["", "[]", '{"action":"moved"}', '{"action":"candidacy_opened","after":"nowhere"}']
    )
    def test_one_that_is_no_step_at_all_is_found(self, walked: Session, leaf: str) -> None:
        steps, whole = self.told(walked)

        _, misfits = retell([*steps, (99, f"candidacy:{CODE}", leaf)])

        assert [(one.what, one.seq) for one in misfits] == [("record", 99)]
        assert whole

    def told(self, session: Session) -> tuple[list[Any], dict[str, Any]]:
        query = select(col(AuditRecord.seq), col(AuditRecord.subject), col(AuditRecord.leaf))
        rows = session.execute(query.where(col(AuditRecord.action).in_(STEPS)).order_by(col(AuditRecord.seq)))
        steps = [tuple(row) for row in rows if row.subject == f"candidacy:{CODE}"]
        assert len(steps) == 17
        return steps, retell(steps)[0]

    def wrong(self, steps: list[Any], whole: dict[str, Any]) -> list[Difference]:
        told, misfits = retell(steps)
        return [*misfits, *differences(CODE, told.get(CODE), whole[CODE])]


class TestAsOf:
    """How it stood when a day ended, as far as it had been recorded by then."""

    def test_every_day_is_told_as_the_tables_had_it(self, both_offices: Office) -> None:
        office, seen = both_offices, {}
        code = office.open()
        for step in ("select_unit", "start_self_assessment", "withdraw"):
            seen[office.now.date()] = stays(code)
            office.days_later(3)
            office.file_required(code, step)
            office.move(code, step, **request(step))
        seen[office.now.date()] = stays(code)
        office.days_later(2)
        for who in ("koordinator", "koordinator2"):
            correct([code], reason="keliru", actor=office.actor(who), now=office.now)
        seen[office.now.date()] = stays(code)

        for day, expected in seen.items():
            for later in (0, 1):  # nothing happened on the day after
                assert as_of(office, code, day + timedelta(days=later), now=office.now + timedelta(days=9)) == expected
        assert len(set(map(str, seen.values()))) == 5

    def test_a_day_ends_at_midnight_in_the_agencys_zone(self, office: Office) -> None:
        code = office.open()
        office.file_required(code, "select_unit")
        office.now = datetime(2026, 2, 5, 17, 0, tzinfo=UTC)  # midnight in Jakarta: the sixth begins
        office.move(code, "select_unit")

        assert as_of(office, code, date(2026, 2, 5))[0] == "pencanangan"
        assert as_of(office, code, date(2026, 2, 6))[0] == "unit_identification"

    def test_what_was_dated_back_is_known_from_the_day_it_was_recorded(self, office: Office) -> None:
        code = office.open()
        office.file_required(code, "select_unit")
        office.days_later(4)
        office.move(code, "select_unit", effective_on=date(2026, 2, 3))

        assert as_of(office, code, date(2026, 2, 5))[0] == "pencanangan"
        assert as_of(office, code, date(2026, 2, 6))[1][1] == ("unit_identification", date(2026, 2, 3), None, False)

    def test_before_it_was_opened_there_is_nothing(self, office: Office) -> None:
        code = office.open()

        with pytest.raises(NotFound, match="belum dibuka"):
            as_of(office, code, date(2026, 2, 1))

    def test_a_day_that_has_not_come_is_refused(self, office: Office) -> None:
        code = office.open()

        with pytest.raises(UsageError, match="belum tiba"):
            as_of(office, code, date(2026, 2, 3))

    def test_who_may_not_see_it_finds_nothing(self, office: Office) -> None:
        code = office.open()
        admin = office.actor("admin")
        with transaction() as session:
            session.add(Agency(code="LAIN", name="Kabupaten Lain", kind=AgencyKind.KABKOTA, zone="Asia/Jakarta"))
        add_person(PersonData("lain@contoh.invalid", "Lain"), actor=admin, now=NOW)
        grant_role(Grant("lain@contoh.invalid", Role.AUDITOR, agency="LAIN"), actor=admin, now=NOW)

        with pytest.raises(NotFound):
            as_of(office, code, date(2026, 2, 2), actor=office.actor("lain"))
        assert as_of(office, code, date(2026, 2, 2), actor=office.actor("auditor"))[0] == "pencanangan"

    def test_records_that_contradict_each_other_are_not_told(self, walked: Session) -> None:
        with taken_back(walked):
            on = " ON audit_record" if walked.get_bind().dialect.name == "postgresql" else ""
            run(walked, f"DROP TRIGGER audit_record_no_update{on}")
            run(
                walked,
                "UPDATE audit_record SET leaf = replace(leaf, '\"entry\":1', '\"entry\":4') WHERE action = 'moved'",
            )

            with pytest.raises(IntegrityBroken):
                stood_on(walked, CODE, date(2026, 2, 9), now=NOW + timedelta(days=9), actor=None)


def request(step: str) -> dict[str, Any]:
    asked: dict[str, dict[str, Any]] = {
        "start_self_assessment": {"values": {"core_business": "ya", "high_risk": "ya", "wide_impact": "ya"}},
        "withdraw": {"reason": "anggaran dialihkan"},
    }
    return asked.get(step, {})


Stood = tuple[str, list[tuple[str, date, date | None, bool]]]


def stays(code: str) -> Stood:
    """As the tables have it now."""
    with reading() as session:
        candidacy = session.execute(select(Candidacy).where(col(Candidacy.code) == code)).scalar_one()
        query = select(StageEntry).where(col(StageEntry.candidacy_id) == candidacy.id)
        rows = session.execute(query.order_by(col(StageEntry.number))).scalars()
        return candidacy.stage.value, [(row.stage.value, row.entered_on, row.left_on, row.undone) for row in rows]


def as_of(office: Office, code: str, day: date, *, actor: Actor | None = None, now: datetime | None = None) -> Stood:
    with reading() as session:
        told = stood_on(session, code, day, now=now or office.now, actor=actor).told
    return told.stage.value, [(one.stage.value, one.entered_on, one.left_on, one.undone) for one in told.stays]
