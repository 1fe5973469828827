"""What the sweeps work out for thousands at once is what the rules say of each alone."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from models.absences import Absence
from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.closures import Closure
from models.database import reading, transaction
from models.evidence import Evidence, EvidenceState
from models.ladders import CycleLadder
from models.lke import LayerSummary
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind
from models.people import Membership, Person
from notifications.evidence_notices import evidence_occasions, queue_evidence_notices
from states.days_off import load_days_off
from states.escalation import with_head
from states.evidence.backlog import who_owes
from states.evidence.freshening import freshen_summaries
from states.evidence.missing import missing_evidence
from states.evidence.occasions import newest_occasion
from states.evidence.owed import owed_evidence
from states.ladder import dated_rungs, newest_due, next_after
from states.ladders import load_ladders
from states.lke.summary import keep_summaries
from states.notices import join_roles
from states.parts import Part
from states.reminders import queue_due_rungs
from tests.nation.conftest import NOW

Said = dict[int, tuple[str | None, str | None, datetime | None]]
"""By obligation: the rung that is queued, the roles that hear it, and when it is looked at again."""


def upset(seed: int) -> None:
    """Things happen to the nation: people leave or are away, offices close, ladders change, evidence falls."""
    chance = Random(seed)
    with transaction() as session:
        memberships = list(session.execute(select(Membership).where(col(Membership.unit_id).is_not(None))).scalars())
        for row in memberships:
            if chance.random() < 0.15:
                row.until = NOW.date() - timedelta(days=1)
            elif chance.random() < 0.1:
                row.area = chance.choice(["MP", "PW, PP", "SDM"])
        people = [row.person_id for row in memberships]
        for person in set(chance.sample(people, 12)):
            deputy = chance.choice([one for one in people if one != person])
            since, until = NOW.date() - timedelta(days=3), NOW.date() + timedelta(days=30)
            session.add(Absence(person_id=person, deputy_id=deputy, since=since, until=until, set_by=1, set_at=NOW))
        for agency in session.execute(select(Agency)).scalars():
            agency.escalate_to_head = chance.random() < 0.5
            days = {NOW.date() + timedelta(days=chance.randint(-20, 20)) for _ in range(4)}
            session.add_all(
                Closure(agency_id=agency.id, day=day, name="Libur daerah", added_by=1, added_at=NOW) for day in days
            )
        cycles = set(session.execute(select(col(Candidacy.cycle_id))).scalars())
        for cycle in sorted(cycles)[::2]:
            session.add(CycleLadder(cycle_id=cycle, kind=ObligationKind.STAGE, rungs="H-21 H-2:pimpinan_unit H H+10"))
        pieces = session.execute(select(Evidence).order_by(col(Evidence.id))).scalars()
        for piece in pieces:
            if chance.random() < 0.1:
                piece.state, piece.review_reason = EvidenceState.REJECTED, "kurang"
                piece.reviewed_by, piece.reviewed_at = 1, NOW
        session.flush()
        keep_summaries(session, list(session.execute(select(Candidacy)).scalars()), now=NOW)


def one_by_one(session: Session, now: datetime) -> Said:
    """The rule of the reminders, obligation by obligation."""
    days_off, ladders = load_days_off(session), load_ladders(session)
    rows = session.execute(
        select(Obligation, col(Candidacy.cycle_id), Agency)
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
    )
    found: Said = {}
    for row, cycle, agency in rows:
        if row.next_at is None or row.next_at > now or row.closed_at:
            found[row.id] = (None, None, row.next_at)
            continue
        rungs = dated_rungs(row.due_on, days_off.calendar(agency.id, agency.zone), ladders.of(cycle, row.kind))
        newest = with_head(newest_due(rungs, now=now), escalates=agency.escalate_to_head)
        roles = join_roles((row.owed_by, *newest.rung.also)) if newest else None
        found[row.id] = (newest.rung.name if newest else None, roles, next_after(rungs, now=now))
    return found


def as_stored(session: Session, before: int) -> Said:
    queued = {
        row.obligation_id: row
        for row in session.execute(select(OutboxMessage).where(col(OutboxMessage.id) > before)).scalars()
        if row.kind is Notice.DUE
    }
    return {
        row.id: (queued[row.id].rung, queued[row.id].roles, row.next_at)
        if row.id in queued
        else (None, None, row.next_at)
        for row in session.execute(select(Obligation)).scalars()
    }


def last_queued(session: Session) -> int:
    found: int = session.execute(
        select(col(OutboxMessage.id)).order_by(col(OutboxMessage.id).desc()).limit(1)
    ).scalar_one()
    return found


@pytest.mark.parametrize("seed", [1])
class TestReminders:
    """Rung, roles and next time of each obligation, whatever its day, calendar, ladder and agency."""

    @pytest.mark.parametrize("days", [9, 40])
    def test_all_at_once_say_what_each_alone_would_say(self, nation: str, seed: int, days: int) -> None:
        upset(seed)
        now = NOW + timedelta(days=days)
        with reading() as session:
            expected, before = one_by_one(session, now), last_queued(session)

        queue_due_rungs(now=now)

        with reading() as session:
            assert as_stored(session, before) == expected

    def test_parts_together_do_what_the_whole_does(self, nation: str, seed: int) -> None:
        upset(seed)
        now = NOW + timedelta(days=9)
        with reading() as session:
            expected, before = one_by_one(session, now), last_queued(session)

        for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak"):
            for shard in range(3):
                queue_due_rungs(now=now, part=Part(shard, 3, zone))

        with reading() as session:
            assert as_stored(session, before) == expected


def occasions_one_by_one(session: Session, now: datetime) -> dict[int, date]:
    """Question by question, as each person is told of what they owe."""
    days_off = load_days_off(session)
    newest: dict[int, date] = {}
    for owed in owed_evidence(session, now=now):
        asked = owed.asked
        day = newest_occasion(
            asked.stage,
            entered_on=asked.entered_on,
            due_on=asked.due_on,
            calendar=days_off.calendar(asked.agency, asked.zone),
            today=asked.today(now),
        )
        if day is not None and owed.missing.since <= day:
            newest[owed.person_id] = max(day, newest.get(owed.person_id, day))
    return newest


def forget_what_is_kept() -> None:
    with transaction() as session:
        session.execute(update(LayerSummary).values(basis=None, unproven=None))


@pytest.mark.parametrize("seed", [2])
class TestMissingEvidence:
    """From what is kept beside the answers the same comes out as from the answers."""

    def test_what_is_missing_is_what_looking_at_everything_finds(self, nation: str, seed: int) -> None:
        upset(seed)
        with reading() as session:
            everything = [row for row in missing_evidence(session, now=NOW, advice=True) if row.required]

            assert list(missing_evidence(session, now=NOW)) == everything
        assert {row.reason for row in everything} == {"none", "rejected"}

    @pytest.mark.parametrize("prepare", [lambda: None, forget_what_is_kept], ids=["kept", "not kept yet"])
    def test_who_is_told_on_which_day(self, nation: str, seed: int, prepare: Callable[[], None]) -> None:
        upset(seed)
        prepare()
        for days in (0, 30):
            now = NOW + timedelta(days=days)
            with reading() as session:
                assert evidence_occasions(session, now=now) == occasions_one_by_one(session, now)

    def test_who_still_owes_something(self, nation: str, seed: int) -> None:
        upset(seed)
        with reading() as session:
            everybody = set(session.execute(select(col(Person.id))).scalars())
            owing: defaultdict[int, int] = defaultdict(int)
            for owed in owed_evidence(session, now=NOW):
                owing[owed.person_id] += 1

            assert who_owes(session, everybody, now=NOW) == set(owing)

    def test_what_is_not_kept_yet_is_kept_by_the_first_run(self, nation: str, seed: int) -> None:
        with reading() as session:
            query = select(LayerSummary).order_by(col(LayerSummary.id))
            before = [(row.id, row.unproven, row.basis) for row in session.execute(query).scalars()]
        forget_what_is_kept()

        first, second = freshen_summaries(now=NOW), freshen_summaries(now=NOW)

        with reading() as session:
            after = [(row.id, row.unproven, row.basis) for row in session.execute(query).scalars()]
        assert (first > 0, second) == (True, 0)
        assert {row for row in after if row[2]} <= {*before}

    def test_a_second_run_queues_nothing(self, nation: str, seed: int) -> None:
        assert (queue_evidence_notices(now=NOW) > 0, queue_evidence_notices(now=NOW)) == (True, 0)
