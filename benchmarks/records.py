"""A made-up trail for measuring: the mix of a year's work, written by the trail's own bulk path."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from models.database import transaction
from models.trail import Author, Json, Pending, Via, record

BEGINS = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
AT_ONCE = 5_000  # records in a transaction

Asked = tuple[str, str, Json, Json, Mapping[str, Json], Mapping[str, str]]


def write_trail(records: int) -> None:
    """Into the bound, empty database."""
    for start in range(0, records, AT_ONCE):
        with transaction() as session:
            for number in range(start, min(start + AT_ONCE, records)):
                record(session, a_record(number))


def a_record(number: int) -> Pending:
    """Every fifth is a move with who decided, two are answers, one is a document with its address, one a refusal."""
    action, subject, before, after, details, texts = _KINDS[number % len(_KINDS)](number)
    return Pending(
        Author(number % 997 + 1, Via.WEB),
        BEGINS + timedelta(seconds=number * 30),
        action,
        subject,
        before=before,
        after=after,
        details=details,
        texts=texts,
    )


def _move(number: int) -> Asked:
    details: dict[str, Json] = {"effective_on": "2026-02-02", "entry": number, "move": "select_unit", "version": 4}
    texts = {"decided_by": f"Bupati Rekaan {number % 500}"}
    return "moved", _candidacy(number), "pencanangan", "unit_identification", details, texts


def _answers(number: int) -> Asked:
    answers: list[Json] = [
        {"after": "A", "before": "B", "item": f"A.I.{number % 6 + 1}.i.{letter}"} for letter in "abc"[: number % 3 + 1]
    ]
    return "unit_answered", _candidacy(number), None, None, {"answers": answers, "layer": "unit"}, {}


def _document(number: int) -> Asked:
    texts = {"url": f"https://berkas.contoh.invalid/{number:032x}"}
    return "document_added", _candidacy(number), None, None, {"document": number, "kind": "rencana_aksi"}, texts


def _refusal(number: int) -> Asked:
    details: dict[str, Json] = {
        "asked": "move:select_unit",
        "obstacles": [{"params": {"role": "koordinator"}, "rule": "role_needed"}],
    }
    return "refused", _candidacy(number), None, None, details, {}


def _candidacy(number: int) -> str:
    return f"candidacy:U{number % 30_000}-2026"


_KINDS = (_move, _answers, _document, _answers, _refusal)
