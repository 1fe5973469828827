"""Appends to the trail. `record` notes what happened; the transaction writes it last, just before it commits.

Written last because the head is one row that all writers share: the later it is locked, the less they wait.
"""

import json
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import cast

import rfc8785
from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from models.audit import AuditHead, AuditRecord, AuditText
from models.base import table_of
from models.errors import ClockBehind
from models.merkle import grow, leaf_hash, pack, unpack

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

LEAF_VERSION = 1
SKEW = timedelta(minutes=2)  # writers take their time before they queue for the head; more than this is a wrong clock

LARGEST_INT = 2**53 - 1  # RFC 8785 knows no greater number
_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_HEAD = select(col(AuditHead.size), col(AuditHead.frontier), col(AuditHead.last_at)).with_for_update()
_ADD_RECORDS = insert(table_of(AuditRecord))
_ADD_TEXTS = insert(table_of(AuditText))
_MOVE_HEAD = update(table_of(AuditHead))

_request: ContextVar[str | None] = ContextVar("request", default=None)

_PENDING = "pending audit records"


class Via(StrEnum):
    """The way a change came in."""

    CLI = "cli"
    WEB = "web"
    FLOW = "flow"


@dataclass(frozen=True)
class Author:
    """Who is answerable for a record: a person's id, or the system itself; and the way it came in."""

    person_id: int | None
    via: Via

    @property
    def code(self) -> str:
        return "system" if self.person_id is None else f"person:{self.person_id}"


@dataclass
class Pending:
    """A record on its way; `seq` is known once the transaction has written it."""

    author: Author
    now: datetime
    action: str
    subject: str
    before: Json = None
    after: Json = None
    rule: str | None = None
    details: Mapping[str, Json] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    seq: int = -1


def use_request(number: str | None) -> None:
    """Note this web request's id with every record, from here on, in this context."""
    _request.set(number)


def record(session: Session, pending: Pending) -> Pending:
    """Note one record; it is written when the transaction ends well, and not at all when it does not."""
    cast("list[Pending]", session.info.setdefault(_PENDING, [])).append(pending)
    return pending


def write_pending(session: Session) -> None:
    """Write what was noted, in order, and move the head. Called once, by the transaction, as its last statement.

    Raises ClockBehind when the clock stands before the last record by more than SKEW.
    """
    pending = cast("list[Pending]", session.info.pop(_PENDING, []))
    if not pending:
        return
    connection = session.connection()
    size, packed, last_at = connection.execute(_HEAD).one()
    frontier = unpack(packed)
    records: list[dict[str, object]] = []
    texts: list[dict[str, object]] = []
    for entry in pending:
        last_at = _at(entry.now, last_at)
        salted = {name: (secrets.token_hex(16), text) for name, text in entry.texts.items()}
        leaf = leaf_text(entry, seq=size, at=last_at, salted=salted)
        hashed = leaf_hash(leaf.encode())
        records.append({"seq": size, "leaf": leaf, "leaf_hash": hashed.hex()})
        texts.extend({"seq": size, "field": f, "salt": salt, "text": text} for f, (salt, text) in salted.items())
        entry.seq = size
        frontier = grow(frontier, size, hashed)
        size += 1
    connection.execute(_ADD_RECORDS, records)
    if texts:
        connection.execute(_ADD_TEXTS, texts)
    connection.execute(_MOVE_HEAD, {"size": size, "frontier": pack(frontier), "last_at": last_at})


def leaf_text(entry: Pending, *, seq: int, at: str, salted: Mapping[str, tuple[str, str]]) -> str:
    """The leaf as RFC 8785 JSON; members that say nothing are left out."""
    request = _request.get()
    members: dict[str, Json] = {
        "v": LEAF_VERSION,
        "seq": seq,
        "at": at,
        "actor": entry.author.code,
        "via": entry.author.via.value,
        "action": entry.action,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
        "rule": entry.rule,
        "details": {**entry.details, **({"request": request} if request else {})},
        "texts": {name: text_hash(salt, text) for name, (salt, text) in salted.items()},
    }
    said: dict[str, Json] = {name: value for name, value in members.items() if value is not None and value != {}}
    return canonical(said)


def canonical(value: Json) -> str:
    """RFC 8785 text; floats are refused, because no two languages print them alike.

    Where nothing can be written in two ways, Python's own encoder writes the same thirty times as fast.
    """
    if _is_plain(value) and (text := _PLAIN.encode(value)).isascii():
        return text
    _refuse_floats(value)
    return rfc8785.dumps(value).decode()


def text_hash(salt: str, text: str) -> str:
    return sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds and Z: these sort as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _at(now: datetime, last: str) -> str:
    """The record's time: now, or the last record's where another writer was only just faster."""
    at = instant(now)
    if at >= last:
        return at
    if datetime.fromisoformat(last) - now > SKEW:
        raise ClockBehind("clock_behind", now=at, last=last)
    return last


def _is_plain(value: Json) -> bool:
    """Whether it holds nothing but text, small numbers, and objects whose ASCII keys sort the same by any unit."""
    rest: list[Json] = [value]
    while rest:
        one = rest.pop()
        kind = type(one)
        if kind is str or one is None or kind is bool:
            continue
        if kind is int and -LARGEST_INT <= cast("int", one) <= LARGEST_INT:
            continue
        if kind is list:
            rest.extend(cast("list[Json]", one))
        elif kind is dict and "".join(cast("dict[str, Json]", one)).isascii():
            rest.extend(cast("dict[str, Json]", one).values())
        else:
            return False
    return True


def _refuse_floats(value: Json) -> None:
    if isinstance(value, float):
        raise TypeError(f"a float in a trail record: {value!r}")
    if isinstance(value, dict):
        for member in value.values():
            _refuse_floats(member)
    if isinstance(value, list):
        for member in value:
            _refuse_floats(member)
