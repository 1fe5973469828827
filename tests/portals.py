"""PortalRB in tests: an open window, units that stand proposed, answers, and evidence in the home's files."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import col

from models.agencies import Unit
from models.candidacies import Candidacy, Level
from models.database import reading, transaction
from models.evidence import Evidence, EvidenceState
from models.files import store
from models.lke import Answer, Layer
from models.stages import Stage
from models.windows import WindowKind
from states.due_dates import Window
from states.windows import set_window
from tests.office import TODAY, Office

OPENS, CLOSES = date(2026, 2, 1), date(2026, 2, 20)
KEY = bytes(32)
ANSWERS = {"A.I.1.i.a": "Ya", "A.I.1.i.b": "B", "B.I.a": "3.6"}


def open_window(office: Office, opens: date = OPENS, closes: date = CLOSES) -> None:
    window = Window(opens, closes)
    set_window(office.cycle, WindowKind.PROPOSAL, window, actor=office.actor("koordinator"), now=office.now)


def proposed(
    office: Office,
    unit: str = "RSUD",
    *,
    target: Level = Level.WBK,
    answers: Mapping[str, str] = ANSWERS,
    stage: Stage = Stage.SUBMISSION_ADMINISTRATIVE,
) -> str:
    """A baseline in submission, with the unit's answers."""
    code = office.open(unit=unit, target=target, stage=stage, since=TODAY)
    for item, value in answers.items():
        answer(office, code, item, value)
    return code


def answer(
    office: Office,
    code: str,
    item: str,
    value: str | None,
    *,
    layer: Layer = Layer.UNIT,
    note: str | None = None,
    evidence: str | None = None,
) -> None:
    with transaction() as session:
        session.add(
            Answer(
                candidacy_id=id_of(code),
                layer=layer,
                item=item,
                value=value,
                note=note,
                evidence=evidence,
                answered_by=office.actor("kepala").person_id,
                answered_at=office.now,
            )
        )


def prove(
    office: Office,
    code: str,
    question: str,
    *,
    files: Path | None = None,
    name: str = "SK tim.pdf",
    content: bytes = b"%PDF-1.7 isi",
    state: EvidenceState = EvidenceState.WAITING,
) -> int:
    """A piece of evidence: a file in `files`, or a link where there is no folder."""
    reviewed = state is EvidenceState.REJECTED
    stored = store(BytesIO(content), name=name, folder=files, limit=10_000) if files else None
    row = Evidence(
        candidacy_id=id_of(code),
        question=question,
        state=state,
        title=f"Bukti {name}",
        file_hash=stored.hash if stored else None,
        file_name=stored.name if stored else None,
        file_size=stored.size if stored else None,
        media_type="application/pdf" if stored else None,
        url=None if stored else f"https://berkas.contoh.invalid/{question}",
        added_by=office.actor("kepala").person_id,
        received_at=office.now,
        reviewed_by=office.actor("tpi").person_id if reviewed else None,
        reviewed_at=office.now if reviewed else None,
        review_reason="bukan bukti" if reviewed else None,
    )
    with transaction() as session:
        session.add(row)
        session.flush()
        return row.id


def rename(unit: str, name: str) -> None:
    with transaction() as session:
        session.execute(update(Unit).where(col(Unit.code) == unit).values(name=name))


def id_of(code: str) -> int:
    with reading() as session:
        found: int = session.execute(select(col(Candidacy.id)).where(col(Candidacy.code) == code)).scalar_one()
        return found
