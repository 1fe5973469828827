"""Evidence as documents for scripts and as words for people."""

from collections.abc import Sequence
from typing import Any

from models.catalogue import say
from models.stages import Stage
from models.trail import instant
from states.evidence.adding import Added
from states.evidence.listing import Listed
from states.evidence.missing import Missing, Nothing
from states.evidence.reuse import Place, Uses
from zi.output import line, table


def added_document(added: Added) -> dict[str, Any]:
    return {
        "added": [
            {"id": piece.id, "candidacy": added.candidacy, "question": piece.question, "version": piece.version}
            for piece in added.pieces
        ],
        **_elsewhere(added.elsewhere),
    }


def list_document(rows: Sequence[Listed]) -> dict[str, Any]:
    return {"evidence": [_listed(one) for one in rows]}


def missing_document(rows: Sequence[Missing]) -> dict[str, Any]:
    """As scripts rely on it: fields may be added, none renamed."""
    return {
        "missing": [
            {
                "candidacy": one.candidacy,
                "question": one.question,
                "topic": str(one.topic),
                "area": one.area,
                "wanted": one.wanted,
                "present": one.present,
                "reason": one.reason,
                "responsible": one.responsible.email,
                "role": one.responsible.role.value,
                "since": one.since.isoformat(),
            }
            for one in rows
        ]
    }


def show_added(added: Added) -> None:
    for piece in added.pieces:
        line(
            say(
                "done.evidence_added",
                number=piece.id,
                code=added.candidacy,
                question=piece.question,
                version=piece.version,
            )
        )
    if added.elsewhere.places:
        line(say("evidence.reused", count=len(added.elsewhere.places)))
        for place in added.elsewhere.places:
            line(f"  - {_in_words(place)}")
    if added.elsewhere.hidden:
        line(say("evidence.reused_hidden", count=added.elsewhere.hidden))


def show_list(rows: Sequence[Listed], *, code: str, reused: bool) -> None:
    if not rows:
        line(say("empty.evidence_reused", code=code) if reused else say("empty.evidence", code=code))
        return
    columns = ("id", "question", "document", "version", "status", "valid_until", "review", "also_at")
    table(
        [say(f"column.{name}") for name in columns],
        [
            (
                one.row.id,
                one.row.question,
                one.name,
                one.row.version,
                _state(one),
                one.row.valid_until,
                one.row.review_reason,
                _also(one.elsewhere),
            )
            for one in rows
        ],
    )


def show_missing(rows: Sequence[Missing]) -> None:
    columns = ("code", "question", "topic", "area", "present", "reason", "responsible", "since")
    table(
        [say(f"column.{name}") for name in columns],
        [
            (
                one.candidacy,
                one.question,
                str(one.topic),
                one.area,
                f"{one.present}/{one.wanted}",
                say(f"evidence.missing.{one.reason}"),
                one.responsible.email or say(f"role.{one.responsible.role.value}"),
                one.since,
            )
            for one in rows
        ],
    )
    line(say("evidence.missing.total", count=len(rows), candidacies=len({one.candidacy for one in rows})))


def show_nothing(code: str | None, why: tuple[Nothing, Stage] | None, *, filtered: bool) -> None:
    """Why the list is empty, and what to do next."""
    if filtered:
        line(say("empty.missing_filtered"))
    elif code and why:
        line(say(f"empty.missing_{why[0]}", code=code.upper(), stage=say(f"stage.{why[1].value}")))
    else:
        line(say("empty.missing"))


def _listed(one: Listed) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.id,
        "question": row.question,
        "state": row.state.value,
        "version": row.version,
        "replaces": row.replaces_id,
        "title": row.title,
        "file": row.file_name,
        "sha256": row.file_hash,
        "size": row.file_size,
        "media_type": row.media_type,
        "url": row.url,
        "effective": row.effective_on.isoformat() if row.effective_on else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "expired": one.expired,
        "received": instant(row.received_at),
        "added_by": one.added_by,
        "reviewed_by": one.reviewed_by,
        "reviewed": instant(row.reviewed_at) if row.reviewed_at else None,
        "reason": row.review_reason,
        **_elsewhere(one.elsewhere),
    }


def _elsewhere(uses: Uses) -> dict[str, Any]:
    """Where the same content stands, too; what is in other agencies is a number."""
    return {
        "elsewhere": [
            {
                "id": place.evidence,
                "candidacy": place.candidacy,
                "question": place.question,
                "unit": place.unit,
                "year": place.year,
                "state": place.state.value,
            }
            for place in uses.places
        ],
        "elsewhere_hidden": uses.hidden,
    }


def _state(one: Listed) -> str:
    state = say(f"evidence.{one.row.state.value}")
    return say("evidence.expired", state=state) if one.expired and one.counts else state


def _also(uses: Uses) -> str:
    first = uses.places[0] if uses.places else None
    named = f"{first.candidacy} {first.question}" if first else ""
    if len(uses.places) > 1:
        named = say("evidence.also", first=named, more=len(uses.places) - 1)
    hidden = say("evidence.also_hidden", more=uses.hidden) if uses.hidden else ""
    return " ".join(part for part in (named, hidden) if part)


def _in_words(place: Place) -> str:
    return say(
        "evidence.place",
        code=place.candidacy,
        question=place.question,
        unit=place.unit_name,
        year=place.year,
        state=say(f"evidence.{place.state.value}"),
    )
