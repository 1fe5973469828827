"""Forms that only our own pages can send (CSRF): each brings back a key that belongs to the session.

The key is masked anew in every page, so that compressing pages tells nobody what it is (BREACH).
"""

import secrets
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlsplit

from fastapi import Request

FIELD, HEADER = "form_key", "x-form-key"
SAFE = ("GET", "HEAD", "OPTIONS")


def key_of(secret: str) -> bytes:
    """The key of a session's forms, or of a visitor's who is not signed in."""
    return sha256(b"form:" + secret.encode()).digest()


def masked(key: bytes) -> str:
    pad = secrets.token_bytes(len(key))
    return (pad + bytes(a ^ b for a, b in zip(pad, key, strict=True))).hex()


def is_right(given: str, key: bytes) -> bool:
    try:
        both = bytes.fromhex(given)
    except ValueError:
        return False
    if len(both) != 2 * len(key):
        return False
    pad, hidden = both[: len(key)], both[len(key) :]
    return compare_digest(bytes(a ^ b for a, b in zip(pad, hidden, strict=True)), key)


def is_from_us(request: Request) -> bool:
    """What browsers say of where a request began; those that say nothing are left to the key."""
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def key_given(request: Request) -> str:
    if header := request.headers.get(HEADER):
        return header
    request.state.form = await request.form()  # closed, with the files in it, when the request has ended
    value = request.state.form.get(FIELD)
    return value if isinstance(value, str) else ""
