"""Tells a candidacy's stays again, record by record, and finds in what two tellings of it differ. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.candidacies import Level
from models.stages import Stage

OPENED, MOVED, CORRECTED = "candidacy_opened", "moved", "corrected"
STEPS = (OPENED, MOVED, CORRECTED)
"""The actions that change where a candidacy stands, or how it got there."""

UNREADABLE = (KeyError, ValueError, TypeError, AttributeError)  # what a leaf that we never wrote can lead to

Shown = str | int | bool | None


class Misfit(Exception):
    """A record that can't follow on those before it; its text is a key under replay.misfit."""


@dataclass(slots=True)
class ToldStay:
    """A stay in one stage, as far as the trail knows of it: due dates are not in it."""

    stage: Stage
    move: str
    entered_on: date
    recorded_by: int  # person
    left_on: date | None = None
    undone: bool = False


@dataclass(slots=True)
class Told:
    """Where one candidacy stands and has stood; told by the trail, or by the tables."""

    unit: str
    cycle: str
    target: Level
    after: str | None
    stage: Stage
    stays: list[ToldStay]
    ruleset: str = field(default="", compare=False)  # the cycle's, at the opening
    seq: int = field(default=-1, compare=False)  # of the newest record that told of it

    def standing(self) -> list[int]:
        """The numbers of the stays that were not undone; the last is the current one."""
        return [number for number, stay in enumerate(self.stays) if not stay.undone]


@dataclass(frozen=True)
class Difference:
    candidacy: str
    what: str  # a key under replay.what
    trail: Shown  # of a record that does not follow: why, a key under replay.misfit
    table: Shown
    entry: int | None = None  # the number of the stay that it is about
    seq: int | None = None  # the newest record that told of the candidacy, or the one that does not follow


def go_on(told: Told | None, text: str) -> Told:
    """What is told after one more record of the same candidacy, given its leaf; changes what it is given.

    Raises Misfit, and has then changed nothing.
    """
    try:
        leaf = json.loads(text)
        if leaf["action"] == OPENED:
            return _opened(told, leaf)
        if told is None:
            raise Misfit("not_opened")
        if leaf["before"] != told.stage.value:
            raise Misfit("other_stage")
        (_moved if leaf["action"] == MOVED else _corrected)(told, leaf)
        told.seq = leaf["seq"]
    except UNREADABLE:
        raise Misfit("unreadable") from None
    return told


def _opened(told: Told | None, leaf: Mapping[str, Any]) -> Told:
    if told is not None:
        raise Misfit("opened_twice")
    details = leaf["details"]
    stage = Stage(leaf["after"])
    first = ToldStay(stage, "open", date.fromisoformat(details["effective_on"]), _person(leaf))
    return Told(
        unit=details["unit"],
        cycle=details["cycle"],
        target=Level(details["target"]),
        after=details.get("after"),
        stage=stage,
        stays=[first],
        ruleset=details["ruleset"],
        seq=leaf["seq"],
    )


def _moved(told: Told, leaf: Mapping[str, Any]) -> None:
    details = leaf["details"]
    entered = ToldStay(
        Stage(leaf["after"]), details["move"], date.fromisoformat(details["effective_on"]), _person(leaf)
    )
    if details["entry"] != len(told.stays):
        raise Misfit("other_entry")
    told.stays[told.standing()[-1]].left_on = entered.entered_on
    told.stays.append(entered)
    told.stage = entered.stage


def _corrected(told: Told, leaf: Mapping[str, Any]) -> None:
    details, standing = leaf["details"], told.standing()
    if standing[-2:] != [details["back_to_entry"], details["entry"]]:
        raise Misfit("other_entry")
    earlier, undone = (told.stays[number] for number in standing[-2:])
    if earlier.stage.value != leaf["after"]:
        raise Misfit("other_stage")
    undone.left_on, undone.undone = undone.entered_on, True
    earlier.left_on = None
    told.stage = earlier.stage


def _person(leaf: Mapping[str, Any]) -> int:
    kind, _, number = leaf["actor"].partition(":")
    if kind != "person":
        raise Misfit("unreadable")
    return int(number)


def differences(code: str, trail: Told | None, table: Told | None) -> Iterator[Difference]:
    """In what the two tell otherwise of this candidacy; nothing where they agree."""
    if trail is None or table is None:
        if trail or table:
            yield Difference(code, "candidacy", _stage(trail), _stage(table), seq=trail.seq if trail else None)
        return
    for name in ("unit", "cycle", "target", "after", "stage"):
        yield from _differ(code, name, getattr(trail, name), getattr(table, name), seq=trail.seq)
    yield from _differ(code, "entries", len(trail.stays), len(table.stays), seq=trail.seq)
    for number, (told, stored) in enumerate(zip(trail.stays, table.stays, strict=False)):
        for what, name in STAY.items():
            yield from _differ(code, what, getattr(told, name), getattr(stored, name), entry=number, seq=trail.seq)


STAY = {
    "entry_stage": "stage",
    "move": "move",
    "entered": "entered_on",
    "left": "left_on",
    "undone": "undone",
    "recorded_by": "recorded_by",
}
"""What is compared of a stay: as scripts call it, and as we do."""


def _differ(
    code: str, what: str, trail: Any, table: Any, *, seq: int, entry: int | None = None
) -> Iterator[Difference]:
    if trail != table:
        yield Difference(code, what, _shown(trail), _shown(table), entry, seq)


def _stage(told: Told | None) -> str | None:
    return told.stage.value if told else None


def _shown(value: Any) -> Shown:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
