"""Pages out of templates: everything escaped, nothing undefined, words from the catalogues."""

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.catalogue import current_language, has_message, say
from states.actors import SYSTEM
from states.board_query import Order
from states.calendar import WIB
from web.assets import asset
from web.navigation import entries_for

STATES = ("stage", "finding_state", "evidence")  # whose words stand as before and after in the trail

ORDERS = {order.value: order for order in Order}

HASH_LENGTH = 64  # of SHA-256 in hex

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: object) -> str:
    return environment().get_template(f"{template}.html.j2").render(values)


def render_macro(template: str, macro: str, *values: object) -> str:
    """A part of a page, as our script puts it into one that is open."""
    module = environment().get_template(f"{template}.html.j2").module
    return str(getattr(module, macro)(*values))


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        say=say,
        has_message=has_message,
        language=current_language,
        asset=asset,
        entries_for=entries_for,
        action_name=_action,
        orders=ORDERS,
        short_change=_short_change,
        subject_name=_subject_name,
    )
    made.filters.update(
        day=_day,
        weekday=_weekday,
        moment=moment,
        moment_text=_moment_text,
        upper_first=_upper_first,
        as_json=_as_json,
        person=_person,
    )
    return made


def _day(value: date | None) -> str:
    """2 Maret 2026; nothing where there is none."""
    return "" if value is None else format_date(value, "d MMM y", locale=current_language())


def _weekday(value: date) -> str:
    """Senin, 2 Maret 2026"""
    return format_date(value, "EEEE, d MMMM y", locale=current_language())


def moment(value: datetime) -> str:
    """2 Mar 2026 14.05 WIB"""
    return format_datetime(value.astimezone(WIB), "d MMM y HH:mm", locale=current_language()) + " WIB"


def _moment_text(value: str) -> str:
    """The same, of an instant as the trail writes it."""
    return moment(datetime.fromisoformat(value))


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _person(actor: str) -> str:
    """Who a record of the trail is by: an address, or the system in the reader's words."""
    return say("web.system") if actor == SYSTEM.code else actor


def _short_change(value: object) -> str:
    """What the trail has as before or after: a stage or a state by its word, a hash cut short."""
    if value is None:
        return ""
    text = str(value)
    for kind in STATES:
        if has_message(f"{kind}.{text}"):
            return say(f"{kind}.{text}")
    return f"{text[:12]}…" if len(text) == HASH_LENGTH and set(text) <= set("0123456789abcdef") else text


def _subject_name(subject: str) -> str:
    """What a record is about, its kind as a word: pencalonan CONTOH-RSUD-2026."""
    kind, _, code = subject.partition(":")
    key = f"web.audit.kind.{kind}"
    return f"{say(key)} {code}" if has_message(key) else subject


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _action(name: str) -> str:
    """What a record of the trail tells of; its own name where the catalogues have no words for it."""
    key = f"trail_action.{name}"
    return say(key) if has_message(key) else name
