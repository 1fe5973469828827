"""Encryption of a stream with a passphrase, as an age file (C2SP age, version 1): `age -d` opens it, too.

A random file key is wrapped with a key that scrypt makes of the passphrase (RFC 7914); the content is cut into chunks
of 64 KiB, each sealed with ChaCha20-Poly1305 (RFC 8439) under its number and whether it is the last: a chunk that is
changed, missing, doubled or in another place is refused, and so is a stream that ends too early.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from models.errors import BadInput, IntegrityBroken

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

VERSION = b"age-encryption.org/v1\n"
WORK = 17  # log2 of scrypt's N: 128 MiB and about half a second; OWASP's least
MOST_WORK = 20  # 1 GiB: a file may not ask for more
CHUNK = 64 * 1024  # bytes
TAG = 16  # bytes that the seal adds to each chunk
LONGEST_HEADER = 400  # bytes; that of one passphrase has 150
_SALT_LABEL = b"age-encryption.org/v1/scrypt"


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


def is_sealed(start: bytes) -> bool:
    """Whether a file that begins so is an age file."""
    return start.startswith(VERSION)


def seal(pieces: Iterable[bytes], passphrase: str, *, work: int = WORK) -> Iterator[bytes]:
    """The pieces as an age file, in constant memory; `work` is log2 of scrypt's N."""
    file_key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
    wrapped = _wrapping(passphrase, salt, work).encrypt(bytes(12), file_key, None)
    header = VERSION + b"-> scrypt %s %d\n%s\n---" % (_text(salt), work, _text(wrapped))
    yield header + b" " + _text(_mac(file_key, header)) + b"\n" + nonce
    cipher = _payload(file_key, nonce)
    number, held = 0, bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:  # a full one is kept back, since it may be the last
            yield cipher.encrypt(_nonce(number, last=False), bytes(held[:CHUNK]), None)
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(held), None)


def unseal(source: Source, passphrase: str) -> Iterator[bytes]:
    """What was sealed, chunk by chunk, each given out only when its seal is whole.

    Raises BadInput for another passphrase or another kind of recipient, IntegrityBroken for what was changed or cut.
    """
    file_key = _file_key(source, passphrase)
    nonce = source.read(16)
    if len(nonce) != 16:  # noqa: PLR2004
        raise IntegrityBroken("backup_sealed_broken")
    cipher = _payload(file_key, nonce)
    number, chunk = 0, source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        opened = _opened(cipher, number, chunk, last=not following)
        if not opened and number:  # an empty chunk has no business but in an empty stream
            raise IntegrityBroken("backup_sealed_broken")
        yield opened
        if not following:
            return
        number, chunk = number + 1, following


def _file_key(source: Source, passphrase: str) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - slow to import

    lines = _header(source)
    header = b"".join(lines[:-1]) + b"---"
    words = lines[1].split()
    if words[:2] != [b"->", b"scrypt"] or len(words) != 4 or len(lines) != 4:  # noqa: PLR2004
        raise BadInput("backup_other_recipient")
    try:
        salt, wrapped, mac = _bytes(words[2]), _bytes(lines[2].strip()), _bytes(lines[3][4:].strip())
        work = int(words[3]) if words[3].isdigit() and not words[3].startswith(b"0") else MOST_WORK + 1
        if not 0 < work <= MOST_WORK or (len(salt), len(wrapped), len(mac)) != (16, 32, 32):
            raise ValueError
    except ValueError:
        raise IntegrityBroken("backup_sealed_broken") from None
    try:
        file_key = _wrapping(passphrase, salt, work).decrypt(bytes(12), wrapped, None)
    except InvalidTag:
        raise BadInput("backup_passphrase_wrong") from None
    if not hmac.compare_digest(_mac(file_key, header), mac):
        raise IntegrityBroken("backup_sealed_broken")
    return file_key


def _header(source: Source) -> list[bytes]:
    """Its lines with their ends, up to the one that begins with `---`."""
    lines: list[bytes] = []
    size = 0
    while size <= LONGEST_HEADER:
        line = source.readline(LONGEST_HEADER)
        lines.append(line)
        size += len(line)
        if not line.endswith(b"\n"):
            break
        if line.startswith(b"--- ") and len(lines) > 2 and lines[0] == VERSION:  # noqa: PLR2004
            return lines
    if len(lines) > 1 and lines[0] == VERSION and size > LONGEST_HEADER:
        raise BadInput("backup_other_recipient")  # of several, each with a stanza of its own
    raise IntegrityBroken("backup_sealed_broken")


def _opened(cipher: "ChaCha20Poly1305", number: int, chunk: bytes, *, last: bool) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415

    try:
        return cipher.decrypt(_nonce(number, last=last), chunk, None)
    except InvalidTag:
        raise IntegrityBroken("backup_sealed_broken") from None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _wrapping(passphrase: str, salt: bytes, work: int) -> "ChaCha20Poly1305":
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # noqa: PLC0415

    scrypt = Scrypt(salt=_SALT_LABEL + salt, length=32, n=2**work, r=8, p=1)
    return ChaCha20Poly1305(scrypt.derive(passphrase.encode()))


def _payload(file_key: bytes, nonce: bytes) -> "ChaCha20Poly1305":
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415

    return ChaCha20Poly1305(_derived(file_key, salt=nonce, info=b"payload"))


def _derived(file_key: bytes, *, salt: bytes | None, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(file_key)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(file_key, salt=None, info=b"header"), header, "sha256")


def _text(raw: bytes) -> bytes:
    return b64encode(raw).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    """Strictly: no padding, and no bits that say nothing."""
    raw = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    if _text(raw) != text:
        raise ValueError
    return raw
