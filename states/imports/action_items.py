"""Importing action plans (rencana aksi)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator
from sqlalchemy import select
from sqlmodel import col

from models.actions import WHOLE, ActionItem
from models.candidacies import Candidacy
from models.database import locked
from models.errors import BadInput
from models.inserts import in_pieces
from models.people import Role
from states.actions.following import follow_plan
from states.actions.noting import note, seen
from states.actions.progress import report_progress
from states.actors import Place, require_admin_or
from states.documents import checked_link
from states.imports import fields
from states.imports.batch import Batch
from states.imports.fields import BadCell
from states.imports.known import Known
from states.imports.lines import Line
from states.imports.row import Day, OptionalDay, OptionalEmail, OptionalText, Row, Text, known_in, refers_to
from states.people import require_any_manager

PERCENT = fields.whole(least=0, most=WHOLE)
AT_ONCE = 500  # candidacies whose obligations follow together


def _progress(cell: str) -> int:
    """Percent, with or without its sign; nothing is nothing done."""
    return PERCENT(cell.removesuffix("%").rstrip()) if cell else 0


def _link(url: str | None) -> str | None:
    try:
        return checked_link(url) if url else None
    except BadInput:
        raise BadCell("import.bad_link") from None


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
    follow_up: OptionalText
    evidence_link: Annotated[OptionalText, AfterValidator(_link)]
    done_on: OptionalDay

    @property
    def key(self) -> str:
        return self.candidacy

    @field_validator("done_on")
    @classmethod
    def _is_whole(cls, day: date | None, info: ValidationInfo) -> date | None:
        if day and info.data.get("progress", WHOLE) != WHOLE:
            raise BadCell("import.not_whole")
        if day and "candidacy" in info.data and day > _today(known_in(info), info.data["candidacy"]):
            raise BadCell("import.in_future")
        return day


def import_action_items(batch: Batch) -> None:
    require_any_manager(batch.actor)
    wanted = batch.read(ActionItemRow)
    batch.stop_if_wrong()
    codes = sorted({new.candidacy for _, new in wanted})
    _require_koordinator(batch, codes)
    candidacies = _lock(batch, codes)
    held = _held(batch, candidacies)
    changed: list[tuple[ActionItem | None, ActionItemRow]] = []
    for line, new in wanted:
        there = held.get((new.candidacy, new.area, new.activity))
        if there and there.dropped_at:
            batch.complain(line, "activity", "action_dropped", number=there.id)
            continue
        whole = _whole(batch.known, line, there, new)
        if batch.changed(line, _as_row(there, whole, batch.known), whole):
            changed.append((there, whole))
    batch.stop_if_wrong()
    _write(batch, changed)
    for piece in in_pieces([candidacies[code] for code in sorted({new.candidacy for _, new in changed})], AT_ONCE):
        follow_plan(batch.session, piece, now=batch.now)


def _write(batch: Batch, changed: list[tuple[ActionItem | None, ActionItemRow]]) -> None:
    written = []
    for row, new in changed:
        before = seen(row) if row else None
        item = row or ActionItem(
            candidacy_id=batch.known.candidacies[new.candidacy].id,
            area=new.area,
            activity=new.activity,
            target_on=new.target,
        )
        item.target_on, item.obstacle, item.follow_up = new.target, new.obstacle, new.follow_up
        item.pic_id = batch.known.people[new.pic].id if new.pic else None
        today = _today(batch.known, new.candidacy)
        report_progress(item, new.progress, new.done_on, today=today, subject=new.candidacy)
        if new.evidence_link != item.evidence_url:
            item.evidence_url = new.evidence_link
            item.evidence_hash = item.evidence_name = item.evidence_size = None
        batch.session.add(item)
        written.append((item, new, before))
    batch.session.flush()  # numbers the items, which the trail names
    for item, new, before in written:
        author = batch.actor.author
        note(batch.session, item, new.candidacy, "action_item_set", author=author, now=batch.now, before=before)


def _lock(batch: Batch, codes: list[str]) -> Mapping[str, Candidacy]:
    """Before their items are looked at: nobody reports on one meanwhile."""
    ids = sorted(batch.known.candidacies[code].id for code in codes)
    return {
        row.code: row
        for piece in in_pieces(ids)
        for row in locked(batch.session, Candidacy, col(Candidacy.id).in_(piece))
    }


def _held(batch: Batch, candidacies: Mapping[str, Candidacy]) -> Mapping[tuple[str, str, str], ActionItem]:
    """What is on record for these, dropped items too."""
    codes = {row.id: code for code, row in candidacies.items()}
    held: dict[tuple[str, str, str], ActionItem] = {}
    for ids in in_pieces(codes):
        rows = batch.session.execute(select(ActionItem).where(col(ActionItem.candidacy_id).in_(ids))).scalars()
        held.update({(codes[row.candidacy_id], row.area, row.activity): row for row in rows})
    return held


def _whole(known: Known, line: Line, there: ActionItem | None, new: ActionItemRow) -> ActionItemRow:
    """With what the file does not speak of as it stands; a whole item was done today where no day is known."""
    kept: dict[str, object] = {}
    if there and "follow_up" not in line.header:
        kept["follow_up"] = there.follow_up
    if there and "evidence_link" not in line.header:
        kept["evidence_link"] = there.evidence_url
    if new.progress == WHOLE and new.done_on is None:
        done_before = there is not None and there.progress == WHOLE
        kept["done_on"] = there.done_on if there and done_before else _today(known, new.candidacy)
    return new.model_copy(update=kept) if kept else new


def _as_row(row: ActionItem | None, new: ActionItemRow, known: Known) -> ActionItemRow | None:
    if row is None:
        return None
    return ActionItemRow.model_construct(
        candidacy=new.candidacy,
        area=row.area,
        activity=row.activity,
        target=row.target_on,
        pic=known.emails[row.pic_id] if row.pic_id else None,
        progress=row.progress,
        obstacle=row.obstacle,
        follow_up=row.follow_up,
        evidence_link=row.evidence_url,
        done_on=row.done_on,
    )


def _require_koordinator(batch: Batch, codes: list[str]) -> None:
    for code in codes:
        require_admin_or(batch.actor, (Role.KOORDINATOR,), _place(batch.known, code), subject=f"candidacy:{code}")


def _today(known: Known, candidacy: str) -> date:
    return known.today(_place(known, candidacy).agency_id)


def _place(known: Known, candidacy: str) -> Place:
    return known.place_of(known.units[known.unit_codes[known.candidacies[candidacy].unit_id]])
