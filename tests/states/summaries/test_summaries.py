"""The head of an agency gets a summary once the koordinator releases it, and never before."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.candidacies import Candidacy
from models.database import reading, transaction
from models.errors import NotFound, Refused
from models.findings import Finding, Origin, Severity
from models.messages import Notice, OutboxMessage
from models.people import Membership, Role
from models.stages import Stage
from models.summaries import SummaryState
from notifications.deliver import plan_deliveries
from notifications.expand import expand_outbox
from notifications.relevance import untrue
from notifications.remind import plan_reminders, remind
from states.cycles import Dated
from states.lookups import find
from states.summaries.deciding import SummaryRow, discard_summary, list_summaries, release_summary, show_summary
from states.summaries.drafting import draft_monthly_summaries, draft_summary
from states.trail_reader import records_of
from tests.office import Office

LATE = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # eleven days after 27 February
MARCH = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # a Monday, 07:30 in Jakarta


def draft(office: Office, *, by: str = "koordinator") -> int:
    return draft_summary("contoh", actor=office.actor(by), now=office.now)


def release(office: Office, number: int, *, note: str = "", by: str = "koordinator") -> None:
    release_summary(number, note=note, actor=office.actor(by), now=office.now)


def seen(office: Office, number: int, *, by: str = "koordinator") -> SummaryRow:
    with reading() as session:
        return show_summary(session, number, actor=office.actor(by), now=office.now)


def actions() -> list[str]:
    with reading() as session:
        return [str(one["action"]) for one in records_of(session, "agency:CONTOH")]


def queued(kind: Notice) -> list[OutboxMessage]:
    with reading() as session:
        rows = list(session.execute(select(OutboxMessage).where(col(OutboxMessage.kind) == kind)).scalars())
        session.expunge_all()
        return rows


def refusal(office: Office, number: int, *, by: str = "koordinator") -> str:
    with pytest.raises(Refused) as refused:
        release(office, number, by=by)
    return refused.value.refusals[0].obstacle.rule


class TestContent:
    """Where the units are, what is late or unproven, what is critical, and what only the head can do."""

    def test_stages_and_what_is_late(self, both_offices: Office) -> None:
        both_offices.open()
        both_offices.open(unit="DINAS", stage=Stage.SELF_ASSESSMENT)
        both_offices.now = LATE

        content = seen(both_offices, draft(both_offices)).content

        assert content["as_of"] == "2026-03-10"
        assert content["open"] == 2
        assert content["funnel"] == [
            {"stage": "pencanangan", "count": 1, "late": 1},
            {"stage": "self_assessment", "count": 1, "late": 0},
        ]
        assert content["late"]["listed"] == [
            {"candidacy": "RSUD-2026", "unit": "RSUD Contoh", "stage": "pencanangan", "due": "2026-02-27", "days": 11}
        ]
        assert {"what": "late", "item": "", "count": 1, "units": ["RSUD Contoh"]} in content["asked"]

    def test_a_week_late_is_not_yet_for_the_head(self, office: Office) -> None:
        office.open()
        office.now = LATE.replace(day=6)

        content = seen(office, draft(office)).content

        assert content["late"]["count"] == 1
        assert content["asked"] == []

    def test_unproven_answers_and_a_deadline_that_is_near(self, office: Office) -> None:
        office.calendar(Dated(Stage.SELF_ASSESSMENT, due=date(2026, 2, 13)))
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        office.fill_lke(code)

        content = seen(office, draft(office)).content

        questions = content["evidence"]["questions"]
        assert questions > 50
        assert content["evidence"]["listed"] == [{"candidacy": code, "unit": "RSUD Contoh", "questions": questions}]
        assert [one["what"] for one in content["asked"]] == ["evidence"]

    def test_what_the_head_has_to_sign(self, office: Office) -> None:
        office.open(stage=Stage.TPI_ASSESSMENT)

        asked = seen(office, draft(office)).content["asked"]

        assert [one["item"] for one in asked if one["what"] == "papers"] == ["sptjm", "surat_usulan"]

    def test_a_role_that_nobody_holds(self, office: Office) -> None:
        office.open(unit="DINAS", stage=Stage.SELF_ASSESSMENT)

        (asked,) = seen(office, draft(office)).content["asked"]

        assert (asked["what"], asked["item"], asked["units"]) == ("roles", "pimpinan_unit", ["Dinas Contoh"])

    def test_critical_findings_and_no_others(self, office: Office) -> None:
        code = office.open()
        with transaction() as session:
            candidacy = find(session, Candidacy, code)
            for item, severity in (("1", Severity.CRITICAL), ("2", Severity.WARNING)):
                session.add(
                    Finding(
                        candidacy_id=candidacy.id,
                        entry_id=office.situation(code).current.entry_id,
                        origin=Origin.MONEV,
                        rule="stage_late",
                        item=item,
                        severity=severity,
                        owner=Role.KOORDINATOR,
                        params='{"late": 9}',
                        opened_at=office.now,
                    )
                )

        critical = seen(office, draft(office)).content["critical"]

        assert critical["count"] == 1
        assert critical["listed"][0]["params"] == {"late": 9}

    def test_it_says_what_it_said_when_it_was_made(self, office: Office) -> None:
        office.open()
        number = draft(office)
        before = seen(office, number).content
        office.now = LATE

        assert seen(office, number).content == before


class TestRelease:
    """A koordinator's decision, once, and on record."""

    def test_the_head_hears_of_it_then_and_nobody_before(self, both_offices: Office) -> None:
        both_offices.open()
        number = draft(both_offices)
        assert queued(Notice.SUMMARY) == []

        release(both_offices, number, note="Mohon arahan.")

        expand_outbox(now=both_offices.now)
        heard = {one.recipient for one in plan_deliveries(now=both_offices.now) if one.kind == "summary"}
        assert heard == {"pimpinan@contoh.invalid"}
        assert seen(both_offices, number).note == "Mohon arahan."
        assert actions()[-2:] == ["summary_drafted", "summary_released"]

    @pytest.mark.parametrize("by", ["pimpinan", "kepala", "tpi", "auditor", "admin"])
    def test_by_nobody_else(self, office: Office, by: str) -> None:
        office.open()
        number = draft(office)

        assert refusal(office, number, by=by) == "role_needed"
        assert seen(office, number).state is SummaryState.DRAFT

    def test_once(self, office: Office) -> None:
        office.open()
        number = draft(office)
        release(office, number)

        assert refusal(office, number) == "summary_decided"
        assert len(queued(Notice.SUMMARY)) == 1

    def test_not_where_nobody_is_the_head(self, office: Office) -> None:
        office.open()
        number = draft(office)
        with transaction() as session:
            for row in session.execute(select(Membership).where(col(Membership.role) == Role.PIMPINAN)).scalars():
                row.until = row.since

        assert refusal(office, number) == "nobody_is_head"
        assert actions()[-1] == "refused"

    def test_a_discarded_one_is_told_to_nobody_and_takes_a_reason(self, office: Office) -> None:
        office.open()
        number = draft(office)
        actor = office.actor("koordinator")
        with pytest.raises(Refused):
            discard_summary(number, reason=" ", actor=actor, now=office.now)

        discard_summary(number, reason="Angka belum final.", actor=actor, now=office.now)

        assert seen(office, number).state is SummaryState.DISCARDED
        assert queued(Notice.SUMMARY) == []
        assert refusal(office, number) == "summary_decided"

    def test_a_second_draft_waits_for_the_first(self, office: Office) -> None:
        office.open()
        number = draft(office)

        with pytest.raises(Refused) as refused:
            draft(office)

        assert refused.value.refusals[0].obstacle.params == {"number": number}
        release(office, number)
        assert draft(office) == number + 1

    def test_one_that_is_not_there(self, office: Office) -> None:
        with pytest.raises(NotFound):
            release(office, 99)


class TestReading:
    """A draft is the koordinator's alone; what is released may be read by the head and the auditors, too."""

    @pytest.mark.parametrize(
        ("by", "draft_too"), [("koordinator2", True), ("admin", True), ("pimpinan", False), ("auditor", False)]
    )
    def test_who_may(self, office: Office, by: str, *, draft_too: bool) -> None:
        office.open()
        number = draft(office)

        def listed() -> bool:
            with reading() as session:
                return bool(list_summaries(session, "CONTOH", actor=office.actor(by)))

        assert listed() is draft_too
        if not draft_too:
            with pytest.raises(Refused):
                seen(office, number, by=by)
        release(office, number)
        assert listed()
        assert seen(office, number, by=by).state is SummaryState.RELEASED

    def test_not_a_unit(self, office: Office) -> None:
        office.open()
        number = draft(office)
        release(office, number)

        with pytest.raises(Refused):
            seen(office, number, by="kepala")


class TestMonthly:
    """On the first working day of each month a draft is made, and the koordinators are asked to look at it."""

    def test_once_a_month(self, both_offices: Office) -> None:
        both_offices.open()

        made = [draft_monthly_summaries(now=MARCH.replace(day=day)) for day in (1, 2, 3, 31)]

        assert made == [0, 1, 0, 0]  # the 1st is a Sunday
        (asked,) = queued(Notice.RELEASE)
        expand_outbox(now=MARCH)
        heard = {one.recipient for one in plan_deliveries(now=MARCH) if one.kind == "release"}
        assert heard == {"koordinator@contoh.invalid", "koordinator2@contoh.invalid"}
        assert asked.agency_id is not None

    def test_the_dry_run_says_who_will_be_asked(self, office: Office) -> None:
        office.open()
        planned = [one for one in plan_reminders(now=MARCH) if one.kind == "release"]

        remind(now=MARCH)

        assert [one.recipient for one in planned] == ["koordinator2@contoh.invalid", "koordinator@contoh.invalid"]
        assert planned == [one for one in plan_deliveries(now=MARCH) if one.kind == "release"]
        assert [one for one in plan_reminders(now=MARCH) if one.kind == "release"] == []

    def test_a_missed_day_is_caught_up_with(self, office: Office) -> None:
        office.open()

        assert draft_monthly_summaries(now=MARCH.replace(day=25)) == 1

    def test_not_in_the_month_in_which_the_first_candidacy_was_opened(self, office: Office) -> None:
        office.open()

        assert draft_monthly_summaries(now=office.now.replace(day=20)) == 0

    def test_not_where_nothing_is_under_way(self, office: Office) -> None:
        assert draft_monthly_summaries(now=MARCH) == 0

    def test_not_while_one_waits_but_in_the_next_month(self, office: Office) -> None:
        office.open()
        draft_monthly_summaries(now=MARCH)
        assert draft_monthly_summaries(now=MARCH.replace(month=4)) == 0
        office.now = MARCH.replace(month=4, day=2)
        release(office, queued(Notice.RELEASE)[0].reference_id or 0)

        assert draft_monthly_summaries(now=office.now) == 1

    def test_the_koordinator_is_not_asked_any_more_once_it_is_decided(self, office: Office) -> None:
        office.open()
        draft_monthly_summaries(now=MARCH)
        (asked,) = queued(Notice.RELEASE)
        office.now = MARCH
        release(office, asked.reference_id or 0)

        with reading() as session:
            assert untrue(session, [asked], now=MARCH) == {asked.id}
