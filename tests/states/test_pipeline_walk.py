"""Whatever people do, and in whatever order: the tables, the trail and what is owed agree after every step."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditHead, AuditRecord
from models.candidacies import Candidacy, Level, StageEntry
from models.database import bind, reading, unbind
from models.errors import Refused
from models.evidence import Evidence
from models.lke import Layer, LayerSummary
from models.obligations import Obligation, ObligationState
from models.people import Role
from models.stages import CLOSED, OPEN, Stage
from rulesets.figures import decimals
from rulesets.library import find_ruleset
from rulesets.scoring import score
from states.corrections import correct
from states.cycles import Dated
from states.documents import Content, withdraw_document
from states.evidence.adding import add_evidence
from states.evidence.counting import counted_evidence, without_evidence
from states.evidence.reviewing import Verdict, review_evidence
from states.findings import close_finding, raise_finding
from states.lke.answers import Given, record_answers
from states.lke.stored import stored_answers
from states.moves import MOVES, moves_from, way_on
from states.obligations import owed_now
from states.observe import observe
from states.people import Grant, grant_role
from states.replay.comparing import replay_trail
from states.verify import verify_trail
from states.waivers import confirm_waiver, request_waiver
from tests.databases import copy_of
from tests.office import ROLES, Office, request_for
from tests.replay import replay

RIGHTLY = {Role.KOORDINATOR: "koordinator", Role.PIMPINAN_UNIT: "kepala", Role.TPI: "tpi"}
BY_NAME = {move.name: move for move in MOVES}
KINDS = ("sk_penetapan_unit", "lhe", "surat_sanggah", "piagam_pencanangan", "keputusan_menteri")

LKE = find_ruleset("permen-90-2021-5-2024").lke
ITEMS = ("A.I.1.i.a", "A.I.1.ii.a", "A.I.5.iii.b")  # answered by Ya or Tidak

people = st.sampled_from(sorted(ROLES))
correctors = st.sampled_from(["koordinator", "koordinator2", "pimpinan"])
which = st.integers(0, 99)  # one of what is there, counted round


class PipelineWalk(RuleBasedStateMachine):
    """A few candidacies of two units, and everybody who may or may not do something about them."""

    template: str  # the URL of the database that each run begins with

    def __init__(self) -> None:
        super().__init__()
        self.ended = ExitStack()
        folder = self.ended.enter_context(TemporaryDirectory())
        url = self.ended.enter_context(copy_of(self.template, Path(folder) / "office.db"))
        bind(url)
        self.office = Office(url)
        head_of_both = Grant("kepala@contoh.invalid", Role.PIMPINAN_UNIT, unit="DINAS", since=date(2024, 1, 1))
        grant_role(head_of_both, actor=self.office.actor("admin"), now=self.office.now)
        self.time = self.office.now
        self.history: dict[str, list[Stage]] = {}  # what should be true: the stays of each, without undone ones
        self.numbers: dict[str, list[int]] = {}  # of those stays, as they were recorded
        self.recorded: Counter[str] = Counter()  # stays, undone ones too
        self.asked: dict[tuple[str, int], str] = {}  # who asked for a stay to be undone; a move from it takes that back
        self.papers: list[int] = []
        self.findings: list[int] = []

    def teardown(self) -> None:
        try:
            with reading() as session:
                assert verify_trail(session).ok
        finally:
            unbind()
            self.ended.close()

    def one(self, number: int) -> str:
        return sorted(self.history)[number % len(self.history)]

    @contextmanager
    def perhaps(self) -> Iterator[None]:
        """A refusal is an answer too, and it stands in the trail."""
        before, refused = self.size(), None
        try:
            yield
        except Refused as caught:
            refused = caught
        if refused:
            assert str(refused)
            assert self.size() == before + len({refusal.subject for refusal in refused.refusals})

    def size(self) -> int:
        with reading() as session:
            size: int = session.execute(select(col(AuditHead.size))).scalar_one()
        return size

    @initialize(stage=st.sampled_from(OPEN))
    def begin(self, stage: Stage) -> None:
        self.open("RSUD", Level.WBK, stage)

    @rule(
        unit=st.sampled_from(["RSUD", "DINAS"]),
        level=st.sampled_from([*Level, Level.WBK]),
        stage=st.sampled_from(Stage),
    )
    def open(self, unit: str, level: Level, stage: Stage) -> None:
        with self.perhaps():
            code = self.office.open(unit=unit, target=level, stage=stage, since=self.office.now.date())
            assert code not in self.history
            self.history[code], self.numbers[code] = [], []
            self.enter(code, stage)

    @precondition(lambda self: self.history)
    @rule(number=which, move=st.sampled_from(MOVES), who=people, reason=st.sampled_from(["alasan", " "]))
    def try_any_move(self, number: int, move: object, who: str, reason: str) -> None:
        assert isinstance(move, type(MOVES[0]))
        self.move(self.one(number), move.name, who, reason=reason)

    @precondition(lambda self: self.history)
    @rule(number=which, turn=which)
    def go_a_way_that_is_there(self, number: int, turn: int) -> None:
        code = self.one(number)
        if ways := moves_from(self.history[code][-1]):
            move = ways[turn % len(ways)]
            self.prepare(code, move.name)
            self.move(code, move.name, RIGHTLY[move.by])

    @precondition(lambda self: self.history)
    @rule(number=which)
    def go_on(self, number: int) -> None:
        code = self.one(number)
        if move := way_on(self.history[code][-1], own_route=False):
            self.prepare(code, move.name)
            self.move(code, move.name, RIGHTLY[move.by])

    def move(self, code: str, name: str, who: str, **more: object) -> None:
        here = self.history[code][-1]
        with self.perhaps():
            moved = self.office.move(code, name, by=who, **{**request_for(name, self.office.now.date()), **more})
            assert (moved.source, moved.dest) == (here, BY_NAME[name].dest)
            assert here in BY_NAME[name].sources
            assert any(held.role is BY_NAME[name].by for held in self.office.actor(who).roles)
            self.asked.pop((code, self.numbers[code][-1]), None)
            self.enter(code, moved.dest)

    def enter(self, code: str, stage: Stage) -> None:
        self.history[code].append(stage)
        self.numbers[code].append(self.recorded[code])
        self.recorded[code] += 1

    def prepare(self, code: str, move: str) -> None:
        """All that the move needs is on file."""
        if move == "return_to_unit":
            self.findings.append(self.office.finding(code))
        self.office.ready_lke(code, move)
        for kind in self.office.situation(code).missing(move):
            self.papers.append(self.office.file(code, kind))

    @precondition(lambda self: self.history)
    @rule(number=which, kind=st.sampled_from(KINDS), scope=st.sampled_from(["candidacy", "unit", "cycle", "agency"]))
    def file(self, number: int, kind: str, scope: str) -> None:
        code = self.one(number)
        where = {"candidacy": code, "unit": code.rsplit("-2026")[0], "cycle": self.office.cycle, "agency": "CONTOH"}
        with self.perhaps():
            self.papers.append(self.office.file(where[scope], kind))

    @precondition(lambda self: self.history)
    @rule(number=which, layer=st.sampled_from(Layer), item=st.sampled_from(ITEMS), who=people)
    def answer_something(self, number: int, layer: Layer, item: str, who: str) -> None:
        code = self.one(number)
        with self.perhaps():
            record_answers(code, layer, [Given(item, "Ya")], actor=self.office.actor(who), now=self.office.now)

    @precondition(lambda self: self.history)
    @rule(number=which, question=st.sampled_from(ITEMS), who=people)
    def bring_evidence(self, number: int, question: str, who: str) -> None:
        link = Content(url=f"https://berkas.contoh.invalid/bukti/{question}")
        with self.perhaps():
            add_evidence(self.one(number), [question], link, actor=self.office.actor(who), now=self.office.now)

    @rule(number=which, verdict=st.sampled_from(Verdict), who=people)
    def review_evidence(self, number: int, verdict: Verdict, who: str) -> None:
        with reading() as session:
            known = session.execute(select(col(Evidence.id)).order_by(col(Evidence.id))).scalars().all()
        if known:
            with self.perhaps():
                piece, actor = known[number % len(known)], self.office.actor(who)
                review_evidence(piece, verdict, "kurang jelas", actor=actor, now=self.office.now)

    @precondition(lambda self: self.papers)
    @rule(number=which, who=st.sampled_from(["koordinator", "kepala", "tpi"]))
    def take_a_paper_back(self, number: int, who: str) -> None:
        paper = self.papers[number % len(self.papers)]
        with self.perhaps():
            withdraw_document(paper, reason="salah unggah", actor=self.office.actor(who), now=self.office.now)
            self.papers.remove(paper)

    @precondition(lambda self: self.history)
    @rule(number=which, who=st.sampled_from(["tpi", "tpi2", "kepala"]))
    def find_something(self, number: int, who: str) -> None:
        with self.perhaps():
            actor = self.office.actor(who)
            self.findings.append(raise_finding(self.one(number), "temuan", actor=actor, now=self.office.now))

    @precondition(lambda self: self.findings)
    @rule(number=which)
    def be_satisfied(self, number: int) -> None:
        with self.perhaps():
            finding = self.findings[number % len(self.findings)]
            close_finding(finding, actor=self.office.actor("tpi2"), now=self.office.now)
            self.findings.remove(finding)

    @precondition(lambda self: self.history)
    @rule(number=which, who=correctors)
    def ask_for_a_correction(self, number: int, who: str) -> None:
        self.correct(self.one(number), who)

    @precondition(lambda self: self.history)
    @rule(number=which, first=correctors, second=correctors)
    def correct_together(self, number: int, first: str, second: str) -> None:
        code = self.one(number)
        for who in (first, second):
            self.correct(code, who)

    def correct(self, code: str, who: str) -> None:
        with self.perhaps():
            undone, asked = correct([code], reason="salah catat", actor=self.office.actor(who), now=self.office.now)
            assert len(self.history[code]) > 1
            stay = (code, self.numbers[code][-1])
            if asked:
                assert self.asked.setdefault(stay, who) == who
            for moved in undone:
                assert self.asked.pop(stay) != who
                self.numbers[code].pop()
                assert (moved.source, moved.dest) == (self.history[code].pop(), self.history[code][-1])

    @precondition(lambda self: self.history)
    @rule(number=which, who=st.sampled_from(["koordinator", "pimpinan"]))
    def waive(self, number: int, who: str) -> None:
        code, actor = self.one(number), self.office.actor(who)
        content = Content(url=f"https://berkas.contoh.invalid/afirmasi/{self.office.now.timestamp()}")
        with self.perhaps():
            request_waiver(code, "afirmasi", reason="unit baru", content=content, actor=actor, now=self.office.now)
            with self.perhaps():
                confirm_waiver(code, "afirmasi", actor=actor, now=self.office.now)
            confirm_waiver(code, "afirmasi", actor=self.office.actor("pimpinan"), now=self.office.now)

    @rule(days=st.sampled_from([1, 5, 40]))
    def days_pass(self, days: int) -> None:
        self.time += timedelta(days=days)
        self.office.now = self.time

    @rule(seconds=st.integers(-60, 60))
    def look_at_another_clock(self, seconds: int) -> None:
        """Two machines' clocks, a little apart, and less than the trail puts up with."""
        self.office.now = self.time + timedelta(seconds=seconds)

    @rule(stage=st.sampled_from(OPEN), days=st.integers(-10, 60))
    def move_a_date(self, stage: Stage, days: int) -> None:
        self.office.calendar(Dated(stage, due=self.office.now.date() + timedelta(days=days)))

    @invariant()
    def the_stages_are_those_that_the_moves_led_to(self) -> None:
        with reading() as session:
            stored = {code: stage for code, stage in session.execute(select(col(Candidacy.code), col(Candidacy.stage)))}
            leaves = session.execute(select(col(AuditRecord.leaf)).order_by(col(AuditRecord.seq))).scalars().all()

        assert stored == {code: stages[-1] for code, stages in self.history.items()}
        assert stored == replay(leaves)

    @invariant()
    def the_trail_alone_tells_every_stay_as_the_tables_have_it(self) -> None:
        with reading() as session:
            replayed = replay_trail(session)

        assert (replayed.differences, replayed.candidacies) == ((), len(self.history))

    @invariant()
    def each_candidacy_is_in_one_stay_and_each_unit_in_one_candidacy(self) -> None:
        with reading() as session:
            current = session.execute(
                select(col(Candidacy.code), col(StageEntry.stage))
                .join(StageEntry, col(StageEntry.candidacy_id) == col(Candidacy.id))
                .where(col(StageEntry.left_at).is_(None))
            ).all()
            units = session.execute(select(col(Candidacy.unit_id)).where(col(Candidacy.stage).not_in(CLOSED))).scalars()
            open_ones = Counter(units)

        assert Counter(code for code, _ in current) == dict.fromkeys(self.history, 1)
        assert {code: stage for code, stage in current} == {code: stages[-1] for code, stages in self.history.items()}
        assert all(count == 1 for count in open_ones.values())

    @invariant()
    def what_a_layer_comes_to_is_what_its_answers_come_to(self) -> None:
        with reading() as session:
            rows = session.execute(select(LayerSummary)).scalars().all()
            answers = stored_answers(session, {row.candidacy_id for row in rows})
            counted = counted_evidence(session, {row.candidacy_id for row in rows})

        for row in rows:
            scored = score(LKE, answers[row.candidacy_id][row.layer])
            missing = without_evidence(LKE, scored.questions, counted[row.candidacy_id])
            kept = (row.answered, row.total, row.missing_evidence)
            assert kept == (len(scored.answers), decimals(scored.total.score), len(missing))

    @invariant()
    def what_is_owed_is_what_the_current_stay_owes(self) -> None:
        with reading() as session:
            rows = session.execute(select(Obligation).where(col(Obligation.state) == ObligationState.OPEN)).scalars()
            owed = sorted((row.entry_id, row.kind, row.item, row.owed_by, row.due_on) for row in rows)
            candidacies = session.execute(select(Candidacy)).scalars().all()
            situations = observe(session, candidacies, now=self.office.now)

        expected = sorted(
            (situation.current.entry_id, one.kind, one.item, one.owed_by, one.due_on)
            for situation in situations
            for one in owed_now(situation)
        )
        assert owed == expected


class TestPipelineWalk:
    """See the rules and what holds after each of them, above."""

    def test_nothing_that_people_do_leads_the_records_apart(self, office_template: str) -> None:
        class Here(PipelineWalk):
            template = office_template

        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
            ),
        )
