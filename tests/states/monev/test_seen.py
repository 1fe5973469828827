"""What the rules look at is loaded as it is stored, on both databases, in a fixed number of queries."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlmodel import col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Level
from models.database import bound_engine, reading, transaction
from models.lke import Layer, LayerSummary
from models.people import Role
from models.stages import Stage
from rulesets.scoring import score
from rulesets.thresholds import held_against
from states.cycles import Dated
from states.documents import Content
from states.evidence.adding import add_evidence
from states.evidence.reviewing import Verdict, review_evidence
from states.monev.evidence_seen import evidence_seen
from states.monev.limits import Limits
from states.monev.loading import load_observed
from states.monev.observed import EvidenceSeen, Observed
from states.people import Grant, PersonData, add_person, grant_role
from states.subjects import find_subject
from tests.office import TODAY, Office
from tests.states.monev.looks import findings, rules, sweep

MP, OTHER = "A.I.1.i.a", "A.I.1.i.b"
HORIZON = TODAY + timedelta(days=30)


@pytest.fixture
def rsud(both_offices: Office) -> str:
    return both_offices.open(stage=Stage.TPI_ASSESSMENT)


@pytest.fixture
def dinas(both_offices: Office) -> str:
    email = "kepala-dinas@contoh.invalid"
    admin = both_offices.actor("admin")
    add_person(PersonData(email, "Kepala Dinas"), actor=admin, now=both_offices.now)
    grant_role(Grant(email, Role.PIMPINAN_UNIT, unit="DINAS"), actor=admin, now=both_offices.now)
    return both_offices.open(unit="DINAS", stage=Stage.TPI_ASSESSMENT)


def add(office: Office, code: str, link: str, *questions: str, until: date | None = None) -> tuple[int, ...]:
    who = office.actor("kepala" if code.startswith("RSUD") else "kepala-dinas")
    content = Content(url=f"https://berkas.contoh.invalid/{link}")
    return add_evidence(code, questions, content, valid_until=until, actor=who, now=office.now).ids


def seen(code: str) -> EvidenceSeen:
    with reading() as session:
        key = find_subject(session, code).id
        return evidence_seen(session, [key], horizon=HORIZON)[key]


class TestEvidence:
    """Counted by the database: what is rejected, what runs out, what counts for others, too."""

    def reject(self, office: Office, number: int) -> None:
        review_evidence(number, Verdict.REJECT, "buram", actor=office.actor("tpi"), now=office.now)

    def test_rejected_until_something_else_counts(self, both_offices: Office, rsud: str) -> None:
        one, _ = add(both_offices, rsud, "a", MP, OTHER)
        self.reject(both_offices, one)
        assert seen(rsud).rejected == {MP}

        add(both_offices, rsud, "b", MP)

        assert seen(rsud).rejected == frozenset()

    def test_runs_out_where_all_that_counts_does(self, both_offices: Office, rsud: str) -> None:
        add(both_offices, rsud, "a", MP, until=TODAY)
        add(both_offices, rsud, "b", MP, until=HORIZON)
        add(both_offices, rsud, "c", OTHER, until=TODAY)
        assert seen(rsud).last_days == {MP: HORIZON, OTHER: TODAY}

        add(both_offices, rsud, "d", OTHER)  # without an end

        assert seen(rsud).last_days == {MP: HORIZON}

    def test_what_ends_after_the_horizon_is_left_out(self, both_offices: Office, rsud: str) -> None:
        add(both_offices, rsud, "a", MP, until=HORIZON + timedelta(days=1))
        assert seen(rsud) == EvidenceSeen()

    def test_what_was_rejected_does_not_run_out(self, both_offices: Office, rsud: str) -> None:
        [number] = add(both_offices, rsud, "a", MP, until=TODAY)
        self.reject(both_offices, number)
        assert seen(rsud).last_days == {}

    def test_shared_with_another_unit(self, both_offices: Office, rsud: str, dinas: str) -> None:
        for code in (rsud, dinas):
            add(both_offices, code, "sk", MP, OTHER)
            add(both_offices, code, f"own-{code}", MP)

        assert (seen(rsud).shared, seen(rsud).shared_with) == (1, "DINAS")
        assert (seen(dinas).shared, seen(dinas).shared_with) == (1, "RSUD")

    def test_the_same_unit_may_use_a_file_twice(self, both_offices: Office, rsud: str) -> None:
        add(both_offices, rsud, "sk", MP, OTHER)
        assert seen(rsud).shared == 0

    def test_what_counts_no_more_is_not_shared(self, both_offices: Office, rsud: str, dinas: str) -> None:
        add(both_offices, rsud, "sk", MP)
        [number] = add(both_offices, dinas, "sk", MP)
        self.reject(both_offices, number)
        assert (seen(rsud).shared, seen(dinas).shared) == (0, 0)


class TestScores:
    """Kept with the answers: a sweep scores nothing that the present rule set has scored."""

    @pytest.fixture
    def code(self, office: Office) -> str:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        office.fill_lke(code, {"A.I.1.i.a": "Tidak", "B.I.a": "2"})
        return code

    def test_they_are_the_scores_of_the_sheet(self, office: Office, code: str) -> None:
        standing = office.situation(code, lke=True).lke
        assert standing
        scored = score(standing.lke, standing.answers[Layer.UNIT])
        held = held_against(office.situation(code).ruleset.thresholds, scored, Level.WBK)

        kept = observe(office)[0].scores[Layer.UNIT]

        assert kept.points["total"] == scored.total.score
        assert {area: kept.points[area] for area in scored.areas} == {
            area: figure.score for area, figure in scored.areas.items()
        }
        assert {one.rule for one in kept.unmet} == {one.rule for one in held if not one.met}

    def test_the_weakest_is_the_one_that_lacks_the_greatest_part(self, office: Office, code: str) -> None:
        standing = office.situation(code, lke=True).lke
        assert standing
        scored = score(standing.lke, standing.answers[Layer.UNIT])
        held = held_against(office.situation(code).ruleset.thresholds, scored, Level.WBK)

        [first, *_] = observe(office)[0].scores[Layer.UNIT].unmet

        assert first.rule == max(held, key=lambda one: one.short / one.required).rule

    @pytest.mark.parametrize("basis", [None, "another rule set"])
    def test_what_another_rule_set_scored_is_scored_anew_once(
        self, office: Office, code: str, basis: str | None
    ) -> None:
        fresh = observe(office)[0].scores
        with transaction() as session:
            session.execute(update(LayerSummary).values(basis=basis, figures=None, unmet=None))

        assert observe(office)[0].scores == fresh  # before anything is written
        sweep(office)

        with reading() as session:
            row = session.execute(select(LayerSummary)).scalar_one()
            assert (row.basis, row.figures is None) == (office.situation(code).ruleset.hash, False)

    def test_a_look_without_writing_writes_none_of_it(self, office: Office, code: str) -> None:
        with transaction() as session:
            session.execute(update(LayerSummary).values(basis=None))
        observe(office)
        with reading() as session:
            assert session.execute(select(col(LayerSummary.basis))).scalar_one() is None

    def test_from_the_answers_to_the_finding(self, office: Office, code: str) -> None:
        office.days_later(10)
        office.calendar(Dated(Stage.SELF_ASSESSMENT, due=office.now.date() + timedelta(days=5)))

        sweep(office)

        assert "score_below_threshold" in rules(findings())


class TestQueries:
    """As many for five candidacies as for one."""

    def test_the_number_does_not_grow(self, office: Office) -> None:
        office.open(stage=Stage.TPI_ASSESSMENT)
        sweep(office)
        one = counted(lambda: sweep(office))
        with transaction() as session:
            agency = session.execute(select(Agency)).scalar_one()
            session.add_all(Unit(code=f"UNIT-{n}", name="x", agency_id=agency.id) for n in range(4))
        for n in range(4):
            office.open(unit=f"UNIT-{n}", stage=Stage.TPI_ASSESSMENT)
        sweep(office)

        assert counted(lambda: sweep(office)) == one


def observe(office: Office) -> list[Observed]:
    with reading() as session:
        rows = session.execute(select(Candidacy)).scalars().all()
        return load_observed(session, rows, now=office.now, limits=Limits())


def counted(work: Callable[[], Any]) -> int:
    """How many statements it takes."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(bound_engine(), "before_cursor_execute", note)
    work()
    event.remove(bound_engine(), "before_cursor_execute", note)
    return len(statements)
