"""Figures and days as the reader's language writes them. Pure."""

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from models.catalogue import current_language, say
from states.monev.quarters import Quarter

SHORT_ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
NONE = "–"
CENT = Decimal("0.01")


def points(value: str | Decimal | None) -> str:
    """Two decimals, cut and not rounded up, so that 74.999 never reads as 75."""
    if value is None:
        return NONE
    cut = Decimal(value).quantize(CENT, rounding=ROUND_DOWN)
    return format_decimal(cut, format="#,##0.00", locale=current_language())


def signed(value: Decimal | int | None) -> str:
    if value is None:
        return NONE
    if isinstance(value, int):
        return f"{value:+d}" if value else "0"
    return ("+" if value > 0 else "") + points(value)


def number(value: int | None) -> str:
    return NONE if value is None else format_decimal(value, locale=current_language())


def long_day(day: date) -> str:
    return format_date(day, "long", locale=current_language())


def short_day(day: date | None) -> str:
    return NONE if day is None else format_date(day, "d MMM y", locale=current_language())


def moment(at: datetime, zone: str) -> str:
    """Day and minute in the agency's zone, with the zone's short name."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{long_day(here.date())} {here:%H.%M} {SHORT_ZONES.get(zone, zone)}"


def quarter_name(quarter: Quarter) -> str:
    numerals = ("I", "II", "III", "IV")
    return say("report.quarter", number=numerals[quarter.number - 1], year=quarter.year)
