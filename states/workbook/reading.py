"""Imports one layer's answers from a workbook: shows how it is read, then writes all of it or nothing."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from models.candidacies import Candidacy
from models.catalogue import say
from models.database import reading
from models.errors import AnswersRejected, Detail
from models.lke import Layer
from rulesets.figures import short
from rulesets.lke import Lke
from states.actors import Actor, current
from states.lke.access import require_layer
from states.lke.answers import record_answers
from states.lke.stored import answer_rows, lke_of
from states.lke.wordings import wordings
from states.lookups import find
from states.observe import observe_one
from states.workbook.cells import SILENT_WORDS
from states.workbook.headings import Role
from states.workbook.layout import Layout, Picks, find_layout
from states.workbook.lines import Line, Lines, Stored, contradicting, read_lines
from states.workbook.looks import words_of
from states.workbook.opening import opened
from states.workbook.sheet import letters
from states.workbook.totals import contradicted_totals

NO_PICKS = Picks()

Show = Callable[[Layout, Lke, Sequence[Detail]], None]


@dataclass(frozen=True)
class Change:
    """One item that the sheet changes."""

    line: Line
    before: Stored


@dataclass(frozen=True)
class Imported:
    layout: Layout
    accepted: int
    unchanged: int
    rejected: tuple[Detail, ...]  # only a dry run has any: otherwise they are raised
    changes: tuple[Change, ...]
    warnings: tuple[Detail, ...]


def import_workbook(
    code: str,
    path: Path,
    layer: Layer,
    *,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    picks: Picks = NO_PICKS,
    show: Show | None = None,
) -> Imported:
    """Import one layer. `show` is called with how the workbook is read, and its warnings, before anything is written.

    Raises NotFound, Refused, BadInput for a workbook that can't be read, AnswersRejected with every cell that can't be
    taken. A dry run writes nothing and returns these cells instead.
    """
    _require(code, layer, (), dry_run=dry_run, actor=actor, now=now, file=path.name)
    with reading() as session:
        candidacy = find(session, Candidacy, code)
        lke = lke_of(session, candidacy)
        official = {item: text for item, (text, _) in wordings(session, candidacy.cycle_id).items()}
        stored = _stored(session, candidacy, layer)
    with opened(path) as book:
        layout = find_layout(book, lke=lke, layer=layer, words=words_of(lke, official), picks=picks)
    found = read_lines(layout, lke, file=path.name)
    warnings = tuple(_warnings(layout, lke, found, file=path.name))
    if show:
        show(layout, lke, warnings)
    changes = tuple(
        Change(line, before) for line in found.lines if line.differs(before := stored.get(line.item.code, Stored()))
    )
    rejected = (*found.faults, *contradicting(lke, [change.line for change in changes], stored, file=path.name))
    unchanged = len(found.lines) - len(changes)
    if dry_run:
        areas = {lke.area_of[change.line.item.question.code] for change in changes}
        _require(code, layer, areas, dry_run=True, actor=actor, now=now, file=path.name)
        return Imported(layout, len(changes), unchanged, rejected, changes, warnings)
    if rejected:
        raise AnswersRejected(rejected)
    given = [change.line.as_given() for change in changes]
    recorded = record_answers(code, layer, given, actor=actor, now=now, file=path.name)
    return Imported(layout, recorded.accepted, unchanged + recorded.unchanged, (), changes, warnings)


def _require(
    code: str,
    layer: Layer,
    areas: Collection[str | None],
    *,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    file: str,
) -> None:
    """Whether the actor may write these areas of the layer now; outside of a dry run a refusal leaves its record."""
    if not dry_run:
        record_answers(code, layer, [], actor=actor, now=now, file=file)
        return
    with reading() as session:
        actor = current(session, actor, now=now)
        situation = observe_one(session, find(session, Candidacy, code), now=now, actor=actor)
        require_layer(situation, layer, areas, actor=actor)


def _stored(session: Session, candidacy: Candidacy, layer: Layer) -> dict[str, Stored]:
    rows = answer_rows(session, candidacy.id, layer)
    return {item: Stored(row.value, row.note, row.evidence) for item, row in rows.items()}


def _warnings(layout: Layout, lke: Lke, found: Lines, *, file: str) -> Iterator[Detail]:
    """What was seen and left, and figures that contradict each other."""
    values = {line.item.code: line.value for line in found.lines if line.value is not None}
    totals = list(contradicted_totals(layout, lke, values))
    told = {total.cell.name for total in totals}
    for one in layout.matching.unmatched:
        if one.why == "figure" and (one.cell.formula or one.cell.name in told):  # every sheet has formulas there
            continue
        why = say(f"workbook.{one.why}")
        yield Detail(why, file=file, row=one.cell.row, column=one.cell.name, value=one.cell.text[:200])
    if layout.matching.missing:
        codes = ", ".join(layout.matching.missing)
        yield Detail(say("workbook.missing", count=len(layout.matching.missing), codes=codes), file=file)
    for column in layout.columns.known:
        if column.second and column.layer is layout.columns.layer and column.role is Role.ANSWER:
            yield Detail(say("workbook.second"), file=file, column=column.letter, value=column.heading)
    yield from _unheard(layout, found, file=file)
    if layout.sheet.cut_off:
        yield Detail(say("workbook.cut_off"), file=file)
    for total in totals:
        why = say("workbook.total", cell=total.cell.name, shown=short(total.shown), counted=short(total.counted))
        yield Detail(why, file=file, row=total.cell.row, column=total.cell.name, value=total.cell.text)


def _unheard(layout: Layout, found: Lines, *, file: str) -> Iterator[Detail]:
    """Words that can't be read, and a column of answers without a single one."""
    words = (*layout.all_of(Role.NOTE)[:1], *layout.all_of(Role.EVIDENCE))
    for row in sorted(layout.matching.rows.values()):
        for column in words:
            cell = layout.sheet.at(row, column)
            if cell and cell.kind in SILENT_WORDS:
                yield Detail(say("workbook.words_unread"), file=file, row=row, column=cell.name, value=cell.text[:200])
    if layout.matching.rows and not found.faults and not any(line.value is not None for line in found.lines):
        named = letters(layout.answer)
        yield Detail(say("workbook.nothing_answered", column=named), file=file, column=named)
