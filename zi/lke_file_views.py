"""How a workbook was read and what came of it: as a document for scripts, and in words for people."""

import sys
from collections.abc import Sequence
from typing import Any

from models.catalogue import say
from models.errors import Detail
from rulesets.lke import Lke
from states.workbook.columns import Column
from states.workbook.layout import Layout
from states.workbook.reading import Imported
from zi.output import console, line, table


def import_document(done: Imported) -> dict[str, Any]:
    return {
        "accepted": done.accepted,
        "unchanged": done.unchanged,
        "rejected": [{**_detail(one), "item": one.column} for one in done.rejected],
        "changes": [
            {
                "item": change.line.item.code,
                "row": change.line.row,
                "cell": change.line.cell,
                "before": change.before.value,
                "after": change.line.value if change.line.value is not None else change.before.value,
            }
            for change in done.changes
        ],
        "mapping": mapping_document(done.layout),
        "warnings": [_detail(one) for one in done.warnings],
    }


def mapping_document(layout: Layout) -> dict[str, Any]:
    return {
        "sheet": layout.sheet.name,
        "sheet_why": layout.sheet_why,
        "header_row": layout.header_row,
        "columns": [
            {
                "column": one.letter,
                "role": one.role.value,
                "layer": one.layer.value if one.layer else None,
                "heading": one.heading,
                "why": one.why,
                "second": one.second,
                "taken": one in layout.columns.taken,
            }
            for one in layout.columns.known
        ],
        "rows": dict(layout.matching.rows),
        "missing": list(layout.matching.missing),
        "unmatched": [
            {
                "row": one.cell.row,
                "cell": one.cell.name,
                "value": one.cell.text[:200],
                "why": say(f"workbook.{one.why}"),
            }
            for one in layout.matching.unmatched
        ],
        "unsure": [{"item": item, "rows": list(rows)} for item, rows in layout.matching.unsure.items()],
    }


def show_mapping(layout: Layout, lke: Lke, warnings: Sequence[Detail]) -> None:
    """On stderr: it comes before the outcome, which alone goes to stdout."""
    from rich.box import SIMPLE  # noqa: PLC0415 - slow to import; not needed with --json
    from rich.table import Table  # noqa: PLC0415

    screen = console(sys.stderr)
    why = say(f"workbook.why.{layout.sheet_why}")
    key = "read_from" if layout.header_row else "read_from_no_header"
    screen.print(say(f"workbook.{key}", sheet=layout.sheet.name, why=why, row=layout.header_row))
    rows = sorted(layout.matching.rows.values())
    shifts = {row - (lke.items[item].row or row) for item, row in layout.matching.rows.items()}
    said = ", ".join(f"{shift:+d}" for shift in sorted(shifts)) or "-"
    counts = {"matched": len(rows), "items": len(lke.items)}
    ends = {"first": rows[0] if rows else "-", "last": rows[-1] if rows else "-"}
    screen.print(say("workbook.matched", shifts=said, **counts, **ends))
    columns = [say(f"column.{name}") for name in ("column", "heading", "meaning", "taken", "why")]
    drawn = Table(*columns, box=SIMPLE, pad_edge=False)
    for one in layout.columns.known:
        drawn.add_row(*_row(one, layout))
    screen.print(drawn)
    for warning in warnings:
        screen.print(_said(warning))


def show_import(done: Imported) -> None:
    if done.changes:
        columns = [say(f"column.{name}") for name in ("cell", "item", "before", "after")]
        table(
            columns,
            [
                (change.line.cell, change.line.item.code, change.before.value, change.line.value or change.before.value)
                for change in done.changes
            ],
        )
    if done.rejected:
        line(say("workbook.rejected", count=len(done.rejected)), style="bold")
        for one in done.rejected:
            line(_said(one))


def _row(one: Column, layout: Layout) -> tuple[str, ...]:
    meaning = say(f"workbook.role.{one.role.value}")
    if one.layer:
        meaning += f", {say(f'layer.{one.layer.value}')}"
    taken = say("workbook.taken") if one in layout.columns.taken else say("workbook.not_taken")
    return one.letter, one.heading, meaning, taken, say(f"workbook.why.{one.why}")


def _detail(one: Detail) -> dict[str, Any]:
    return {"row": one.row, "cell": one.column, "value": one.value, "why": one.why}


def _said(one: Detail) -> str:
    place = f"{one.column or one.row}: " if one.column or one.row else ""
    return f"  {place}{one.why}" + (f" [{one.value}]" if one.value else "")
