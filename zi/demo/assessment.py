"""The middle of the story: a hospital fills its LKE, the TPI assesses it, and where it stands is seen at each step."""

from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from models.candidacies import Candidacy
from models.catalogue import say
from models.database import reading
from models.evidence import Evidence
from models.findings import Finding, Origin
from models.opening import opened_home
from models.settings import Settings
from states.lookups import find
from states.observe import observe_one
from zi.demo.cast import CYCLE, KOORDINATOR, TPI, TPI_MEMBER, code, head, pokja
from zi.demo.stage import DATA, Stage
from zi.demo.telling import flows, heading
from zi.output import line

RSUD = code("RSUD")
SHEETS = DATA / "contoh"
PROOF_OF_FEEDBACK = "A.I.6.iv.c"  # satisfaction surveys acted on: its evidence is what comes late


def self_assessed(stage: Stage) -> None:
    """The unit answers, proves, sees what is missing, and hands in."""
    heading("lke")
    stage.on(date(2026, 10, 14))
    answer(stage, "unit", "lke-rsud-1.json", as_=pokja("RSUD"))
    stage.zi("lke", "score", RSUD)
    stage.zi("lke", "score", RSUD, "--why", "A.I.1.ii")
    stage.on(date(2026, 10, 19))
    answer(stage, "unit", "lke-rsud-2.json", as_=pokja("RSUD"))
    stage.zi("candidacy", "why", RSUD)
    line(say("demo.step.lke.evidence"))
    for area, questions in unproven(stage).items():
        wanted = [question for question in questions if question != PROOF_OF_FEEDBACK]
        paper = stage.paper("data-dukung", f"RSUD-{area}")
        stage.zi("evidence", "add", RSUD, *wanted, paper, as_=pokja("RSUD"), quiet=True)
    stage.zi("evidence", "missing", RSUD)
    papers = ("laporan_monev", "survei_mandiri")
    given = [word for kind in papers for word in ("--document", f"{kind}={stage.paper(kind, 'RSUD')}")]
    stage.zi("candidacy", "move", RSUD, "submit_to_tpi", *given, as_=head("RSUD"), expect=3)
    feedback = stage.paper("tindak-lanjut-skm", "RSUD")
    stage.zi("evidence", "add", RSUD, PROOF_OF_FEEDBACK, feedback, as_=pokja("RSUD"))
    stage.zi("candidacy", "move", RSUD, "submit_to_tpi", *given, as_=head("RSUD"))


def assessed(stage: Stage) -> None:
    """The TPI gives less, rejects a paper, returns the unit; the second time it is proposed."""
    heading("assess")
    stage.on(date(2026, 10, 26))
    answer(stage, "tpi", "lke-rsud-tpi.json", as_=TPI)
    stage.zi("lke", "gap", RSUD)
    stage.zi("lke", "score", RSUD)
    stage.zi("lke", "priorities", RSUD, "--most", "8")
    stage.zi(
        *("evidence", "review", str(evidence_for(PROOF_OF_FEEDBACK)), "reject"),
        *("--reason", "Notulen tanpa tanggal dan tanda tangan"),
        as_=TPI_MEMBER,
    )
    returned = ("--reason", "Tata laksana dan SDM belum mencapai ambang")
    stage.zi("candidacy", "move", RSUD, "return_to_unit", *returned, as_=TPI, expect=3)
    stage.zi(
        "finding", "add", RSUD, "Monev pemanfaatan TI baru sekali setahun; bukti tindak lanjut SKM ditolak", as_=TPI
    )
    stage.zi("candidacy", "move", RSUD, "return_to_unit", *returned, as_=TPI)
    stage.on(date(2026, 10, 30))
    stage.zi("candidacy", "move", RSUD, "submit_to_tpi", as_=head("RSUD"), expect=3)
    better = ("--replaces", str(evidence_for(PROOF_OF_FEEDBACK)))
    feedback = stage.paper("tindak-lanjut-skm-ditandatangani", "RSUD")
    stage.zi("evidence", "add", RSUD, PROOF_OF_FEEDBACK, feedback, *better, as_=pokja("RSUD"))
    stage.zi("candidacy", "move", RSUD, "submit_to_tpi", as_=head("RSUD"))


def proposed(stage: Stage) -> None:
    """What still stands before a proposal: an expired fact, papers, and then nothing."""
    heading("propose")
    stage.on(date(2026, 11, 6))
    answer(stage, "tpi", "lke-rsud-tpi-2.json", as_=TPI)
    stage.zi("finding", "close", tpi_finding(), as_=TPI)
    for kind in ("lhe", "berita_acara"):
        stage.zi("document", "add", RSUD, kind, stage.paper(kind, "RSUD"), as_=TPI)
    stage.on(date(2026, 11, 9))
    flows()
    stage.zi("candidacy", "why", RSUD)
    stage.zi("candidacy", "move", RSUD, "propose", as_=KOORDINATOR, expect=3)
    paper = ("--document", stage.paper("laporan-spip", "CONTOH"))
    fact = ("CONTOH", "maturitas_spip", "3,2", "--date", "2026-10-30", "--valid-until", "2028-10-29")
    stage.zi("fact", "add", *fact, *paper, as_=KOORDINATOR)
    for kind in ("surat_usulan", "sptjm"):
        stage.zi("document", "add", CYCLE, kind, stage.paper(kind), as_=KOORDINATOR)
    stage.zi("lke", "score", RSUD)
    stage.zi("candidacy", "move", RSUD, "propose", "--decided-by", "Bupati Contoh", as_=KOORDINATOR)
    workbook = stage.papers / "lke-rsud.xlsx"
    stage.zi("lke", "export", RSUD, str(workbook), "--layout", "readable", as_=KOORDINATOR)


def answer(stage: Stage, layer: str, sheet: str, *, as_: str) -> None:
    stage.zi("lke", "answer", RSUD, "--layer", layer, "--from", str(SHEETS / sheet), as_=as_)


def unproven(stage: Stage) -> dict[str, list[str]]:
    """Questions of the hospital that score and have nothing on file, by area."""
    with opened_home(Settings()), reading() as session:
        candidacy = find(session, Candidacy, RSUD)
        standing = observe_one(session, candidacy, now=stage.now, lke=True).lke
    assert standing  # noqa: S101 - asked for just above
    by_area: dict[str, list[str]] = {}
    for question in standing.missing_evidence:
        by_area.setdefault(str(standing.lke.area_of[question]), []).append(question)
    return by_area


def evidence_for(question: str) -> int:
    """The number of the newest piece of evidence for a question."""
    with opened_home(Settings()), reading() as session:
        newest: int = session.execute(
            select(func.max(Evidence.id)).where(col(Evidence.question) == question)
        ).scalar_one()
    return newest


def tpi_finding() -> str:
    """The number of the finding that the TPI raised."""
    with opened_home(Settings()), reading() as session:
        return str(session.execute(select(func.max(Finding.id)).where(col(Finding.origin) == Origin.TPI)).scalar_one())
