"""The story of the demo, told in the commands that people type. Ends by itself."""

import contextlib
import csv
import sys
import time
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from models.candidacies import Candidacy
from models.catalogue import say
from models.database import reading
from models.home import find_home
from models.messages import Delivery, Notice, OutboxMessage
from models.obligations import Said
from models.opening import opened_home
from models.settings import Settings
from states.verify import verify_trail
from zi.context import quiet_prefect
from zi.demo.accounts import accounts
from zi.demo.assessment import assessed, proposed, self_assessed
from zi.demo.cast import ADMIN, CYCLE, KOORDINATOR, RECORDER, SECOND, UNITS, code, head
from zi.demo.letters import last_letters, whole_letter
from zi.demo.server import prefect_server
from zi.demo.stage import DATA, PURPOSE, Stage, demo_stage
from zi.demo.telling import flows, heading
from zi.output import Output, line, table

DEFAULT_HOME = Path("var-demo")

CRITERIA = ("--set", "core_business=ya", "--set", "high_risk=ya", "--set", "wide_impact=ya")
RULESETS = {"2018": "permen-52-2014", "2023": "permen-90-2021", "2024": "permen-90-2021-5-2024"}


def run_demo(folder: Path | None, *, output: Output) -> None:
    """Tell the whole story. Raises BadInput where the folder is not the demo's own."""
    if output.as_json:
        with contextlib.redirect_stdout(sys.stderr):
            outcome = _tell(folder or DEFAULT_HOME)
        output.done(outcome, lambda: None)
        return
    _tell(folder or DEFAULT_HOME)


def _tell(folder: Path) -> dict[str, object]:
    began = time.monotonic()
    with demo_stage(folder) as stage:
        line(say("demo.title"), style="bold")
        line(say("demo.home", path=str(stage.home)))
        published(stage)
        contoh(stage)
        quiet_prefect(find_home(Settings()))
        with prefect_server() as url:
            line()
            line(say("demo.server", url=url))
            refused(stage)
            missed_weeks(stage)
            self_assessed(stage)
            assessed(stage)
            proposed(stage)
            designated(stage)
            result(stage)
        outcome = what_happened(stage)
    line()
    line(say("demo.took", seconds=round(time.monotonic() - began)))
    return outcome


def published(stage: Stage) -> None:
    heading("published")
    stage.on(date(2026, 9, 14))
    stage.zi("init", "--admin", ADMIN, "--name", "Admin demo", "--sandbox", "--purpose", PURPOSE)
    for kind in ("agencies", "units", "predicates"):
        stage.zi("import", kind, str(DATA / f"{kind}.csv"), as_=ADMIN)
    stage.zi("user", "add", RECORDER, "--name", "Pencatat berita", as_=ADMIN, quiet=True)
    baselines = published_rows("baselines")
    agencies = {row["code"]: row["agency"] for row in published_rows("units")}
    cycles = sorted({(agencies[row["unit"]], row["cycle_year"]) for row in baselines})
    for agency in sorted({agency for agency, _ in cycles}):
        stage.zi("user", "grant", RECORDER, "koordinator", "--agency", agency, as_=ADMIN, quiet=True)
    for agency, year in cycles:
        words = ("cycle", "open", agency, year, "--ruleset", RULESETS[year], "--record-only")
        stage.zi(*words, as_=RECORDER, quiet=True)
    for row in baselines:
        stage.zi(
            *("candidacy", "open", row["unit"], f"{agencies[row['unit']]}-{row['cycle_year']}"),
            *("--target", row["target"], "--stage", row["stage"], "--since", row["since"]),
            *("--reason", f"{row['reason']} {row['source']}"),
            as_=RECORDER,
            quiet=True,
        )
    stage.zi("candidacy", "list", "--agency", "KUDUS")
    line(say("demo.step.published.note"))


def contoh(stage: Stage) -> None:
    heading("contoh")
    for kind in ("agencies", "units", "people", "memberships", "facts"):
        stage.zi("import", kind, str(DATA / "contoh" / f"{kind}.csv"), as_=ADMIN)
    stage.zi("cycle", "open", "CONTOH", "2026", as_=KOORDINATOR)
    stage.zi("import", "calendar", str(DATA / "contoh" / "calendar.csv"), as_=KOORDINATOR)
    for unit in UNITS:
        stage.zi("candidacy", "open", f"CONTOH-{unit}", CYCLE, "--target", "WBK", as_=KOORDINATOR, quiet=True)
    for kind in ("piagam_pencanangan", "pakta_integritas"):
        stage.zi("document", "add", "agency:CONTOH", kind, stage.paper(kind), as_=KOORDINATOR)
    candidates = [code(unit) for unit in UNITS if unit != "KEC-KOTA"]
    stage.zi("candidacy", "move", *candidates, "select_unit", as_=KOORDINATOR)


def refused(stage: Stage) -> None:
    heading("refused")
    stage.on(date(2026, 9, 28))
    flows()
    stage.zi("round", "take", "CONTOH", as_=KOORDINATOR)
    for kind in ("usulan_tim", "sk_penetapan_unit"):
        numbered = ("--number", "SK-CONTOH/01/2025", "--date", "2025-01-20") if kind == "sk_penetapan_unit" else ()
        stage.zi("document", "add", CYCLE, kind, stage.paper(kind), *numbered, as_=KOORDINATOR, quiet=True)
    builders = ("RSUD", "DUKCAPIL", "DPMPTSP", "PKM-UTARA", "PKM-SELATAN")
    for unit in builders:
        stage.zi(
            "document", "add", code(unit), "sk_tim_kerja", stage.paper("sk_tim_kerja", unit), as_=head(unit), quiet=True
        )
        if unit != "DPMPTSP":
            paper = stage.paper("rencana_aksi", unit)
            stage.zi("document", "add", code(unit), "rencana_aksi", paper, as_=head(unit), quiet=True)
    codes = [code(unit) for unit in builders]
    stage.zi("candidacy", "move", *codes, "start_self_assessment", *CRITERIA, as_=KOORDINATOR, expect=3)
    stage.zi("candidacy", "move", code("RSUD"), "start_self_assessment", *CRITERIA, as_=head("RSUD"), expect=3)
    stage.zi(
        *("document", "add", code("DPMPTSP"), "rencana_aksi", stage.paper("rencana_aksi", "DPMPTSP")),
        as_=head("DPMPTSP"),
    )
    stage.zi("candidacy", "move", *codes, "start_self_assessment", *CRITERIA, as_=KOORDINATOR)


def missed_weeks(stage: Stage) -> None:
    heading("missed")
    stage.on(date(2026, 10, 12))
    flows()
    line(say("demo.said", **said(stage)))
    stage.on(date(2026, 10, 13))
    flows(("remind", "deliver"))


def designated(stage: Stage) -> None:
    heading("designate")
    rsud = code("RSUD")
    steps = (
        (date(2026, 11, 27), "pass_administrative"),
        (date(2026, 12, 7), "pass_desk"),
        (date(2026, 12, 14), "pass_field"),
        (date(2026, 12, 17), "pass_clearance"),
    )
    for day, step in steps:
        stage.on(day)
        stage.zi("candidacy", "move", rsud, step, "--effective", day.isoformat(), as_=KOORDINATOR)
    stage.zi("candidacy", "move", rsud, "correct", "--reason", "Keliru: klarifikasi belum selesai", as_=KOORDINATOR)
    stage.zi("candidacy", "move", rsud, "correct", as_=SECOND)
    stage.on(date(2026, 12, 21))
    stage.zi("candidacy", "move", rsud, "pass_clearance", "--effective", "2026-12-18", as_=KOORDINATOR)
    decree = ("--set", "keputusan_menteri.number=KM-CONTOH/1/2026", "--set", "keputusan_menteri.date=2026-12-21")
    paper = f"keputusan_menteri={stage.paper('keputusan_menteri', 'RSUD')}"
    stage.zi("candidacy", "move", rsud, "designate", "--document", paper, *decree, as_=KOORDINATOR)


def result(stage: Stage) -> None:
    heading("result")
    flows()
    stage.zi("candidacy", "list", "--agency", "CONTOH")
    stage.zi("finding", "list", code("DUKCAPIL"))
    letters, count = last_letters(stage.home / "mail", 3)
    line(say("demo.mail", count=count, path=str(stage.home / "mail")))
    table([say("column.to"), say("column.subject_line")], letters)
    line(say("demo.one_letter"))
    line(whole_letter(stage.home / "mail", newest_reminder()))
    stage.zi("audit", "log", code("RSUD"), "--last", "12")
    stage.zi("audit", "verify")
    reported(stage)
    accounts(stage, command=f"{program()} serve")
    line()
    line(say("demo.next"), style="bold")
    line(f"  export ZI_HOME={stage.home} ZI_CLOCK=2026-12-22T08:00:00+07:00")
    for command in (
        "serve",
        f"candidacy show {code('DUKCAPIL')}",
        f"candidacy why {code('PKM-UTARA')}",
        "candidacy list --late",
        f"document add {code('DUKCAPIL')} laporan_monev README.md --as {head('DUKCAPIL')}",
        "remind --dry-run --as-of 2027-01-04",
        f"audit log {code('RSUD')}",
    ):
        line(f"  {program()} {command}")


def reported(stage: Stage) -> None:
    """The report of the last quarter, beside the round of the one before."""
    heading("report")
    stage.zi("round", "take", "CONTOH", as_=KOORDINATOR)
    path = stage.home / "laporan-monev.pdf"
    signer = ("--signer-name", "Nama Rekaan, S.E., M.M.", "--signer-office", "Inspektur Kabupaten Contoh")
    stage.zi("report", "monev", "CONTOH", "--to", str(path), *signer, "--place", "Contoh", as_=KOORDINATOR, quiet=True)
    line(say("demo.report", path=str(path)))


def program() -> str:
    """How this very command was called, as far as it can be told from here."""
    called = Path(sys.argv[0])
    here = Path.cwd()
    return str(called.relative_to(here)) if called.is_absolute() and called.is_relative_to(here) else str(called)


def said(stage: Stage) -> dict[str, int]:
    with opened_home(Settings()), reading() as session:
        covered = col(Said.covered_by).is_not(None)
        total = session.execute(select(func.count()).select_from(Said)).scalar_one()
        older = session.execute(select(func.count()).select_from(Said).where(covered)).scalar_one()
    return {"said": total - older, "covered": older}


def published_rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def what_happened(stage: Stage) -> dict[str, object]:
    with opened_home(Settings()), reading() as session:
        verdict = verify_trail(session)
        candidacies = session.execute(select(func.count()).select_from(Candidacy)).scalar_one()
    return {
        "home": str(stage.home),
        "candidacies": candidacies,
        "messages": len(list((stage.home / "mail").glob("*.eml"))),
        "records": verdict.records,
        "root": verdict.root,
        "ok": verdict.ok,
    }


def newest_reminder() -> str:
    """The id of the last message that reminded somebody of a date."""
    with opened_home(Settings()), reading() as session:
        query = (
            select(col(Delivery.message_id))
            .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
            .where(col(OutboxMessage.kind) == Notice.DUE)
            .order_by(col(Delivery.id).desc())
            .limit(1)
        )
        return str(session.execute(query).scalar_one())
