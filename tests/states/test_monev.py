"""Monev finds what is late, missing, idle, running out or unheard; a finding closes when its cause is gone."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.candidacies import StageEntry
from models.catalogue import catalogue
from models.cycles import Cycle
from models.database import reading, transaction
from models.findings import Finding, FindingState
from models.people import Membership, Role
from models.stages import Stage
from states.cycles import Dated
from states.facts import FactData, write_fact
from states.monev.rules import RULES
from states.monev.sweep import Swept, found_now, sweep_findings
from states.monev.texts import describe
from states.verify import verify_trail
from tests.office import TODAY, Office


def sweep(office: Office, *, idle: int = 30, expiry: int = 30) -> Swept:
    return sweep_findings(now=office.now, idle_days=idle, expiry_days=expiry)


def findings(state: FindingState = FindingState.OPEN) -> dict[tuple[str, str], Finding]:
    with reading() as session:
        rows = session.execute(select(Finding).where(col(Finding.state) == state)).scalars()
        return {(row.rule, row.item): row for row in rows}


class TestRules:
    """Each rule finds its own thing, and only that."""

    def test_a_stage_that_is_over_its_date(self, office: Office) -> None:
        office.open()
        for kind in ("piagam_pencanangan", "pakta_integritas"):
            office.file("RSUD-2026", kind)
        office.days_later(26)  # the day after 27 February

        sweep(office)

        [(key, finding)] = findings().items()
        assert key == ("stage_late", "")
        assert (finding.severity, finding.owner) == ("critical", Role.KOORDINATOR)
        assert describe(finding)[0] == "Terlambat 1 hari: tahap ini harus selesai pada 2026-02-27."

    def test_on_the_due_date_it_is_not_late(self, office: Office) -> None:
        office.open()
        office.days_later(25)
        sweep(office)
        assert ("stage_late", "") not in findings()

    @pytest.mark.parametrize(("later", "found"), [(10, False), (11, True), (25, True)])
    def test_a_paper_that_is_missing_two_weeks_before_the_date(self, office: Office, later: int, found: bool) -> None:
        office.open()  # due in 25 days
        office.days_later(later)
        sweep(office)
        assert (("document_missing", "piagam_pencanangan") in findings()) is found

    @pytest.mark.parametrize(("later", "found"), [(19, False), (20, True)])
    def test_an_lke_with_blanks_half_way_to_the_date(self, office: Office, later: int, found: bool) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        office.calendar(Dated(Stage.SELF_ASSESSMENT, due=TODAY + timedelta(days=40)))
        office.fill_lke(code, {"A.I.1.i.a": ""})
        office.days_later(later)

        sweep(office)

        assert (("lke_incomplete", "") in findings()) is found
        assert (("evidence_missing", "") in findings()) is found
        if found:
            assert json.loads(findings()["lke_incomplete", ""].params)["count"] == 1
            assert describe(findings()["evidence_missing", ""])[0].startswith("109 pertanyaan")

    def test_a_whole_and_proven_lke_is_nothing_to_find(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        office.calendar(Dated(Stage.SELF_ASSESSMENT, due=TODAY + timedelta(days=40)))
        office.fill_lke(code)
        office.prove(code)
        office.days_later(25)

        sweep(office)

        assert {rule for rule, _ in findings()} == {"document_missing"}

    @pytest.mark.parametrize(("later", "found"), [(29, False), (30, True)])
    def test_nothing_recorded_for_a_month(self, office: Office, later: int, found: bool) -> None:
        office.open(stage=Stage.TPI_ASSESSMENT)
        office.days_later(later)
        sweep(office)
        assert (("no_activity", "") in findings()) is found

    def test_a_refusal_or_monev_itself_is_no_activity(self, office: Office) -> None:
        office.open(stage=Stage.TPI_ASSESSMENT)
        office.days_later(30)
        sweep(office)
        office.days_later(1)

        sweep(office)

        assert ("no_activity", "") in findings()

    @pytest.mark.parametrize(
        ("valid_until", "rule"),
        [
            (TODAY - timedelta(days=1), "fact_expired"),
            (TODAY, "fact_expiring"),
            (TODAY + timedelta(days=30), "fact_expiring"),
            (TODAY + timedelta(days=31), None),
        ],
    )
    def test_a_prerequisite_that_runs_out(self, office: Office, valid_until: date, rule: str | None) -> None:
        office.open()
        _fact(office, "CONTOH", valid_until)

        sweep(office)

        assert {key[0] for key in findings() if key[0].startswith("fact")} == ({rule} if rule else set())

    def test_a_newer_fact_takes_the_place_of_an_expired_one(self, office: Office) -> None:
        office.open()
        _fact(office, "CONTOH", TODAY - timedelta(days=1), dated=date(2024, 1, 5))
        _fact(office, "CONTOH", TODAY + timedelta(days=400), dated=date(2025, 1, 5))
        sweep(office)
        assert not any(rule.startswith("fact") for rule, _ in findings())

    def test_a_role_that_owes_something_and_is_held_by_nobody(self, office: Office) -> None:
        office.open(stage=Stage.TPI_ASSESSMENT)
        with transaction() as session:
            session.execute(update(Membership).where(col(Membership.role) == Role.TPI).values(until=date(2026, 2, 1)))

        sweep(office)

        assert ("nobody_to_tell", "tpi") in findings()

    def test_a_stage_without_a_date(self, office: Office) -> None:
        office.open(stage=Stage.SUBMISSION_DESK)
        sweep(office)
        assert set(findings()) == {("no_due_date", "")}

    def test_every_rule_has_words_in_both_languages(self) -> None:
        ids = {
            "stage_late",
            "document_missing",
            "lke_incomplete",
            "evidence_missing",
            "no_activity",
            "fact_expired",
            "fact_expiring",
            "nobody_to_tell",
            "no_due_date",
            "proposal_window_closed",
        }
        assert {rule.__name__ for rule in RULES} <= ids
        for language in ("id", "en"):
            for rule in ids:
                assert catalogue(language).gettext(f"finding.{rule}") != f"finding.{rule}"


class TestFindings:
    """Open, closed when the cause is gone, opened again when it returns; a second look changes nothing."""

    def test_looking_twice_changes_nothing(self, both_offices: Office) -> None:
        both_offices.open()
        both_offices.days_later(20)

        first, second = sweep(both_offices), sweep(both_offices)

        assert (first.opened, second.opened, second.closed) == (2, 0, 0)
        assert first.open_now == second.open_now == 2

    def test_closes_and_opens_again(self, office: Office) -> None:
        office.open()
        office.days_later(26)
        sweep(office)
        office.calendar(Dated(Stage.PENCANANGAN, due=date(2026, 4, 30)))

        sweep(office)
        assert ("stage_late", "") in findings(FindingState.CLOSED)

        office.calendar(Dated(Stage.PENCANANGAN, due=date(2026, 2, 27)))
        sweep(office)
        assert findings()["stage_late", ""].reopened == 1

    def test_closes_when_the_candidacy_does(self, office: Office) -> None:
        code = office.open()
        office.days_later(20)
        sweep(office)
        office.move(code, "withdraw", reason="ditarik")

        sweep(office)

        assert findings() == {}

    def test_looking_without_writing_finds_the_same(self, office: Office) -> None:
        office.open()
        office.days_later(20)

        found = found_now(now=office.now, idle_days=30, expiry_days=30)

        assert findings() == {}
        sweep(office)
        assert {(one.rule, one.item) for _, one in found} == set(findings())

    def test_stands_in_the_trail(self, office: Office) -> None:
        office.open()
        office.days_later(20)
        sweep(office)
        with reading() as session:
            assert verify_trail(session).ok


class TestRecordOnly:
    """A cycle kept for the record is not looked at."""

    def test_no_finding(self, office: Office) -> None:
        office.open()
        with transaction() as session:
            session.execute(update(Cycle).values(record_only=True))
            session.execute(update(StageEntry).values(due_on=date(2020, 1, 1)))
        office.days_later(400)

        assert sweep(office) == Swept()


def _fact(office: Office, subject: str, valid_until: date, *, dated: date = date(2025, 1, 5)) -> None:
    with transaction() as session:
        data = FactData(subject, "sakip", "BB", dated, valid_until)
        write_fact(session, data, actor=office.actor("koordinator"), now=office.now)
