"""A digest, as the templates read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.catalogue import say
from models.obligations import ObligationKind
from notifications.commands import show_command
from notifications.long_late import Late
from notifications.markup import Lines

WHOLE = 20  # items that are told with their text; the others by their title
SHOWN = 20  # that stay late and are named


@dataclass(frozen=True)
class Item:
    title: str
    text: Lines | None
    due_on: date | None


def digest_values(items: Sequence[Item], late: Sequence[Late], *, weekly: bool) -> dict[str, object]:
    return {
        "weekly": weekly,
        "count": len(items),
        "items": list(items[:WHOLE]),
        "more": [item.title for item in items[WHOLE:]],
        "soonest": next((item.due_on for item in items if item.due_on), None),
        "late": [
            {
                "what": _what(one),
                "due_on": one.due_on,
                "days": one.days,
                "command": show_command(one.code),
            }
            for one in late[:SHOWN]
        ],
        "late_count": len(late),
    }


def _what(one: Late) -> str:
    if one.kind is ObligationKind.ACTION and one.activity:
        return f"{one.unit}: {' '.join(one.activity.split())}"
    return f"{one.unit}: {say(f'stage.{one.stage.value}')}"
