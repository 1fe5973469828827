"""Jejak audit: find a record, read it with before and after, verify the whole trail, and take away what was found."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from models.catalogue import say
from models.database import reading
from models.people import Role
from states.trail_reader import Record, shown
from states.trail_search import ACTIONS, Wanted, find_all, find_page, trail_size
from states.trail_sight import KEEPERS, find_record
from states.verify import verify_trail
from web.addresses import Number, Word, address, day_in
from web.exports import as_csv, file_name, note_export
from web.visit import Guest, Visit, allowed

router = APIRouter(prefix="/audit")

Verifier = Annotated[Visit, Depends(allowed(*KEEPERS))]

COLUMNS = ("seq", "at", "actor", "via", "action", "subject", "before", "after", "rule", "details", "texts", "hash")
JSON_LINES = "application/jsonl; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    subject: str = ""
    actor: str = ""
    action: str = ""
    first: str = ""
    last: str = ""
    before: int | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.subject.strip(), self.actor.strip(), self.action, day_in(self.first), day_in(self.last))

    @property
    def narrows(self) -> bool:
        return self.wanted != Wanted()

    def link(self, path: str = "/audit", **other: Any) -> str:
        """The same filter with other values, from its newest record on."""
        return address(path, **vars(replace(self, **{"before": None, **other})))


def asked(
    subject: Word = "", actor: Word = "", action: Word = "", first: Word = "", last: Word = "", before: Number = None
) -> Asked:
    return Asked(subject, actor, action, first, last, before)


AuditAsked = Annotated[Asked, Depends(asked)]


@router.get("")
def explorer(visit: Guest, asked: AuditAsked) -> Response:
    with reading() as session:
        found = find_page(session, asked.wanted, actor=visit.actor, before=asked.before)
        size = trail_size(session)
    return visit.page("audit", asked=asked, found=found, actions=ACTIONS, size=size, verifies=_verifies(visit))


@router.get("/export.{form}")
def export(visit: Guest, asked: AuditAsked, form: Literal["csv", "jsonl"]) -> Response:
    """All that the filter finds, oldest first, up to the record that says that it was taken."""
    texts = {"filter": asked.link("").lstrip("?")} if asked.narrows else {}
    below = note_export(visit, "audit", form, {}, texts=texts)
    found = find_all(asked.wanted, actor=visit.actor, below=below)
    headers = file_name(visit, "zi-audit", form)
    if form == "csv":
        return as_csv([say(f"audit.column.{name}") for name in COLUMNS], map(_cells, found), headers=headers)
    return StreamingResponse(map(_json_line, found), media_type=JSON_LINES, headers=headers)


@router.post("/verify")
def verify(visit: Verifier) -> Response:
    """Reads every record, in a thread of its own like all that is not async."""
    with reading() as session:
        verdict = verify_trail(session)
    return visit.page("audit_verdict", verdict=verdict)


@router.get("/{seq}")
def record(visit: Guest, seq: int) -> Response:
    with reading() as session:
        row = find_record(session, seq, actor=visit.actor)
        one = shown(session, [row])[0]
    return visit.page("audit_record", one=one, leaf=row.leaf, changes=list(_changes(one)), link=_page_of(one))


def _changes(one: Record) -> Iterator[tuple[str, Any, Any]]:
    """What changed, by name: before, and after."""
    before, after = one["before"], one["after"]
    if isinstance(before, dict) or isinstance(after, dict):
        first, last = before or {}, after or {}
        if isinstance(first, dict) and isinstance(last, dict):
            yield from ((name, first.get(name), last.get(name)) for name in sorted({*first, *last}))
            return
    if before is not None or after is not None:
        yield "", before, after


def _page_of(one: Record) -> str | None:
    """Where the pages show what the record is about."""
    kind, _, code = one["subject"].partition(":")
    return f"/candidacies/{code}" if kind == "candidacy" else None


def _cells(found: tuple[Record, str]) -> list[object]:
    return [_cell(found[0][name]) for name in COLUMNS]


def _cell(value: Any) -> object:
    if value is None or value == {}:
        return ""
    return value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _json_line(found: tuple[Record, str]) -> str:
    """The record, and its leaf as it was hashed."""
    return json.dumps({**found[0], "leaf": found[1]}, ensure_ascii=False) + "\n"


def _verifies(visit: Visit) -> bool:
    return any(held.role in (*KEEPERS, Role.ADMIN) for held in visit.actor.roles)
