"""The documents of PortalRB's pull (v1.0.0, evaluation year 2026), member by member. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.candidacies import Level
from rulesets.lke import Lke

Document = dict[str, Any]

AFFIRMATIVE_WBK = "WBK-AFIRMASI"


@dataclass(frozen=True)
class UnitEntry:
    id: str
    name: str
    level: Level
    affirmative: bool

    @property
    def kategori(self) -> str:
        return AFFIRMATIVE_WBK if self.affirmative and self.level is Level.WBK else self.level.value


@dataclass(frozen=True)
class Said:
    """What one layer says of one item."""

    value: str | None
    note: str | None = None
    evidence: str | None = None  # what a sheet said: a link, or words


NOTHING = Said(None)


def units_document(year: int, units: Sequence[UnitEntry]) -> Document:
    return {"tahun": year, "units": [_unit(one) for one in units]}


def answers_document(
    lke: Lke,
    unit: UnitEntry,
    year: int,
    *,
    by_unit: Mapping[str, Said],
    by_tpi: Mapping[str, Said],
    proofs: Mapping[str, str],
) -> Document:
    """Every numbered item in the order of its number; `proofs` are the addresses of evidence by question."""
    answers = []
    for soal, item in sorted(lke.by_soal.items()):
        mine, theirs = by_unit.get(item.code, NOTHING), by_tpi.get(item.code, NOTHING)
        answer = {"soal_id": soal, "jawaban_unit": mine.value, "jawaban_tpi": theirs.value}
        said = {
            "catatan_unit": mine.note,
            "bukti_dukung_unit": proofs.get(item.question.code) or mine.evidence,
            "catatan_tpi": theirs.note,
        }
        answers.append(answer | {name: text for name, text in said.items() if text})
    return {"unit_id": unit.id, "nama_unit": unit.name, "tahun": year, "answers": answers}


def error_document(code: str, message: str) -> Document:
    return {"error": True, "code": code, "message": message}


def _unit(one: UnitEntry) -> Document:
    return {"id": one.id, "nama": one.name, "kategori": one.kategori, "afirmasi": one.affirmative}
