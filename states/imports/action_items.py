"""Importing action plans (rencana aksi)."""

from typing import Annotated

from pydantic import BeforeValidator
from sqlalchemy import select
from sqlmodel import col

from models.actions import ActionItem
from models.people import Role
from models.trail import Json, Pending, record
from states.actors import require_admin_or
from states.imports import fields
from states.imports.batch import Batch
from states.imports.known import Known
from states.imports.row import Day, OptionalEmail, OptionalText, Row, Text, refers_to
from states.people import require_any_manager

PERCENT = fields.whole(least=0, most=100)


def _progress(cell: str) -> int:
    """Percent, with or without its sign; nothing is nothing done."""
    return PERCENT(cell.removesuffix("%").rstrip()) if cell else 0


class ActionItemKey(Row):
    candidacy: Annotated[
        str,
        BeforeValidator(fields.upper),
        refers_to(lambda known: known.candidacies, "unknown_candidacy"),
    ]
    area: Text
    activity: Text


class ActionItemRow(ActionItemKey):
    identity = ActionItemKey

    target: Day
    pic: OptionalEmail
    progress: Annotated[int, BeforeValidator(_progress)]
    obstacle: OptionalText

    @property
    def key(self) -> str:
        return self.candidacy


def import_action_items(batch: Batch) -> None:
    require_any_manager(batch.actor)
    known = batch.known
    wanted = batch.read(ActionItemRow)
    batch.stop_if_wrong()
    codes = sorted({new.candidacy for _, new in wanted})
    _require_koordinator(batch, codes)
    ids = [known.candidacies[code].id for code in codes]
    rows = batch.session.execute(select(ActionItem).where(col(ActionItem.candidacy_id).in_(ids))).scalars()
    held = {(row.candidacy_id, row.area, row.activity): row for row in rows}
    written: list[tuple[ActionItem, ActionItemRow]] = []
    for line, new in wanted:
        candidacy_id = known.candidacies[new.candidacy].id
        row = held.get((candidacy_id, new.area, new.activity))
        if not batch.changed(line, _as_row(row, new, known) if row else None, new):
            continue
        row = row or ActionItem(candidacy_id=candidacy_id, area=new.area, activity=new.activity, target_on=new.target)
        row.target_on, row.progress, row.obstacle = new.target, new.progress, new.obstacle
        row.pic_id = known.people[new.pic].id if new.pic else None
        written.append((row, new))
    batch.session.add_all([row for row, _ in written])
    batch.session.flush()  # numbers the items, which the trail names
    for row, new in written:
        record(batch.session, _record(batch, row, new))


def _require_koordinator(batch: Batch, codes: list[str]) -> None:
    units = {unit.id: unit for unit in batch.known.units.values()}
    for code in codes:
        place = batch.known.place_of(units[batch.known.candidacies[code].unit_id])
        require_admin_or(batch.actor, (Role.KOORDINATOR,), place, subject=f"candidacy:{code}")


def _as_row(row: ActionItem, new: ActionItemRow, known: Known) -> ActionItemRow:
    return ActionItemRow.model_construct(
        candidacy=new.candidacy,
        area=row.area,
        activity=row.activity,
        target=row.target_on,
        pic=known.emails[row.pic_id] if row.pic_id else None,
        progress=row.progress,
        obstacle=row.obstacle,
    )


def _record(batch: Batch, row: ActionItem, new: ActionItemRow) -> Pending:
    details: dict[str, Json] = {"item": row.id, "progress": row.progress, "target_on": row.target_on.isoformat()}
    if row.pic_id:
        details["pic"] = f"person:{row.pic_id}"
    texts = {"area": row.area, "activity": row.activity, "obstacle": row.obstacle}
    return Pending(
        batch.actor.author,
        batch.now,
        action="action_item_set",
        subject=f"candidacy:{new.candidacy}",
        details=details,
        texts={name: text for name, text in texts.items() if text},
    )
