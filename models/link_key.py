"""The key of the links to evidence: outside the database, so that a copy of it opens no page."""

import os
import secrets
import tempfile
from pathlib import Path

from models.errors import StorageFailed

LENGTH = 32  # random bytes


def link_key(key_file: Path) -> bytes:
    """The key, made where there is none yet. Raises StorageFailed where it can't be read or written."""
    try:
        if not key_file.exists():
            _make(key_file)
        key = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise StorageFailed("no_link_key", path=str(key_file)) from error
    if len(key) != LENGTH:
        raise StorageFailed("no_link_key", path=str(key_file))
    return key


def _make(key_file: Path) -> None:
    """Whole or not at all; where two processes make it at once, the first one's stays."""
    handle, draft = tempfile.mkstemp(dir=key_file.parent, prefix=".links-")  # readable by its owner only
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(LENGTH)}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, key_file)
        except FileExistsError:
            return
    finally:
        Path(draft).unlink(missing_ok=True)
