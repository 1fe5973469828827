"""Windows, ladders and the reasons for dates, as documents for scripts and as words for people."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models.catalogue import current_language, say
from models.obligations import ObligationKind
from states.cycle_ladders import in_words
from states.explain import Explained, OwedReason
from states.ladder import Ladder
from states.reasons import OffDay, OffKind, RungReason, Source
from states.windows import WindowRow
from zi.output import line, table


def window_document(row: WindowRow) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "opens": row.window.opens.isoformat(),
        "closes": row.window.closes.isoformat(),
        "note": row.window.note,
    }


def ladder_document(kind: ObligationKind, ladder: Ladder) -> dict[str, Any]:
    return {"kind": kind.value, "rungs": in_words(ladder)}


def show_windows(windows: Sequence[WindowRow]) -> None:
    if windows:
        columns = [say(f"column.{name}") for name in ("window", "opens", "closes", "note")]
        rows = [(row.kind, row.window) for row in windows]
        table(columns, [(say(f"window.{kind.value}"), one.opens, one.closes, one.note) for kind, one in rows])


def show_ladders(ladders: Mapping[ObligationKind, Ladder]) -> None:
    for kind in ObligationKind:
        if kind in ladders:
            line(say("cycle.ladder", kind=say(f"owed.{kind.value}"), rungs=" ".join(in_words(ladders[kind]))))


def dates_document(one: Explained) -> dict[str, Any]:
    reason = one.reason
    return {
        "candidacy": one.code,
        "cycle": one.cycle,
        "stage": one.stage.value,
        "entered": one.entered_on.isoformat(),
        "due": _iso(one.due_on),
        "source": {
            "kind": reason.source.value,
            "note": reason.note,
            "working_days": reason.working_days,
            "skipped": [_off_document(off) for off in reason.skipped],
            "estimated": any(off.estimated for off in reason.skipped),
        },
        "windows": [window_document(row) for row in one.windows],
        "obligations": [_owed_document(owed) for owed in one.owed],
    }


def _owed_document(owed: OwedReason) -> dict[str, Any]:
    return {
        "kind": owed.kind.value,
        "item": owed.item or None,
        "owed_by": owed.owed_by.value,
        "person": owed.person,
        "due": _iso(owed.due_on),
        "own_ladder": owed.own_ladder,
        "rungs": [
            {
                "rung": rung.dated.rung.name,
                "also": [role.value for role in rung.dated.rung.also],
                "day": rung.own_day.isoformat(),
                "said": rung.dated.day.isoformat(),
                "skipped": [_off_document(off) for off in rung.skipped],
                "estimated": any(off.estimated for off in rung.skipped),
            }
            for rung in owed.rungs
        ],
    }


def _off_document(off: OffDay) -> dict[str, Any]:
    return {"day": off.day.isoformat(), "kind": off.kind.value, "name": off.name, "estimated": off.estimated}


def show_dates(one: Explained) -> None:
    line(f"{one.code}: {say(f'stage.{one.stage.value}')}", style="bold")
    line(say("dates.entered", day=_long(one.entered_on)))
    line(_due_in_words(one))
    if one.reason.skipped:
        line(say("dates.skipped"))
        for off in one.reason.skipped:
            if off.kind is not OffKind.WEEKEND:
                line(f"  - {_long(off.day)}: {_off_in_words(off)}")
        weekends = sum(off.kind is OffKind.WEEKEND for off in one.reason.skipped)
        if weekends:
            line(f"  - {say('dates.weekends', count=weekends)}")
    for row in one.windows:
        window = row.window
        days = {"opens": _long(window.opens), "closes": _long(window.closes)}
        line(say("dates.window", window=say(f"window.{row.kind.value}"), **days) + _noted(window.note))
    for owed in one.owed:
        _show_owed(owed)
    if _rests_on_estimate(one):
        line(say("dates.estimated"))


def _due_in_words(one: Explained) -> str:
    if one.due_on is None:
        return say("dates.none", cycle=one.cycle)
    due = _long(one.due_on)
    if one.reason.source is Source.WORKING_DAYS:
        text = say("dates.working_days", due=due, count=one.reason.working_days)
    elif one.reason.source is Source.WINDOW:
        text = say("dates.by_window", due=due)
    else:
        text = say("dates.by_date", due=due, cycle=one.cycle)
    return text + _noted(one.reason.note)


def _show_owed(owed: OwedReason) -> None:
    line()
    what = say(f"owed.{owed.kind.value}")
    if owed.kind is ObligationKind.ACTION:
        what = f"{what} {owed.item}"
    line(say("dates.owed", what=what, role=owed.person or say(f"role.{owed.owed_by.value}")), style="bold")
    if owed.due_on is None:
        line(say("dates.owed_without_date"))
        return
    line(say("dates.owed_until", due=_long(owed.due_on)))
    if owed.own_ladder:
        line(say("dates.own_ladder"))
    columns = [say(f"column.{name}") for name in ("rung", "falls_on", "said_on", "moved_because", "also")]
    table(columns, [_rung_row(rung) for rung in owed.rungs])


def _rung_row(rung: RungReason) -> tuple[str, ...]:
    why = "; ".join(f"{off.day.isoformat()} {_off_in_words(off)}" for off in rung.skipped)
    also = ", ".join(say(f"role.{role.value}") for role in rung.dated.rung.also)
    return rung.dated.rung.name, _short(rung.own_day), _short(rung.dated.day), why, also


def _off_in_words(off: OffDay) -> str:
    if off.kind is OffKind.WEEKEND:
        return _formatted(off.day, "EEEE")
    text = say("dates.closure", name=off.name) if off.kind is OffKind.CLOSURE else str(off.name)
    return f"{text} *" if off.estimated else text


def _rests_on_estimate(one: Explained) -> bool:
    passed = [*one.reason.skipped, *(off for owed in one.owed for rung in owed.rungs for off in rung.skipped)]
    return any(off.estimated for off in passed)


def _noted(note: str | None) -> str:
    return f" {say('dates.note', note=note)}" if note else ""


def _long(day: date) -> str:
    return _formatted(day, "EEEE, d MMMM y")


def _short(day: date) -> str:
    return _formatted(day, "EEE y-MM-dd")


def _formatted(day: date, pattern: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - slow to import; not needed with --json

    return str(format_date(day, pattern, locale=current_language()))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
