"""A checkpoint is signed only for a trail that goes on from the last one; a rewritten history is found by it."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from models.checkpoint_key import draft_of
from models.database import reading, transaction
from models.errors import IntegrityBroken, NotFound, Refused, StorageFailed, UsageError
from models.notes import TreeHead, VerifierKey, opened
from models.proofs import consistency_holds, inclusion_holds
from models.trail import Author, Pending, Via, record
from states.checkpoint_keys import keys_of, replace_key, rotate_key, rotation_text
from states.checkpoints import ask_checkpoint, make_checkpoint
from states.kept_checkpoints import SignedCheckpoint, last_checkpoint
from states.proofs import prove_growth, prove_record
from states.trail_reader import records_of
from states.verify import Fault, Verdict, verify_trail
from tests.office import NOW, Office, rules_of
from tests.rewriting import empty_trail, rewrite, unguarded

SYSTEM = Author(None, Via.FLOW)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint.key"


@pytest.fixture
def sign(key_file: Path) -> Callable[[], SignedCheckpoint]:
    return lambda: make_checkpoint(author=SYSTEM, key_file=key_file, now=NOW)


def note_something(text: str = "catatan") -> None:
    with transaction() as session:
        record(session, Pending(SYSTEM, NOW, action="noted", subject="unit:RSUD", texts={"reason": text}))


def verdict() -> Verdict:
    with reading() as session:
        return verify_trail(session)


def newest(action: str) -> dict[str, Any]:
    with reading() as session:
        return [one for one in records_of(session) if one["action"] == action][-1]


Sign = Callable[[], SignedCheckpoint]


class TestSigned:
    """What is signed is the trail's size and root, under the installation's own name."""

    def test_it_opens_with_its_key_and_says_what_the_trail_is(self, both_offices: Office, sign: Sign) -> None:
        before = verdict()

        made = sign()

        head = TreeHead.parsed(opened(made.note, VerifierKey.parsed(made.vkey)))
        assert (head.size, head.root.hex()) == (made.size, made.root) == (before.records, before.root)
        assert head.origin == VerifierKey.parsed(made.vkey).name
        assert made.new
        with reading() as session:
            kept = last_checkpoint(session)
        assert kept and (kept.note, kept.vkey, kept.made_at) == (made.note, made.vkey, NOW)
        assert (verdict().ok, verdict().checkpoints) == (True, 1)

    def test_the_trail_tells_of_it(self, office: Office, sign: Sign) -> None:
        made = sign()

        assert newest("checkpoint_signed")["details"] == {"size": made.size, "root": made.root, "key": 0}
        assert newest("checkpoint_key_made")["details"] == {"key": made.vkey}

    def test_a_day_without_anything_gets_no_new_one(self, both_offices: Office, sign: Sign) -> None:
        first = sign()
        size = verdict().records

        assert [sign().size for _ in range(3)] == [first.size] * 3
        assert not sign().new
        assert verdict().records == size

        note_something()

        assert sign().size == size + 1

    def test_many_at_once_sign_one_after_the_other(self, both_offices: Office, key_file: Path) -> None:
        def work(_number: int) -> None:
            note_something()
            make_checkpoint(author=SYSTEM, key_file=key_file, now=NOW)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(8)))

        with reading() as session:
            assert len(keys_of(session)) == 1
        assert verdict().ok

    def test_people_ask_for_one_whose_roles_may(self, office: Office, key_file: Path) -> None:
        for name in ("admin", "koordinator", "auditor"):
            assert ask_checkpoint(actor=office.actor(name), key_file=key_file, now=NOW).size
        with pytest.raises(Refused) as refused:
            ask_checkpoint(actor=office.actor("kepala"), key_file=key_file, now=NOW)
        assert rules_of(refused) == {"role_needed"}


class TestRewrittenHistory:
    """Every hash is right and every guard stands: the checkpoint alone knows better."""

    @pytest.fixture
    def old(self, both_offices: Office, sign: Sign) -> SignedCheckpoint:
        made = sign()
        note_something()
        return made

    def test_nothing_more_is_signed_and_the_trail_does_not_verify(self, old: SignedCheckpoint, sign: Sign) -> None:
        rewrite(3, actor="person:99")

        assert verdict().fault == Fault(None, "checkpoint_differs")
        assert verdict().missing_triggers == ()
        with pytest.raises(IntegrityBroken) as broken:
            sign()
        assert (broken.value.key, broken.value.exit_code) == ("checkpoint_differs", 5)
        with reading() as session:
            assert last_checkpoint(session) == SignedCheckpoint(old.size, old.root, old.note, old.vkey, old.made_at)

    def test_a_proof_for_the_old_size_is_not_made(self, old: SignedCheckpoint) -> None:
        rewrite(3, actor="person:99")

        with reading() as session, pytest.raises(IntegrityBroken):
            prove_record(session, 3, size=old.size)
        with reading() as session, pytest.raises(IntegrityBroken):
            prove_growth(session, old.size, old.size + 1)

    def test_what_came_after_is_found_by_the_next(self, old: SignedCheckpoint, sign: Sign) -> None:
        rewrite(old.size + 2, subject="unit:LAIN")

        assert verdict().ok, "nothing that was signed is changed"
        assert sign().new

    def test_a_trail_emptied_together_with_its_head(self, old: SignedCheckpoint, sign: Sign) -> None:
        empty_trail()

        assert verdict().fault == Fault(None, "checkpoint_ahead")
        with pytest.raises(IntegrityBroken) as broken:
            sign()
        assert broken.value.key == "checkpoint_ahead"

    def test_a_record_taken_away(self, old: SignedCheckpoint, sign: Sign) -> None:
        with transaction() as session:
            unguarded(session, "audit_record_no_delete", "DELETE FROM audit_record WHERE seq = 4")

        with pytest.raises(IntegrityBroken, match=r"audit verify|kepala"):
            sign()


class TestTableOfCheckpoints:
    """Whoever changes what is kept can't sign it."""

    @pytest.fixture(autouse=True)
    def two(self, both_offices: Office, sign: Sign) -> None:
        sign()
        note_something()
        sign()

    @pytest.mark.parametrize(
        ("trigger", "statement", "fault"),
        [
            (
                "checkpoint_no_delete",
                "DELETE FROM checkpoint WHERE size = (SELECT min(size) FROM checkpoint)",
                "missing",
            ),
            ("checkpoint_no_delete", "DELETE FROM checkpoint", "missing"),
            ("checkpoint_no_update", "UPDATE checkpoint SET root = :zeros", "differs"),
            ("checkpoint_no_update", "UPDATE checkpoint SET note = 'x'", "forged"),
            ("checkpoint_no_update", "UPDATE checkpoint SET note = (SELECT max(note) FROM checkpoint)", "forged"),
            ("checkpoint_key_no_update", "UPDATE checkpoint_key SET vkey = 'x'", "forged"),
            ("checkpoint_key_no_update", "UPDATE checkpoint_key SET from_size = 999", "forged"),
            ("checkpoint_key_no_delete", "DELETE FROM checkpoint_key WHERE number = 9", None),
        ],
    )
    def test_it_is_found(self, trigger: str, statement: str, fault: str | None, sign: Sign) -> None:
        with transaction() as session:
            unguarded(session, trigger, statement, **({"zeros": "0" * 64} if ":zeros" in statement else {}))

        assert verdict().fault == (Fault(None, f"checkpoint_{fault}") if fault else None)

    @pytest.mark.parametrize(
        "statement", ["'x'", "replace(statement, 'rotation', 'Rotation')", "(SELECT max(note) FROM checkpoint)"]
    )
    def test_a_key_that_was_slipped_in_between(self, both_offices: Office, key_file: Path, statement: str) -> None:
        """Nothing vouches for it: its statement is not what the key before signed."""
        rotate_key(actor=both_offices.actor("admin"), key_file=key_file, now=NOW)
        assert verdict().fault is None

        with transaction() as session:
            change = f"UPDATE checkpoint_key SET statement = {statement} WHERE origin = 'rotated'"
            unguarded(session, "checkpoint_key_no_update", change)

        assert verdict().fault == Fault(None, "checkpoint_forged")

    def test_a_changed_last_one_is_not_built_on(self, sign: Sign) -> None:
        with transaction() as session:
            unguarded(session, "checkpoint_no_update", "UPDATE checkpoint SET note = 'x'")

        with pytest.raises(IntegrityBroken) as broken:
            sign()
        assert broken.value.key == "checkpoint_forged"


class TestKey:
    """The key is a file of its owner's, made when the first checkpoint is."""

    def test_it_is_made_readable_by_its_owner_only(self, office: Office, sign: Sign, key_file: Path) -> None:
        sign()

        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
        assert [one.name for one in key_file.parent.iterdir() if "checkpoint" in one.name] == [key_file.name]

    def test_a_key_that_is_gone_is_not_made_anew(self, both_offices: Office, sign: Sign, key_file: Path) -> None:
        sign()
        note_something()
        key_file.unlink()

        with pytest.raises(StorageFailed) as failed:
            sign()

        assert failed.value.key == "checkpoint_key_lost"
        assert not key_file.exists()

    @pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    def test_a_file_that_holds_no_key(self, office: Office, sign: Sign, key_file: Path, content: bytes) -> None:
        key_file.write_bytes(content)

        with pytest.raises(StorageFailed) as failed:
            sign()
        assert failed.value.key == "no_checkpoint_key"

    def test_another_key_does_not_sign(self, office: Office, sign: Sign, key_file: Path, tmp_path: Path) -> None:
        from models.checkpoint_key import make_key

        sign()
        note_something()
        make_key(tmp_path / "other.key")
        (tmp_path / "other.key").replace(key_file)

        with pytest.raises(StorageFailed) as failed:
            sign()
        assert failed.value.key == "checkpoint_key_differs"


class TestRotation:
    """A holder of the old public key can follow to the new one."""

    def test_the_old_key_signs_for_the_new_one(self, both_offices: Office, sign: Sign, key_file: Path) -> None:
        old = VerifierKey.parsed(sign().vkey)

        key = rotate_key(actor=both_offices.actor("admin"), key_file=key_file, now=NOW)

        new = VerifierKey.parsed(key.vkey)
        assert new != old
        assert opened(key.statement or "", old) == rotation_text(old, new, from_size=key.from_size)
        told = newest("checkpoint_key_rotated")["details"]
        assert told == {"old": str(old), "key": key.vkey, "statement": key.statement}
        assert sign().vkey == key.vkey
        with reading() as session:
            assert [one.state for one in keys_of(session)] == ["rotated", "current"]
        assert verdict().ok
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600

    def test_killed_before_the_file_is_changed_the_next_use_finishes_it(
        self, both_offices: Office, sign: Sign, key_file: Path
    ) -> None:
        sign()
        before = key_file.read_bytes()
        key = rotate_key(actor=both_offices.actor("admin"), key_file=key_file, now=NOW)
        after = key_file.read_bytes()
        key_file.write_bytes(before)
        draft_of(key_file).write_bytes(after)

        assert sign().vkey == key.vkey
        assert key_file.read_bytes() == after
        assert not draft_of(key_file).exists()

    def test_killed_before_it_is_committed_the_old_key_goes_on(
        self, office: Office, sign: Sign, key_file: Path
    ) -> None:
        from models.checkpoint_key import draft_key

        old = sign().vkey
        draft_key(key_file)
        note_something()

        assert sign().vkey == old
        assert rotate_key(actor=office.actor("admin"), key_file=key_file, now=NOW).vkey != old

    def test_it_is_an_admins(self, office: Office, key_file: Path) -> None:
        with pytest.raises(Refused):
            rotate_key(actor=office.actor("auditor"), key_file=key_file, now=NOW)


class TestLoss:
    """A lost key is replaced by one that nothing vouches for, and the trail says so."""

    def test_the_chain_begins_anew(self, both_offices: Office, sign: Sign, key_file: Path) -> None:
        old = sign().vkey
        key_file.unlink()

        key = replace_key("diska rusak", actor=both_offices.actor("admin"), key_file=key_file, now=NOW)

        assert (key.statement, key.origin.value) == (None, "replaced")
        told = newest("checkpoint_key_replaced")
        assert told["details"] == {"old": old, "key": key.vkey}
        assert told["texts"] == {"reason": "diska rusak"}
        with reading() as session:
            assert [one.state for one in keys_of(session)] == ["lost", "current"]
        assert sign().vkey == key.vkey
        assert verdict().ok

    def test_not_without_a_reason_nor_a_key_nor_by_another(self, office: Office, sign: Sign, key_file: Path) -> None:
        with pytest.raises(NotFound):
            replace_key("alasan", actor=office.actor("admin"), key_file=key_file, now=NOW)
        sign()
        with pytest.raises(UsageError):
            replace_key("  ", actor=office.actor("admin"), key_file=key_file, now=NOW)
        with pytest.raises(Refused):
            replace_key("alasan", actor=office.actor("koordinator"), key_file=key_file, now=NOW)


class TestProofs:
    """Proofs from the database hold, and are for what it has."""

    def test_they_hold(self, both_offices: Office, sign: Sign) -> None:
        size = sign().size
        with reading() as session:
            whole = verify_trail(session)
            for seq in (0, 1, size - 1, whole.records - 1):
                proof = prove_record(session, seq)
                assert inclusion_holds(proof)
                assert (proof.size, proof.root.hex()) == (whole.records, whole.root)
            assert inclusion_holds(prove_record(session, 0, size=size))
            for first in (0, 1, 16, size, whole.records):
                assert consistency_holds(prove_growth(session, first, whole.records))

    def test_not_for_what_is_not_there(self, office: Office) -> None:
        with reading() as session:
            size = verify_trail(session).records
            for seq, within in ((size, None), (-1, None), (0, size + 1), (0, -1), (10**30, None)):
                with pytest.raises(NotFound):
                    prove_record(session, seq, size=within)
            with pytest.raises(UsageError):
                prove_record(session, 5, size=5)
            with pytest.raises(UsageError):
                prove_growth(session, 5, 4)
            with pytest.raises(NotFound):
                prove_growth(session, 5, size + 1)

    def test_a_leaf_that_is_not_what_its_hash_says(self, both_offices: Office) -> None:
        with transaction() as session:
            unguarded(session, "audit_record_no_update", "UPDATE audit_record SET leaf = '{}' WHERE seq = 2")

        with reading() as session, pytest.raises(IntegrityBroken):
            prove_record(session, 2)
        with reading() as session:
            assert inclusion_holds(prove_record(session, 1))
