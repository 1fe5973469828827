"""A candidacy as of a day that has passed: the document of `candidacy show`, with what the trail can tell of it."""

from typing import Any

from models.catalogue import say
from states.replay.as_of import AsOf
from states.replay.told import ToldStay
from zi.board_views import stage_name
from zi.output import line, table

UNKNOWN = (
    "due",
    "days_left",
    "missing_evidence",
    "missing_documents",
    "lke_answered",
    "lke_total",
    "open_findings",
    "next_owner",
    "next_person",
    "version",
    "changed_since_proposal",
    "late_actions",
    "moves",
    "documents",
)
"""Fields of `candidacy show` that stages and days do not tell."""


def as_of_document(stood: AsOf) -> dict[str, Any]:
    told = stood.told
    return {
        "as_of": stood.day.isoformat(),
        "audit_seq": told.seq,
        "code": stood.code,
        "unit": told.unit,
        "unit_name": stood.unit_name,
        "agency": stood.agency,
        "cycle": told.cycle,
        "target": told.target.value,
        "ruleset": told.ruleset,
        "stage": told.stage.parent,
        "substage": told.stage.substage,
        "since": _since(stood),
        "entries": [
            {
                "stage": stay.stage.value,
                "entered": stay.entered_on.isoformat(),
                "due": None,
                "left": stay.left_on.isoformat() if stay.left_on else None,
                "undone": stay.undone,
            }
            for stay in told.stays
        ],
        **dict.fromkeys(UNKNOWN),
    }


def show_as_of(stood: AsOf) -> None:
    told = stood.told
    line(f"{stood.code} - {stood.unit_name} ({told.target.value})", style="bold")
    line(say("show.as_of", date=stood.day.isoformat(), seq=told.seq))
    line(say("show.stage", stage=stage_name(told.stage), since=_since(stood)))
    line()
    columns = [say(f"column.{name}") for name in ("stage", "entered", "left")]
    table(columns, [_row(stay) for stay in told.stays])


def _row(stay: ToldStay) -> tuple[str, str, str]:
    undone = f" ({say('show.undone')})" if stay.undone else ""
    left = stay.left_on.isoformat() if stay.left_on else ""
    return stage_name(stay.stage) + undone, stay.entered_on.isoformat(), left


def _since(stood: AsOf) -> str:
    told = stood.told
    return told.stays[told.standing()[-1]].entered_on.isoformat()
