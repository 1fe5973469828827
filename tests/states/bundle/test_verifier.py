"""Each way to tamper with a bundle is refused, and each thing that somebody kept is held against it."""

import json
import shutil
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.checkpoint_key import read_key
from models.database import bind, transaction, unbind
from models.merkle import leaf_hash, root_of
from models.notes import Signer, TreeHead, VerifierKey
from models.proofs import prove_consistency, prove_inclusion
from models.trail import Author, Pending, Via, canonical, record
from states.bundle import verify as verifier
from states.bundle.exporting import export_bundle
from states.checkpoint_keys import replace_key, rotate_key
from states.checkpoints import make_checkpoint
from states.kept_checkpoints import SignedCheckpoint
from states.verify import ERASED
from tests.databases import copy_of
from tests.office import NOW, Office
from tests.rewriting import erase_text

SYSTEM = Author(None, Via.FLOW)


@dataclass
class Kept:
    """What an auditor has: a bundle, checkpoints from before, the key of each time; and the signing keys of ours."""

    bundle: Path
    notes: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    signers: dict[str, Signer] = field(default_factory=dict)

    def lines(self, name: str) -> list[bytes]:
        return (self.bundle / name).read_bytes().splitlines(keepends=True)

    def put(self, name: str, lines: list[bytes]) -> None:
        (self.bundle / name).write_bytes(b"".join(lines))

    def rows(self, name: str) -> list[Any]:
        return [json.loads(line) for line in self.lines(name)]

    def put_rows(self, name: str, rows: list[Any]) -> None:
        self.put(name, [canonical(row).encode() + b"\n" for row in rows])

    def leaves(self) -> list[bytes]:
        return [leaf_hash(line[:-1]) for line in self.lines("leaves.jsonl")]

    def check(self, *words: str, path: Path | None = None) -> int:
        return self.said(*words, path=path)[0]

    def said(self, *words: str, path: Path | None = None) -> tuple[int, str]:
        said: list[str] = []
        code = verifier.main(["bundle", str(path or self.bundle), "--lang", "en", *words], tell=said.append)
        return code, "\n".join(said)

    def file(self, name: str, content: str) -> str:
        path = self.bundle.parent / name
        path.write_text(content, encoding="utf-8")
        return str(path)


def size_of(note: str) -> int:
    return verifier.read_head(verifier.split_note(note)[0]).size


def signed(office: Office, key_file: Path, text: str) -> SignedCheckpoint:
    with transaction() as session:
        record(session, Pending(SYSTEM, NOW, action="noted", subject="unit:RSUD", texts={"reason": text}))
    return make_checkpoint(author=SYSTEM, key_file=key_file, now=NOW)


@pytest.fixture(scope="module")
def template(office_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("kept")
    with copy_of(office_template, folder / "zi.db") as url:
        bind(url)
        kept = exported(Office(url), folder)
        unbind()
        yield kept


def exported(office: Office, folder: Path) -> Kept:
    """Three keys: the second vouched for by the first, the third after a loss; one text erased."""
    key_file, kept = folder / "checkpoint.key", Kept(folder / "jejak")
    admin = office.actor("admin")

    def keep(name: str) -> None:
        made = signed(office, key_file, f"alasan {name}")
        kept.notes[name], kept.keys[name] = made.note, made.vkey
        private = read_key(key_file)
        assert private
        kept.signers[name] = Signer(VerifierKey.parsed(made.vkey).name, private)

    keep("first")
    rotate_key(actor=admin, key_file=key_file, now=NOW)
    keep("second")
    with transaction() as session:
        seq = record(session, Pending(SYSTEM, NOW, action="noted", subject="x", texts={"reason": "a", "note": "b"}))
    with transaction() as session:
        erase_text(session, seq.seq, "reason")
        record(session, Pending(SYSTEM, NOW, action=ERASED, subject="x", details={"of": seq.seq, "field": "reason"}))
    keep("erased")
    export_bundle(folder / "before-loss", up_to=None, actor=admin, key_file=key_file, now=NOW)
    replace_key("hilang", actor=admin, key_file=key_file, now=NOW)
    keep("third")
    export_bundle(kept.bundle, up_to=None, actor=admin, key_file=key_file, now=NOW)
    return kept


@pytest.fixture
def kept(template: Kept, tmp_path: Path) -> Kept:
    for name in ("jejak", "before-loss"):
        shutil.copytree(template.bundle.parent / name, tmp_path / name)
    return Kept(tmp_path / "jejak", template.notes, template.keys, template.signers)


class TestRight:
    """An untouched one is right, and the words say how far that goes."""

    def test_it_is(self, kept: Kept) -> None:
        code, said = kept.said()

        assert code == 0
        assert "1 erased and recorded" in said
        assert "came with this bundle" in said
        assert kept.keys["third"] in said
        assert kept.check("--thorough") == 0

    def test_as_a_zip_too(self, kept: Kept) -> None:
        path = Path(shutil.make_archive(str(kept.bundle), "zip", kept.bundle))

        assert kept.check(path=path) == 0

    @pytest.mark.parametrize("name", ["first", "second", "erased", "third"])
    def test_with_a_checkpoint_of_any_time(self, kept: Kept, name: str) -> None:
        code, said = kept.said("--checkpoint", kept.file("kept.note", kept.notes[name]))

        assert code == 0
        assert "is the beginning of this trail" in said


class TestKeys:
    """A holder of an old public key follows the rotation; a loss ends the way, and is said."""

    def test_the_first_key_leads_to_the_second(self, kept: Kept) -> None:
        kept.bundle = kept.bundle.parent / "before-loss"

        for name in ("first", "second"):
            code, said = kept.said("--key", kept.keys[name])
            assert code == 0, said
            assert "lead to the key that you kept" in said

    def test_a_key_may_be_a_file(self, kept: Kept) -> None:
        assert kept.check("--key", kept.file("key.txt", kept.keys["third"] + "\n")) == 0
        assert kept.check("--key", kept.file("bad.txt", "x")) == 5

    def test_a_key_from_before_a_loss_does_not_vouch_for_the_next(self, kept: Kept) -> None:
        for name in ("first", "second"):
            code, said = kept.said("--key", kept.keys[name])
            assert code == 5
            assert "does not vouch" in said

        code, said = kept.said("--key", kept.keys["third"])
        assert code == 0
        assert "MIND: key 2 replaces one that was lost" in said
        assert kept.check("--key", kept.keys["first"], "--key", kept.keys["third"]) == 0

    def test_a_key_that_is_not_there(self, kept: Kept) -> None:
        stranger = Signer(kept.signers["first"].name, Ed25519PrivateKey.generate())

        assert kept.check("--key", str(stranger.verifier)) == 5

    @pytest.mark.parametrize(
        "change", ["statement", "order", "one less", "of another", "replaced", "from_size", "none"]
    )
    def test_a_chain_that_was_changed(self, kept: Kept, change: str) -> None:
        rows = kept.rows("keys.jsonl")
        match change:
            case "statement":
                rows[1]["statement"] = rows[1]["statement"].replace("rotation", "rotatiom")
            case "order":
                rows[0], rows[1] = rows[1], rows[0]
            case "one less":
                del rows[1]
            case "of another":
                rows[1]["vkey"] = str(Signer(kept.signers["first"].name, Ed25519PrivateKey.generate()).verifier)
            case "replaced":
                rows[2]["origin"] = "rotated"
            case "from_size":
                rows[1]["from_size"] += 1
            case "none":
                rows = []
        kept.put_rows("keys.jsonl", rows)

        assert kept.check() == 5

    def test_an_old_key_signs_nothing_after_its_time(self, kept: Kept) -> None:
        rows = kept.rows("checkpoints.jsonl")
        head = verifier.read_head(verifier.split_note(rows[-1]["note"])[0])
        rows[-1]["note"] = kept.signers["second"].sign(TreeHead(*head).text)
        kept.put_rows("checkpoints.jsonl", rows)

        assert kept.check() == 5


class TestTampered:
    """Whatever is changed is refused, with 5."""

    def test_any_bit_of_any_record(self, kept: Kept) -> None:
        dice, lines = Random(1), kept.lines("leaves.jsonl")
        for at, line in enumerate(lines):
            changed = bytearray(line[:-1])
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
            kept.put("leaves.jsonl", [*lines[:at], bytes(changed) + b"\n", *lines[at + 1 :]])
            assert kept.check() == 5, (at, bytes(changed))

    def test_any_bit_of_any_text(self, kept: Kept) -> None:
        dice, lines = Random(2), kept.lines("texts.jsonl")
        for at, line in enumerate(lines):
            row = json.loads(line)
            for name in ("salt", "text"):
                if row[name]:
                    place = dice.randrange(len(row[name]))
                    other = "0" if row[name][place] != "0" else "1"
                    changed = {**row, name: row[name][:place] + other + row[name][place + 1 :]}
                    kept.put("texts.jsonl", [*lines[:at], canonical(changed).encode() + b"\n", *lines[at + 1 :]])
                    assert kept.check() == 5, changed

    @pytest.mark.parametrize("name", ["leaves.jsonl", "texts.jsonl", "checkpoints.jsonl", "keys.jsonl"])
    def test_a_line_taken_away_put_twice_or_put_elsewhere(self, kept: Kept, name: str) -> None:
        lines = kept.lines(name)
        for at in range(len(lines)):
            kept.put(name, [*lines[:at], *lines[at + 1 :]])
            assert kept.check() == 5, ("away", at)
            kept.put(name, [*lines[: at + 1], *lines[at:]])
            assert kept.check() == 5, ("twice", at)
        kept.put(name, [lines[-1], *lines[1:-1], lines[0]])
        assert kept.check() == 5
        for garbage in (b"\n", b"null\n", b"{}\n", b"x\n", b"[" * 50_000 + b"\n", b"\xff\xfe\n", b"x"):
            kept.put(name, [*lines, garbage])
            assert kept.check() == 5, garbage
            kept.put(name, [garbage, *lines])
            assert kept.check() == 5, garbage
        kept.put(name, [b"".join(lines)[:-1]])
        assert kept.check() == 5
        kept.put(name, [])
        assert kept.check() == 5

    def test_a_text_erased_and_no_record_says_so(self, kept: Kept) -> None:
        rows = kept.rows("texts.jsonl")
        for at, row in enumerate(rows):
            if row["text"] is not None:
                for gone in ({"salt": None, "text": None}, {"text": None}, {"salt": None}):
                    kept.put_rows("texts.jsonl", [*rows[:at], {**row, **gone}, *rows[at + 1 :]])
                    assert kept.check() == 5, row

    @pytest.mark.parametrize("name", ["bundle.json", "leaves.jsonl", "texts.jsonl", "checkpoints.jsonl", "keys.jsonl"])
    def test_a_file_that_is_gone_or_something_else(self, kept: Kept, name: str) -> None:
        for content in (b"", b"null", b"[]", b"{}", b"{", b"\xff", b"\0" * 100, b"[" * 100_000):
            (kept.bundle / name).write_bytes(content)
            assert kept.check() == 5, content[:10]
        (kept.bundle / name).unlink()
        assert kept.check() == 5
        (kept.bundle / name).mkdir()
        assert kept.check() == 5

    @pytest.mark.parametrize(
        "change",
        [
            {"size": 5},
            {"size": 10**6},
            {"size": "40"},
            {"size": True},
            {"root": "0" * 64},
            {"root": None},
            {"origin": "zi/lain"},
            {"format": "zi-trail-bundle/2"},
            {"origin": None},
        ],
    )
    def test_what_the_bundle_says_of_itself(self, kept: Kept, change: dict[str, Any]) -> None:
        (about,) = kept.rows("bundle.json")
        kept.put_rows("bundle.json", [{**about, **change}])

        assert kept.check() == 5

    def test_a_proof_of_growth_that_is_not_its_own(self, kept: Kept) -> None:
        leaves = kept.leaves()
        for proof in (prove_consistency(leaves, first=2, second=5), prove_consistency(leaves[::-1], first=2, second=5)):
            (kept.bundle / "consistency.json").write_text(json.dumps(proof.document()))
            assert kept.check() == 5
        (kept.bundle / "consistency.json").write_text("{}")
        assert kept.check() == 5

    def test_a_zip_that_is_broken_or_ambiguous(self, kept: Kept, tmp_path: Path) -> None:
        path = Path(shutil.make_archive(str(tmp_path / "whole"), "zip", kept.bundle))
        content, dice = path.read_bytes(), Random(3)
        for _ in range(150):
            changed = bytearray(content)
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
            path.write_bytes(changed)
            assert kept.check(path=path) in (0, 5)  # a date of a file, or a README, is nobody's to vouch for
        for at in range(0, len(content), 997):
            path.write_bytes(content[:at])
            assert kept.check(path=path) == 5
        path.write_bytes(content)
        with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("leaves.jsonl", b"")
        assert kept.check(path=path) == 5
        with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as file:
            file.writestr("bundle.json", b"{}")
        assert kept.check(path=path) == 5
        assert kept.check(path=tmp_path / "nowhere.zip") == 5


class TestRewritten:
    """Somebody with every key of ours writes another history, all of it right in itself: what was kept tells."""

    @pytest.fixture
    def forged(self, kept: Kept) -> Kept:
        """Another actor in record 3, and everything after it signed anew by the same keys."""
        lines = kept.lines("leaves.jsonl")
        lines[3] = canonical({**json.loads(lines[3]), "actor": "person:99"}).encode() + b"\n"
        signers = {key: kept.signers[name] for name, key in kept.keys.items()}
        rows = kept.rows("checkpoints.jsonl")
        for row in rows:
            size = row["size"]
            told = [at for at, line in enumerate(lines) if b'"checkpoint_signed"' in line]
            root = root_of(leaf_hash(line[:-1]) for line in lines[:size])
            for at in told:
                leaf = json.loads(lines[at])
                if leaf["details"]["size"] == size:
                    leaf["details"]["root"] = root.hex()
                    lines[at] = canonical(leaf).encode() + b"\n"
            keys = [one for one in kept.rows("keys.jsonl") if one["from_size"] <= size]
            signer = signers[keys[-1]["vkey"]]
            row["note"] = signer.sign(TreeHead(signer.name, size, root).text)
        kept.put("leaves.jsonl", lines)
        kept.put_rows("checkpoints.jsonl", rows)
        (about,) = kept.rows("bundle.json")
        kept.put_rows("bundle.json", [{**about, "root": root_of(kept.leaves()).hex()}])
        (kept.bundle / "consistency.json").unlink(missing_ok=True)
        return kept

    def test_by_itself_it_looks_right(self, forged: Kept) -> None:
        assert forged.check("--thorough", "--key", forged.keys["third"]) == 0

    @pytest.mark.parametrize("name", ["first", "second", "erased", "third"])
    def test_every_checkpoint_that_was_kept_tells(self, forged: Kept, name: str) -> None:
        code, said = forged.said("--checkpoint", forged.file("kept.note", forged.notes[name]))

        assert code == 5
        assert "rewritten, or a fork" in said

    def test_two_checkpoints_tell_the_fork(self, forged: Kept) -> None:
        size = size_of(forged.notes["second"])
        row = next(one for one in forged.rows("checkpoints.jsonl") if one["size"] == size)
        one, other = forged.file("a.note", forged.notes["second"]), forged.file("b.note", row["note"])

        said: list[str] = []
        code = verifier.main(["fork", one, other, "--lang", "en", "--key", forged.keys["second"]], tell=said.append)

        assert code == 5
        assert said[0].startswith("FORK: ")
        code, words = forged.said("--checkpoint", one, "--checkpoint", other)
        assert code == 5
        assert words.startswith("FORK: ")


class TestKeptCheckpoint:
    """A checkpoint that is kept is of this trail, signed, and not beyond it."""

    def test_one_that_is_larger_than_the_bundle(self, kept: Kept) -> None:
        note = kept.file("kept.note", kept.notes["third"])
        kept.bundle = kept.bundle.parent / "before-loss"

        code, said = kept.said("--checkpoint", note, "--key", kept.keys["third"], "--key", kept.keys["second"])

        assert code == 5
        assert "ask for a newer one" in said

    def test_one_that_is_not_signed_by_a_known_key(self, kept: Kept) -> None:
        stranger = Signer(kept.signers["first"].name, Ed25519PrivateKey.generate())
        head = verifier.read_head(verifier.split_note(kept.notes["second"])[0])

        for note in (stranger.sign(TreeHead(*head).text), kept.notes["second"].replace("\u2014", "-"), "", "x\n\ny\n"):
            assert kept.check("--checkpoint", kept.file("kept.note", note)) == 5

    def test_one_of_another_trail(self, kept: Kept) -> None:
        other = Signer("zi/lain", Ed25519PrivateKey.generate())
        note = kept.file("kept.note", other.sign(TreeHead("zi/lain", 3, bytes(32)).text))

        assert kept.check("--checkpoint", note) == 5
        assert kept.check("--checkpoint", note, "--key", str(other.verifier)) == 5

    def test_a_file_that_is_not_there(self, kept: Kept) -> None:
        assert kept.check("--checkpoint", "nowhere.note") == 5


class TestFork:
    """Two checkpoints: of one trail, or not."""

    @pytest.fixture
    def asked(self, kept: Kept) -> Callable[..., tuple[int, str]]:
        def ask(one: str, other: str, *words: str) -> tuple[int, str]:
            said: list[str] = []
            files = [kept.file(f"{number}.note", note) for number, note in enumerate((one, other))]
            return verifier.main(["fork", *files, "--lang", "en", *words], tell=said.append), "\n".join(said)

        return ask

    def test_the_same_one(self, kept: Kept, asked: Callable[..., tuple[int, str]]) -> None:
        assert asked(kept.notes["first"], kept.notes["first"])[0] == 0
        assert "not checked" in asked(kept.notes["first"], kept.notes["first"])[1]
        assert asked(kept.notes["first"], kept.notes["first"], "--key", kept.keys["first"])[0] == 0
        assert asked(kept.notes["first"], kept.notes["first"], "--key", kept.keys["third"])[0] == 5

    def test_two_of_one_trail(self, kept: Kept, asked: Callable[..., tuple[int, str]]) -> None:
        code, said = asked(kept.notes["third"], kept.notes["first"])
        assert code == 5
        assert "--bundle" in said

        assert asked(kept.notes["third"], kept.notes["first"], "--bundle", str(kept.bundle))[0] == 0

        first, second = size_of(kept.notes["first"]), size_of(kept.notes["third"])
        proof = prove_consistency(kept.leaves(), first=first, second=second).document()
        good, bad = kept.file("p.json", json.dumps(proof)), kept.file("q.json", json.dumps({**proof, "first_size": 1}))
        assert asked(kept.notes["third"], kept.notes["first"], "--proof", good)[0] == 0
        assert asked(kept.notes["third"], kept.notes["first"], "--proof", bad)[0] == 5
        assert asked(kept.notes["third"], kept.notes["second"], "--proof", good)[0] == 5

    def test_two_that_differ(self, kept: Kept, asked: Callable[..., tuple[int, str]]) -> None:
        signer = kept.signers["first"]
        head = verifier.read_head(verifier.split_note(kept.notes["first"])[0])
        other = signer.sign(TreeHead(head.origin, head.size, bytes(32)).text)

        for words in ([], ["--key", kept.keys["first"]], ["--bundle", str(kept.bundle)]):
            code, said = asked(kept.notes["first"], other, *words)
            assert code == 5
            assert said.startswith("FORK: ")
            assert b64encode(bytes(32)).decode() not in said
            assert "0" * 64 in said

    def test_two_of_different_trails(self, kept: Kept, asked: Callable[..., tuple[int, str]]) -> None:
        other = Signer("zi/lain", Ed25519PrivateKey.generate())

        assert asked(kept.notes["first"], other.sign(TreeHead("zi/lain", 3, bytes(32)).text))[0] == 5


class TestProofWithCheckpoint:
    """A bare proof says more with the checkpoint that vouches for its size and root."""

    def test_it_has_to_be_of_that_checkpoint(self, kept: Kept) -> None:
        size = size_of(kept.notes["first"])
        note = kept.file("kept.note", kept.notes["first"])

        def check(within: int, *words: str) -> int:
            proof = prove_inclusion(kept.leaves(), index=2, size=within).document()
            file = kept.file("proof.json", json.dumps(proof))
            return verifier.main(["inclusion", file, "--checkpoint", note, *words], tell=lambda _said: None)

        assert check(size, "--key", kept.keys["first"]) == 0
        assert check(size) == 0
        assert check(size, "--key", kept.keys["third"]) == 5
        assert check(size + 1, "--key", kept.keys["first"]) == 5


class TestSpoken:
    """Foreign files are quoted without what moves a cursor, and every word is there in both languages."""

    def test_control_characters_are_not_passed_on(self, kept: Kept) -> None:
        rows = kept.rows("checkpoints.jsonl")
        kept.put("checkpoints.jsonl", [json.dumps({**rows[0], "size": "\u001b[2J\u202e"}).encode() + b"\n"])

        code, said = kept.said()

        assert code == 5
        assert "\u001b" not in said
        assert "\u202e" not in said

    def test_both_languages_say_the_same(self) -> None:
        import string

        def names(text: str) -> set[str | None]:
            return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}

        for indonesian, english in verifier.WORDS.values():
            assert names(indonesian) == names(english)
