"""Somebody who works on and on: moves, imports, answers, uploads, findings and reminders in a random order.

`python -m tests.hardening.writers URL HOME SEED [STEPS]` prints a line after each step; without STEPS it goes on until
it is killed. What it finds is what the one before it left, so it repairs nothing and takes nothing for granted.
"""

import random
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from models.agencies import Unit
from models.audit import AuditHead
from models.candidacies import Candidacy
from models.database import bind, reading
from models.files import MIB
from models.home import Home, find_home
from models.lke import Layer
from models.settings import Settings
from models.stages import CLOSED, Stage
from notifications.deliver import deliver
from notifications.remind import remind
from rulesets.library import find_ruleset
from states.evidence.adding import add_evidence
from states.evidence.taking import take_evidence
from states.imports.run import import_file
from states.lke.answers import Given, record_answers
from states.monev.limits import Limits
from states.monev.sweep import sweep_findings
from tests.lkes import full_marks
from tests.office import Office, request_for

UNITS = ("RSUD", "DINAS")
IN_A_FILE = 25  # units
FILE = 2 * MIB  # bytes of a piece of evidence: long enough to be killed over
NEXT = {Stage.PENCANANGAN: "select_unit", Stage.UNIT_IDENTIFICATION: "start_self_assessment"}


class Writer:
    def __init__(self, url: str, home: Home, seed: int) -> None:
        bind(url)
        self.office = Office(url)
        self.home = home
        self.dice = random.Random(seed)
        self.seed = seed
        self.count = 0

    def step(self) -> str:
        """At some hour of the next two days after the last record, so that the year goes by."""
        self.count += 1
        with reading() as session:
            last = session.execute(select(col(AuditHead.last_at))).scalar_one()
        self.office.now = datetime.fromisoformat(last) + timedelta(hours=self.dice.randrange(48))
        works = (self.move, self.move, self.import_, self.answer, self.upload, self.sweep)
        work: Callable[[], None] = self.dice.choice(works)
        work()
        return work.__name__

    def move(self) -> None:
        """One candidacy one step on; from its self-assessment it is withdrawn, and another one is opened."""
        unit = self.dice.choice(UNITS)
        current = self.open_candidacy(unit)
        if current is None:
            self.office.open(unit=unit)
            return
        code, stage = current
        if move := NEXT.get(stage):
            self.office.file_required(code, move)
            self.office.move(code, move, **request_for(move, self.office.now.date()))  # type: ignore[arg-type]
        else:
            self.office.move(code, "withdraw", reason="diulang")

    def import_(self) -> None:
        name = f"F{self.seed}X{self.count}"
        path = self.home.path / f"{name}.csv"
        rows = "".join(f"{name}.{number},Unit {number},CONTOH,,,\n" for number in range(IN_A_FILE))
        path.write_text(f"code,name,agency,parent,kind,core_service\n{rows}")
        import_file("units", path, dry_run=False, actor=self.office.actor("admin"), now=self.office.now)

    def answer(self) -> None:
        current = self.open_candidacy("RSUD")
        if current and current[1] is Stage.SELF_ASSESSMENT:
            lke = find_ruleset("permen-90-2021-5-2024").lke
            some = self.dice.sample(sorted(full_marks(lke).items()), 20)
            given = [Given(item, value) for item, value in some]
            record_answers(current[0], Layer.UNIT, given, actor=self.office.actor("kepala"), now=self.office.now)

    def upload(self) -> None:
        path = self.home.path / "bukti.txt"
        path.write_text(f"{self.seed} {self.count}\n" * (FILE // 10))
        content = take_evidence(str(path), folder=self.home.files, limit=50 * MIB)
        current = self.open_candidacy("RSUD")
        if current and current[1] is Stage.SELF_ASSESSMENT:
            add_evidence(current[0], ["A.I.1.i.a"], content, actor=self.office.actor("kepala"), now=self.office.now)

    def sweep(self) -> None:
        sweep_findings(now=self.office.now, limits=Limits.of(Settings()))
        remind(now=self.office.now)
        deliver(home=self.home, clock=lambda: self.office.now)

    def open_candidacy(self, unit: str) -> tuple[str, Stage] | None:
        with reading() as session:
            query = (
                select(col(Candidacy.code), col(Candidacy.stage))
                .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
                .where(col(Unit.code) == unit, col(Candidacy.stage).not_in(CLOSED))
            )
            found = session.execute(query).first()
            return (found[0], found[1]) if found else None


def main(url: str, home: str, seed: str, steps: str = "0") -> None:
    writer = Writer(url, find_home(Settings(home=Path(home), database_url=url)), int(seed))
    print("ready", flush=True)  # noqa: T201
    while not int(steps) or writer.count < int(steps):
        print(writer.step(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
