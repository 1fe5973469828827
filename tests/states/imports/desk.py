"""A row that can be taken, of every kind, and what comes of handing over a file."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from models.audit import AuditRecord, AuditText
from models.database import reading
from models.errors import BadInput
from models.tables import metadata
from states.imports import Report, import_file
from tests.office import Office

GOOD = {
    "agencies": {"code": "BARU", "name": "Kementerian Baru", "kind": "kl", "zone": "Asia/Makassar"},
    "units": {
        "code": "PUSKESMAS",
        "name": "Puskesmas Contoh",
        "agency": "CONTOH",
        "parent": "DINAS",
        "kind": "puskesmas",
        "core_service": "kesehatan",
    },
    "people": {
        "email": "baru@contoh.invalid",
        "name": "Orang Baru",
        "nip": "198001012005011001",
        "whatsapp": "+6281200000000",
    },
    "memberships": {
        "email": "kepala@contoh.invalid",
        "role": "viewer",
        "agency": "CONTOH",
        "unit": "",
        "area": "",
        "since": "2026-01-01",
        "until": "2026-12-31",
    },
    "predicates": {"unit": "DINAS", "level": "WBK", "decree": "K/1", "date": "2020-12-10", "revoked_on": "2021-12-10"},
    "facts": {"subject": "RSUD", "kind": "lhkpn", "value": "100", "date": "2025-12-31", "valid_until": "2026-12-31"},
    "calendar": {
        "cycle": "CONTOH-2026",
        "stage": "self_assessment",
        "due": "2026-03-31",
        "working_days": "",
        "note": "sebelum libur",
    },
    "action-items": {
        "candidacy": "RSUD-2026",
        "area": "Manajemen perubahan",
        "activity": "Rapat tim kerja",
        "target": "2026-05-29",
        "pic": "kepala@contoh.invalid",
        "progress": "10",
        "obstacle": "jadwal",
    },
}
TRAIL = {AuditRecord.__tablename__, AuditText.__tablename__}

Row = TypeVar("Row", bound=SQLModel)

Cells = Mapping[str, str]
Place = tuple[int | None, str | None, str | None]  # row, column, value


@dataclass
class ImportDesk:
    office: Office
    folder: Path

    def file(self, content: str | bytes) -> Path:
        path = self.folder / "berkas.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(
        self, kind: str, *rows: Cells, dry_run: bool = False, by: str = "admin", raw: str | bytes | None = None
    ) -> Report:
        """Import rows that differ from the good one only as given, or a file as it is."""
        content = as_csv([{**GOOD[kind], **row} for row in rows]) if raw is None else raw
        return import_file(kind, self.file(content), dry_run=dry_run, actor=self.office.actor(by), now=self.office.now)

    def faults(self, kind: str, *rows: Cells, raw: str | bytes | None = None) -> list[Place]:
        """Where the file is wrong. Every fault says why, and nothing of the file is kept."""
        before = row_counts()
        with pytest.raises(BadInput) as refused:
            self.take(kind, *rows, raw=raw)
        assert row_counts() == before
        assert refused.value.key == "import_failed"
        assert refused.value.params["count"] == len(refused.value.details)
        assert all(detail.why and detail.file == "berkas.csv" for detail in refused.value.details)
        return [(detail.row, detail.column, detail.value) for detail in refused.value.details]


def as_csv(rows: list[dict[str, str]], *, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def row_counts(*, trail: bool = True) -> dict[str, int]:
    tables = [table for table in metadata.sorted_tables if trail or table.name not in TRAIL]
    counts = [select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in tables]
    with reading() as session:
        return dict(session.execute(select(*counts)).one()._mapping)


def row_of(table: type[Row], **values: object) -> Row:
    with reading() as session:
        found: Row = session.execute(select(table).filter_by(**values)).scalar_one()
        return found
