"""Rounds and their trend, as documents and as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from models.catalogue import say
from models.lke import Layer
from models.trail import instant
from states.monev.history import History, Past
from states.monev.positions import Position
from states.monev.rounds import Taken
from states.monev.stored import Kept
from states.monev.trend import AreaStanding, Change
from zi.output import line, table

COUNTS = ("missing_evidence", "evidence", "evidence_accepted", "evidence_rejected")


def taken_document(taken: Taken) -> dict[str, Any]:
    return {
        "agency": taken.agency,
        "quarter": str(taken.quarter),
        "taken": taken.taken,
        "replaced": taken.replaced,
        "rows": taken.rows,
        "sha256": taken.rows_hash,
        "audit_seq": taken.audit_seq,
    }


def show_taken(taken: Sequence[Taken]) -> None:
    if not taken:
        line(say("empty.round_take"))
    for one in taken:
        key = "done.round_replaced" if one.replaced else "done.round_taken" if one.taken else "done.round_there"
        line(say(key, agency=one.agency, quarter=str(one.quarter), rows=one.rows))


def kept_document(kept: Kept, intact: bool) -> dict[str, Any]:
    return {
        "quarter": str(kept.quarter),
        "taken_at": instant(kept.taken_at),
        "taken_by": kept.taken_by,
        "rows": kept.rows,
        "sha256": kept.rows_hash,
        "intact": intact,
    }


def show_rounds(rounds: Sequence[Kept], intact: Mapping[int, bool]) -> None:
    if not rounds:
        line(say("empty.rounds"))
        return
    columns = [say(f"column.{name}") for name in ("quarter", "taken_at", "actor", "candidacies", "sha256", "intact")]
    table(
        columns,
        [
            (
                one.quarter,
                instant(one.taken_at)[:19],
                one.taken_by or say("report.system"),
                one.rows,
                one.rows_hash[:16],
                say("yes" if intact[one.id] else "no"),
            )
            for one in rounds
        ],
    )


def trend_document(agency: str, past: History) -> dict[str, Any]:
    return {
        "agency": agency,
        "rounds": [_past(one) for one in past.rounds],
        "units": [_change(one) for one in past.changes],
        "areas": [_area(one) for one in past.areas],
    }


def show_trend(past: History) -> None:
    if not past.rounds:
        line(say("empty.rounds"))
        return
    names = ("quarter", "open", "late", "designated", "unit_mean", "tpi_mean", "missing_evidence", "open_findings")
    rows = [
        (one.kept.quarter, t.open, t.late, t.designated, t.unit_mean, t.tpi_mean, t.missing_evidence, t.findings)
        for one in past.rounds
        for t in (one.totals,)
    ]
    table([say(f"column.{name}") for name in names], rows)
    if not past.changes:
        line(say("empty.trend"))
        return
    columns = [say(f"column.{name}") for name in ("code", "before", "after", "unit_change", "findings_change")]
    table(
        columns,
        [
            (one.code, _stage(one.before), _stage(one.after), one.points(Layer.UNIT), _signed(one.count("findings")))
            for one in past.changes
        ],
    )


def _past(past: Past) -> dict[str, Any]:
    return {"quarter": str(past.kept.quarter), "taken_at": instant(past.kept.taken_at)} | {
        name: _plain(value) for name, value in asdict(past.totals).items()
    }


def _change(change: Change) -> dict[str, Any]:
    sides = (change.before, change.after)
    return {
        "candidacy": change.code,
        "unit_name": change.unit_name,
        "stage": [side.stage.value if side else None for side in sides],
        "unit_total": [side.totals[Layer.UNIT] if side else None for side in sides],
        "unit_change": _plain(change.points(Layer.UNIT)),
        "tpi_total": [side.totals[Layer.TPI] if side else None for side in sides],
        "tpi_change": _plain(change.points(Layer.TPI)),
        "open_findings": [side.findings.total if side else None for side in sides],
        **{name: [getattr(side, name) if side else None for side in sides] for name in COUNTS},
    }


def _area(area: AreaStanding) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(area).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value


def _stage(side: Position | None) -> str:
    return say(f"stage.{side.stage.value}") if side else "-"


def _signed(value: int | None) -> str:
    return "" if value is None else f"{value:+d}"
