"""A cycle may have reminders of its own for each kind of obligation; what was said stays said."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditRecord
from models.database import reading
from models.errors import BadInput, NotFound, Refused
from models.messages import Notice, OutboxMessage
from models.obligations import ObligationKind, Said
from notifications.remind import plan_reminders, remind
from states.cycle_ladders import set_ladder
from states.following import Followed
from states.ladder import LADDER
from states.reminders import queue_due_rungs
from tests.office import Office

JAKARTA = ZoneInfo("Asia/Jakarta")
OWN = ["H-25", "H-10:pimpinan_unit", "H", "H+1:pimpinan_unit,koordinator,pimpinan"]


def morning(day: date) -> datetime:
    return datetime.combine(day, time(7, 30), tzinfo=JAKARTA).astimezone(UTC)


def ladder(office: Office, words: list[str] | None, *, by: str = "koordinator") -> Followed:
    kind = ObligationKind.STAGE
    return set_ladder("contoh-2026", kind, words, actor=office.actor(by), now=office.now)[1]


def rungs_said(office: Office, first: date, days: int) -> dict[str, date]:
    """Which rung the daily run queues on which day."""
    spoken: dict[str, date] = {}
    for day in (first + timedelta(days=n) for n in range(days)):
        remind(now=morning(day))
        with reading() as session:
            query = select(col(OutboxMessage.rung)).where(col(OutboxMessage.kind) == Notice.DUE)
            for rung in session.execute(query).scalars():
                spoken.setdefault(rung or "", day)
    return spoken


class TestItsOwnRungs:
    """They are what is said, by the run and by its dry run, and nothing of the common ladder is."""

    def test_a_daily_run_says_its_rungs(self, both_offices: Office) -> None:
        ladder(both_offices, OWN)
        both_offices.open()  # due on Friday 27 February

        assert rungs_said(both_offices, date(2026, 2, 2), 30) == {
            "H-25": date(2026, 2, 2),
            "H-10": date(2026, 2, 13),  # the 17th and the 16th are Imlek
            "H": date(2026, 2, 27),
            "H+1": date(2026, 3, 2),
        }

    def test_the_dry_run_says_the_same_to_the_roles_it_names(self, office: Office) -> None:
        ladder(office, OWN)
        office.open()

        planned = [
            one for one in plan_reminders(now=morning(date(2026, 3, 2))) if one.rung
        ]  # beside a summary to release

        assert {one.rung for one in planned} == {"H+1"}
        assert {one.recipient.partition("@")[0] for one in planned} == {
            "koordinator",
            "koordinator2",
            "kepala",
            "pimpinan",
        }

    def test_older_rungs_of_its_own_are_covered(self, office: Office) -> None:
        ladder(office, OWN)
        office.open()

        remind(now=morning(date(2026, 2, 27)))

        with reading() as session:
            rows = session.execute(select(col(Said.rung), col(Said.covered_by)).distinct()).all()
        assert {(rung, by) for rung, by in rows} == {("H", None), ("H-25", "H"), ("H-10", "H")}

    def test_another_kind_keeps_the_common_one(self, office: Office) -> None:
        actor, kind = office.actor("koordinator"), ObligationKind.DOCUMENTS
        set_ladder(office.cycle, kind, ["H"], actor=actor, now=office.now)
        code = office.open()

        assert office.situation(code).ladder(ObligationKind.STAGE) == LADDER
        assert len(office.situation(code).ladder(kind)) == 1


class TestOpenObligationsFollow:
    """A ladder set in the middle goes on from where the old one stood."""

    def test_the_next_rung_is_the_new_ladders(self, both_offices: Office) -> None:
        both_offices.open()
        remind(now=morning(date(2026, 2, 13)))  # H-14 was said

        followed = ladder(both_offices, ["H-2", "H+3"])

        assert followed == Followed(due_dates=0, reminders=1)
        spoken = rungs_said(both_offices, date(2026, 2, 14), 20)
        assert {name: day for name, day in spoken.items() if name != "H-14"} == {
            "H-2": date(2026, 2, 25),
            "H+3": date(2026, 3, 2),
        }

    def test_an_outbox_row_of_the_old_ladder_still_covers_what_is_older(self, office: Office) -> None:
        office.open()
        queue_due_rungs(now=morning(date(2026, 2, 24)))  # H-3, queued and not yet addressed
        ladder(office, ["H-10", "H-1"])

        remind(now=morning(date(2026, 2, 24)))

        with reading() as session:
            rows = session.execute(select(col(Said.rung), col(Said.covered_by)).distinct()).all()
        assert {(rung, by) for rung, by in rows} == {("H-3", None), ("H-10", "H-3")}

    def test_the_common_ladder_comes_back(self, office: Office) -> None:
        office.open()
        before = plan_reminders(now=morning(date(2026, 2, 24)))
        ladder(office, OWN)
        assert plan_reminders(now=morning(date(2026, 2, 24))) != before

        ladder(office, None)

        assert plan_reminders(now=morning(date(2026, 2, 24))) == before


class TestWhoAndWhat:
    """The koordinator or an admin, a ladder that can be kept, and the trail."""

    def test_others_may_not(self, office: Office) -> None:
        with pytest.raises(Refused):
            ladder(office, OWN, by="tpi")

    def test_a_word_that_is_no_rung_changes_nothing(self, office: Office) -> None:
        with pytest.raises(BadInput):
            ladder(office, ["H-14", "besok"])
        assert office.situation(office.open()).ladders == {}

    def test_an_unknown_cycle(self, office: Office) -> None:
        with pytest.raises(NotFound):
            set_ladder("X", ObligationKind.STAGE, OWN, actor=office.actor("koordinator"), now=office.now)

    def test_the_trail_has_both_ladders(self, office: Office) -> None:
        ladder(office, ["H-2", "H"])

        with reading() as session:
            query = select(col(AuditRecord.leaf)).where(col(AuditRecord.action) == "ladder_set")
            leaf = session.execute(query).scalar_one()
        assert '"after":["H-2","H"]' in leaf
        assert '"before":["H-14","H-7"' in leaf
