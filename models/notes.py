"""Signed notes and checkpoints, as C2SP writes them (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), with Ed25519.

A note is a text, a blank line, and a line for each signature. A checkpoint is a note whose text is the origin, the
size of the tree and its root. A verifier key is `name+id+key`; its id is the beginning of a hash of the rest.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"
DASH = "\u2014"  # an em dash begins a line that is a signature
LONGEST = 100_000  # characters of a note that is worth reading

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]+")


class BadNote(ValueError):
    """Not a note, not a checkpoint, not a verifier key, or not signed by the one it should be."""


@dataclass(frozen=True)
class VerifierKey:
    """What others need to check what is signed."""

    name: str
    public: bytes  # 32 bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encoded(ED25519 + self.public)}"

    @classmethod
    def parsed(cls, text: str) -> "VerifierKey":
        """Raises BadNote for anything else than `name+id+key`, of Ed25519, with the id that belongs to it."""
        name, _, rest = text.strip().partition("+")
        _, _, coded = rest.partition("+")
        key = cls(name, _decoded(coded)[1:])
        if not _NAME.fullmatch(name) or len(key.public) != 32 or str(key) != text.strip():  # noqa: PLR2004 - bytes
            raise BadNote("not a verifier key")
        return key


@dataclass(frozen=True)
class Signer:
    """A private key with the name that it signs under."""

    name: str
    private: "Ed25519PrivateKey"

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The whole note; the text ends with a new line."""
        signature = self.verifier.id + self.private.sign(text.encode())
        return f"{text}\n{DASH} {self.name} {_encoded(signature)}\n"


def opened(note: str, key: VerifierKey) -> str:
    """The text of a note that this key signed. Raises BadNote where it is none, or the signature is not right.

    Signatures by other keys are left aside, as the specification asks.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - slow to import, and few commands check any
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n") or len(note) > LONGEST or _has_controls(note):
        raise BadNote("not a signed note")
    text += "\n"
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    ours = [signature[4:] for name, signature in signatures if name == key.name and signature[:4] == key.id]
    if not ours:
        raise BadNote("not signed by this key")
    for signature in ours:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError) as error:
            raise BadNote("the signature is wrong") from error
    return text


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_encoded(self.root)}\n"

    @classmethod
    def parsed(cls, text: str) -> "TreeHead":
        """From a note's text; lines that follow the first three are left aside. Raises BadNote."""
        origin, _, rest = text.partition("\n")
        size, _, rest = rest.partition("\n")
        coded, ended, more = rest.partition("\n")
        root = _decoded(coded)
        well_formed = origin and _SIZE.fullmatch(size) and ended and len(root) == 32  # noqa: PLR2004 - bytes
        if not well_formed or any(not line for line in more.split("\n")[:-1]) or (more and not more.endswith("\n")):
            raise BadNote("not a checkpoint")
        return cls(origin, int(size), root)


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, coded = (*line.split(" "), "", "")[:3]
    signature = _decoded(coded)
    if dash != DASH or not _NAME.fullmatch(name) or len(signature) <= 4 or line.count(" ") != 2:  # noqa: PLR2004
        raise BadNote("not a signature line")
    return name, signature


def _has_controls(note: str) -> bool:
    return any(letter < " " and letter != "\n" for letter in note)


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(text: str) -> bytes:
    """Standard base64 that is written the one way it can be. Raises BadNote."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("not base64") from error
    if _encoded(value) != text:
        raise BadNote("not base64")
    return value
