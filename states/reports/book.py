"""The report as a workbook: five sheets with real figures and dates, to be sorted and reckoned with."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from models.catalogue import say
from models.lke import Layer
from states.monev.trend import Totals
from states.reports.contents import Contents
from states.reports.document import facts
from states.reports.figures import quarter_name
from states.reports.summary import summary
from states.workbook.saving import TITLE, UNWRAPPED, put, put_header, set_widths

Value = str | int | Decimal | date | None

POINTS, COUNT, DAY = "#,##0.00", "#,##0", "dd/mm/yyyy"
"""Excel shows separators as the reader's system writes them: 85,39 where that is Indonesian."""

FIGURES = (
    ("candidacies", "column.candidacies"),
    ("open", "column.open"),
    ("late", "column.late"),
    ("designated", "column.designated"),
    ("unit_mean", "report.column.unit_mean"),
    ("tpi_mean", "report.column.tpi_mean"),
    ("evidence", "report.column.on_file"),
    ("accepted", "report.column.accepted"),
    ("rejected", "report.column.rejected"),
    ("missing_evidence", "report.column.missing"),
    ("findings", "report.column.findings"),
    ("critical", "report.column.critical"),
)


def report_book(contents: Contents) -> Workbook:
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)  # noqa: S101 - a new workbook has one sheet
    first.title = say("report.sheet.summary")
    _summary(first, contents)
    _units(_sheet(book, "units"), contents)
    _areas(_sheet(book, "areas"), contents)
    _findings(_sheet(book, "findings"), contents)
    _trend(_sheet(book, "trend"), contents)
    for sheet in book.worksheets:
        _print_setup(sheet, contents)
    return book


def _summary(sheet: Worksheet, contents: Contents) -> None:
    title = put(sheet, 1, 1, say("report.title"))
    title.font, title.alignment = TITLE, UNWRAPPED
    row = 3
    for name, value in facts(contents):
        put(sheet, row, 1, name)
        put(sheet, row, 2, value).alignment = UNWRAPPED
        row += 1
    row += 1
    put_header(sheet, row, {1: say("report.column.figure"), 2: say("report.column.value")})
    for name, key in FIGURES:
        row += 1
        put(sheet, row, 1, say(key))
        _value(sheet, row, 2, _figure(contents.totals, name))
    row += 1
    for text in summary(contents):
        row += 1
        put(sheet, row, 1, text)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
        sheet.row_dimensions[row].height = 15 * (1 + len(text) // 95)
    row += 2
    put(sheet, row, 1, say("report.method.trail", size=contents.trail_size, root=contents.trail_root))
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
    sheet.row_dimensions[row].height = 45
    set_widths(sheet, {1: 34, 2: 62})


def _units(sheet: Worksheet, contents: Contents) -> None:
    names = ("code", "unit", "cycle", "target", "stage", "since", "days", "due", "late", "unit_total", "tpi_total")
    more = ("gap", "items", "answered", "tpi_answered", "missing", "on_file", "accepted", "rejected")
    headings = [say(f"report.column.{name}") for name in (*names, *more, "findings", "critical")]
    rows: list[list[Value]] = [
        [
            one.code,
            one.unit_name,
            one.cycle,
            one.target.value,
            say(f"stage.{one.stage.value}"),
            one.entered_on,
            one.days_in_stage,
            one.due_on,
            one.days_late,
            _points(one.totals[Layer.UNIT]),
            _points(one.totals[Layer.TPI]),
            one.gap,
            one.items,
            one.answered[Layer.UNIT],
            one.answered[Layer.TPI],
            one.missing_evidence,
            one.evidence,
            one.evidence_accepted,
            one.evidence_rejected,
            one.findings.total,
            one.findings.critical,
        ]
        for one in contents.positions
    ]
    _table(sheet, headings, rows, widths={1: 26, 2: 44, 3: 16, 5: 26})


def _areas(sheet: Worksheet, contents: Contents) -> None:
    """Each area of each unit that answered, then the means: percent of the area's weight."""
    headings = [say(f"report.column.{name}") for name in ("code", "unit", "area", "unit_mean", "tpi_mean", "gap")]
    headings[3], headings[4] = say("report.column.unit_percent"), say("report.column.tpi_percent")
    rows: list[list[Value]] = [
        [say("report.all_units"), "", contents.area_name(area.code), area.unit_mean, area.tpi_mean, area.gap]
        for area in contents.areas
    ]
    for one in contents.positions:
        for code, shares in one.areas.items():
            unit, tpi = _points(shares[Layer.UNIT]), _points(shares[Layer.TPI])
            if unit is not None or tpi is not None:
                gap = tpi - unit if unit is not None and tpi is not None else None
                rows.append([one.code, one.unit_name, contents.area_name(code), unit, tpi, gap])
    _table(sheet, headings, rows, widths={1: 26, 2: 44, 3: 44})


def _findings(sheet: Worksheet, contents: Contents) -> None:
    names = ("candidacy", "severity", "finding", "owner", "opened", "age")
    zoned: list[list[Value]] = [
        [
            one.candidacy,
            say(f"severity.{one.severity.value}"),
            one.text,
            say(f"role.{one.owner.value}"),
            contents.day_of(one.opened_at),
            one.days,
        ]
        for one in contents.findings
    ]
    _table(sheet, [say(f"report.column.{name}") for name in names], zoned, widths={1: 26, 3: 70, 4: 22})


def _trend(sheet: Worksheet, contents: Contents) -> None:
    """The agency's figures by quarter; below them, what changed for each unit."""
    headings = [say("column.quarter"), say("column.taken_day"), *(say(key) for _, key in FIGURES)]
    past = [one for one in contents.history.rounds if one.kept.quarter < contents.quarter]
    rows: list[list[Value]] = [
        [quarter_name(one.kept.quarter), contents.day_of(one.kept.taken_at), *_all(one.totals)] for one in past
    ]
    rows.append([say("report.now"), contents.today, *_all(contents.totals)])
    _table(sheet, headings, rows, widths={1: 30, 2: 44})
    if not contents.changes:
        put(sheet, len(rows) + 3, 1, say("report.sum.no_trend")).alignment = UNWRAPPED
        return
    names = ("code", "unit", "before", "after", "unit_change", "tpi_change", "evidence_change", "findings_change")
    start = len(rows) + 3
    put_header(sheet, start, {at: say(f"report.column.{name}") for at, name in enumerate(names, start=1)})
    for row, one in enumerate(contents.changes, start=start + 1):
        values: list[Value] = [
            one.code,
            one.unit_name,
            say(f"stage.{one.before.stage.value}") if one.before else None,
            say(f"stage.{one.after.stage.value}") if one.after else None,
            one.points(Layer.UNIT),
            one.points(Layer.TPI),
            one.count("evidence"),
            one.count("findings"),
        ]
        for column, value in enumerate(values, start=1):
            _value(sheet, row, column, value)


def _table(
    sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence[Value]], *, widths: dict[int, int]
) -> None:
    """Headings in the first row, frozen, repeated on every printed page, with a filter."""
    put_header(sheet, 1, dict(enumerate(headings, start=1)))
    for at, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            _value(sheet, at, column, value)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(rows) + 1}"
    set_widths(sheet, {column: widths.get(column, 15) for column in range(1, len(headings) + 1)})


def _value(sheet: Worksheet, row: int, column: int, value: Value) -> None:
    if value is None:
        return
    cell = put(sheet, row, column, value)
    if isinstance(value, date):
        cell.number_format = DAY
    elif isinstance(value, Decimal):
        cell.number_format = POINTS
    elif isinstance(value, int):
        cell.number_format = COUNT


def _print_setup(sheet: Worksheet, contents: Contents) -> None:
    """A4, as wide as the page, with page numbers; wide tables lie on their side."""
    wide = sheet.max_column > 6  # noqa: PLR2004 - columns that an upright page still shows
    sheet.page_setup.orientation = "landscape" if wide else "portrait"
    sheet.page_setup.paperSize = int(sheet.PAPERSIZE_A4)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = sheet.oddFooter
    assert footer is not None  # noqa: S101 - a sheet has one
    footer.right.text = f"{say('report.page')} &P {say('report.page_of')} &N"
    footer.left.text = contents.agency_name.replace("&", "&&")[:100]


def _sheet(book: Workbook, name: str) -> Worksheet:
    sheet = book.create_sheet(say(f"report.sheet.{name}"))
    assert isinstance(sheet, Worksheet)  # noqa: S101 - no chart sheet was asked for
    return sheet


def _all(totals: Totals) -> list[Value]:
    return [_figure(totals, name) for name, _ in FIGURES]


def _figure(totals: Totals, name: str) -> Value:
    value: Value = getattr(totals, name)
    return value


def _points(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
