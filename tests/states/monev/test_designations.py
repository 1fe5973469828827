"""Units that hold a predicate are watched, whether they are candidates for anything or not (90/2021 p.61-63)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models.candidacies import Candidacy, Level
from models.cycles import Cycle
from models.database import reading, transaction
from models.documents import Document
from models.errors import BadInput, NotFound, Refused
from models.facts import PredicateReport
from models.findings import FindingState
from models.messages import OutboxMessage
from models.stages import Stage
from notifications.deliver import plan_deliveries
from states.documents import Content
from states.facts import PredicateData, write_predicate
from states.holdings import Holding, holdings, years_later
from states.monev.designations import due_now
from states.monev.limits import Limits
from states.predicate_reports import ReportData, report_predicate
from states.trail_reader import records_of
from states.verify import verify_trail
from tests.office import TODAY, Office, rules_of
from tests.states.monev.looks import findings, sweep, sweep_holders

SINCE_2017 = date(2017, 12, 1)
DUE = ("report_due", "WBK")


def hold(
    office: Office, unit: str = "RSUD", level: Level = Level.WBK, on: date = SINCE_2017, revoked: date | None = None
) -> None:
    with transaction() as session:
        data = PredicateData(unit, level, "12/2017", on, revoked)
        write_predicate(session, data, actor=office.actor("koordinator"), now=office.now)


def report(
    office: Office,
    on: date = TODAY,
    *,
    level: Level = Level.WBK,
    by: str = "koordinator",
    content: Content | None = None,
    meets: bool = True,
    score: str | None = None,
    note: str = "",
) -> int:
    data = ReportData("RSUD", level, on, meets, score, note)
    return report_predicate(data, content, actor=office.actor(by), now=office.now)


def held(office: Office) -> list[Holding]:
    with reading() as session:
        return list(holdings(session, now=office.now))


class TestFinding:
    """It opens when the letter is due, closes when it is on record, and opens again two years later."""

    def test_a_unit_that_has_held_wbk_since_2017_and_is_no_candidate(self, both_offices: Office) -> None:
        hold(both_offices)

        swept = sweep_holders(both_offices)

        row = findings()[DUE]
        assert (row.candidacy_id, row.entry_id, row.unit_id is not None) == (None, None, True)
        assert (swept.opened, swept.open_now, '"due": "2019-12-01"' in row.params) == (1, 1, True)

    def test_looking_twice_changes_nothing(self, both_offices: Office) -> None:
        hold(both_offices)
        sweep_holders(both_offices)
        again = sweep_holders(both_offices)
        assert (again.opened, again.closed, again.open_now) == (0, 0, 1)

    def test_a_letter_closes_it_and_two_years_later_it_is_due_again(self, both_offices: Office) -> None:
        hold(both_offices)
        sweep_holders(both_offices)
        report(both_offices)

        sweep_holders(both_offices)
        assert DUE in findings(FindingState.CLOSED)

        both_offices.now = both_offices.now.replace(year=2028)
        sweep_holders(both_offices)
        assert findings()[DUE].reopened == 1

    def test_soon_and_due_are_one_after_the_other(self, office: Office) -> None:
        hold(office, on=TODAY + timedelta(days=30) - timedelta(days=731))  # two years, with a 29 February

        sweep_holders(office)
        assert set(findings()) == {("report_soon", "WBK")}

        office.days_later(30)
        sweep_holders(office)
        assert set(findings()) == {DUE}

    def test_it_closes_when_the_predicate_is_revoked(self, office: Office) -> None:
        hold(office)
        sweep_holders(office)
        hold(office, revoked=TODAY)
        sweep_holders(office)
        assert findings() == {}

    @pytest.mark.parametrize(
        ("stage", "target", "excused"),
        [
            (Stage.SUBMISSION_DESK, Level.WBBM, True),
            (Stage.TPI_ASSESSMENT, Level.WBBM, False),
            (Stage.SUBMISSION_DESK, Level.WBK, False),
            (Stage.COACHING, Level.WBBM, False),
        ],
    )
    def test_a_wbk_is_excused_while_proposed_for_wbbm(
        self, office: Office, stage: Stage, target: Level, excused: bool
    ) -> None:
        hold(office)
        office.open(target=Level.WBBM, stage=Stage.TPI_ASSESSMENT)
        with transaction() as session:
            session.execute(update(Candidacy).values(stage=stage, target=target))

        sweep_holders(office)

        assert (DUE not in findings()) is excused

    def test_who_holds_wbbm_reports_on_that(self, office: Office) -> None:
        hold(office)
        hold(office, level=Level.WBBM, on=date(2025, 12, 1))
        sweep_holders(office)
        assert findings() == {}
        assert [(one.level, one.due_on) for one in held(office)] == [(Level.WBBM, date(2027, 12, 1))]

    def test_the_candidacies_sweep_leaves_it_alone(self, office: Office) -> None:
        hold(office)
        office.open(target=Level.WBBM)
        sweep_holders(office)
        sweep(office)
        assert DUE in findings()

    def test_an_agency_that_is_here_for_the_record_only_is_left_alone(self, office: Office) -> None:
        hold(office)
        with transaction() as session:
            session.execute(update(Cycle).values(record_only=True))

        assert sweep_holders(office).opened == 0
        assert due_now(now=office.now, limits=Limits()) == []

    def test_the_koordinator_of_the_unit_is_told(self, office: Office) -> None:
        hold(office)
        sweep_holders(office)
        planned = {one.recipient for one in plan_deliveries(now=office.now)}
        assert planned == {"koordinator@contoh.invalid", "koordinator2@contoh.invalid"}

    def test_looking_without_writing_finds_the_same(self, office: Office) -> None:
        hold(office)
        found = due_now(now=office.now, limits=Limits())
        assert [(unit, one.key) for unit, one in found] == [("RSUD", DUE)]
        assert findings() == {}

    def test_its_steps_stand_in_the_trail_of_the_unit(self, office: Office) -> None:
        hold(office)
        sweep_holders(office)
        report(office)
        sweep_holders(office)
        with reading() as session:
            said = [one["action"] for one in records_of(session, "unit:RSUD")]
            assert said == ["predicate_recorded", "finding_opened", "predicate_reported", "finding_closed"]
            assert verify_trail(session).ok


class TestReport:
    """One letter a day and level, by the koordinator, on what the unit held that day."""

    def test_with_its_paper(self, office: Office) -> None:
        hold(office)
        content = Content(url="https://berkas.contoh.invalid/surat")

        report(office, content=content, score="78,5", note="Monev triwulan", meets=False)

        with reading() as session:
            row = session.execute(select(PredicateReport)).scalar_one()
            paper = session.get_one(Document, row.document_id)
        assert (row.still_meets, row.score, row.note) == (False, "78.5", "Monev triwulan")
        assert (paper.kind, paper.url) == ("laporan_predikat", content.url)

    def test_the_same_day_again_changes_it_and_keeps_the_paper(self, office: Office) -> None:
        hold(office)
        content = Content(url="https://berkas.contoh.invalid/surat")
        first = report(office, content=content)

        assert report(office, meets=False, content=content) == first

        with reading() as session:
            row = session.execute(select(PredicateReport)).scalar_one()
            changes = [one for one in records_of(session, "unit:RSUD") if one["action"] == "predicate_reported"]
        assert (row.still_meets, row.document_id is not None) == (False, True)
        assert [(one["before"], one["after"]) for one in changes] == [
            (None, "still_meets"),
            ("still_meets", "no_longer"),
        ]

    @pytest.mark.parametrize("by", ["kepala", "pokja", "tpi", "auditor", "pimpinan"])
    def test_others_may_not(self, office: Office, by: str) -> None:
        hold(office)
        with pytest.raises(Refused) as refused:
            report(office, by=by)
        assert rules_of(refused) == {"role_needed"}

    @pytest.mark.parametrize(
        ("on", "level", "rule"),
        [
            (TODAY + timedelta(days=1), Level.WBK, "date_in_future"),
            (SINCE_2017 - timedelta(days=1), Level.WBK, "predicate_not_held"),
            (TODAY, Level.WBBM, "predicate_not_held"),
        ],
    )
    def test_only_on_what_was_held_that_day(self, office: Office, on: date, level: Level, rule: str) -> None:
        hold(office)
        with pytest.raises(Refused) as refused:
            report(office, on, level=level)
        assert rules_of(refused) == {rule}

    def test_not_from_the_day_of_a_revocation(self, office: Office) -> None:
        hold(office, revoked=TODAY)
        report(office, TODAY - timedelta(days=1))
        with pytest.raises(Refused):
            report(office, TODAY)

    @pytest.mark.parametrize("score", ["100.1", "-1", "x", "", "1e2", "78.12345", "NaN"])
    def test_a_score_is_a_number_up_to_a_hundred(self, office: Office, score: str) -> None:
        hold(office)
        with pytest.raises(BadInput):
            report(office, score=score)

    def test_a_unit_that_nobody_knows(self, office: Office) -> None:
        data = ReportData("LAIN", Level.WBK, TODAY, True)
        with pytest.raises(NotFound):
            report_predicate(data, None, actor=office.actor("koordinator"), now=office.now)


class TestHoldings:
    """What is held, and when the next letter is due."""

    @pytest.mark.parametrize(
        ("day", "later"), [(date(2024, 2, 29), date(2026, 2, 28)), (date(2024, 3, 1), date(2026, 3, 1))]
    )
    def test_two_years_later(self, day: date, later: date) -> None:
        assert years_later(day, 2) == later

    def test_a_new_decree_starts_the_time_anew(self, office: Office) -> None:
        hold(office)
        report(office, date(2020, 1, 1))
        hold(office, on=date(2025, 1, 10))
        assert [one.due_on for one in held(office)] == [date(2027, 1, 10)]

    @pytest.mark.parametrize(("left", "status"), [(31, "ok"), (30, "soon"), (0, "due")])
    def test_status(self, left: int, status: str) -> None:
        today = date(2027, 1, 10) - timedelta(days=left)
        one = Holding("RSUD", "RSUD", "CONTOH", Level.WBK, None, date(2025, 1, 10), today)
        assert one.status(lead_days=30) == status

    def test_nothing_is_held_twice(self, office: Office) -> None:
        hold(office, "DINAS")
        hold(office)
        assert [one.unit for one in held(office)] == ["DINAS", "RSUD"]


def test_a_message_belongs_to_the_unit(office: Office) -> None:
    hold(office)
    sweep_holders(office)
    with reading() as session:
        row = session.execute(select(OutboxMessage)).scalar_one()
    assert (row.candidacy_id, row.unit_id is not None, row.roles) == (None, True, "koordinator")
