"""Secrets at rest: channel addresses are encrypted from the first row, with a key outside the database."""

from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import StorageFailed

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


def new_key() -> bytes:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - slow to import, and few commands seal anything

    return Fernet.generate_key() + b"\n"


def seal(secret: str, *, key_file: Path) -> bytes:
    return _keys(key_file).encrypt(secret.encode())


def unseal(sealed: bytes, *, key_file: Path) -> str:
    """Raises StorageFailed when the key is not the one it was sealed with."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415

    try:
        return _keys(key_file).decrypt(sealed).decode()
    except InvalidToken as error:
        raise StorageFailed("wrong_channel_key", path=str(key_file)) from error


def _keys(key_file: Path) -> "MultiFernet":
    """One key a line, the newest first: an older one still opens what it sealed."""
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

    try:
        return MultiFernet([Fernet(line) for line in key_file.read_bytes().split()])
    except (OSError, ValueError) as error:
        raise StorageFailed("no_channel_key", path=str(key_file)) from error
