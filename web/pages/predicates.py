"""Register predikat: who holds WBK or WBBM, since when, by which decree, and when the next report is due."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from models.candidacies import Level
from models.catalogue import say
from models.database import reading
from states.predicate_register import PAGE, Register, Registered, Standing, Wanted
from states.sight import agencies_seen
from web.addresses import PageNumber, Word, address, one_of
from web.exports import as_csv, file_name, note_export
from web.visit import Guest, Visit

router = APIRouter(prefix="/predicates")

COLUMNS = ("unit", "name", "agency", "target", "decree", "date", "revoked", "last_report", "next_report", "status")


@dataclass(frozen=True)
class Asked:
    agency: str = ""
    level: str = ""
    standing: str = ""
    q: str = ""
    page: int = 1

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.agency, one_of(Level, self.level), one_of(Standing, self.standing), self.q)

    @property
    def narrows(self) -> bool:
        return self.wanted != Wanted()

    def link(self, path: str = "/predicates", **other: Any) -> str:
        return address(path, **vars(replace(self, **{"page": "", **other})))

    def register(self, visit: Visit) -> Register:
        return Register(self.wanted, visit.actor, visit.now, visit.desk.settings.expiry_days)


def asked(agency: Word = "", level: Word = "", standing: Word = "", q: Word = "", page: PageNumber = 1) -> Asked:
    return Asked(agency, level, standing, q.strip(), page)


RegisterAsked = Annotated[Asked, Depends(asked)]


@router.get("")
def predicates(visit: Guest, asked: RegisterAsked) -> Response:
    register = asked.register(visit)
    with reading() as session:
        count = register.count(session)
        pages = max(1, -(-count // PAGE))
        at = min(asked.page, pages)
        rows = register.page(session, offset=(at - 1) * PAGE)
        agencies = agencies_seen(session, visit.actor)
    return visit.page(
        "predicates",
        asked=asked,
        rows=rows,
        count=count,
        at=at,
        pages=pages,
        agencies=agencies,
        standings=[one.value for one in Standing],
    )


@router.get("/export.csv")
def export(visit: Guest, asked: RegisterAsked) -> Response:
    texts = {"filter": asked.link("").lstrip("?")} if asked.narrows else {}
    note_export(visit, "predicates", "csv", {}, texts=texts)
    titles = [say(f"column.{name}") for name in COLUMNS]
    return as_csv(titles, map(_cells, _rows(visit, asked)), headers=file_name(visit, "zi-predikat", "csv"))


def _rows(visit: Visit, asked: Asked) -> Iterator[Registered]:
    with reading() as session:
        yield from asked.register(visit).all(session)


def _cells(row: Registered) -> list[object]:
    return [
        row.unit,
        row.unit_name,
        row.agency,
        row.level.value,
        row.decree,
        row.decreed_on,
        row.revoked_on,
        row.reported_on,
        row.report_due,
        say(f"report_status.{row.status}") if row.status else "",
    ]
