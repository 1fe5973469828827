"""A round keeps where every candidacy stands, once a quarter, with its hash in the trail."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.agencies import Agency
from models.cycles import Cycle
from models.database import reading, transaction
from models.errors import NotFound, Refused
from models.evidence import Evidence, EvidenceState
from models.lke import Layer
from models.people import Person
from models.rounds import RoundRow
from models.stages import Stage
from states.cycles import Dated
from states.lookups import find
from states.monev.positions import Position
from states.monev.quarters import Quarter, quarter_of, running_quarter
from states.monev.rounds import Taken, sweep_rounds, take_round
from states.monev.stored import Kept, is_intact, positions_of, rounds_of
from states.trail_reader import records_of
from states.verify import verify_trail
from tests.office import Office, rules_of


def take(office: Office, *, by: str = "koordinator", again: bool = False) -> Taken:
    [taken] = take_round("contoh", now=office.now, actor=office.actor(by), again=again)
    return taken


def rounds() -> tuple[Kept, ...]:
    with reading() as session:
        return rounds_of(session, find(session, Agency, "CONTOH"))


def stored(at: int = -1) -> list[Position]:
    with reading() as session:
        return list(positions_of(session, rounds_of(session, find(session, Agency, "CONTOH"))[at].id))


class TestQuarters:
    """A quarter is the one that runs in the agency's zone, because a round can only see the present."""

    @pytest.mark.parametrize(
        ("day", "quarter"),
        [
            (date(2026, 1, 1), Quarter(2026, 1)),
            (date(2026, 3, 31), Quarter(2026, 1)),
            (date(2026, 4, 1), Quarter(2026, 2)),
            (date(2026, 12, 31), Quarter(2026, 4)),
        ],
    )
    def test_by_day(self, day: date, quarter: Quarter) -> None:
        assert quarter_of(day) == quarter
        assert quarter.first <= day <= quarter.last

    @pytest.mark.parametrize(
        ("zone", "quarter"), [("Asia/Jakarta", Quarter(2026, 4)), ("Asia/Jayapura", Quarter(2027, 1))]
    )
    def test_new_year_comes_to_jayapura_first(self, zone: str, quarter: Quarter) -> None:
        assert running_quarter(datetime(2026, 12, 31, 15, 30, tzinfo=UTC), zone) == quarter

    def test_the_year_turns(self) -> None:
        assert (Quarter(2026, 4).next, Quarter(2026, 3).next) == (Quarter(2027, 1), Quarter(2026, 4))
        assert Quarter(2026, 4).last == date(2026, 12, 31)


class TestOnceAQuarter:
    """The second run of a quarter does nothing, unless it is told to replace."""

    def test_a_second_time_changes_nothing(self, both_offices: Office) -> None:
        both_offices.open()
        first = take(both_offices)
        both_offices.days_later(3)

        second = take(both_offices)

        assert (first.taken, first.rows, second.taken, second.audit_seq) == (True, 1, False, None)
        assert second.rows_hash == first.rows_hash
        [kept] = rounds()
        assert kept.taken_at == both_offices.now.replace(day=2)

    def test_again_replaces_and_says_so(self, both_offices: Office) -> None:
        both_offices.open()
        first = take(both_offices)
        both_offices.days_later(3)
        both_offices.open(unit="DINAS")

        second = take(both_offices, again=True)

        assert (second.replaced, second.rows, len(stored())) == (True, 2, 2)
        with reading() as session:
            [record] = [one for one in records_of(session) if one["action"] == "monev_round_replaced"]
            assert verify_trail(session).ok
        assert (record["before"], record["after"]) == (first.rows_hash, second.rows_hash)
        assert record["seq"] == second.audit_seq

    def test_one_record_with_the_hash_of_the_rows(self, office: Office) -> None:
        office.open()
        office.open(unit="DINAS")

        taken = take(office)

        with reading() as session:
            [record] = [one for one in records_of(session) if one["action"] == "monev_round_taken"]
        assert (record["subject"], record["after"]) == ("agency:CONTOH", taken.rows_hash)
        assert record["details"] == {"year": 2026, "quarter": 1, "rows": 2}
        assert rounds()[0].taken_by == "koordinator@contoh.invalid"

    def test_a_row_that_was_changed_by_hand_is_seen(self, office: Office) -> None:
        office.open()
        take(office)
        with reading() as session:
            assert is_intact(session, rounds()[0])

        with transaction() as session:
            session.execute(update(RoundRow).values(days_late=0, evidence=5))

        with reading() as session:
            assert not is_intact(session, rounds()[0])


class TestSweep:
    """The flow takes what is missing of the running quarter, and never invents one that was missed."""

    def test_only_the_running_quarter(self, both_offices: Office) -> None:
        both_offices.open()
        sweep_rounds(both_offices.now)  # in February
        both_offices.days_later(240)  # in September: the second quarter saw no run

        first, second = sweep_rounds(both_offices.now), sweep_rounds(both_offices.now)

        assert first == {"agencies": 1, "taken": 1, "rows": 1}
        assert second == {"agencies": 1, "taken": 0, "rows": 0}
        assert [one.quarter for one in rounds()] == [Quarter(2026, 1), Quarter(2026, 3)]
        assert [one.taken_by for one in rounds()] == [None, None]

    def test_an_agency_with_history_only_has_none(self, office: Office) -> None:
        office.open()
        with transaction() as session:
            session.execute(update(Cycle).values(record_only=True))

        assert sweep_rounds(office.now) == {"agencies": 0, "taken": 0, "rows": 0}


class TestRows:
    """A row has the figures that were true when it was taken."""

    def test_of_a_unit_that_is_late_with_findings_and_evidence(self, both_offices: Office) -> None:
        office = both_offices
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        office.calendar(Dated(Stage.SELF_ASSESSMENT, due=date(2026, 2, 20)))
        office.fill_lke(code, {"A.I.1.i.a": "Tidak", "A.I.1.i.b": ""})
        office.prove(code)
        with transaction() as session:
            reviewed = {"reviewed_by": select(col(Person.id)).limit(1).scalar_subquery(), "reviewed_at": office.now}
            one = session.execute(select(col(Evidence.id)).limit(1)).scalar_one()
            values = {"state": EvidenceState.REJECTED, "review_reason": "bukan", **reviewed}
            session.execute(update(Evidence).where(col(Evidence.id) == one).values(values))
        office.days_later(20)

        take(office)

        [row] = stored()
        assert (row.code, row.stage, row.days_in_stage, row.days_late) == (code, Stage.SELF_ASSESSMENT, 20, 2)
        assert (row.answered[Layer.UNIT], row.items, row.answered[Layer.TPI]) == (126, 127, 0)
        assert row.totals[Layer.TPI] is None
        assert row.areas["TL"] == {Layer.UNIT: "100.0000", Layer.TPI: None}
        assert row.areas["MP"][Layer.UNIT] == "93.7500"  # two of its questions, a quarter point of eight each
        assert (row.evidence_rejected, row.evidence_accepted) == (1, 0)
        assert row.evidence == 108

    def test_stored_is_what_was_seen(self, both_offices: Office) -> None:
        code = both_offices.open(stage=Stage.TPI_ASSESSMENT)
        both_offices.finding(code)
        both_offices.days_later(5)

        take(both_offices)

        [row] = stored()
        assert (row.findings.total, row.findings.oldest_days) == (1, 5)
        assert replace(row, unit_name="Nama baru").leaf() == row.leaf()

    def test_what_was_closed_this_year_is_in_and_what_was_closed_before_is_not(self, office: Office) -> None:
        code = office.open()
        office.move(code, "withdraw", reason="mundur")
        office.open(unit="DINAS")

        take(office)
        office.days_later(350)  # the next year
        take(office)

        assert [one.stage for one in stored(0)] == [Stage.WITHDRAWN, Stage.PENCANANGAN]
        assert [one.stage for one in stored(1)] == [Stage.PENCANANGAN]


class TestWhoMay:
    """The koordinator of the agency, and the admin."""

    @pytest.mark.parametrize("who", ["admin", "koordinator"])
    def test_may(self, office: Office, who: str) -> None:
        assert take(office, by=who).taken

    @pytest.mark.parametrize("who", ["tpi", "kepala", "auditor", "pimpinan", "pokja"])
    def test_may_not(self, office: Office, who: str) -> None:
        with pytest.raises(Refused) as refused:
            take(office, by=who)

        assert rules_of(refused) == {"role_needed"}
        assert rounds() == ()

    def test_without_an_agency_all_of_the_actors(self, office: Office) -> None:
        taken = take_round(None, now=office.now, actor=office.actor("koordinator"))
        none = take_round(None, now=office.now, actor=office.actor("tpi"))

        assert ([one.agency for one in taken], none) == (["CONTOH"], ())

    def test_an_unknown_agency(self, office: Office) -> None:
        with pytest.raises(NotFound):
            take_round("TIDAK", now=office.now, actor=office.actor("koordinator"))
