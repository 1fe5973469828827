"""Importing what is known of units and agencies: predicates, facts, calendars, action plans."""

from sqlalchemy import select

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Level
from models.cycles import Cycle, CycleDate
from models.facts import Fact, Predicate
from models.findings import ActionItem
from models.people import Person, Role
from models.stages import OPEN, Stage
from models.trail import Pending, record
from states.actors import place_of_unit, require_admin_or
from states.cycles import Dated, write_calendar
from states.facts import FactData, PredicateData, check_fact, write_fact, write_predicate
from states.imports import fields
from states.imports.batch import Batch
from states.imports.read import Line

PERCENT = 100


def import_predicates(batch: Batch) -> None:
    units = {row.code: row.id for row in batch.session.execute(select(Unit)).scalars()}
    held = {(row.unit_id, row.level, row.decreed_on): row for row in batch.session.execute(select(Predicate)).scalars()}
    wanted: list[tuple[Line, PredicateData]] = []
    for line in batch.lines:
        unit = batch.cell(line, "unit", fields.code)
        level = batch.cell(line, "level", lambda text: fields.choice(Level, text))
        decreed = batch.cell(line, "date", fields.day)
        revoked = batch.cell(line, "revoked_on", fields.optional_day)
        if unit and unit not in units:
            batch.complain(line, "unit", "unknown_unit")
        if decreed and decreed > batch.now.date():
            batch.complain(line, "date", "in_future")
        if decreed and revoked and revoked < decreed:
            batch.complain(line, "revoked_on", "revoked_before")
        batch.once(line, "unit", (unit or line.row, level, decreed))
        if unit and level and decreed:
            wanted.append((line, PredicateData(unit, level, fields.optional(line.cells["decree"]), decreed, revoked)))
    batch.stop_if_wrong()
    for line, data in wanted:
        row = held.get((units[data.unit], data.level, data.decreed_on))
        after: dict[str, object] = {
            "level": data.level,
            "decreed_on": data.decreed_on,
            "decree": data.decree,
            "revoked_on": data.revoked_on,
        }
        before = {name: getattr(row, name) for name in after} if row else None
        if batch.changed(line, f"{data.unit} {data.level.value}", before, after):
            source = line.cells.get("source", "")
            write_predicate(batch.session, data, actor=batch.actor, now=batch.now, source=source)


def import_facts(batch: Batch) -> None:
    agencies = {row.code: row.id for row in batch.session.execute(select(Agency)).scalars()}
    units = {row.code: row.id for row in batch.session.execute(select(Unit)).scalars()}
    known = {
        (row.agency_id, row.unit_id, row.kind, row.dated_on): row
        for row in batch.session.execute(select(Fact)).scalars()
    }
    wanted: list[tuple[Line, FactData]] = []
    for line in batch.lines:
        subject = batch.cell(line, "subject", fields.code)
        dated = batch.cell(line, "date", fields.day)
        until = batch.cell(line, "valid_until", fields.optional_day)
        kind, value = line.cells["kind"].lower(), line.cells["value"]
        if subject and subject not in agencies and subject not in units:
            batch.complain(line, "subject", "unknown_subject")
        if subject in agencies and subject in units:
            batch.complain(line, "subject", "ambiguous_subject")
        if dated and dated > batch.now.date():
            batch.complain(line, "date", "in_future")
        batch.once(line, "subject", (subject or line.row, kind, dated))
        if subject and dated:
            data = FactData(subject, kind, value, dated, until)
            with batch.noting(line, "value"):
                check_fact(data)
            wanted.append((line, data))
    batch.stop_if_wrong()
    for line, data in wanted:
        row = known.get((agencies.get(data.subject), units.get(data.subject), data.kind, data.dated_on))
        after: dict[str, object] = {"kind": data.kind, "value": data.value, "valid_until": data.valid_until}
        before = {name: getattr(row, name) for name in after} if row else None
        if batch.changed(line, data.subject, before, after):
            write_fact(batch.session, data, actor=batch.actor, now=batch.now)


def import_calendar(batch: Batch) -> None:
    cycles = {row.code: row for row in batch.session.execute(select(Cycle)).scalars()}
    dates = {(row.cycle_id, row.stage): row for row in batch.session.execute(select(CycleDate)).scalars()}
    wanted: list[tuple[Line, str, Dated]] = []
    for line in batch.lines:
        code = (batch.cell(line, "cycle", fields.required) or "").upper()
        stage = batch.cell(line, "stage", lambda text: fields.choice(Stage, text))
        due = batch.cell(line, "due", fields.optional_day)
        days = batch.cell(line, "working_days", lambda text: fields.whole(text, least=1, most=366) if text else None)
        if code and code not in cycles:
            batch.complain(line, "cycle", "unknown_cycle")
        if stage and stage not in OPEN:
            batch.complain(line, "stage", "closed_stage")
        if bool(line.cells["due"]) == bool(line.cells["working_days"]):
            batch.complain(line, "due", "due_or_days")
        batch.once(line, "stage", (code or line.row, stage))
        if stage:
            wanted.append((line, code, Dated(stage, due, days, fields.optional(line.cells["note"]))))
    batch.stop_if_wrong()
    changed: dict[str, list[Dated]] = {}
    for line, code, dated in wanted:
        row = dates.get((cycles[code].id, dated.stage))
        after: dict[str, object] = {"due": dated.due, "working_days": dated.working_days, "note": dated.note}
        before = {name: getattr(row, name) for name in after} if row else None
        if batch.changed(line, f"{code} {dated.stage.value}", before, after):
            changed.setdefault(code, []).append(dated)
    for code, several in changed.items():
        write_calendar(batch.session, code, several, actor=batch.actor, now=batch.now)


def import_action_items(batch: Batch) -> None:
    candidacies = {row.code: row for row in batch.session.execute(select(Candidacy)).scalars()}
    people = {row.email: row.id for row in batch.session.execute(select(Person)).scalars()}
    known = {
        (row.candidacy_id, row.area, row.activity): row for row in batch.session.execute(select(ActionItem)).scalars()
    }
    wanted: list[tuple[Line, Candidacy, dict[str, object]]] = []
    for line in batch.lines:
        code = (batch.cell(line, "candidacy", fields.required) or "").upper()
        pic = batch.cell(line, "pic", lambda text: fields.email(text) if text else None)
        values: dict[str, object] = {
            "area": batch.cell(line, "area", fields.required),
            "activity": batch.cell(line, "activity", fields.required),
            "target_on": batch.cell(line, "target", fields.day),
            "pic_id": people.get(pic) if pic else None,
            "progress": batch.cell(line, "progress", lambda text: fields.whole(text or "0", least=0, most=PERCENT)),
            "obstacle": fields.optional(line.cells["obstacle"]),
        }
        if code and code not in candidacies:
            batch.complain(line, "candidacy", "unknown_candidacy")
        if pic and pic not in people:
            batch.complain(line, "pic", "unknown_person")
        batch.once(line, "activity", (code or line.row, values["area"], values["activity"]))
        if code in candidacies:
            wanted.append((line, candidacies[code], values))
    batch.stop_if_wrong()
    allowed: set[int] = set()
    for line, candidacy, values in wanted:
        if candidacy.id not in allowed:
            place = place_of_unit(batch.session, batch.session.get_one(Unit, candidacy.unit_id))
            roles = (Role.KOORDINATOR, Role.PIMPINAN_UNIT, Role.POKJA)
            require_admin_or(batch.actor, roles, place, subject=f"candidacy:{candidacy.code}")
            allowed.add(candidacy.id)
        row = known.get((candidacy.id, str(values["area"]), str(values["activity"])))
        before = {name: getattr(row, name) for name in values} if row else None
        if not batch.changed(line, candidacy.code, before, values):
            continue
        row = row or ActionItem(candidacy_id=candidacy.id, area="", activity="", target_on=batch.now.date())
        for name, value in values.items():
            setattr(row, name, value)
        batch.session.add(row)
        batch.session.flush()
        texts = {"area": str(values["area"]), "activity": str(values["activity"])}
        record(
            batch.session,
            Pending(
                batch.actor.author,
                batch.now,
                action="action_item_set",
                subject=f"candidacy:{candidacy.code}",
                details={"item": row.id, "progress": row.progress, "target_on": row.target_on.isoformat()},
                texts=texts,
            ),
        )
