"""The workbook people like to read: what it comes to on the first sheet, item by item on the second."""

from decimal import Decimal
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.candidacies import Level
from models.catalogue import Word, say
from models.lke import Layer
from rulesets.figures import decimals
from rulesets.lke import Item, Question
from rulesets.scoring import Scored
from rulesets.thresholds import Held
from states.lke.guards import area_title
from states.workbook.contents import Contents
from states.workbook.official import as_cell, choices_of
from states.workbook.saving import BOLD, TITLE, UNWRAPPED, put, put_header, set_widths

POINTS = "0.00##"
SHOWN = (Layer.UNIT, Layer.TPI)
"""The layers held against each other; others are listed where they say something."""


def readable_book(contents: Contents) -> Workbook:
    book = Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)  # noqa: S101 - a new book has one
    summary.title = say("workbook.sheet.summary")
    _summary(summary, contents)
    _items(book.create_sheet(say("workbook.sheet.items")), contents)
    return book


def _summary(sheet: Worksheet, contents: Contents) -> None:
    set_widths(sheet, {1: 48, 2: 14, 3: 14, 4: 14, 5: 14, 6: 44})
    lines = (
        say("workbook.title", code=contents.code),
        f"{contents.unit}, {contents.agency}",
        say("workbook.about", cycle=contents.cycle, ruleset=contents.seen.ruleset.name),
        say("workbook.exported", at=f"{contents.at:%Y-%m-%d %H:%M} UTC"),
    )
    for number, text in enumerate(lines, start=1):
        put(sheet, number, 1, text).alignment = UNWRAPPED
    sheet["A1"].font = TITLE
    row = _figures(sheet, contents, 6)
    for level in sorted(Level, key=lambda level: level is not contents.seen.situation.target):
        row = _thresholds(sheet, contents, level, row + 1)
    _notes(sheet, contents, row + 1)


def _figures(sheet: Worksheet, contents: Contents, row: int) -> int:
    """Areas, components and the whole, unit beside TPI; returns the row after it."""
    unit, tpi = (contents.scored(layer) for layer in SHOWN)
    names = ("area", "weight")
    headings = [say(f"column.{name}") for name in names]
    headings += [say(f"layer.{layer.value}") for layer in SHOWN] + [say("column.difference")]
    put_header(sheet, row, dict(enumerate(headings, start=1)))
    sheet.freeze_panes = f"B{row + 1}"
    has_tpi = bool(contents.rows[Layer.TPI])
    lines = [
        (str(contents.lke.areas[area].title), unit.areas[area].weight, unit.areas[area].score, tpi.areas[area].score)
        for area in contents.lke.areas
    ]
    lines += [
        (str(node.title), node.weight, unit.nodes[node.code].score, tpi.nodes[node.code].score)
        for node in contents.lke.children[None]
    ]
    lines.append((say("lke.total"), unit.total.weight, unit.total.score, tpi.total.score))
    lines.append((say("workbook.skipped"), unit.total.weight, unit.total.skipped, tpi.total.skipped))
    for name, weight, first, second in lines:
        row += 1
        put(sheet, row, 1, name)
        _points(sheet, row, 2, weight)
        _points(sheet, row, 3, first)
        if has_tpi:
            _points(sheet, row, 4, second)
            _points(sheet, row, 5, second - first)
    for column in range(1, 6):
        sheet.cell(row - 1, column).font = BOLD
    return row + 1


def _thresholds(sheet: Worksheet, contents: Contents, level: Level, row: int) -> int:
    seen = contents.seen
    met = say("lke.eligible") if seen.eligible(level) else say("lke.not_eligible")
    shown = say("workbook.by_layer", layer=say(f"layer.{seen.layer.value}"))
    heading = put(sheet, row, 1, f"{say('lke.thresholds_of', level=level.value, met=met)} {shown}")
    heading.font, heading.alignment = BOLD, UNWRAPPED
    names = ("threshold", "required", "actual", "status")
    put_header(sheet, row + 1, {at: say(f"column.{name}") for at, name in enumerate(names, start=1)})
    row += 2
    for held in seen.thresholds[level]:
        put(sheet, row, 1, _title(contents, held))
        _points(sheet, row, 2, held.required, percent=held.unit == "percent")
        _points(sheet, row, 3, held.actual, percent=held.unit == "percent")
        put(sheet, row, 4, say("lke.met") if held.met else say("workbook.not_met"))
        row += 1
    return row


def _notes(sheet: Worksheet, contents: Contents, row: int) -> None:
    """What to mind when the figures are read."""
    put(sheet, row, 1, say("workbook.zero_blanks"))
    if left_out := contents.seen.scored.left_out:
        put(sheet, row + 1, 1, say("lke.left_out_line", codes=", ".join(left_out)))


def _items(sheet: Worksheet, contents: Contents) -> None:
    others = [layer for layer in contents.layers if layer not in SHOWN]
    layers = (Layer.UNIT, *others, Layer.TPI)
    headings = [say(f"column.{name}") for name in ("item", "area", "topic", "choices")]
    headings += [say(f"layer.{layer.value}") for layer in layers]
    headings += [say("workbook.points", layer=say(f"layer.{layer.value}")) for layer in SHOWN]
    headings += [say("column.difference")]
    headings += [say("workbook.note_of", layer=say(f"layer.{layer.value}")) for layer in layers]
    headings += [say("column.evidence")]
    put_header(sheet, 1, dict(enumerate(headings, start=1)))
    widths = [14, 24, 60, 12, *(12 for _ in layers), 12, 12, 12, *(40 for _ in layers), 40]
    set_widths(sheet, dict(enumerate(widths, start=1)))
    sheet.freeze_panes = "D2"
    unit, tpi = (contents.scored(layer) for layer in SHOWN)
    for row, item in enumerate(contents.lke.items.values(), start=2):
        _item(sheet, row, contents, item, layers)
        if item.code == contents.lke.items_of[item.question.code][0].code:
            has_tpi = bool(contents.rows[Layer.TPI])
            _item_points(sheet, row, 5 + len(layers), item.question, unit=unit, tpi=tpi, has_tpi=has_tpi)
    sheet.auto_filter.ref = sheet.dimensions


def _item(sheet: Worksheet, row: int, contents: Contents, item: Item, layers: tuple[Layer, ...]) -> None:
    area = contents.lke.area_of[item.question.code]
    text, _ = contents.wording.get(item.code, (str(item.title), None))
    words: list[object] = [item.code, str(contents.lke.areas[area].title) if area else "", text, choices_of(item)]
    words += [as_cell(item, contents.value(layer, item.code)) for layer in layers]
    for column, value in enumerate(words, start=1):
        put(sheet, row, column, value)
    notes = [contents.note(layer, item.code) or "" for layer in layers]
    for column, note in enumerate([*notes, contents.evidence(Layer.UNIT, item.code) or ""], start=8 + len(layers)):
        put(sheet, row, column, note)


def _item_points(
    sheet: Worksheet, row: int, column: int, question: Question, *, unit: Scored, tpi: Scored, has_tpi: bool
) -> None:
    """Points are a question's: they stand once, on the first of its items."""
    first, second = unit.questions[question.code].points, tpi.questions[question.code].points
    _points(sheet, row, column, first)
    if has_tpi:
        _points(sheet, row, column + 1, second)
        _points(sheet, row, column + 2, second - first)


def _points(sheet: Worksheet, row: int, column: int, value: Fraction, *, percent: bool = False) -> None:
    cell = put(sheet, row, column, Decimal(decimals(value)))
    cell.number_format = f'{POINTS}" %"' if percent else POINTS


def _title(contents: Contents, held: Held) -> str:
    title = area_title(contents.lke, contents.seen.scored, held.of)
    return say(title) if isinstance(title, Word) else str(title)
