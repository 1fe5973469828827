"""Short words for bringing evidence to a candidacy, and for what is then on file."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlmodel import col

from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Cycle, Route
from models.database import reading, transaction
from models.evidence import Evidence
from models.lke import Layer, LayerSummary
from models.people import Membership, Role
from models.stages import Stage
from states.candidacies import Opening, open_candidacy
from states.cycles import open_cycle
from states.documents import Content, withdraw_document
from states.evidence.adding import Added, add_evidence, withdraw_evidence
from states.evidence.missing import Missing, missing_evidence
from states.evidence.reviewing import Verdict, review_evidence
from states.evidence.taking import take_evidence
from states.lke.answers import Given, record_answers
from states.lookups import find
from states.observe import observe_one
from states.people import Grant, PersonData, add_person, grant_role
from states.trail_reader import Record, records_of
from tests.office import Office
from tests.samples import PDF

TEAM, MEMBERS, PLAN = "A.I.1.i.a", "A.I.1.i.b", "A.I.1.ii.a"  # three questions of the area MP
SOP = "A.I.2.i.a"  # one of TL

MIB = 1024 * 1024


@dataclass
class Cabinet:
    office: Office
    folder: Path
    code: str = "RSUD-2026"

    @property
    def now(self) -> datetime:
        return self.office.now

    def file(self, content: bytes = PDF, *, name: str = "sk tim.pdf") -> Content:
        path = self.folder / name
        path.write_bytes(content)
        kept = self.folder / "files"
        kept.mkdir(exist_ok=True)
        return take_evidence(str(path), folder=kept, limit=MIB)

    def link(self) -> Content:
        return Content(url=f"https://berkas.contoh.invalid/{uuid4()}")

    def add(
        self, *questions: str, content: Content | None = None, by: str = "kepala", code: str = "", **more: Any
    ) -> Added:
        what = content or self.link()
        actor = self.office.actor(by)
        return add_evidence(code or self.code, questions or (TEAM,), what, actor=actor, now=self.now, **more)

    def one(self, *questions: str, **more: Any) -> int:
        """The number of what was added for one question."""
        return self.add(*questions, **more).ids[0]

    def review(self, number: int, verdict: Verdict, reason: str = "", *, by: str = "tpi") -> None:
        review_evidence(number, verdict, reason, actor=self.office.actor(by), now=self.now)

    def withdraw(self, number: int, *, by: str = "kepala", reason: str = "salah unggah") -> None:
        withdraw_evidence(number, reason=reason, actor=self.office.actor(by), now=self.now)

    def answer(self, code: str = "", *, by: str = "kepala", **values: str) -> None:
        """The unit's answers by item, with `_` for `.`."""
        given = [Given(item.replace("_", "."), value) for item, value in values.items()]
        record_answers(code or self.code, Layer.UNIT, given, actor=self.office.actor(by), now=self.now)

    def missing(self, code: str | None = None, *, advice: bool = False) -> list[Missing]:
        with reading() as session:
            return list(missing_evidence(session, code, now=self.now, advice=advice))

    def reasons(self, **options: bool) -> dict[str, str]:
        return {row.question: row.reason for row in self.missing(self.code, **options)}

    def row(self, number: int) -> Evidence:
        with reading() as session:
            return session.get_one(Evidence, number)

    def summary(self) -> LayerSummary:
        with reading() as session:
            query = select(LayerSummary).where(col(LayerSummary.layer) == Layer.UNIT)
            found: LayerSummary = session.execute(query).scalar_one()
            return found

    def records(self, action: str) -> list[Record]:
        with reading() as session:
            return [one for one in records_of(session, f"candidacy:{self.code}") if one["action"] == action]

    def set_stage(self, stage: Stage) -> None:
        """Put the candidacy somewhere without the way that leads there."""
        with transaction() as session:
            candidacy = find(session, Candidacy, self.code)
            entry = session.execute(
                select(StageEntry)
                .where(col(StageEntry.candidacy_id) == candidacy.id)
                .where(col(StageEntry.left_at).is_(None))
            ).scalar_one()
            candidacy.stage = entry.stage = stage

    def person(self, name: str, role: Role, **where: Any) -> str:
        """Somebody new, with one role."""
        email = f"{name}@contoh.invalid"
        admin = self.office.actor("admin")
        add_person(PersonData(email, name.capitalize()), actor=admin, now=self.now)
        grant_role(Grant(email, role, since=date(2024, 1, 1), **where), actor=admin, now=self.now)
        self.office.actors.pop(name, None)  # somebody known before has one role more
        return name

    def is_of_the_unit(self, name: str) -> bool:
        actor = self.office.actor(name)
        with reading() as session:
            situation = observe_one(session, find(session, Candidacy, self.code), now=self.now, actor=actor)
        return situation.acts_for_unit(actor.person_id)

    def end_roles(self, name: str, role: Role) -> None:
        """As if the role had ended before the candidacy was opened."""
        person = self.office.actor(name).person_id
        with transaction() as session:
            session.execute(delete(Membership).where(col(Membership.person_id) == person, col(Membership.role) == role))

    def close_assessment(self) -> int:
        """The TPI answers everything and files its berita acara."""
        self.office.fill_lke(self.code, layer=Layer.TPI)
        return self.office.file(self.code, "berita_acara")

    def reopen_assessment(self, paper: int) -> None:
        withdraw_document(paper, reason="belum selesai", actor=self.office.actor("tpi"), now=self.now)

    def open_next_year(self) -> str:
        actor = self.office.actor("koordinator")
        rules = "permen-90-2021-5-2024"
        self.office.cycle = open_cycle("CONTOH", 2027, ruleset=rules, route=Route.TPN, actor=actor, now=self.now)
        return self.office.open(stage=Stage.SELF_ASSESSMENT)

    def open_elsewhere(self, agency: str, unit: str, *, by: str) -> str:
        """A candidacy of another agency in its self-assessment."""
        actor, rules = self.office.actor(by), "permen-90-2021-5-2024"
        cycle = open_cycle(agency, 2026, ruleset=rules, route=Route.TPN, actor=actor, now=self.now)
        since = self.now.date()
        opening = Opening(unit, cycle, Level.WBK, stage=Stage.SELF_ASSESSMENT, since=since, reason="sudah berjalan")
        return open_candidacy(opening, actor=actor, now=self.now)

    def set_record_only(self) -> None:
        with transaction() as session:
            find(session, Cycle, self.office.cycle).record_only = True
