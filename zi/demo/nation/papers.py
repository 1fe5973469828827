"""The documents of a candidacy: all that its moves asked for, and some of what the next one asks for."""

from datetime import datetime

from models.documents import Document
from states.moves import way_on
from zi.demo.nation.cases import Case, Paper, Stay
from zi.demo.nation.ways import between

ON_FILE = 0.5  # of what is still owed


def put_papers(case: Case) -> None:
    for stay, later in zip(case.stays, [*case.stays[1:], None], strict=True):
        for kind in wanted(case, later.step.move if later else next_move(stay)):
            if kind in case.papers or (later is None and case.chance.random() > ON_FILE):
                continue
            _put(case, kind, between(stay.step.at, case.last_day(stay), case.chance))


def wanted(case: Case, move: str | None) -> tuple[str, ...]:
    if move is None:
        return ()
    place = case.place
    return case.ground.rules.required(move, agency_kind=place.office.kind, unit_kind=place.kind, level=case.target)


def next_move(stay: Stay) -> str | None:
    move = way_on(stay.step.stage, own_route=False)
    return move.name if move else None


def _put(case: Case, kind: str, at: datetime) -> None:
    rule = case.ground.rules.documents[kind]
    number, by = next(case.numbers.papers), case.place.person(rule.filed_by[0])
    day = case.place.office.calendar.today(at) if rule.numbered else None
    paper_number = f"{number}/REKAAN/{case.ground.year - case.last_year}" if rule.numbered else None
    url = f"https://arsip.contoh.invalid/{case.code}/{kind}"
    case.papers[kind] = Paper(at, paper_number, day)
    case.ground.rows.put(
        Document,
        id=number,
        kind=kind,
        candidacy_id=case.id,
        number=paper_number,
        dated_on=day,
        url=url,
        added_by=by,
        added_at=at,
    )
    details = {"document": number, "kind": kind, **({"dated_on": day.isoformat()} if day else {})}
    texts = {"url": url, **({"number": paper_number} if paper_number else {})}
    case.note(at, by, "document_added", details=details, texts=texts)
