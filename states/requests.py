"""What comes with a move: read, checked, and its papers filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models.candidacies import Candidacy
from models.errors import BadInput, UsageError
from states.actors import Actor
from states.documents import Content, Filing, file_document
from states.moves import Move
from states.observe import observe, observe_one
from states.situation import Ask
from states.subjects import subject_of


@dataclass(frozen=True)
class Request:
    """What comes with a move: as the user gave it, already parsed."""

    effective_on: date | None = None  # today where it is not given
    reason: str = ""
    decided_by: str | None = None
    values: Mapping[str, str] | None = None  # --set: criteria, decree and date, KIND.number and KIND.date
    contents: Mapping[str, Content] | None = None  # by kind of document


def check_codes(codes: Sequence[str]) -> None:
    if not codes:
        raise UsageError("no_candidacy_named")
    upper = [code.strip().upper() for code in codes]
    if twice := sorted({code for code in upper if upper.count(code) > 1}):
        raise UsageError("candidacy_named_twice", value=", ".join(twice))


def read_request(session: Session, candidacy: Candidacy, request: Request, *, actor: Actor, now: datetime) -> Ask:
    today = observe_one(session, candidacy, now=now, actor=actor).today
    return Ask(
        effective_on=request.effective_on or today,
        effective_given=request.effective_on is not None,
        reason=request.reason.strip(),
        decided_by=request.decided_by,
        values=request.values or {},
    )


def check_values(
    session: Session, candidacies: Sequence[Candidacy], move: Move, request: Request, *, now: datetime
) -> None:
    """Raises UsageError for a key that the move does not know."""
    given = set(request.values or {})
    for situation in observe(session, candidacies, now=now):
        known = set(move.values) | set(situation.ruleset.criteria if move.name == "start_self_assessment" else ())
        known |= {f"{kind}.{part}" for kind in request.contents or {} for part in ("number", "date")}
        if unknown := sorted(given - known):
            raise UsageError(
                "unknown_set_key", value=", ".join(unknown), known=", ".join(sorted(known)) or "-", move=move.name
            )
    for key in given:
        if key == "date" or key.endswith(".date"):
            parse_day((request.values or {})[key], name=key)


def file_papers(session: Session, candidacy: Candidacy, request: Request, *, actor: Actor, now: datetime) -> None:
    """File what came with the move, for each candidacy."""
    values = request.values or {}
    for kind, content in (request.contents or {}).items():
        dated = values.get(f"{kind}.date")
        filing = Filing(
            kind,
            content,
            number=values.get(f"{kind}.number"),
            dated_on=parse_day(dated, name=f"{kind}.date") if dated else None,
        )
        file_document(session, subject_of(session, candidacy), filing, actor=actor, now=now)


def parse_day(text: str, *, name: str) -> date:
    """Raises BadInput for anything but YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("bad_date", name=name, value=text) from None
