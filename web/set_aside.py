"""A file between two steps of one person's: looked at first, taken in when they have seen what it would change.

It lies under a name made of the browser's own secret, so that nobody else's form can reach it.
"""

import secrets
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from models.errors import BadInput, StorageFailed
from models.files import CHUNK, MIB, plain_name

KEPT = timedelta(hours=6)
FOLDER = ".set-aside"


def set_aside(source: BinaryIO, *, name: str, secret: str, folder: Path, limit: int) -> str:
    """Returns the token by which it is found again.

    Raises BadInput where it is empty or too large, StorageFailed where it can't be written.
    """
    token = secrets.token_hex(16)
    try:
        place = _place(folder)
        _clear(place)
        path = place / _name(token, secret)
        size = _copy(source, path, limit=limit)
        if 0 < size <= limit:
            return token
        path.unlink()
    except OSError as error:
        raise StorageFailed("files_not_writable", path=str(folder), why=error.strerror or "") from error
    raise BadInput("file_too_large" if size else "file_empty", name=plain_name(name), limit=limit // MIB)


def taken_up(token: str, *, secret: str, folder: Path) -> Path:
    """Where it lies. Raises BadInput where it lies there no more."""
    path = _place(folder) / _name(token, secret)
    if not path.is_file():
        raise BadInput("set_aside_gone")
    return path


def _copy(source: BinaryIO, path: Path, *, limit: int) -> int:
    """How many bytes there were, as far as was looked."""
    size = 0
    with path.open("xb") as target:
        while size <= limit and (chunk := source.read(CHUNK)):
            size += len(chunk)
            target.write(chunk)
    return size


def _place(folder: Path) -> Path:
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def _name(token: str, secret: str) -> str:
    return f"{sha256(f'{token}:{secret}'.encode()).hexdigest()}.xlsx"


def _clear(place: Path) -> None:
    """By the machine's clock, as files have it."""
    for path in place.iterdir():
        if time.time() - path.stat().st_mtime > KEPT.total_seconds():
            path.unlink(missing_ok=True)
