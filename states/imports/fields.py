"""From one cell to one value; what is wrong with it is said in a sentence."""

import re
from datetime import date
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.base import CODE_PATTERN
from models.catalogue import say

Choice = TypeVar("Choice", bound=StrEnum)

UNIT_CODE_LENGTH = 32  # leaves room for a candidacy's -YEAR and -2


class BadCell(Exception):
    """The cell can't be taken; the text says why, fit to show."""

    def __init__(self, why: str, **params: object) -> None:
        super().__init__(say(f"import.{why}", **params))


def required(text: str) -> str:
    if not text:
        raise BadCell("required")
    return text


def code(text: str) -> str:
    upper = required(text).upper()
    if not re.fullmatch(CODE_PATTERN, upper):
        raise BadCell("bad_code")
    return upper


def unit_code(text: str) -> str:
    upper = code(text)
    if len(upper) > UNIT_CODE_LENGTH:
        raise BadCell("long_unit_code", most=UNIT_CODE_LENGTH)
    return upper


def optional_code(text: str) -> str | None:
    return code(text) if text else None


def optional(text: str) -> str | None:
    return text or None


def email(text: str) -> str:
    address = required(text).lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise BadCell("bad_email")
    return address


def nip(text: str) -> str | None:
    """18 digits, perhaps with blanks between. A number that a spreadsheet rounded is refused."""
    if not text:
        return None
    digits = text.replace(" ", "")
    if re.fullmatch(r"\d+[.,]\d*|\d[.,]?\d*[eE]\+?\d+", digits):
        raise BadCell("nip_is_number")
    if not re.fullmatch(r"\d{18}", digits):
        raise BadCell("bad_nip")
    return digits


def whatsapp(text: str) -> str | None:
    if not text:
        return None
    digits = re.sub(r"[ ()-]", "", text)
    if not re.fullmatch(r"\+?\d{8,15}", digits):
        raise BadCell("bad_whatsapp")
    return digits


def zone(text: str) -> str:
    try:
        return ZoneInfo(required(text)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadCell("bad_zone") from None


def day(text: str) -> date:
    """ISO, or dd/mm/yyyy."""
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", required(text))
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadCell("bad_day")


def optional_day(text: str) -> date | None:
    return day(text) if text else None


def whole(text: str, *, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,6}", text) or not least <= int(text) <= most:
        raise BadCell("bad_number", least=least, most=most)
    return int(text)


def choice(kind: type[Choice], text: str) -> Choice:
    for member in kind:
        if member.value.lower() == required(text).lower():
            return member
    raise BadCell("bad_choice", known=", ".join(member.value for member in kind))
