"""What stands in a backup and in which order; docs/backup.md describes it for people.

A tar of plain files: `zi-backup.json` (what it is), `keys/NAME`, `tables/NAME/NNNNNN.jsonl.gz` (see models.dump),
`files/HH/HASH` sorted by hash, `checksums/NNNNNN.txt` for all that came since the one before, `manifest.json` (sums).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from models.dump import Kind, Shape

OPENING = "zi-backup.json"
CLOSING = "manifest.json"
VERSION = 1

ROWS_AT_ONCE = 5_000  # rows in one member
BYTES_AT_ONCE = 2**20  # characters of rows in one member, about
LINES_AT_ONCE = 5_000  # members between two lists of checksums
LARGEST_JSON = 2**20  # bytes of the first and the last member
LARGEST_ROWS = 2**26  # bytes of one member of rows, unpacked
LARGEST_KEY = 2**16  # bytes
LARGEST_LIST = 2**21  # bytes of one list of checksums

FILE_COLUMN = "file_hash"  # what a column that names a file is called, in every table

HASH = re.compile(r"[0-9a-f]{64}")
KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
NAME = r"^[a-z][a-z0-9_]{0,62}$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TableShape(_Strict):
    name: str = Field(pattern=NAME)
    columns: tuple[tuple[str, Kind], ...] = Field(min_length=1)

    @property
    def shape(self) -> Shape:
        return Shape(self.name, self.columns, ())


class Trail(_Strict):
    records: int = Field(ge=0)
    root: str = Field(pattern=r"^[0-9a-f]{64}$")
    sound: bool  # whether it was verified when the backup was taken


class Start(_Strict):
    """What the first member has in every version of the format."""

    format: Literal["zi-backup"]
    version: int


class Opening(_Strict):
    """The first member: what the backup is of, and how to read the rest."""

    format: Literal["zi-backup"] = "zi-backup"
    version: Literal[1] = 1
    zi: str
    revision: str  # of the schema
    taken_at: AwareDatetime
    sandbox: bool
    purpose: str
    trail: Trail
    keys: tuple[str, ...]
    tables: tuple[TableShape, ...]


class Closing(_Strict):
    """The last member: what has to have come before it."""

    rows: dict[str, int]
    files: int
    file_bytes: int
    missing: int  # files that the database names and that were not there, or not whole
    missing_named: tuple[str, ...]  # some of them
    members: int
    digest: str  # hex, SHA-256 over all lines of checksums


@dataclass
class Ledger:
    """The checksums of the members, as they come: lines as `sha256sum` writes them."""

    members: int = 0
    lists: int = 0
    _open: list[str] = field(default_factory=list)
    _all: Any = field(default_factory=sha256)

    def add(self, name: str, digest: str) -> None:
        line = f"{digest}  {name}\n"
        self._all.update(line.encode())
        self._open.append(line)
        self.members += 1

    def is_due(self) -> bool:
        return len(self._open) >= LINES_AT_ONCE

    def take(self) -> tuple[str, bytes]:
        """The next list, with its name; what comes after is in the one after."""
        self.lists += 1
        content = "".join(self._open).encode()
        self._open.clear()
        return f"checksums/{self.lists:06}.txt", content

    @property
    def is_settled(self) -> bool:
        return not self._open

    @property
    def digest(self) -> str:
        return str(self._all.hexdigest())


def rows_name(table: str, number: int) -> str:
    return f"tables/{table}/{number:06}.jsonl.gz"


def file_name(digest: str) -> str:
    return f"files/{digest[:2]}/{digest}"


def key_name(name: str) -> str:
    return f"keys/{name}"


def suggested_name(taken_at: datetime, *, sealed: bool) -> str:
    """For a backup into a folder: sorted by name is sorted by time."""
    return f"zi-{taken_at:%Y%m%dT%H%M%SZ}.tar{'.age' if sealed else ''}"


def file_columns(tables: Iterable[Shape]) -> list[str]:
    return [shape.name for shape in tables if any(name == FILE_COLUMN for name, _ in shape.columns)]
