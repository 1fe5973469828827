"""An agency's own days off count like holidays, and when days off change the dates follow at once."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, update
from sqlmodel import col

from models.agencies import Agency, AgencyKind, Unit
from models.audit import AuditRecord
from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Holiday
from models.database import bound_engine, reading, transaction
from models.errors import NotFound, Refused
from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Role
from models.stages import Stage
from notifications.remind import remind
from states.calendar import WorkCalendar
from states.closures import close_agency, open_agency
from states.corrections import correct
from states.cycles import Dated
from states.days_off import DaysOff, load_days_off
from states.explain import explain
from states.following import PIECE, Dating, Followed, follow, would_follow
from states.holidays import compare, plan_refresh, refresh_holidays
from states.ladder import dated_rungs
from states.ladders import Ladders
from states.reasons import OffKind, Source
from tests.office import Office, rules_of

JAKARTA = ZoneInfo("Asia/Jakarta")
FRIDAY = date(2026, 2, 20)  # H-7 of 27 February
THURSDAY = date(2026, 2, 19)


def morning(day: date) -> datetime:
    return datetime.combine(day, time(7, 30), tzinfo=JAKARTA).astimezone(UTC)


def close(office: Office, day: date, name: str = "HUT Kabupaten", *, by: str = "koordinator") -> Followed:
    return close_agency("contoh", day, name=name, actor=office.actor(by), now=office.now)


def open_again(office: Office, day: date) -> Followed:
    return open_agency("CONTOH", day, actor=office.actor("koordinator"), now=office.now)


def owed() -> list[Obligation]:
    with reading() as session:
        query = select(Obligation).where(col(Obligation.state) == ObligationState.OPEN).order_by(col(Obligation.id))
        return list(session.execute(query).scalars())


def current_due() -> list[date | None]:
    with reading() as session:
        query = select(col(StageEntry.due_on)).where(col(StageEntry.left_at).is_(None)).order_by(col(StageEntry.id))
        return list(session.execute(query).scalars())


def said_on(office: Office, *days: date) -> list[int]:
    """How many rungs the daily run queues on each of these days."""
    return [remind(now=morning(day)).planned for day in days]


def neighbour(*, zone: str = "Asia/Jayapura") -> None:
    with transaction() as session:
        session.add(Agency(code="LAIN", name="Kabupaten Lain", kind=AgencyKind.KABKOTA, zone=zone))


class TestClosing:
    """A closure is the agency's alone, has a name, and is taken back by whoever may give it."""

    def test_only_its_own_agency_is_closed(self, both_offices: Office) -> None:
        neighbour()
        close(both_offices, FRIDAY)

        with reading() as session:
            days_off = load_days_off(session)
            agencies = session.execute(select(Agency).order_by(col(Agency.code))).scalars().all()
            working = {one.code: days_off.calendar(one.id, one.zone).is_working(FRIDAY) for one in agencies}

        assert working == {"CONTOH": False, "LAIN": True}

    @pytest.mark.parametrize("by", ["tpi", "kepala", "pimpinan", "auditor"])
    def test_others_may_not(self, office: Office, by: str) -> None:
        with pytest.raises(Refused) as refused:
            close(office, FRIDAY, by=by)

        assert rules_of(refused) == {"role_needed"}

    def test_a_koordinator_of_another_agency_may_not(self, office: Office) -> None:
        neighbour()
        with pytest.raises(Refused):
            close_agency("LAIN", FRIDAY, name="x", actor=office.actor("koordinator"), now=office.now)

    def test_an_admin_may(self, office: Office) -> None:
        close(office, FRIDAY, by="admin")

    def test_a_day_is_closed_once_and_opened_once(self, office: Office) -> None:
        close(office, FRIDAY)
        with pytest.raises(Refused) as refused:
            close(office, FRIDAY, "lain")
        assert rules_of(refused) == {"closure_known"}

        open_again(office, FRIDAY)
        with pytest.raises(NotFound):
            open_again(office, FRIDAY)

    def test_the_trail_has_the_day_and_keeps_the_name_apart(self, office: Office) -> None:
        close(office, FRIDAY)

        with reading() as session:
            leaf = (
                session.execute(select(col(AuditRecord.leaf)).order_by(col(AuditRecord.seq).desc())).scalars().first()
            )

        assert leaf
        assert '"action":"closure_added"' in leaf
        assert "2026-02-20" in leaf
        assert "HUT" not in leaf


class TestRemindersFollow:
    """A reminder that has to be said earlier is said earlier, and none is said twice."""

    def test_the_next_rung_moves_before_the_closure(self, both_offices: Office) -> None:
        both_offices.open()  # due on Friday 27 February: H-14 is the 13th, H-7 the 20th
        assert said_on(both_offices, date(2026, 2, 13)) == [1]

        followed = close(both_offices, FRIDAY)

        assert followed == Followed(due_dates=0, reminders=1)
        assert said_on(both_offices, date(2026, 2, 18), THURSDAY, FRIDAY, date(2026, 2, 24)) == [0, 1, 0, 1]

    def test_it_moves_back_when_the_closure_is_taken_back(self, office: Office) -> None:
        office.open()
        said_on(office, date(2026, 2, 13))
        before = owed()[0].next_at

        close(office, FRIDAY)
        assert owed()[0].next_at == datetime.combine(THURSDAY, time.min, tzinfo=JAKARTA)
        open_again(office, FRIDAY)

        assert owed()[0].next_at == before

    def test_what_was_said_early_is_not_said_again(self, office: Office) -> None:
        office.open()
        said_on(office, date(2026, 2, 13))
        close(office, FRIDAY)
        assert said_on(office, THURSDAY) == [1]  # H-7, a day early

        open_again(office, FRIDAY)

        assert said_on(office, FRIDAY, date(2026, 2, 23), date(2026, 2, 24)) == [0, 0, 1]

    def test_a_day_on_which_nothing_is_said_moves_nothing(self, office: Office) -> None:
        office.open()
        assert close(office, date(2026, 2, 11)) == Followed()

    def test_a_closed_candidacy_is_left_alone(self, office: Office) -> None:
        code = office.open()
        office.move(code, "withdraw", reason="x")
        assert close(office, date(2026, 2, 13)) == Followed()


class TestDueDatesFollow:
    """A stage that ends after so many working days ends later by each day that is off, and its reminders are new."""

    def test_a_closure_gives_a_day_and_taking_it_back_takes_it(self, both_offices: Office) -> None:
        both_offices.calendar(Dated(Stage.SELF_ASSESSMENT, working_days=5))
        both_offices.open(stage=Stage.SELF_ASSESSMENT)  # entered on Monday 2 February
        assert current_due() == [date(2026, 2, 9)]

        followed = close(both_offices, date(2026, 2, 5))

        assert followed.due_dates == 1
        assert current_due() == [date(2026, 2, 10)]
        assert {row.due_on for row in owed()} == {date(2026, 2, 10)}
        assert {row.dated_at for row in owed()} == {both_offices.now}

        open_again(both_offices, date(2026, 2, 5))
        assert current_due() == [date(2026, 2, 9)]

    def test_a_date_set_by_hand_stays(self, office: Office) -> None:
        office.open(stage=Stage.TPI_ASSESSMENT)
        close(office, date(2026, 5, 29))
        assert current_due() == [date(2026, 5, 31)]

    def test_the_explanation_agrees_and_names_the_closure(self, office: Office) -> None:
        office.calendar(Dated(Stage.SELF_ASSESSMENT, working_days=5, note="SE 1"))
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        close(office, date(2026, 2, 5))

        with reading() as session:
            candidacy = session.execute(select(Candidacy).where(col(Candidacy.code) == code)).scalar_one()
            explained = explain(session, candidacy, now=office.now)

        assert (explained.reason.source, explained.reason.note) == (Source.WORKING_DAYS, "SE 1")
        assert explained.due_on == date(2026, 2, 10)
        closed = [off for off in explained.reason.skipped if off.kind is OffKind.CLOSURE]
        assert [(off.day, off.name) for off in closed] == [(date(2026, 2, 5), "HUT Kabupaten")]
        assert [rung.dated.day for rung in explained.owed[0].rungs] == [
            dated.day for dated in dated_rungs(date(2026, 2, 10), office.situation(code).calendar)
        ]

    def test_a_stay_that_a_correction_reopens_has_the_date_of_now(self, office: Office) -> None:
        office.calendar(Dated(Stage.PENCANANGAN, working_days=10))
        code = office.open()
        office.file_required(code, "select_unit")
        office.move(code, "select_unit")
        close(office, date(2026, 2, 5))  # while it is in the next stage

        correct([code], reason="keliru", actor=office.actor("koordinator"), now=office.now)
        correct([code], reason="", actor=office.actor("koordinator2"), now=office.now)

        situation = office.situation(code)
        assert situation.current.due_on == situation.calendar.add_working_days(situation.current.entered_on, 10)


class TestRefresh:
    """A refreshed year moves what rests on it; the dry run counts the same and writes nothing."""

    @pytest.fixture
    def outdated(self, both_offices: Office) -> Office:
        """The office knows of no leave on 16 February, and of a holiday on the 5th that was called off."""
        both_offices.calendar(Dated(Stage.SELF_ASSESSMENT, working_days=10))
        with transaction() as session:
            session.delete(session.get_one(Holiday, date(2026, 2, 16)))
            session.add(Holiday(day=date(2026, 2, 20), name="Libur lama", source="x"))
        both_offices.open(stage=Stage.SELF_ASSESSMENT)  # 10 working days from 2 February: Monday the 16th
        both_offices.open(unit="DINAS")  # due on 27 February, its H-7 on the 20th
        remind(now=morning(date(2026, 2, 13)))
        return both_offices

    def test_it_does_what_the_dry_run_said(self, outdated: Office) -> None:
        before = [(row.due_on, row.next_at) for row in owed()], current_due()
        with reading() as session:
            difference, planned = plan_refresh(session, 2026)
        assert ([(row.due_on, row.next_at) for row in owed()], current_due()) == before

        done, followed = refresh_holidays(2026, actor=outdated.actor("admin"), now=outdated.now)

        assert (done, followed) == (difference, planned)
        assert followed == Followed(due_dates=1, reminders=2)
        assert current_due() == [date(2026, 2, 18), date(2026, 2, 27)]  # the 16th and 17th are Imlek
        h7 = [row.next_at for row in owed() if row.due_on == date(2026, 2, 27)]
        assert h7 == [datetime(2026, 2, 19, 17, 0, tzinfo=UTC)]  # Friday the 20th in Jakarta, no more the 19th

    def test_again_changes_nothing(self, outdated: Office) -> None:
        refresh_holidays(2026, actor=outdated.actor("admin"), now=outdated.now)

        difference, followed = refresh_holidays(2026, actor=outdated.actor("admin"), now=outdated.now)

        assert (difference.changes_days, followed) == (False, Followed())

    def test_another_name_moves_nothing(self, office: Office) -> None:
        office.open()
        with transaction() as session:
            session.execute(update(Holiday).where(col(Holiday.day) == date(2026, 5, 31)).values(name="Waisak"))
        with reading() as session:
            assert compare(session, 2026).renamed

        _, followed = refresh_holidays(2026, actor=office.actor("admin"), now=office.now)

        assert followed == Followed()


class TestAtScale:
    """Thousands of candidacies take a number of statements that depends on pieces, not on candidacies."""

    COUNT = PIECE + 50

    def many(self, office: Office) -> None:
        office.calendar(Dated(Stage.SELF_ASSESSMENT, working_days=20))
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        with transaction() as session:
            cycle = session.execute(select(Candidacy).where(col(Candidacy.code) == code)).scalar_one().cycle_id
            agency = session.execute(select(Agency)).scalar_one().id
            units = [Unit(code=f"U{n}", name=f"U{n}", agency_id=agency) for n in range(self.COUNT)]
            session.add_all(units)
            session.flush()
            ones = [
                Candidacy(
                    code=f"{u.code}-1", unit_id=u.id, cycle_id=cycle, target=Level.WBK, stage=Stage.SELF_ASSESSMENT
                )
                for u in units
            ]
            session.add_all(ones)
            session.flush()
            due = date(2026, 3, 4)
            entries = [
                StageEntry(
                    candidacy_id=one.id,
                    number=0,
                    stage=one.stage,
                    move="open",
                    entered_on=date(2026, 2, 2),
                    entered_at=office.now,
                    due_on=due,
                    recorded_by=1,
                )
                for one in ones
            ]
            session.add_all(entries)
            session.flush()
            first = dated_rungs(due, WorkCalendar(JAKARTA))[0].at
            session.add_all(
                Obligation(
                    candidacy_id=entry.candidacy_id,
                    entry_id=entry.id,
                    kind=ObligationKind.STAGE,
                    owed_by=Role.PIMPINAN_UNIT,
                    due_on=due,
                    next_at=first,
                    opened_at=office.now,
                )
                for entry in entries
            )

    def test_all_follow_with_few_statements(self, office: Office) -> None:
        self.many(office)
        before = Dating(DaysOff(), Ladders())
        after = Dating(DaysOff(frozenset({date(2026, 2, 5)})), Ladders())
        statements: list[str] = []
        event.listen(
            bound_engine(), "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement)
        )

        with reading() as session:
            planned = would_follow(session, before, after)
        with transaction() as session:
            statements.clear()
            followed = follow(session, before, after, now=office.now)

        assert followed == planned
        assert followed.due_dates >= self.COUNT
        assert len(statements) < 20
        assert set(current_due()[-self.COUNT :]) == {date(2026, 3, 3)}
        self.nothing_else(followed)

    def nothing_else(self, followed: Followed) -> None:
        with reading() as session:
            moved = session.execute(select(col(Obligation.due_on)).distinct()).scalars().all()
        assert moved == [date(2026, 3, 3)]
        assert followed.reminders >= self.COUNT


def test_a_closed_day_counts_for_the_agency_alone() -> None:
    """Pure: no database."""
    days_off = DaysOff(frozenset({date(2026, 1, 1)}), {7: frozenset({FRIDAY})})

    closed, other = (days_off.calendar(agency, "Asia/Jakarta") for agency in (7, 8))

    assert (closed.is_working(FRIDAY), other.is_working(FRIDAY)) == (False, True)
    assert not closed.is_working(date(2026, 1, 1))
