"""What comes with a move: read, checked, and its papers filed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models.errors import BadInput, UsageError
from states.actors import Actor
from states.documents import Content, Filing, file_document
from states.moves import Move
from states.situation import Ask, Situation
from states.subjects import Subject


@dataclass(frozen=True)
class Request:
    """What comes with a move: as the user gave it, already parsed."""

    effective_on: date | None = None  # today where it is not given
    reason: str = ""
    decided_by: str | None = None
    values: Mapping[str, str] | None = None  # --set: criteria, decree and date, KIND.number and KIND.date
    contents: Mapping[str, Content] | None = None  # by kind of document


def check_codes(codes: Sequence[str]) -> list[str]:
    """The codes as they are stored. Raises UsageError where there are none, or one twice."""
    if not codes:
        raise UsageError("no_candidacy_named")
    upper = [code.strip().upper() for code in codes]
    if twice := sorted(code for code, times in Counter(upper).items() if times > 1):
        raise UsageError("candidacy_named_twice", value=", ".join(twice))
    return upper


def read_request(request: Request, *, today: date) -> Ask:
    return Ask(
        effective_on=request.effective_on or today,
        effective_given=request.effective_on is not None,
        reason=request.reason.strip(),
        decided_by=request.decided_by,
        values=request.values or {},
    )


def check_values(situations: Iterable[Situation], move: Move, request: Request) -> None:
    """Raises UsageError for a key that the move does not know."""
    given = set(request.values or {})
    if not given:
        return
    for situation in situations:
        known = set(move.values) | set(situation.ruleset.criteria if move.name == "start_self_assessment" else ())
        known |= {f"{kind}.{part}" for kind in request.contents or {} for part in ("number", "date")}
        if unknown := sorted(given - known):
            raise UsageError(
                "unknown_set_key", value=", ".join(unknown), known=", ".join(sorted(known)) or "-", move=move.name
            )
    for key in given:
        if key == "date" or key.endswith(".date"):
            parse_day((request.values or {})[key], name=key)


def file_papers(
    session: Session, candidacy: int, situation: Situation, request: Request, *, actor: Actor, now: datetime
) -> None:
    """File what came with the move, for one candidacy."""
    values = request.values or {}
    subject = Subject("candidacy", candidacy, situation.code, situation.place, cycle_id=situation.cycle_id)
    for kind, content in (request.contents or {}).items():
        dated = values.get(f"{kind}.date")
        filing = Filing(
            kind,
            content,
            number=values.get(f"{kind}.number"),
            dated_on=parse_day(dated, name=f"{kind}.date") if dated else None,
        )
        file_document(session, subject, filing, actor=actor, now=now)


def parse_day(text: str, *, name: str) -> date:
    """Raises BadInput for anything but YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("bad_date", name=name, value=text) from None
