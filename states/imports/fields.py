"""From one cell to one value; what is wrong with it is said in a sentence."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TypeVar
from zoneinfo import available_timezones

from models.catalogue import say
from models.errors import BadInput
from states.areas import checked_areas
from states.lookups import is_code
from states.people import check_email

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")

UNIT_CODE_LENGTH = 32  # leaves room for a candidacy's -YEAR and -2
TEXT_LENGTH = 1000  # PostgreSQL indexes some of these, and an index entry ends at 2,704 bytes
EMAIL_LENGTH = 254  # RFC 5321
FIRST_YEAR, LAST_YEAR = 1945, 2100  # 31/12/9999 stands for "never" in many sheets; no deadline can be counted from it
MOST_DIGITS = 6
ROUNDED_NIP = r"[0-9]+[.,][0-9]*|[0-9]([.,][0-9]+)?[eE]\+?[0-9]+|[0-9]{15}000"  # 15 digits are all a spreadsheet keeps


class BadCell(ValueError):
    """The cell can't be taken; the text says why, fit to show. `at` names another cell of the row to blame."""

    def __init__(self, key: str, *, at: str | None = None, **params: object) -> None:
        super().__init__(say(key, **params))
        self.at = at


def text(cell: str) -> str:
    """One line: line breaks inside a cell, and runs of blanks, become one blank."""
    line = " ".join(cell.split())
    if not line:
        raise BadCell("import.required")
    if len(line) > TEXT_LENGTH:
        raise BadCell("import.too_long", most=TEXT_LENGTH)
    return line


def code(cell: str) -> str:
    upper = text(cell).upper()
    if not cell.isascii() or not is_code(upper):
        raise BadCell("import.bad_code")
    return upper


def unit_code(cell: str) -> str:
    upper = code(cell)
    if len(upper) > UNIT_CODE_LENGTH:
        raise BadCell("import.long_unit_code", most=UNIT_CODE_LENGTH)
    return upper


def upper(cell: str) -> str:
    """A code that this system made, which may be longer than the codes people make."""
    return text(cell).upper()


def lower(cell: str) -> str:
    return text(cell).lower()


def email(cell: str) -> str:
    address = text(cell)
    if len(address) > EMAIL_LENGTH:
        raise BadCell("import.too_long", most=EMAIL_LENGTH)
    try:
        return check_email(address)
    except BadInput:
        raise BadCell("import.bad_email") from None


def nip(cell: str) -> str:
    """18 digits, perhaps with blanks between. A number that a spreadsheet rounded is refused."""
    digits = cell.replace(" ", "")
    if re.fullmatch(ROUNDED_NIP, digits):
        raise BadCell("import.nip_is_number")
    if not re.fullmatch(r"[0-9]{18}", digits):
        raise BadCell("import.bad_nip")
    return digits


def whatsapp(cell: str) -> str:
    digits = re.sub(r"[ ()-]", "", cell)
    if not re.fullmatch(r"\+?[0-9]{8,15}", digits):
        raise BadCell("import.bad_whatsapp")
    return digits


def areas(cell: str) -> str | None:
    """Areas of the LKE by their letters, as in `MP, TL`."""
    try:
        return checked_areas(text(cell))
    except BadInput as error:
        raise BadCell("import.unknown_area", known=str(error.params["known"])) from None


def zone(cell: str) -> str:
    known = _zones().get(lower(cell))
    if known is None:
        raise BadCell("import.bad_zone")
    return known


def day(cell: str) -> date:
    """ISO, or dd/mm/yyyy."""
    if not cell:
        raise BadCell("import.required")
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", cell)
    ours = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", cell)
    year, month, of_month = iso.groups() if iso else reversed(ours.groups()) if ours else ("0", "0", "0")
    try:
        found = date(int(year), int(month), int(of_month))
    except ValueError:
        raise BadCell("import.bad_day") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadCell("import.bad_year", first=FIRST_YEAR, last=LAST_YEAR)
    return found


def whole(*, least: int, most: int) -> Callable[[str], int]:
    def parse(cell: str) -> int:
        digits = re.fullmatch(rf"[0-9]{{1,{MOST_DIGITS}}}", cell)
        if not digits or not least <= int(cell) <= most:
            raise BadCell("import.bad_number", least=least, most=most)
        return int(cell)

    return parse


def choice(kind: type[Choice]) -> Callable[[str], Choice]:
    def parse(cell: str) -> Choice:
        for member in kind:
            if member.value.lower() == lower(cell):
                return member
        raise BadCell("import.bad_choice", known=", ".join(member.value for member in kind))

    return parse


def optional(parse: Callable[[str], Value]) -> Callable[[str], Value | None]:
    """Empty is None."""
    return lambda cell: parse(cell) if cell else None


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
