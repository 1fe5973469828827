"""Passwords: what may be one, and how it is kept (argon2id, RFC 9106)."""

import secrets
from functools import cache
from typing import TYPE_CHECKING

from models.errors import BadInput

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST = 10  # characters; an own choice
LONGEST = 200  # characters: hashing more would only cost time

MEMORY, PASSES = 19 * 1024, 2  # KiB; OWASP's least for one lane: a whole office signs in at eight o'clock

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is read out


def temporary_password() -> str:
    """A password to be told to somebody and changed at once: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def check_password(password: str, *, email: str) -> str:
    """Raises BadInput for one that is too short, too long, or easily guessed from the address."""
    if len(password) < SHORTEST:
        raise BadInput("password_short", least=SHORTEST)
    if len(password) > LONGEST:
        raise BadInput("password_long", most=LONGEST)
    if email.partition("@")[0] in password.lower() or len(set(password)) < 4:  # noqa: PLR2004 - "aaaaaaaaaa"
        raise BadInput("password_guessable")
    return password


def hashed(password: str) -> str:
    return _hasher().hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether it is the one that was kept; takes as long where nothing was kept, so that nobody learns that."""
    if len(password) > LONGEST:
        return False
    right = _hasher().verify(password, kept or _nobodys())
    return right and kept is not None


@cache
def _hasher() -> "PasswordHash":
    from pwdlib import PasswordHash  # noqa: PLC0415 - no command needs it but two
    from pwdlib.hashers.argon2 import Argon2Hasher  # noqa: PLC0415

    return PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=1),))


@cache
def _nobodys() -> str:
    return hashed(secrets.token_hex(16))
