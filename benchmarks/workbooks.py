"""A workbook of answers, in the ministry's layout, with rows below that somebody formatted and left empty.

The import opens the file safely, finds the sheet, the header and the columns, tells the rows by their wording, checks
each answer, and writes those that changed with their trail. The other side opens the same file with openpyxl
(read-only) and looks at each cell.
"""

import tempfile
from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path

import openpyxl
from openpyxl.styles import PatternFill

from benchmarks.databases import bound_to, sqlite_url
from benchmarks.lke import RULESET, low_marks
from benchmarks.rows import Row
from benchmarks.sizes import Size
from benchmarks.timing import ms, turns
from models.lke import Layer
from models.stages import Stage
from rulesets.library import find_ruleset
from states.lke.answers import Given, record_answers
from states.workbook.exporting import export_official
from states.workbook.reading import import_workbook
from tests.lkes import full_marks
from tests.office import Office

COLUMNS = 20  # formatted in each of the empty rows
FILL = PatternFill("solid", fgColor="FFF2CC")


def measure(size: Size) -> Iterator[Row]:
    empty = size.of(2_000, 100)
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as folder, sqlite_url() as url, bound_to(url):
        office = Office.opened(url)
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        lke = find_ruleset(RULESET).lke
        files = [
            _book(office, code, Path(folder) / f"{number}.xlsx", answers, empty)
            for number, answers in enumerate((full_marks(lke), low_marks(lke)))
        ]
        turn = cycle(files)

        def ours() -> None:
            actor = office.actor("kepala")
            import_workbook(code, next(turn), Layer.UNIT, dry_run=False, actor=actor, now=office.now)

        ours()
        mine, other = turns(ours, lambda: _look(files[0]), size.of(9, 1))
    what = f"import an official workbook with {empty:,} empty rows"
    yield Row(what, ms(mine), "loading it with openpyxl, read-only", ms(other), mine / other)


def _book(office: Office, code: str, path: Path, answers: Mapping[str, str], empty: int) -> Path:
    given = [Given(item, value) for item, value in answers.items()]
    record_answers(code, Layer.UNIT, given, actor=office.actor("kepala"), now=office.now)
    export_official(code, path, force=True, actor=office.actor("kepala"), now=office.now)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    last = sheet.max_row
    for row in range(last + 1, last + empty + 1):
        for column in range(1, COLUMNS + 1):
            sheet.cell(row, column).fill = FILL
    book.save(path)
    return path


def _look(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            for _ in row:
                pass
    book.close()
