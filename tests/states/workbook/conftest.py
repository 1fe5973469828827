"""A candidacy whose LKE is being filled in, and short words for what workbooks do to it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from models.candidacies import Candidacy
from models.database import reading
from models.errors import AnswersRejected
from models.lke import Layer
from models.stages import Stage
from states.lke.stored import answer_rows, stored_answers
from states.lookups import find
from states.workbook.exporting import export_official
from states.workbook.headings import Role
from states.workbook.layout import Picks
from states.workbook.reading import Imported, import_workbook
from states.workbook.sheet import column_of
from tests.office import Office


@dataclass
class WorkbookDesk:
    office: Office
    code: str
    folder: Path

    def take(
        self,
        path: Path,
        layer: Layer = Layer.UNIT,
        *,
        dry_run: bool = False,
        by: str = "kepala",
        sheet: str | None = None,
        **columns: str,
    ) -> Imported:
        picks = Picks(sheet, {Role(role): column_of(letter) for role, letter in columns.items()})
        actor = self.office.actor(by)
        return import_workbook(self.code, path, layer, dry_run=dry_run, actor=actor, now=self.office.now, picks=picks)

    def look(self, path: Path, layer: Layer = Layer.UNIT, **columns: str) -> Imported:
        """A dry run."""
        return self.take(path, layer, dry_run=True, by="tpi" if layer is Layer.TPI else "kepala", **columns)

    def rejected(self, path: Path) -> dict[str, str]:
        """Each refused cell with the reason; nothing is kept."""
        before = self.stored()
        with pytest.raises(AnswersRejected) as refused:
            self.take(path)
        assert self.stored() == before
        return {str(detail.column): detail.why for detail in refused.value.details}

    def export(self, name: str = "ekspor.xlsx", *, by: str = "kepala") -> Path:
        path = self.folder / name
        export_official(self.code, path, force=True, actor=self.office.actor(by), now=self.office.now)
        return path

    def stored(self, layer: Layer = Layer.UNIT) -> dict[str, str]:
        with reading() as session:
            candidacy = find(session, Candidacy, self.code)
            return dict(stored_answers(session, [candidacy.id])[candidacy.id][layer])

    def texts(self, item: str, layer: Layer = Layer.UNIT) -> tuple[str | None, str | None]:
        """Note and evidence."""
        with reading() as session:
            row = answer_rows(session, find(session, Candidacy, self.code).id, layer)[item]
            return row.note, row.evidence


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> WorkbookDesk:
    return WorkbookDesk(office, office.open(stage=Stage.SELF_ASSESSMENT), tmp_path)


@pytest.fixture
def tpi_desk(office: Office, tmp_path: Path) -> WorkbookDesk:
    """Of another unit; the TPI is at it."""
    code = office.open(unit="DINAS", stage=Stage.TPI_ASSESSMENT)
    return WorkbookDesk(office, code, tmp_path)


@pytest.fixture
def both_desks(both_offices: Office, tmp_path: Path) -> WorkbookDesk:
    return WorkbookDesk(both_offices, both_offices.open(stage=Stage.SELF_ASSESSMENT), tmp_path)
