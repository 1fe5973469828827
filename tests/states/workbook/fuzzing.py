"""Hands noise to the imports: the answer is always ours, and what is refused leaves no trace."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditHead
from models.database import reading
from models.errors import PipelineError
from models.lke import Answer, Layer, LayerSummary, Wording
from states.lke.master import import_master
from states.workbook.reading import import_workbook
from tests.office import Office
from tests.states.workbook.noise import noisy_master, noisy_workbook


def kept() -> list[object]:
    """All that these imports may write."""
    answer, text = (Answer.item, Answer.layer, Answer.value, Answer.note, Answer.evidence), (Wording.item, Wording.text)
    with reading() as session:
        found: list[object] = [session.execute(select(col(AuditHead.size))).scalar_one()]
        found += session.execute(select(*map(col, answer)).order_by(col(Answer.id))).all()
        found += session.execute(select(*map(col, text)).order_by(col(Wording.id))).all()
        found += session.execute(select(col(LayerSummary.layer), col(LayerSummary.total))).all()
        return found


def hand_in_workbook(office: Office, code: str, seed: int, folder: Path) -> str:
    """What came of it: "taken", or the key of the refusal."""
    path = noisy_workbook(seed, folder / "noise.xlsx")
    layer = Layer.UNIT

    def take() -> None:
        import_workbook(code, path, layer, dry_run=seed % 3 == 0, actor=office.actor("kepala"), now=office.now)

    return _watched(take, seed)


def hand_in_master(office: Office, seed: int, folder: Path) -> str:
    path = noisy_master(seed, folder / "noise.json")
    dry_run = seed % 3 == 0
    actor = office.actor("koordinator")
    return _watched(lambda: import_master(office.cycle, path, dry_run=dry_run, actor=actor, now=office.now), seed)


def _watched(take: Callable[[], object], seed: int) -> str:
    before = kept()
    refused: PipelineError | None = None
    try:
        take()
    except PipelineError as error:
        refused = error
    except Exception as error:
        error.add_note(f"seed {seed}")
        raise
    if refused is None:
        return "taken"
    assert str(refused), f"seed {seed}: a refusal has words"
    assert refused.fix, f"seed {seed}: a refusal says what to do"
    assert kept() == before, f"seed {seed}: {refused.key} left something behind"
    return refused.key
