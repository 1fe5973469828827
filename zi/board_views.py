"""The board as a document for scripts and as words for people."""

from fractions import Fraction
from typing import Any

from models.catalogue import say
from models.people import Role
from models.stages import Stage
from rulesets.figures import at_most
from states.board import BoardRow
from zi.output import line, table

BOARD_COLUMNS = ("code", "unit", "target", "stage", "since", "due", "score", "missing", "next")


def row_document(row: BoardRow) -> dict[str, Any]:
    """As scripts rely on it: fields may be added, none renamed."""
    return {
        "code": row.code,
        "unit": row.unit,
        "unit_name": row.unit_name,
        "agency": row.agency,
        "cycle": row.cycle,
        "target": row.target.value,
        "ruleset": row.ruleset,
        "stage": row.stage.parent,
        "substage": row.stage.substage,
        "since": row.since.isoformat(),
        "due": row.due.isoformat() if row.due else None,
        "days_left": row.days_left,
        "missing_evidence": row.missing_evidence,
        "missing_documents": row.missing_documents,
        "lke_answered": row.lke_answered,
        "lke_total": row.lke_total,
        "open_findings": row.open_findings,
        "next_owner": row.next_owner.value if row.next_owner else None,
        "next_person": row.next_person,
    }


def show_board(rows: list[BoardRow]) -> None:
    if not rows:
        line(say("empty.candidacies"))
        return
    columns = [say(f"column.{name}") for name in BOARD_COLUMNS]
    table(
        columns,
        [
            (
                row.code,
                row.unit_name,
                row.target.value,
                stage_name(row.stage),
                row.since.isoformat(),
                days_in_words(row),
                _score(row),
                _missing(row),
                next_in_words(row),
            )
            for row in rows
        ],
    )


def _score(row: BoardRow) -> str:
    return "" if row.lke_total is None else at_most(Fraction(row.lke_total))


def _missing(row: BoardRow) -> str:
    """Questions without evidence, and papers."""
    counts = (row.missing_evidence or 0, row.missing_documents)
    return f"{counts[0]} / {counts[1]}" if any(counts) else ""


def days_in_words(row: BoardRow) -> str:
    if row.due is None or row.days_left is None:
        return ""
    if row.days_left < 0:
        return say("due.late", due=row.due.isoformat(), days=-row.days_left)
    return say("due.left", due=row.due.isoformat(), days=row.days_left)


def stage_name(stage: Stage) -> str:
    return say(f"stage.{stage.value}")


def next_in_words(row: BoardRow) -> str:
    if row.next_owner is None:
        return ""
    role = say(f"role.{Role(row.next_owner).value}")
    return f"{role}: {row.next_person}" if row.next_person else role
