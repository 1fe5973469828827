"""Candidacies as documents for scripts and as words for people."""

from itertools import groupby
from typing import Any

from models.catalogue import say
from models.errors import Obstacle
from states.overview import Overview, Waiting
from zi.board_views import days_in_words, next_in_words, row_document, stage_name
from zi.output import line, table


def overview_document(seen: Overview) -> dict[str, Any]:
    return {
        **row_document(seen.row),
        "version": seen.row.version,
        "changed_since_proposal": seen.changed_since,
        "late_actions": seen.late_actions,
        "moves": [
            {
                "name": option.move.name,
                "to": option.move.dest.value,
                "by": option.move.by.value,
                "allowed": option.allowed,
                "obstacles": [obstacle_document(one) for one in option.obstacles],
            }
            for option in seen.options
        ],
        "documents": [
            {"kind": one.kind, "needed_for": one.needed_for, "status": one.status, "scope": one.scope}
            for one in seen.documents
        ],
        "entries": [
            {
                "stage": stay.stage.value,
                "entered": stay.entered_on.isoformat(),
                "due": stay.due_on.isoformat() if stay.due_on else None,
                "left": stay.left_on.isoformat() if stay.left_on else None,
                "undone": stay.undone,
            }
            for stay in seen.stays
        ],
    }


def show_overview(seen: Overview) -> None:
    row = seen.row
    line(f"{row.code} - {row.unit_name} ({row.target.value})", style="bold")
    line(say("show.stage", stage=stage_name(row.stage), since=row.since.isoformat()))
    if due := days_in_words(row):
        line(say("show.due", due=due))
    if row.next_owner:
        line(say("show.next", owner=next_in_words(row)))
    if seen.changed_since:
        line(say("lke.changed_since", count=seen.changed_since))
    _show_late_actions(seen)
    line()
    for option in seen.options:
        mark = say("show.allowed") if option.allowed else say("show.blocked")
        line(f"  {mark} {option.move.name} -> {stage_name(option.move.dest)} ({say(f'move.{option.move.name}')})")
        other_way = [one for one in option.obstacles if one.rule == "own_route_closed"]
        for obstacle in other_way or option.obstacles:  # a way that this cycle does not go need not be told in full
            line(f"      - {obstacle.reason}")
            line(f"        {obstacle.fix}")
    if seen.documents:
        line()
        columns = [say(f"column.{name}") for name in ("document", "needed_for", "status", "scope")]
        table(
            columns,
            [(one.kind, one.needed_for, say(f"status.{one.status}"), one.scope or "") for one in seen.documents],
        )
    columns = [say(f"column.{name}") for name in ("stage", "entered", "due", "left")]
    table(
        columns,
        [
            (
                stage_name(stay.stage) + (f" ({say('show.undone')})" if stay.undone else ""),
                stay.entered_on.isoformat(),
                stay.due_on.isoformat() if stay.due_on else "",
                stay.left_on.isoformat() if stay.left_on else "",
            )
            for stay in seen.stays
        ],
    )


def show_why(seen: Overview) -> None:
    if seen.way_on is None:
        line(say("why.closed", code=seen.row.code, stage=stage_name(seen.row.stage)))
        return
    name = seen.way_on.move.name
    _show_late_actions(seen)
    if window := seen.proposal_window:
        key = "why.window_closed" if seen.today > window.closes else "why.window"
        line(say(key, opens=window.opens.isoformat(), closes=window.closes.isoformat()))
    if not seen.waiting:
        line(say("why.nothing", code=seen.row.code, move=name, role=say(f"role.{seen.way_on.move.by.value}")))
        return
    line(say("why.obstacles", code=seen.row.code, move=name))
    for (owner, person), waiting in groupby(seen.waiting, key=lambda one: (one.owner, one.person)):
        line(f"  {say(f'role.{owner.value}')}: {person or say('why.nobody')}", style="bold")
        for one in waiting:
            line(f"    - {one.obstacle.reason}")
            line(f"      {one.obstacle.fix}")


def proposal_document(seen: Overview) -> dict[str, Any] | None:
    """The window that a proposal from here has to keep to."""
    window = seen.proposal_window
    if window is None:
        return None
    days = {"opens": window.opens.isoformat(), "closes": window.closes.isoformat(), "note": window.note}
    return {**days, "closed": seen.today > window.closes}


def _show_late_actions(seen: Overview) -> None:
    if seen.late_actions:
        line(say("show.late_actions", count=seen.late_actions, code=seen.row.code))


def waiting_document(one: Waiting) -> dict[str, str | None]:
    return {**obstacle_document(one.obstacle), "owner": one.owner.value, "person": one.person}


def obstacle_document(obstacle: Obstacle) -> dict[str, str]:
    return {"rule": obstacle.rule, "reason": obstacle.reason, "fix": obstacle.fix}
