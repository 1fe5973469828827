"""A made-up nation is one that the services could have made: what they would say of it is what it says of itself."""

from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.actions import ActionItem
from models.audit import AuditRecord
from models.candidacies import Candidacy, StageEntry
from models.database import bind, reading, transaction, unbind
from models.errors import BadInput
from models.lke import LayerSummary, LkeSnapshot
from models.obligations import Obligation, ObligationState
from models.people import Person
from models.stages import CLOSED
from states.lke.snapshots import changed_since
from states.lke.summary import keep_summaries
from states.obligations import owed_now
from states.observe import observe
from states.verify import verify_trail
from tests.databases import copy_of
from tests.nation.conftest import MANY, NOW
from tests.office import Office
from tests.replay import replay
from zi.demo.nation.build import build_nation


def candidacies() -> list[Candidacy]:
    with reading() as session:
        return list(session.execute(select(Candidacy).order_by(col(Candidacy.id))).scalars())


def kept_summaries() -> list[tuple[object, ...]]:
    with reading() as session:
        rows = session.execute(select(LayerSummary).order_by(col(LayerSummary.id))).scalars()
        return [
            (row.id, row.answered, row.total, row.missing_evidence, row.figures, row.unmet, row.unproven, row.basis)
            for row in rows
        ]


class TestNation:
    """Tables and trail are of one mind, and the rules agree with both."""

    def test_there_are_as_many_as_were_asked_for(self, nation: str) -> None:
        assert len(candidacies()) == MANY

    def test_the_trail_is_whole_and_tells_where_each_one_stands(self, nation: str) -> None:
        with reading() as session:
            verdict = verify_trail(session)
            leaves = list(session.execute(select(col(AuditRecord.leaf)).order_by(col(AuditRecord.seq))).scalars())

        assert verdict.ok
        assert replay(leaves) == {one.code: one.stage for one in candidacies()}

    def test_each_stay_follows_the_one_before(self, nation: str) -> None:
        with reading() as session:
            query = select(StageEntry).order_by(col(StageEntry.candidacy_id), col(StageEntry.number))
            stays = list(session.execute(query).scalars())
        pairs = [(one, two) for one, two in pairwise(stays) if two.number]

        assert all(one.left_at == two.entered_at and one.entered_at < two.entered_at for one, two in pairs)
        assert {one.candidacy_id: one.stage for one in stays} == {one.id: one.stage for one in candidacies()}

    def test_what_is_kept_beside_the_answers_is_what_they_come_to(self, nation: str) -> None:
        before = kept_summaries()

        with transaction() as session:
            keep_summaries(session, list(session.execute(select(Candidacy)).scalars()), now=NOW)

        assert kept_summaries() == before
        assert before

    def test_what_is_owed_is_what_the_stages_owe(self, nation: str) -> None:
        with reading() as session:
            found = candidacies()
            situations = observe(session, found, now=NOW)
            rows = session.execute(select(Obligation).where(col(Obligation.state) == ObligationState.OPEN)).scalars()
            stored = {(row.entry_id, row.kind, row.item, row.owed_by, row.due_on) for row in rows}
            items = list(session.execute(select(ActionItem)).scalars())

        owed = {
            (situation.current.entry_id, one.kind, one.item, one.owed_by, one.due_on)
            for situation in situations
            for one in owed_now(situation, items)
        }

        assert stored == owed
        assert stored

    def test_nothing_has_changed_since_it_was_proposed(self, nation: str) -> None:
        with reading() as session:
            proposed = session.execute(select(col(LkeSnapshot.candidacy_id))).scalars().all()

            assert [changed_since(session, key) for key in proposed] == [0] * len(proposed)
        assert proposed

    def test_new_rows_are_numbered_after_it(self, nation: str) -> None:
        with reading() as session:
            people = {person.id for person in session.execute(select(Person)).scalars()}
        with transaction() as session:
            session.add(Person(email="baru@contoh.invalid", name="Baru"))

        with reading() as session:
            new = session.execute(select(Person).where(col(Person.email) == "baru@contoh.invalid")).scalar_one()

        assert new.id == max(people) + 1


class TestSeed:
    """The same seed on the same day gives the same nation, and another gives another."""

    def stages(self, url: str, seed: int) -> list[tuple[str, str, datetime]]:
        bind(url)
        build_nation(20, now=NOW, seed=seed)
        with reading() as session:
            query = select(col(Candidacy.code), col(StageEntry.stage), col(StageEntry.entered_at)).join(
                StageEntry, col(StageEntry.candidacy_id) == col(Candidacy.id)
            )
            found = [(code, stage, at) for code, stage, at in session.execute(query.order_by(col(StageEntry.id)))]
        unbind()
        return found

    def test_it_decides(self, sqlite_template: str, tmp_path: Path) -> None:
        found = []
        for name, seed in (("one", 7), ("again", 7), ("other", 8)):
            with copy_of(sqlite_template, tmp_path / f"{name}.db") as url:
                found.append(self.stages(url, seed))

        one, again, other = found

        assert one == again != other

    def test_every_stage_is_there(self, sqlite_nation: str) -> None:
        bind(sqlite_nation)
        stages = {one.stage for one in candidacies()}
        unbind()

        assert len(stages) > 6
        assert stages & {*CLOSED}


class TestRefusal:
    """Other data is left alone."""

    def test_a_database_in_use(self, office: Office) -> None:
        with pytest.raises(BadInput) as refused:
            build_nation(5, now=NOW)

        assert refused.value.key == "database_in_use"
