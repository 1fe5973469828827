"""Secrets at rest: channel addresses are encrypted from the first row, with a key outside the database."""

import os
from collections.abc import Callable
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


def reseal(sealed: bytes, *, key_file: Path) -> bytes:
    """The same secret, sealed with the newest key. Raises StorageFailed when no key opens it."""
    return seal(unseal(sealed, key_file=key_file), key_file=key_file)


def opens_with_newest(sealed: bytes, *, key_file: Path) -> bool:
    """Whether the older keys are not needed for it."""
    from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415

    try:
        Fernet(_lines(key_file)[0]).decrypt(sealed)
    except InvalidToken:
        return False
    return True


def add_key(key_file: Path) -> None:
    """Put a new key first, which seals from now on; the older ones still open. Raises StorageFailed."""
    _keys(key_file)  # a file that can't be read is not to be written over
    _replace(key_file, lambda old: new_key() + old)


def forget_older_keys(key_file: Path) -> None:
    """Keep the newest key alone. Raises StorageFailed."""
    _keys(key_file)
    _replace(key_file, lambda old: old.split()[0] + b"\n")


def _replace(key_file: Path, change: Callable[[bytes], bytes]) -> None:
    """The file is the old one or the new one at every moment, and still there after a power cut."""
    draft = key_file.with_name(f".{key_file.name}.new")
    try:
        content = change(key_file.read_bytes())
        draft.unlink(missing_ok=True)  # of somebody who died over it
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(key_file)
        folder = os.open(key_file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise StorageFailed("channel_key_not_writable", path=str(key_file), why=error.strerror or "") from error


def _keys(key_file: Path) -> "MultiFernet":
    """One key a line, the newest first: an older one still opens what it sealed."""
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

    try:
        return MultiFernet([Fernet(line) for line in _lines(key_file)])
    except ValueError as error:
        raise StorageFailed("no_channel_key", path=str(key_file)) from error


def _lines(key_file: Path) -> list[bytes]:
    try:
        return key_file.read_bytes().split()
    except OSError as error:
        raise StorageFailed("no_channel_key", path=str(key_file)) from error
