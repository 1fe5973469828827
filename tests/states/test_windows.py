"""A window is a date of its own: the proposal's close binds the koordinator, the objection's close ends its stage."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditRecord
from models.candidacies import Candidacy
from models.catalogue import catalogue
from models.database import reading
from models.errors import BadInput, NotFound, Refused
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Role
from models.stages import Stage
from models.windows import WindowKind
from notifications.remind import plan_reminders, remind
from states.due_dates import Window
from states.monev.limits import Limits
from states.monev.sweep import sweep_findings
from states.overview import overview
from states.windows import set_window
from tests.office import Office, rules_of

JUNE = Window(date(2026, 6, 1), date(2026, 6, 30), "Surat Deputi RB Kunwas")
JULY = Window(date(2026, 6, 1), date(2026, 7, 31))
LATE = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)  # 07:30 in Jakarta, the day after the window closed


def window(office: Office, kind: WindowKind, days: Window | None, *, by: str = "koordinator") -> int:
    return set_window("contoh-2026", kind, days, actor=office.actor(by), now=office.now)


def proposals() -> list[Obligation]:
    with reading() as session:
        query = select(Obligation).where(col(Obligation.kind) == ObligationKind.PROPOSAL).order_by(col(Obligation.id))
        return list(session.execute(query).scalars())


def states() -> list[ObligationState]:
    return [row.state for row in proposals()]


class TestTheProposalsWindow:
    """Its last day is owed by the koordinator for every unit that stands in TPI assessment and would be proposed."""

    def test_it_opens_with_the_stage_whichever_came_first(self, both_offices: Office) -> None:
        both_offices.open(stage=Stage.TPI_ASSESSMENT)
        both_offices.open(unit="DINAS", stage=Stage.SELF_ASSESSMENT)
        assert proposals() == []

        window(both_offices, WindowKind.PROPOSAL, JUNE)

        (row,) = proposals()
        assert (row.owed_by, row.due_on, row.state) == (Role.KOORDINATOR, date(2026, 6, 30), ObligationState.OPEN)

    def test_not_where_the_agency_decides_itself(self, own_route_office: Office) -> None:
        window(own_route_office, WindowKind.PROPOSAL, JUNE)
        own_route_office.open(stage=Stage.TPI_ASSESSMENT)
        assert proposals() == []

    def test_proposing_meets_it(self, office: Office) -> None:
        window(office, WindowKind.PROPOSAL, JUNE)
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        office.file_required(code, "propose")
        office.file(code, "sk_penetapan_unit")

        office.move(code, "propose")

        assert states() == [ObligationState.DONE]

    def test_withdrawing_cancels_it(self, office: Office) -> None:
        window(office, WindowKind.PROPOSAL, JUNE)
        code = office.open(stage=Stage.TPI_ASSESSMENT)

        office.move(code, "withdraw", reason="x")

        assert [(row.state, row.reason) for row in proposals()] == [(ObligationState.CANCELLED, "withdraw")]

    def test_moving_it_keeps_the_obligation_and_gives_new_rungs(self, both_offices: Office) -> None:
        window(both_offices, WindowKind.PROPOSAL, JUNE)
        both_offices.open(stage=Stage.TPI_ASSESSMENT)
        remind(now=LATE)
        both_offices.now = LATE  # a month's summary was drafted then: nobody records anything before it
        window(both_offices, WindowKind.PROPOSAL, JULY)

        remind(now=datetime(2026, 7, 17, 0, 30, tzinfo=UTC))

        (row,) = proposals()
        assert row.due_on == JULY.closes
        assert said(row) == [("H+1", JUNE.closes), ("H-14", JULY.closes)]

    def test_taking_it_out_ends_the_obligation(self, office: Office) -> None:
        window(office, WindowKind.PROPOSAL, JUNE)
        office.open(stage=Stage.TPI_ASSESSMENT)

        window(office, WindowKind.PROPOSAL, None)

        assert states() == [ObligationState.DONE]
        with pytest.raises(NotFound):
            window(office, WindowKind.PROPOSAL, None)

    def test_the_koordinators_hear_of_it(self, office: Office) -> None:
        window(office, WindowKind.PROPOSAL, JUNE)
        office.open(stage=Stage.TPI_ASSESSMENT)

        planned = plan_reminders(now=datetime(2026, 6, 23, 0, 30, tzinfo=UTC))

        heard = {(one.rung, one.recipient) for one in planned if one.kind == "proposal"}
        assert heard == {("H-7", f"{name}@contoh.invalid") for name in ("koordinator", "koordinator2")}

    def test_it_binds_nobody_after_it_closed_but_is_said(self, office: Office) -> None:
        window(office, WindowKind.PROPOSAL, JUNE)
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        sweep_findings(now=office.now, limits=Limits(idle_days=999, expiry_days=0))
        assert "proposal_window_closed" not in rules_in_trail()

        sweep_findings(now=LATE, limits=Limits(idle_days=999, expiry_days=0))

        assert "proposal_window_closed" in rules_in_trail()
        with reading() as session:
            candidacy = session.execute(select(Candidacy).where(col(Candidacy.code) == code)).scalar_one()
            seen = overview(session, candidacy, now=LATE, actor=None)
        assert seen.proposal_window == JUNE
        assert seen.way_on
        assert not {obstacle.rule for obstacle in seen.way_on.obstacles} & {"proposal_window_closed"}

    def test_every_kind_of_obligation_has_words(self) -> None:
        for language in ("id", "en"):
            for key in (f"{place}.{kind.value}" for place in ("owed", "feed") for kind in ObligationKind):
                assert catalogue(language).gettext(key) != key


class TestTheObjectionsWindow:
    """Its last day is the day the objection stage must be left, and goes before working days."""

    def test_it_is_the_due_day_of_the_stage(self, both_offices: Office) -> None:
        code = both_offices.open(stage=Stage.SUBMISSION_OBJECTION)
        assert both_offices.situation(code).current.due_on == date(2026, 2, 9)  # five working days

        moved = window(both_offices, WindowKind.OBJECTION, Window(date(2026, 8, 30), date(2026, 9, 4)))

        assert moved == 1
        assert both_offices.situation(code).current.due_on == date(2026, 9, 4)

        window(both_offices, WindowKind.OBJECTION, None)
        assert both_offices.situation(code).current.due_on == date(2026, 2, 9)

    def test_an_objection_after_it_is_too_late(self, office: Office) -> None:
        window(office, WindowKind.OBJECTION, Window(date(2026, 2, 2), date(2026, 2, 4)))
        code = office.open(stage=Stage.SUBMISSION_OBJECTION)
        office.file_required(code, "object")
        office.days_later(3)

        with pytest.raises(Refused) as refused:
            office.move(code, "object")

        assert rules_of(refused) == {"objection_window_closed"}


class TestWhoAndWhat:
    """The koordinator or an admin; days in order; in the trail."""

    @pytest.mark.parametrize("by", ["tpi", "kepala", "auditor"])
    def test_others_may_not(self, office: Office, by: str) -> None:
        with pytest.raises(Refused):
            window(office, WindowKind.PROPOSAL, JUNE, by=by)

    def test_days_in_order(self, office: Office) -> None:
        with pytest.raises(BadInput):
            window(office, WindowKind.PROPOSAL, Window(JUNE.closes, JUNE.opens))

    def test_the_trail_tells_before_and_after(self, office: Office) -> None:
        window(office, WindowKind.PROPOSAL, JUNE)
        window(office, WindowKind.PROPOSAL, JULY)

        with reading() as session:
            query = select(col(AuditRecord.leaf)).where(col(AuditRecord.action) == "window_set")
            first, second = session.execute(query.order_by(col(AuditRecord.seq))).scalars()

        assert '"after":{"closes":"2026-06-30","opens":"2026-06-01"}' in first
        assert '"before":{"closes":"2026-06-30","opens":"2026-06-01"}' in second
        assert "Deputi" not in first


def said(row: Obligation) -> Sequence[tuple[str | None, date | None]]:
    with reading() as session:
        query = select(col(OutboxMessage.rung), col(OutboxMessage.due_on)).where(
            col(OutboxMessage.kind) == Notice.DUE, col(OutboxMessage.obligation_id) == row.id
        )
        return [(rung, due_on) for rung, due_on in session.execute(query.order_by(col(OutboxMessage.id)))]


def rules_in_trail() -> set[str]:
    with reading() as session:
        query = select(col(AuditRecord.leaf)).where(col(AuditRecord.action) == "finding_opened")
        leaves = session.execute(query).scalars().all()
    return {"proposal_window_closed" for leaf in leaves if "proposal_window_closed" in leaf}
