"""Rows as text that no database owns: each table's rows as JSON arrays, the same from SQLite and PostgreSQL.

A column is of one of seven kinds. Instants are RFC 3339 in UTC, days and times of day ISO 8601, bytes base64, enums
their values; columns that the database generates are left out.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    Enum,
    Integer,
    LargeBinary,
    String,
    Table,
    TableClause,
    Time,
    column,
    select,
    table,
    type_coerce,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import Session
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

AT_ONCE = 1_000  # rows fetched at a time


class Kind(StrEnum):
    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"
    INSTANT = "instant"
    DAY = "day"
    TIME = "time"
    BYTES = "bytes"


TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.NUMBER: BigInteger(),
    Kind.TRUTH: Boolean(),
    Kind.TEXT: String(),
    Kind.INSTANT: UTCDateTime(),
    Kind.DAY: Date(),
    Kind.TIME: Time(),
    Kind.BYTES: LargeBinary(),
}


@dataclass(frozen=True)
class Shape:
    """A table's name, its columns with their kinds, and by which of them its rows are sorted."""

    name: str
    columns: tuple[tuple[str, Kind], ...]
    order: tuple[str, ...]

    @property
    def table(self) -> TableClause:
        return table(self.name, *(column(name, TYPES[kind]) for name, kind in self.columns))


def shape_of(owner: Table) -> Shape:
    columns = tuple((one.name, kind_of(one.type)) for one in owner.columns if one.computed is None)
    return Shape(owner.name, columns, tuple(one.name for one in owner.primary_key.columns))


def kind_of(stored: TypeEngine[Any]) -> Kind:
    """Raises TypeError for a type that no rows of ours have: whoever adds one decides how it is written."""
    for types, kind in (
        ((AutoString, Enum, String), Kind.TEXT),
        ((Integer,), Kind.NUMBER),
        ((Boolean,), Kind.TRUTH),
        ((UTCDateTime,), Kind.INSTANT),
        ((Date,), Kind.DAY),
        ((Time,), Kind.TIME),
        ((LargeBinary,), Kind.BYTES),
    ):
        if isinstance(stored, types):
            return kind
    raise TypeError(f"no kind for {stored!r}")


def rows_of(session: Session, shape: Shape) -> Iterator[Sequence[Any]]:
    """Every row, sorted by its key, in constant memory."""
    source = shape.table
    query = select(*(type_coerce(source.c[name], TYPES[kind]) for name, kind in shape.columns))
    sorted_ = query.order_by(*(source.c[name] for name in shape.order))
    with session.connection().execute(sorted_, execution_options={"yield_per": AT_ONCE}) as rows:
        yield from rows


def load_rows(connection: Connection, shape: Shape, rows: Sequence[Sequence[Any]]) -> None:
    names = [name for name, _ in shape.columns]
    if rows:
        connection.execute(shape.table.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def encode(row: Sequence[Any], kinds: Sequence[Kind]) -> str:
    """One line of JSON."""
    values = [None if value is None else _WRITE[kind](value) for value, kind in zip(row, kinds, strict=True)]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def decode(line: str, kinds: Sequence[Kind]) -> list[Any]:
    """The row again. Raises ValueError for what `encode` never wrote."""
    try:
        values = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(values, list) or len(values) != len(kinds):
        raise ValueError(f"{len(kinds)} columns were expected")
    return [None if value is None else _read(value, kind) for value, kind in zip(values, kinds, strict=True)]


def _read(value: object, kind: Kind) -> Any:
    if kind is Kind.NUMBER or kind is Kind.TRUTH:
        if type(value) is not (int if kind is Kind.NUMBER else bool) or not -(2**63) <= int(value) < 2**63:
            raise ValueError(f"no {kind}")
        return value
    if not isinstance(value, str):
        raise ValueError(f"no {kind}")
    try:
        return _READ[kind](value)
    except NotBase64 as error:
        raise ValueError(str(error)) from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant without its zone")
    return moment.astimezone(UTC)


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _itself(value: Any) -> Any:
    return value


_WRITE: dict[Kind, Callable[[Any], Any]] = {
    Kind.NUMBER: int,
    Kind.TRUTH: bool,
    Kind.TEXT: _itself,
    Kind.INSTANT: _moment_text,
    Kind.DAY: date.isoformat,
    Kind.TIME: time.isoformat,
    Kind.BYTES: lambda value: b64encode(value).decode(),
}

_READ: dict[Kind, Callable[[str], Any]] = {
    Kind.TEXT: _itself,
    Kind.INSTANT: _moment,
    Kind.DAY: date.fromisoformat,
    Kind.TIME: time.fromisoformat,
    Kind.BYTES: lambda text: b64decode(text, validate=True),
}
