"""The official layout: the sheet, the rows and the columns of the ministry's workbook, with headings of our own.

It carries answers; what they come to stands in the readable one.
"""

from decimal import Decimal

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.catalogue import say
from models.errors import BadInput
from models.lke import Layer
from rulesets.lke import Item, Lke
from rulesets.lke import Workbook as Places
from states.workbook.contents import Contents
from states.workbook.headings import Role
from states.workbook.saving import BOLD, UNWRAPPED, put, put_header, set_widths
from states.workbook.sheet import column_of, letters

CODE, SOAL, TOPIC, WORDING, CRITERIA, CHOICES = 1, 2, 3, 4, 5, 6
EXTRA = {
    Layer.PRELIMINARY: {Role.ANSWER: 19, Role.NOTE: 20, Role.EVIDENCE: 21},  # S to U
    Layer.TPN: {Role.ANSWER: 22, Role.NOTE: 23, Role.EVIDENCE: 24},  # V to X
}
"""Columns of layers that the ministry's workbook has no place for; to the right of its own."""

WIDTHS = {CODE: 14, SOAL: 7, TOPIC: 40, WORDING: 60, CRITERIA: 40, CHOICES: 12}
ANSWER_WIDTH, TEXT_WIDTH = 16, 40


def official_book(contents: Contents) -> Workbook:
    """Raises BadInput for a rule set whose workbook the ministry has not published."""
    lke = contents.lke
    if lke.workbook is None:
        raise BadInput("no_official_layout", ruleset=lke.name)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new book has one
    sheet.title = lke.workbook.sheet
    columns = _columns(lke.workbook)
    _head(sheet, contents, columns)
    for item in lke.items.values():
        _row(sheet, contents, item, columns)
    sheet.freeze_panes = f"{letters(TOPIC + 1)}{_header_row(lke) + 1}"
    return book


def _columns(places: Places) -> dict[Layer, dict[Role, int]]:
    found = dict(EXTRA)
    for layer, named in ((Layer.UNIT, places.unit), (Layer.TPI, places.tpi)):
        found[layer] = {Role.ANSWER: column_of(named.answer), Role.NOTE: column_of(named.note)}
        if named.evidence:
            found[layer][Role.EVIDENCE] = column_of(named.evidence)
    return found


def _header_row(lke: Lke) -> int:
    return max(1, min(item.row for item in lke.items.values() if item.row) - 2)  # a heading stands in between


def _head(sheet: Worksheet, contents: Contents, columns: dict[Layer, dict[Role, int]]) -> None:
    title, unit = put(sheet, 1, CODE, say("workbook.title", code=contents.code)), f"{contents.unit}, {contents.agency}"
    title.font = BOLD
    for cell in (title, put(sheet, 2, CODE, unit)):
        cell.alignment = UNWRAPPED
    headings = {
        CODE: say("workbook.heading.code"),
        SOAL: say("workbook.heading.soal"),
        TOPIC: say("workbook.heading.topic"),
        WORDING: say("workbook.heading.wording"),
        CRITERIA: say("workbook.heading.criteria"),
        CHOICES: say("workbook.heading.choices"),
    }
    widths = dict(WIDTHS)
    for layer, places in columns.items():
        for role, column in places.items():
            headings[column] = say(f"workbook.heading.{layer.value}_{role.value}")
            widths[column] = ANSWER_WIDTH if role is Role.ANSWER else TEXT_WIDTH
    put_header(sheet, _header_row(contents.lke), headings)
    set_widths(sheet, widths)


def _row(sheet: Worksheet, contents: Contents, item: Item, columns: dict[Layer, dict[Role, int]]) -> None:
    row = item.row
    assert row is not None  # noqa: S101 - an LKE with a workbook has all its rows
    text, criteria = contents.wording.get(item.code, ("", None))
    put(sheet, row, CODE, item.code)
    put(sheet, row, SOAL, item.soal)
    put(sheet, row, TOPIC, str(item.title))
    put(sheet, row, WORDING, text)
    put(sheet, row, CRITERIA, criteria or "")
    put(sheet, row, CHOICES, choices_of(item))
    for layer, places in columns.items():
        put(sheet, row, places[Role.ANSWER], as_cell(item, contents.value(layer, item.code)))
        put(sheet, row, places[Role.NOTE], contents.note(layer, item.code) or "")
        if Role.EVIDENCE in places:
            put(sheet, row, places[Role.EVIDENCE], contents.evidence(layer, item.code) or "")


def choices_of(item: Item) -> str:
    return "/".join(item.letters) if item.letters else say("lke.number")


def as_cell(item: Item, value: str | None) -> str | int | Decimal | None:
    """Counts and survey values as numbers, so that they can be worked with."""
    if value is None or item.letters is not None:
        return value
    number = Decimal(value)
    return int(number) if number == number.to_integral_value() else number
