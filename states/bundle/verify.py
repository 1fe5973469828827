"""Memeriksa jejak Zona Integritas tanpa sistemnya. / Checks a Zona Integritas trail without the system that wrote it.

    python verify.py bundle PATH [--checkpoint FILE]... [--key VKEY]... [--thorough]
    python verify.py inclusion FILE.json [--checkpoint FILE --key VKEY]
    python verify.py consistency FILE.json
    python verify.py fork A.note B.note [--bundle PATH] [--proof FILE.json] [--key VKEY]...

Exit 0: everything that was asked for is right. 5: something is wrong, or can't be read. 2: the command line itself.
It needs Python 3.9 and, for signatures, the package `cryptography`; it writes nothing and opens no connection.

The tree is that of RFC 6962 section 2.1; proofs are checked as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say; checkpoints
are C2SP signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint); texts are SHA-256(salt || text).
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import io
import itertools
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

FORMAT = "zi-trail-bundle/1"
EMPTY_ROOT = sha256(b"").digest()
ED25519 = b"\x01"
DASH = "\u2014"
ROTATION = "checkpoint-key-rotation"
LISTENED = (b'{"action":"text_erased"', b'{"action":"checkpoint_')
KEY_ACTIONS = ("checkpoint_key_made", "checkpoint_key_rotated", "checkpoint_key_replaced")

MOST = 2**63  # no tree is larger
LONGEST_FILE = 1_000_000  # bytes of a proof, a note or a list of keys that is worth reading
LONGEST_LINE = 16_000_000  # bytes of a record or a text
CHUNK = 262_144  # bytes read at a time

OK, WRONG, USAGE = 0, 5, 2

FOREIGN = (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error)
"""What opening and unpacking other people's files can lead to."""

WORDS = {
    "inclusion": (
        "BENAR: catatan {index} ada dalam jejak {size} catatan dengan akar {root}.",
        "RIGHT: record {index} is in the trail of {size} records with the root {root}.",
    ),
    "unsigned_proof": (
        "Akar dan ukuran itu sendiri belum diperiksa: bandingkan dengan checkpoint (--checkpoint dan --key).",
        "Root and size themselves were not checked: compare them with a checkpoint (--checkpoint and --key).",
    ),
    "proof_signed": ("Checkpoint memuat ukuran dan akar itu.", "The checkpoint has this size and root."),
    "consistency": (
        "BENAR: jejak {second} catatan melanjutkan jejak {first} catatan.",
        "RIGHT: the trail of {second} records goes on from the one of {first}.",
    ),
    "bundle": (
        "BENAR: {size} catatan, akar {root}, {checkpoints} checkpoint, {texts} teks ({erased} dihapus dan tercatat).",
        "RIGHT: {size} records, root {root}, {checkpoints} checkpoints, {texts} texts ({erased} erased and recorded).",
    ),
    "kept_fits": (
        "Checkpoint yang Anda simpan ({size} catatan) adalah awal jejak ini.",
        "The checkpoint that you kept ({size} records) is the beginning of this trail.",
    ),
    "keys_from_bundle": (
        "Kunci publik ini datang bersama bundel: bandingkan dengan yang Anda terima lewat jalan lain (--key): {vkey}",
        "The public key came with this bundle: compare it with the one that you got in another way (--key): {vkey}",
    ),
    "key_reached": (
        "Tanda tangan sampai pada kunci yang Anda simpan.",
        "The signatures lead to the key that you kept.",
    ),
    "key_replaced": (
        "PERHATIAN: kunci {number} menggantikan kunci yang hilang; kunci sebelumnya tidak menjaminnya: {vkey}",
        "MIND: key {number} replaces one that was lost; the one before does not vouch for it: {vkey}",
    ),
    "same": ("BUKAN PERCABANGAN: kedua checkpoint sama.", "NO FORK: both checkpoints are the same."),
    "both_fit": (
        "BUKAN PERCABANGAN: kedua checkpoint ada dalam satu jejak.",
        "NO FORK: both checkpoints are of one trail.",
    ),
    "signatures_unchecked": (
        "Tanda tangan belum diperiksa: sebutkan --key.",
        "The signatures were not checked: give --key.",
    ),
    "wrong": ("SALAH: {why}", "WRONG: {why}"),
    "fork": (
        "PERCABANGAN: asal {origin} menandatangani dua jejak berbeda dengan {size} catatan: {one} dan {other}.",
        "FORK: {origin} signed two different trails of {size} records: {one} and {other}.",
    ),
    "fork_bundle": (
        "checkpoint Anda ({size} catatan, akar {kept}) bukan awal jejak ini ({found}): ditulis ulang atau bercabang.",
        "your checkpoint ({size} records, root {kept}) is not this trail's beginning ({found}): rewritten, or a fork.",
    ),
    "proof_forks": (
        "bukti tidak cocok dengan kedua checkpoint.",
        "the proof does not belong to these two checkpoints.",
    ),
    "cannot_tell": (
        "ukuran berbeda ({one} dan {other}): tambahkan --bundle PATH atau --proof FILE.json.",
        "the sizes differ ({one} and {other}): add --bundle PATH or --proof FILE.json.",
    ),
    "other_log": (
        "checkpoint ini dari jejak lain: {one} dan {other}.",
        "these are of different trails: {one} and {other}.",
    ),
    "proof_invalid": ("bukti tidak berlaku.", "the proof does not hold."),
    "proof_unreadable": ("berkas bukti tidak dapat dibaca: {why}", "the proof can't be read: {why}"),
    "proof_differs": (
        "checkpoint memuat {size} catatan dengan akar {root}, bukan yang disebut bukti.",
        "the checkpoint has {size} records with the root {root}, not what the proof says.",
    ),
    "not_bundle": ("bukan bundel jejak: {why}", "not a bundle of a trail: {why}"),
    "record": ("catatan {seq}: {what}", "record {seq}: {what}"),
    "file": ("{name}: {why}", "{name}: {why}"),
    "leaf": ("bukan catatan kanonik nomor ini", "not the canonical record of this number"),
    "time": ("waktunya mundur", "its time goes back"),
    "text_missing": ("teks {field} tidak ada", "the text {field} is missing"),
    "text_added": ("teks {field} tidak seharusnya ada", "the text {field} should not be there"),
    "text_changed": ("teks {field} telah diubah", "the text {field} was changed"),
    "text_erased": (
        "teks {field} dihapus dan tidak ada catatan yang menyebutnya",
        "the text {field} was erased and no record says so",
    ),
    "too_few": ("catatan berakhir pada {found} dari {size}", "the records end at {found} of {size}"),
    "too_many": ("ada catatan setelah yang ke-{size}", "there are records after the first {size}"),
    "root": ("akar {size} catatan pertama tidak cocok: {name}", "the root of the first {size} records differs: {name}"),
    "root_bundle": ("bundel", "bundle"),
    "root_checkpoint": ("checkpoint", "checkpoint"),
    "unsigned_end": (
        "tidak ada checkpoint untuk {size} catatan bundel ini",
        "there is no checkpoint of the bundle's {size} records",
    ),
    "checkpoint_gone": (
        "checkpoint {size} yang disebut jejak tidak ada atau berbeda",
        "the checkpoint {size} that the trail tells of is not there, or another",
    ),
    "checkpoint_bad": ("checkpoint {size}: {why}", "checkpoint {size}: {why}"),
    "keys_bad": ("rantai kunci salah pada kunci {number}: {why}", "the chain of keys is wrong at key {number}: {why}"),
    "keys_told": ("kunci bukan yang disebut jejak", "the keys are not those that the trail tells of"),
    "key_unknown": (
        "kunci yang Anda simpan tidak ada dalam bundel ini",
        "the key that you kept is not among those of this bundle",
    ),
    "key_unreached": (
        "checkpoint terakhir ditandatangani kunci {number}, yang tidak dijamin kunci yang Anda simpan: {vkey}",
        "the last checkpoint is signed by key {number}, for which the key that you kept does not vouch: {vkey}",
    ),
    "kept_larger": (
        "checkpoint Anda memuat {kept} catatan, bundel ini hanya {size}: minta yang baru, atau jejak hilang.",
        "your checkpoint has {kept} records, this bundle only {size}: ask for a newer one, or records are gone.",
    ),
    "kept_bad": ("checkpoint yang Anda simpan: {why}", "the checkpoint that you kept: {why}"),
    "no_cryptography": (
        "Tanda tangan tidak dapat diperiksa tanpa paket cryptography: pip install cryptography",
        "Signatures can't be checked without the package cryptography: pip install cryptography",
    ),
}


class Wrong(Exception):
    """What was found wrong: a key of WORDS with its figures; a figure may be such a pair itself."""

    def __init__(self, key: str, **figures: Any) -> None:
        super().__init__(key)
        self.key = key
        self.figures = figures


class Unreadable(ValueError):
    """Bytes that are not what they should be."""


# --- The tree ---------------------------------------------------------------------------------------------------------


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def top_of(nodes: Sequence[bytes]) -> bytes:
    """The root over as many nodes as a power of two."""
    while len(nodes) > 1:
        pairs = iter(nodes)
        nodes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs)]
    return nodes[0]


class Tree:
    """Grown leaf hash by leaf hash; it keeps the roots of the complete subtrees only, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.frontier: list[bytes] = []

    def extend(self, leaves: Sequence[bytes]) -> None:
        at = 0
        while at < len(leaves):
            fitting = (len(leaves) - at).bit_length() - 1
            height = min(fitting, (self.size & -self.size).bit_length() - 1) if self.size else fitting
            node, rest = top_of(leaves[at : at + (1 << height)]), self.size >> height
            while rest & 1:  # two complete subtrees of one height become one
                node, rest = node_hash(self.frontier.pop(), node), rest >> 1
            self.frontier.append(node)
            at, self.size = at + (1 << height), self.size + (1 << height)

    def root(self) -> bytes:
        if not self.frontier:
            return EMPTY_ROOT
        top = self.frontier[-1]
        for node in reversed(self.frontier[:-1]):
            top = node_hash(node, top)
        return top


def inclusion_holds(size: int, index: int, leaf_hash: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size or any(len(one) != 32 for one in (leaf_hash, root, *path)):
        return False
    node, last, top = index, size - 1, leaf_hash
    for other in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            top = node_hash(other, top)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            top = node_hash(top, other)
        node, last = node >> 1, last >> 1
    return last == 0 and top == root


def consistency_holds(
    first_size: int, second_size: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """RFC 9162 section 2.1.4.2. What it leaves open: the empty tree, whose root is that of nothing, is the beginning
    of any, and between equal sizes the roots are equal; both with an empty path."""
    first, second = first_size, second_size
    if not 0 <= first <= second or any(len(one) != 32 for one in (first_root, second_root, *path)):
        return False
    if (not first and first_root != EMPTY_ROOT) or (not second and second_root != EMPTY_ROOT):
        return False
    if first == second:
        return not path and first_root == second_root
    if not first or not path:
        return not first and not path
    seed = [first_root, *path] if first & (first - 1) == 0 else list(path)
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = seed[0]
    for other in seed[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, other)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# --- Bare proofs ------------------------------------------------------------------------------------------------------

INCLUSION = {
    "size": ("size", "tree_size"),
    "index": ("index", "leaf_index", "seq"),
    "leaf_hash": ("leaf_hash",),
    "path": ("path", "proof", "audit_path", "inclusion_path"),
    "root": ("root", "root_hash"),
}
CONSISTENCY = {
    "first_size": ("first_size", "size1", "old_size", "first", "tree_size_1"),
    "second_size": ("second_size", "size2", "new_size", "second", "tree_size_2"),
    "first_root": ("first_root", "root1", "old_root"),
    "second_root": ("second_root", "root2", "new_root"),
    "path": ("path", "proof", "consistency", "consistency_path"),
}
"""Each field, and the names it may have: ours, others' habits, and those of RFC 6962 and RFC 9162, section 4."""


def read_proof(content: bytes, fields: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Sizes as numbers, hashes as bytes. Raises Unreadable for anything else than exactly these fields."""
    document = read_json(content)
    if not isinstance(document, dict):
        raise Unreadable("not an object")
    known = {name: field for field, names in fields.items() for name in names}
    if unknown := sorted(set(document) - set(known)):
        raise Unreadable(f"unknown field {unknown[0]!r}")
    named = [known[name] for name in document]
    if sorted(named) != sorted(fields):
        raise Unreadable("a field is missing, or there twice")
    return {known[name]: _proof_value(known[name], value) for name, value in document.items()}


def _proof_value(field: str, value: Any) -> Any:
    if field == "path":
        if not isinstance(value, list):
            raise Unreadable("path is not a list")
        return [digest(one) for one in value]
    return digest(value) if field in ("leaf_hash", "root", "first_root", "second_root") else count(value)


def count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < MOST:
        raise Unreadable("not a size")
    return value


def digest(value: Any) -> bytes:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise Unreadable("not a SHA-256 in small hex digits")
    return bytes.fromhex(value)


def read_json(content: bytes) -> Any:
    """Strict: UTF-8, no member twice, no NaN. Raises Unreadable."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Unreadable("a member stands there twice")
        return found

    def constant(word: str) -> Any:
        raise Unreadable(f"{word} is no JSON")

    try:
        return json.loads(content.decode(), object_pairs_hook=members, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def read_row(line: bytes) -> Any:
    """One of many lines, of which nothing hangs on a member that stands there twice. Raises Unreadable."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error


# --- Signed notes -----------------------------------------------------------------------------------------------------


class Key(NamedTuple):
    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"


class Head(NamedTuple):
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def read_key(text: str) -> Key:
    """From `name+id+key`. Raises Unreadable."""
    name, _, rest = text.strip().partition("+")
    key = Key(name, from_base64(rest.partition("+")[2])[1:])
    if not re.fullmatch(r"[^\s+]+", name) or len(key.public) != 32 or key.text != text.strip():
        raise Unreadable("not a verifier key of Ed25519")
    return key


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text, and each signature with the name before it. Raises Unreadable."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n") or any(letter < " " and letter != "\n" for letter in note):
        raise Unreadable("not a signed note")
    return text + "\n", [_signature(line) for line in lines[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not re.fullmatch(r"[^\s+]+", parts[1]):
        raise Unreadable("not a signature line")
    return parts[1], from_base64(parts[2])


def open_note(note: str, key: Key) -> str:
    """The text that this key signed; signatures by other keys are left aside. Raises Unreadable."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text, signatures = split_note(note)
    ours = [signature[4:] for name, signature in signatures if name == key.name and signature[:4] == key.id]
    if not ours:
        raise Unreadable("not signed by " + key.text)
    for signature in ours:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError) as error:
            raise Unreadable("the signature is wrong") from error
    return text


def read_head(text: str) -> Head:
    """Raises Unreadable for a text that is not a checkpoint's."""
    lines = text.split("\n")
    if len(lines) < 4 or "" in lines[:-1] or lines[-1] or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        raise Unreadable("not a checkpoint")
    root = from_base64(lines[2])
    if len(root) != 32:
        raise Unreadable("not a checkpoint")
    return Head(lines[0], int(lines[1]), root)


def from_base64(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Unreadable("not base64") from error
    if base64.b64encode(value).decode() != text:
        raise Unreadable("not base64")
    return value


# --- A bundle ---------------------------------------------------------------------------------------------------------


class Folder:
    """A bundle that was unpacked, or never packed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, name: str) -> BinaryIO:
        return (self.path / name).open("rb")


class Zip:
    """A bundle in one file; nothing of it is unpacked."""

    def __init__(self, path: Path) -> None:
        self.file = zipfile.ZipFile(path)
        names = self.file.namelist()
        if len(set(names)) != len(names):
            raise Unreadable("a name stands there twice")
        if {one.compress_type for one in self.file.infolist()} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Unreadable("packed in a way that no bundle is")

    def open(self, name: str) -> BinaryIO:
        raw: Any = self.file.open(name)
        return io.BufferedReader(raw, 1 << 18)


def open_bundle(path: Path) -> Folder | Zip:
    return Folder(path) if path.is_dir() else Zip(path)


def batches_of(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Lines without their ends, many at a time. Raises Unreadable for one that is too long, or cut off."""
    rest = b""
    while chunk := stream.read(CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise Unreadable("a line is too long")
        if whole:
            yield whole
    if rest:
        raise Unreadable("the last line is cut off")


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    return itertools.chain.from_iterable(batches_of(stream))


class SigningKey(NamedTuple):
    number: int
    origin: str  # first | rotated | replaced
    from_size: int  # the smallest tree it signs
    key: Key


class Bundle:
    """Everything of a bundle but its records and texts, which are read once, as they come."""

    def __init__(self, path: Path) -> None:
        self.source = open_bundle(path)
        self.about = read_json(self._whole("bundle.json"))
        try:
            self.size, self.root = count(self.about["size"]), digest(self.about["root"])
            self.origin = str(self.about["origin"])
            if self.about["format"] != FORMAT:
                raise Unreadable(f"the format is not {FORMAT}")
        except (KeyError, TypeError) as error:
            raise Unreadable("bundle.json") from error
        self.keys = self._read_keys()
        self.checkpoints = self._read_checkpoints()

    def open(self, name: str) -> BinaryIO:
        return self.source.open(name)

    def _whole(self, name: str) -> bytes:
        with self.source.open(name) as stream:
            content = stream.read(LONGEST_FILE + 1)
        if len(content) > LONGEST_FILE:
            raise Unreadable(f"{name} is too long")
        return content

    def _rows(self, name: str) -> Iterator[dict[str, Any]]:
        with self.source.open(name) as stream:
            for line in lines_of(stream):
                row = read_json(line)
                if not isinstance(row, dict):
                    raise Unreadable(f"{name}: not an object")
                yield row

    def _read_keys(self) -> list[SigningKey]:
        """The chain: each rotated key is vouched for by the one before it. Raises Wrong."""
        keys: list[SigningKey] = []
        for number, row in enumerate(self._rows("keys.jsonl")):
            try:
                one = SigningKey(count(row["number"]), row["origin"], count(row["from_size"]), read_key(row["vkey"]))
                _check_follows(keys[-1] if keys else None, one, row["statement"], self.origin)
                if one.number != number:
                    raise Unreadable("the numbers do not run on")
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                raise Wrong("keys_bad", number=number, why=error) from error
            keys.append(one)
        return keys

    def _read_checkpoints(self) -> dict[int, bytes]:
        """Roots by size, each signed by the key of its time. Raises Wrong."""
        roots: dict[int, bytes] = {}
        last = -1
        for row in self._rows("checkpoints.jsonl"):
            size = row.get("size")
            try:
                head = self.opened(row["note"])
                if (head.origin, head.size) != (self.origin, count(size)) or not last < head.size <= self.size:
                    raise Unreadable("not the checkpoint that should stand here")
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                raise Wrong("checkpoint_bad", size=size, why=error) from error
            roots[head.size] = head.root
            last = head.size
        if self.size not in roots:
            raise Wrong("unsigned_end", size=self.size)
        return roots

    def opened(self, note: str) -> Head:
        """What a note says, signed by the key whose time it was. Raises Unreadable."""
        said = read_head(split_note(note)[0])
        signer = self.signer(said.size)
        if signer is None:
            raise Unreadable("no key is there for it")
        return read_head(open_note(note, signer.key))

    def signer(self, size: int) -> SigningKey | None:
        return next((key for key in reversed(self.keys) if key.from_size <= size), None)

    def told_by(self, trusted: Sequence[Key]) -> set[int]:
        """The numbers of the keys that these lead to: themselves, and those that they vouch for."""
        reached: set[int] = set()
        for one in self.keys:
            if one.key in trusted or (one.origin == "rotated" and one.number - 1 in reached):
                reached.add(one.number)
        return reached


def _check_follows(before: SigningKey | None, key: SigningKey, statement: Any, origin: str) -> None:
    """Raises Unreadable where the key does not stand rightly after the one before it."""
    if key.key.name != origin:
        raise Unreadable("it has another name than the trail")
    if before is None:
        if key.origin != "first" or key.from_size or statement is not None:
            raise Unreadable("the first key is missing")
        return
    if key.from_size <= before.from_size:
        raise Unreadable("its time begins before that of the one before")
    if key.origin == "rotated":
        said = f"{origin}\n{ROTATION}\n{before.key.text}\n{key.key.text}\n{key.from_size}\n"
        if open_note(statement, before.key) != said:
            raise Unreadable("the statement is not about this key")
    elif key.origin != "replaced" or statement is not None:
        raise Unreadable("it neither follows the one before nor replaces it")


class Texts:
    """The texts beside the records, read in step with them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.count = 0
        self.erased: dict[tuple[int, str], None] = {}  # without a record that says so, yet
        self.told = 0
        self._next: dict[str, Any] | None = None
        self.next_seq = -1
        self._read()

    def _read(self) -> None:
        line = next(self._lines, None)
        if line is None:
            self._next, self.next_seq = None, -1
            return
        row = read_row(line)
        try:
            seq = row["seq"]
            if type(seq) is not int or seq < self.next_seq or not isinstance(row["field"], str):
                raise Unreadable("the texts are not in order")
        except (KeyError, TypeError) as error:
            raise Unreadable("not a text") from error
        self._next, self.next_seq = row, seq

    def check(self, seq: int, promised: Any) -> None:
        """Each text that the record promises is there and unchanged, or erased; and there is no other."""
        left = dict(promised)
        while self.next_seq == seq and (row := self._next) is not None:
            field = row["field"]
            if field not in left:
                raise Wrong("record", seq=seq, what=("text_added", {"field": field}))
            self._check_one(seq, field, row.get("salt"), row.get("text"), left.pop(field))
            self.count += 1
            self._read()
        for field in left:
            raise Wrong("record", seq=seq, what=("text_missing", {"field": field}))

    def _check_one(self, seq: int, field: str, salt: Any, text: Any, promised: Any) -> None:
        if salt is None and text is None:
            self.erased[seq, field] = None
            return
        if not isinstance(salt, str) or not isinstance(text, str):
            raise Unreadable("not a text")
        raw = bytes.fromhex(salt)
        if sha256(raw + text.encode()).hexdigest() != promised or raw.hex() != salt:
            raise Wrong("record", seq=seq, what=("text_changed", {"field": field}))

    def erasure(self, details: Any) -> None:
        """A record says that a text before it was erased."""
        if self.erased.pop((details["of"], details["field"]), self) is None:
            self.told += 1

    def end(self) -> None:
        if self._next is not None:
            raise Wrong("record", seq=self.next_seq, what=("text_added", {"field": self._next["field"]}))
        for seq, field in self.erased:
            raise Wrong("record", seq=seq, what=("text_erased", {"field": field}))


class Records:
    """One pass over all records: their tree, their texts, and what they tell of checkpoints and keys."""

    def __init__(self, bundle: Bundle, texts: Texts, *, thorough: bool) -> None:
        self.bundle = bundle
        self.texts = texts
        self.thorough = thorough
        self.tree = Tree()
        self.roots: dict[int, bytes] = {}  # at the sizes asked for
        self.last_at = ""
        self.told_keys: list[str] = []

    def read(self, batches: Iterator[list[bytes]], sizes: Iterable[int]) -> None:
        """The whole file; the roots at these sizes are kept. Raises Wrong, Unreadable."""
        wanted = iter(sorted({0, *sizes, self.bundle.size}))
        size, texts, thorough = next(wanted), self.texts, self.thorough
        for batch in itertools.chain([[]], batches):
            seq = self.tree.size
            if seq + len(batch) > self.bundle.size:
                raise Wrong("too_many", size=self.bundle.size)
            for at, line in enumerate(batch, seq):
                # A quotation mark inside a JSON string has a backslash before it, so these bytes can only be members;
                # the last ones are the record's own: only its subject, texts, version and way in follow its number.
                place = line.rfind(b',"seq":')
                if thorough or not line.startswith(b'%d,"subject":"' % at, place + 7) or line.startswith(LISTENED):
                    self._look_into(line, at)
                elif texts.next_seq == at or line.find(b',"texts":{', place) > 0:
                    texts.check(at, _promised(line, place))
            hashes, done = [sha256(b"\x00" + line).digest() for line in batch], 0
            while size - seq <= len(batch):
                self.tree.extend(hashes[done : size - seq])
                done, self.roots[size] = size - seq, self.tree.root()
                size = next(wanted, MOST)
            self.tree.extend(hashes[done:])
        if self.tree.size != self.bundle.size:
            raise Wrong("too_few", found=self.tree.size, size=self.bundle.size)
        texts.end()
        if self.told_keys != [one.key.text for one in self.bundle.keys[: len(self.told_keys)]]:
            raise Wrong("keys_told")

    def _look_into(self, line: bytes, seq: int) -> None:
        try:
            leaf = read_json(line)
            if type(leaf["seq"]) is not int or leaf["seq"] != seq or canonical(leaf) != line:
                raise Wrong("record", seq=seq, what=("leaf", {}))
            if leaf["at"] < self.last_at:
                raise Wrong("record", seq=seq, what=("time", {}))
            self.last_at = leaf["at"]
            self.texts.check(seq, leaf.get("texts", {}))
            self._listen(leaf)
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise Wrong("record", seq=seq, what=("leaf", {})) from error

    def _listen(self, leaf: dict[str, Any]) -> None:
        """What the trail itself says of erased texts, of checkpoints and of keys."""
        action, details = leaf["action"], leaf.get("details", {})
        if action == "text_erased":
            self.texts.erasure(details)
        elif action == "checkpoint_signed":
            known = self.bundle.checkpoints.get(details["size"])
            if known is None or known.hex() != details["root"]:
                raise Wrong("checkpoint_gone", size=details["size"])
        elif action in KEY_ACTIONS:
            self.told_keys.append(details["key"])


def _promised(line: bytes, place: int) -> Any:
    """The record's texts, with the hash of each: the last braces after its number."""
    at = line.find(b',"texts":{', place)
    return json.loads(line[at + 9 : line.index(b"}", at) + 1]) if at > 0 else {}


def canonical(value: Any) -> bytes:
    """RFC 8785, for what a record may hold: no floats. Raises Unreadable."""
    _refuse_floats(value)
    return json.dumps(_in_order(value), ensure_ascii=False, separators=(",", ":")).encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise Unreadable("a float")
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_floats(member)


def _in_order(value: Any) -> Any:
    """Members sorted by their UTF-16 units."""
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    return [_in_order(member) for member in value] if isinstance(value, list) else value


# --- What can be asked ------------------------------------------------------------------------------------------------


def check_inclusion(asked: argparse.Namespace, answer: Any) -> None:
    try:
        proof = read_proof(read_file(asked.file), INCLUSION)
    except (OSError, Unreadable) as error:
        raise Wrong("proof_unreadable", why=error) from error
    if not inclusion_holds(**proof):
        raise Wrong("proof_invalid")
    answer("inclusion", index=proof["index"], size=proof["size"], root=proof["root"].hex())
    if not asked.checkpoint:
        answer("unsigned_proof")
        return
    head = read_kept(asked.checkpoint, [read_key_option(text) for text in asked.key])
    if (head.size, head.root) != (proof["size"], proof["root"]):
        raise Wrong("proof_differs", size=head.size, root=head.root.hex())
    answer("proof_signed")
    if not asked.key:
        answer("signatures_unchecked")


def check_consistency(asked: argparse.Namespace, answer: Any) -> None:
    proof = read_consistency(asked.file)
    answer("consistency", first=proof["first_size"], second=proof["second_size"])


def read_consistency(path: str) -> dict[str, Any]:
    """One that holds. Raises Wrong."""
    try:
        proof = read_proof(read_file(path), CONSISTENCY)
    except (OSError, Unreadable) as error:
        raise Wrong("proof_unreadable", why=error) from error
    if not consistency_holds(**proof):
        raise Wrong("proof_invalid")
    return proof


def check_bundle(asked: argparse.Namespace, answer: Any) -> None:
    trusted = [read_key_option(text) for text in asked.key]
    try:
        bundle = Bundle(Path(asked.path))
        kept = [read_kept(name, trusted, bundle) for name in asked.checkpoint]
        check_kept_among_themselves(kept)
        records = read_records(bundle, kept, thorough=asked.thorough)
    except FOREIGN as error:
        raise Wrong("not_bundle", why=error) from error
    texts = records.texts
    figures = {"checkpoints": len(bundle.checkpoints), "texts": texts.count, "erased": texts.told}
    check_trust(bundle, trusted)
    answer("bundle", size=bundle.size, root=bundle.root.hex(), **figures)
    for head in kept:
        answer("kept_fits", size=head.size)
    for one in bundle.keys:
        if one.origin == "replaced":
            answer("key_replaced", number=one.number, vkey=one.key.text)
    if trusted:
        answer("key_reached")
    else:
        answer("keys_from_bundle", vkey=bundle.keys[-1].key.text)


def read_records(bundle: Bundle, kept: Sequence[Head], *, thorough: bool = False) -> Records:
    """The records, whose tree has the root of every checkpoint in the bundle and of every one that was kept."""
    for head in kept:
        if head.origin != bundle.origin:
            raise Wrong("other_log", one=head.origin, other=bundle.origin)
        if head.size > bundle.size:
            raise Wrong("kept_larger", kept=head.size, size=bundle.size)
    with bundle.open("leaves.jsonl") as leaves, bundle.open("texts.jsonl") as texts:
        records = Records(bundle, Texts(lines_of(texts)), thorough=thorough)
        records.read(batches_of(leaves), [*bundle.checkpoints, *(head.size for head in kept)])
    for head in kept:
        if (found := records.roots[head.size]) != head.root:
            raise Wrong("fork_bundle", size=head.size, kept=head.root.hex(), found=found.hex())
    for size, root in bundle.checkpoints.items():
        if records.roots[size] != root:
            raise Wrong("root", size=size, name=("root_checkpoint", {}))
    if records.roots[bundle.size] != bundle.root:
        raise Wrong("root", size=bundle.size, name=("root_bundle", {}))
    check_proof(bundle, records)
    return records


def check_proof(bundle: Bundle, records: Records) -> None:
    """The proof that the bundle goes on from the checkpoint before its last, where there is one."""
    try:
        with bundle.open("consistency.json") as stream:
            proof = read_proof(stream.read(LONGEST_FILE), CONSISTENCY)
    except (KeyError, FileNotFoundError):
        return
    first, second = proof["first_size"], proof["second_size"]
    roots = (records.roots.get(first), records.roots.get(second))
    if (proof["first_root"], proof["second_root"]) != roots or not consistency_holds(**proof):
        raise Wrong("file", name="consistency.json", why=("proof_invalid", {}))


def check_trust(bundle: Bundle, trusted: Sequence[Key]) -> None:
    """The keys that somebody kept lead to the one that signed the bundle's end."""
    if not trusted:
        return
    reached, signer = bundle.told_by(trusted), bundle.signer(bundle.size)
    if not any(one.key in trusted for one in bundle.keys):
        raise Wrong("key_unknown")
    if signer is not None and signer.number not in reached:
        raise Wrong("key_unreached", number=signer.number, vkey=signer.key.text)


def check_fork(asked: argparse.Namespace, answer: Any) -> None:
    trusted = [read_key_option(text) for text in asked.key]
    try:
        bundle = Bundle(Path(asked.bundle)) if asked.bundle else None
        one, other = (read_kept(name, trusted, bundle) for name in (asked.one, asked.other))
        if one.origin != other.origin:
            raise Wrong("other_log", one=one.origin, other=other.origin)
        check_kept_among_themselves([one, other])
        if bundle:
            read_records(bundle, [one, other])
            check_trust(bundle, trusted)
    except FOREIGN as error:
        raise Wrong("not_bundle", why=error) from error
    if asked.proof:
        proof = read_consistency(asked.proof)
        first, second = sorted((one, other), key=lambda head: head.size)
        said = (proof["first_size"], proof["first_root"], proof["second_size"], proof["second_root"])
        if said != (first.size, first.root, second.size, second.root):
            raise Wrong("proof_forks")
    elif not bundle and one.size != other.size:
        raise Wrong("cannot_tell", one=one.size, other=other.size)
    answer("same" if one.size == other.size else "both_fit")
    if not trusted and not bundle:
        answer("signatures_unchecked")


def check_kept_among_themselves(kept: Sequence[Head]) -> None:
    """Raises Wrong for two of one size and different roots: nobody honest signs both."""
    for number, one in enumerate(kept):
        for other in kept[:number]:
            if (one.origin, one.size) == (other.origin, other.size) and one.root != other.root:
                figures = {"one": other.root.hex(), "other": one.root.hex()}
                raise Wrong("fork", origin=one.origin, size=one.size, **figures)


def read_kept(path: str, trusted: Sequence[Key], bundle: Bundle | None = None) -> Head:
    """A checkpoint that somebody kept, signed by the bundle's key of its time, else by a key that they trust.

    With neither it is only read. Raises Wrong.
    """
    try:
        note = read_file(path).decode()
        said = read_head(split_note(note)[0])
        if bundle and said.origin == bundle.origin and said.size <= bundle.size:
            return bundle.opened(note)
        wanted = [key for key in trusted if any(_is_by(key, one) for one in split_note(note)[1])]
        if wanted:
            return read_head(open_note(note, wanted[0]))
        if trusted:
            raise Unreadable("it is not signed by the key that you trust")
        return said
    except (OSError, ValueError) as error:
        raise Wrong("kept_bad", why=error) from error


def _is_by(key: Key, signature: tuple[str, bytes]) -> bool:
    return signature[0] == key.name and signature[1][:4] == key.id


def read_key_option(text: str) -> Key:
    """A verifier key, or the file that holds it. Raises Wrong."""
    try:
        if "+" not in text or Path(text).is_file():
            text = read_file(text).decode()
        return read_key(text)
    except (OSError, ValueError) as error:
        raise Wrong("file", name=text, why=error) from error


def read_file(path: str) -> bytes:
    with Path(path).open("rb") as stream:
        content = stream.read(LONGEST_FILE + 1)
    if len(content) > LONGEST_FILE:
        raise Unreadable("the file is too long")
    return content


def spoken(key: str, figures: dict[str, Any], language: str) -> str:
    plain = {
        name: spoken(value[0], value[1], language) if isinstance(value, tuple) else value
        for name, value in figures.items()
    }
    text = WORDS[key][language == "en"].format(**plain)
    return "".join(letter if letter.isprintable() else "?" for letter in text)  # foreign files move no cursor


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    language = {"choices": ("id", "en"), "default": "id", "help": "bahasa / language"}
    kinds = parser.add_subparsers(dest="kind", required=True)
    bundle = kinds.add_parser("bundle")
    bundle.add_argument("path")
    bundle.add_argument("--thorough", action="store_true", help="baca setiap catatan sebagai JSON / parse every record")
    inclusion = kinds.add_parser("inclusion")
    inclusion.add_argument("file")
    inclusion.add_argument("--checkpoint", default="")
    kinds.add_parser("consistency").add_argument("file")
    fork = kinds.add_parser("fork")
    fork.add_argument("one")
    fork.add_argument("other")
    fork.add_argument("--bundle", default="")
    fork.add_argument("--proof", default="")
    bundle.add_argument("--checkpoint", action="append", default=[])
    for kind, one in kinds.choices.items():
        one.add_argument("--lang", **language)  # type: ignore[arg-type]
        if kind != "consistency":
            one.add_argument("--key", action="append", default=[])
    return parser


CHECKS = {
    "bundle": check_bundle,
    "inclusion": check_inclusion,
    "consistency": check_consistency,
    "fork": check_fork,
}


def main(words: Sequence[str] | None = None, tell: Callable[[str], object] = print) -> int:
    asked = arguments().parse_args(words)

    def answer(key: str, **figures: Any) -> None:
        tell(spoken(key, figures, asked.lang))

    try:
        CHECKS[asked.kind](asked, answer)
    except Wrong as wrong:
        text = spoken(wrong.key, wrong.figures, asked.lang)
        tell(text if wrong.key == "fork" else spoken("wrong", {"why": text}, asked.lang))
        return WRONG
    except ImportError:
        answer("no_cryptography")
        return USAGE
    return OK


if __name__ == "__main__":
    with contextlib.suppress(AttributeError):  # not every stream has it
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
