"""A small agency at work: people with roles, a cycle with a calendar, and short words for what they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Candidacy, Level
from models.cycles import Route
from models.database import reading, transaction
from models.errors import Refused
from models.lke import Layer
from models.people import Role
from models.stages import Stage
from models.trail import Author, Via
from rulesets.scoring import score
from states.actors import Actor, find_actor
from states.advance import Moved, move_candidacies
from states.candidacies import Opening, open_candidacy
from states.cycles import Dated, open_cycle, set_calendar
from states.documents import Content, Filing, add_document
from states.evidence.adding import add_evidence
from states.facts import FactData, write_fact
from states.findings import raise_finding
from states.lke.answers import Given, record_answers
from states.lke.guards import PROPOSAL, SELF_ASSESSMENT, checked_facts
from states.moves import BY_NAME
from states.observe import observe_one
from states.people import Grant, PersonData, add_person, first_admin, grant_role
from states.requests import Request
from states.situation import Situation
from tests.lkes import full_marks

NOW = datetime(2026, 2, 2, 2, 0, tzinfo=UTC)  # Monday, 09:00 in Jakarta; the clock stands still here
TODAY = date(2026, 2, 2)
SK_DATE = date(2025, 1, 10)  # more than a year before

ROLES = {
    "koordinator": (Role.KOORDINATOR, "CONTOH", None),
    "koordinator2": (Role.KOORDINATOR, "CONTOH", None),
    "pimpinan": (Role.PIMPINAN, "CONTOH", None),
    "kepala": (Role.PIMPINAN_UNIT, None, "RSUD"),
    "pokja": (Role.POKJA, None, "RSUD"),
    "tpi": (Role.TPI, "CONTOH", None),
    "tpi2": (Role.TPI, "CONTOH", None),
    "auditor": (Role.AUDITOR, "CONTOH", None),
}

ANSWERED = {"core_business": "ya", "high_risk": "ya", "wide_impact": "ya"}
BY_UNIT = ("laporan_monev", "survei_mandiri")
BY_TPI = ("lhe", "berita_acara")


@dataclass
class Office:
    url: str
    now: datetime = NOW
    cycle: str = "CONTOH-2026"
    actors: dict[str, Actor] = field(default_factory=dict)

    @classmethod
    def opened(
        cls,
        url: str,
        *,
        ruleset: str = "permen-90-2021-5-2024",
        route: Route = Route.TPN,
        kind: AgencyKind = AgencyKind.KABKOTA,
    ) -> "Office":
        office = cls(url)
        with transaction() as session:
            agency = Agency(code="CONTOH", name="Pemerintah Kabupaten Contoh", kind=kind, zone="Asia/Jakarta")
            session.add(agency)
            session.flush()
            session.add(Unit(code="RSUD", name="RSUD Contoh", agency_id=agency.id, kind="rsud", core_service="rsud"))
            session.add(Unit(code="DINAS", name="Dinas Contoh", agency_id=agency.id, kind="dinas"))
            admin = PersonData("admin@contoh.invalid", "Admin")
            first_admin(session, admin, author=Author(None, Via.CLI), now=NOW)
        admin_actor = office.actor("admin")
        for name, (role, agency_code, unit) in ROLES.items():
            email = f"{name}@contoh.invalid"
            add_person(PersonData(email, name.capitalize()), actor=admin_actor, now=NOW)
            given = Grant(email, role, agency=agency_code, unit=unit, since=date(2024, 1, 1))
            grant_role(given, actor=admin_actor, now=NOW)
        open_cycle("CONTOH", 2026, ruleset=ruleset, route=route, actor=office.actor("koordinator"), now=NOW)
        office.calendar(
            Dated(Stage.PENCANANGAN, due=date(2026, 2, 27)),
            Dated(Stage.TPI_ASSESSMENT, due=date(2026, 5, 31)),
            Dated(Stage.SUBMISSION_OBJECTION, working_days=5),
        )
        return office

    def actor(self, name: str) -> Actor:
        """Somebody by the first part of their address; looked up once."""
        if name not in self.actors:
            with reading() as session:
                self.actors[name] = find_actor(session, f"{name}@contoh.invalid", today=self.now.date(), via=Via.CLI)
        return self.actors[name]

    def calendar(self, *dates: Dated) -> None:
        set_calendar(self.cycle, dates, actor=self.actor("koordinator"), now=self.now)

    def open(
        self,
        *,
        unit: str = "RSUD",
        target: Level = Level.WBK,
        stage: Stage = Stage.PENCANANGAN,
        since: date | None = None,
        after: str | None = None,
    ) -> str:
        reason = "sudah berjalan" if stage is not Stage.PENCANANGAN else ""
        on = since or (TODAY if stage is not Stage.PENCANANGAN else None)
        opening = Opening(unit, self.cycle, target, stage=stage, since=on, reason=reason, after=after)
        return open_candidacy(opening, actor=self.actor("koordinator"), now=self.now)

    def file(self, scope: str, kind: str, *, by: str | None = None, numbered: bool | None = None) -> int:
        """File a document, by somebody who may, with number and date where it wants them."""
        who = by or ("tpi" if kind in BY_TPI else "kepala" if kind in BY_UNIT else "koordinator")
        wants = kind.startswith("keputusan") or kind == "sk_penetapan_unit" if numbered is None else numbered
        filing = Filing(
            kind,
            Content(url=f"https://berkas.contoh.invalid/{uuid4()}"),
            number="01/2025" if wants else None,
            dated_on=(SK_DATE if kind == "sk_penetapan_unit" else self.now.date()) if wants else None,
        )
        return add_document(scope, filing, actor=self.actor(who), now=self.now)

    def file_required(self, code: str, move: str) -> None:
        """All that the move wants on file: what it asks of the LKE, then its papers."""
        self.ready_lke(code, move)
        for kind in self.situation(code).missing(move):
            self.file(code, kind)

    def ready_lke(self, code: str, move: str) -> None:
        """What the move asks of the LKE: answers, evidence, facts."""
        asked = set(BY_NAME[move].unless) if move in BY_NAME else set()
        if asked & set(SELF_ASSESSMENT):
            self.fill_lke(code)
            self.prove(code)
        if asked & set(PROPOSAL):
            self.fill_lke(code, layer=Layer.TPI)
            self.prove(code, Layer.TPI)
            self.meet_prerequisites(code)

    def fill_lke(
        self, code: str, other: Mapping[str, str] | None = None, *, layer: Layer = Layer.UNIT, **named: str
    ) -> None:
        """Full marks but for `other`, by whoever may; nothing where everything is answered already."""
        situation = self.situation(code, lke=True)
        assert situation.lke
        who = {Layer.UNIT: "kepala", Layer.TPI: "tpi"}.get(layer, "koordinator")
        if not score(situation.lke.lke, situation.lke.answers[layer]).unanswered:
            return
        given = [
            Given(item, value) for item, value in (full_marks(situation.lke.lke, **named) | dict(other or {})).items()
        ]
        record_answers(code, layer, given, actor=self.actor(who), now=self.now)

    def prove(self, code: str, layer: Layer = Layer.UNIT) -> None:
        """Something on file for every question that the layer scores on and that has nothing."""
        situation = self.situation(code, lke=True)
        assert situation.lke
        if missing := situation.lke.unproven(layer):
            content = Content(url=f"https://berkas.contoh.invalid/{uuid4()}")
            add_evidence(code, missing, content, actor=self.actor("kepala"), now=self.now)

    def meet_prerequisites(self, code: str) -> None:
        """Every fact that the rule set asks for, as good as can be."""
        situation = self.situation(code, lke=True)
        if all(checked.met for checked in checked_facts(situation)):
            return
        rules = situation.ruleset
        with transaction() as session:
            asked = ((one.fact, one.of, max(one.years.values(), default=1)) for one in rules.prerequisites)
            for fact, of, years in dict.fromkeys(asked):
                kind = rules.facts[fact]
                best = kind.words[0] if kind.words else "100" if kind.percent else str(kind.most)
                for back in range(years):
                    day = SK_DATE.replace(year=SK_DATE.year - back)
                    data = FactData(situation.fact_subjects[of], fact, best, day)
                    write_fact(session, data, actor=self.actor("koordinator"), now=self.now)

    def finding(self, code: str, text: str = "Bukti belum ada") -> int:
        return raise_finding(code, text, actor=self.actor("tpi"), now=self.now)

    def move(self, code: str, name: str, *, by: str = "koordinator", **request: object) -> Moved:
        asked = Request(**request)  # type: ignore[arg-type]
        return move_candidacies([code], name, request=asked, actor=self.actor(by), now=self.now)[0]

    def situation(self, code: str, *, lke: bool = False) -> Situation:
        with reading() as session:
            candidacy = session.execute(select(Candidacy).where(col(Candidacy.code) == code)).scalar_one()
            return observe_one(session, candidacy, now=self.now, lke=lke)

    def days_later(self, days: int) -> None:
        self.now += timedelta(days=days)


def request_for(move: str, today: date = TODAY) -> dict[str, object]:
    """All that a move could ask for with its request."""
    values = {
        "start_self_assessment": ANSWERED,
        "revoke": {"decree": "K/1", "date": today.isoformat()},
    }
    return {"reason": "alasan", "effective_on": today, "values": values.get(move, {})}


def rules_of(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.obstacle.rule for refusal in refused.value.refusals}
