"""Whoever has the database can change it, and cannot hide it: every changed byte has a record's name.

The attacker here owns the files: the tables are made anew without triggers, keys, checks and generated columns, and
every attack is taken back before the next one. What is looked at is the fault; the missing triggers would be enough.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from random import Random
from typing import Any

import pytest
from sqlmodel import Session

from models import trail
from models.database import bind, reading, transaction, unbind
from models.merkle import leaf_hash
from models.trail import Author, Json, Pending, Via, canonical
from states import verify
from states.verify import Fault, verify_trail
from tests.lasting import NAMES, lasting_database, lasting_session, taken_back
from tests.office import NOW, Office
from tests.walks import walk

RECORD = ("leaf", "leaf_hash", "actor", "action", "subject", "at")
TEXT = ("field", "salt", "text")

FOREIGN = (
    "",
    "{",
    "null",
    "[]",
    "5",
    '"moved"',
    "{}",
    "[" * 100_000,
    '{"seq":7}',
    '{"seq": 7}',
    '{"seq":7,"seq":7}',
    '{"seq":8}',
    '{"seq":"7"}',
    '{"a":1.5,"seq":7}',
    '{"a":NaN,"seq":7}',
    '{"a":"\\ud800","seq":7}',  # half a letter
    '{"at":7,"seq":7}',
    *(
        f'{{"action":"a","actor":"b","at":"2026-02-02T02:00:00.000000Z","seq":7,"subject":"c","texts":{texts}}}'
        for texts in ("null", '["d"]', '"reason"', '{"reason":5}')
    ),
)
"""Leaves that do not look like ours, for the record 7."""


class Attacker:
    """Does what SQL can do, in a transaction that is never kept."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.sqlite = session.connection().dialect.name == "sqlite"
        self.step = 1 if self.sqlite else 3  # every row in one database, and time saved in the other
        for table in ("audit_record", "audit_text", "audit_head"):
            self.run(f"CREATE TABLE plain AS SELECT * FROM {table}")
            self.run(f"DROP TABLE {table}")
            self.run(f"ALTER TABLE plain RENAME TO {table}")
        self.records = self.rows("SELECT * FROM audit_record ORDER BY seq")
        self.texts = self.rows("SELECT * FROM audit_text ORDER BY seq, field")
        (self.head,) = self.rows("SELECT * FROM audit_head")

    @property
    def size(self) -> int:
        return len(self.records)

    def run(self, statement: str, *values: object) -> None:
        place = "?" if self.sqlite else "%s"
        self.session.connection().exec_driver_sql(statement.replace("?", place), tuple(values))

    def rows(self, query: str) -> list[Any]:
        return list(self.session.connection().exec_driver_sql(query))

    def put(self, table: str, column: str, value: object, where: str, *keys: object) -> None:
        """Bytes that are no UTF-8 are put as they are: SQLite does not look at them."""
        as_text = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
        self.run(f"UPDATE {table} SET {column} = {as_text} WHERE {where}", value, *keys)

    def flipped(self, value: Any, dice: Random) -> Any:
        """The value with one bit flipped somewhere; PostgreSQL takes only text that is UTF-8 and has no NUL."""
        if isinstance(value, int):
            return value ^ 1 << dice.randrange(8, 31)  # a seq that no other record has
        while True:
            changed = bytearray(value.encode())
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
            if self.sqlite:
                return bytes(changed)
            try:
                text = changed.decode()
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text

    def attempt(self) -> AbstractContextManager[None]:
        return taken_back(self.session)

    def rewrite(self, seq: int, leaf: str) -> None:
        """Another leaf with its right hash, and columns that agree with it."""
        try:
            members = json.loads(leaf)
            columns = {name: members.get(name) for name in ("actor", "action", "subject", "at")}
        except (ValueError, AttributeError, RecursionError):
            columns = {}
        columns |= {"leaf": leaf, "leaf_hash": leaf_hash(leaf.encode(errors="surrogatepass")).hex()}
        for column, value in columns.items():
            self.put("audit_record", column, value, "seq = ?", seq)

    @property
    def fault(self) -> Fault | None:
        return verify_trail(self.session).fault


@pytest.fixture(scope="module", params=NAMES)
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacker]:
    """Somebody with the database of an office where a candidacy has come to its end."""
    with lasting_database(request, tmp_path_factory.mktemp("walked")) as url:
        bind(url)
        walk(Office.opened(url))
        unbind()
        with lasting_session(url) as session:
            yield Attacker(session)


@pytest.fixture
def attacker(walked: Attacker) -> Iterator[Attacker]:
    with walked.attempt():
        yield walked


class TestAnyChangedByte:
    """One bit, in whatever column of whatever row."""

    def test_of_a_record_names_the_record(self, attacker: Attacker) -> None:
        dice = Random(1)
        for record in attacker.records[:: attacker.step]:
            for column in ("seq", *RECORD):
                with attacker.attempt():
                    changed = attacker.flipped(getattr(record, column), dice)
                    attacker.put("audit_record", column, changed, "seq = ?", record.seq)
                    fault = attacker.fault
                assert fault, (record.seq, column, changed)
                assert fault.seq == record.seq, (fault, column, changed)
        assert attacker.fault is None

    def test_of_a_text_names_the_record(self, attacker: Attacker) -> None:
        dice = Random(2)
        for text in attacker.texts[:: attacker.step]:
            for column in ("seq", *TEXT):
                with attacker.attempt():
                    changed = attacker.flipped(getattr(text, column), dice)
                    attacker.put("audit_text", column, changed, "seq = ? AND field = ?", text.seq, text.field)
                    fault = attacker.fault
                assert fault, (text.seq, column, changed)
                assert fault.seq == text.seq, (fault, column, changed)

    @pytest.mark.parametrize("column", ["size", "frontier", "last_at"])
    def test_of_the_head_is_noticed(self, attacker: Attacker, column: str) -> None:
        dice = Random(3)
        for _ in range(30):
            with attacker.attempt():
                changed = attacker.flipped(getattr(attacker.head, column), dice)
                attacker.put("audit_head", column, changed, "1 = 1")
                assert attacker.fault, changed

    def test_is_noticed_wherever_it_stands_in_one_record(self, attacker: Attacker) -> None:
        record = attacker.records[0]
        for at in range(0, len(record.leaf), attacker.step):
            with attacker.attempt():
                changed = f"{record.leaf[:at]}{'x' if record.leaf[at] != 'x' else 'y'}{record.leaf[at + 1 :]}"
                attacker.put("audit_record", "leaf", changed, "seq = ?", record.seq)
                assert attacker.fault == Fault(record.seq, "leaf_changed")

    def test_of_a_salt_counts_also_where_it_means_the_same(self, attacker: Attacker) -> None:
        text = next(text for text in attacker.texts if text.salt != text.salt.upper())
        for same_bytes in (text.salt.upper(), f" {text.salt}"):
            with attacker.attempt():
                attacker.put("audit_text", "salt", same_bytes, "seq = ? AND field = ?", text.seq, text.field)
                assert attacker.fault == Fault(text.seq, "text_changed")


class TestRecords:
    """None can be taken away, put in, or put elsewhere."""

    @pytest.mark.parametrize("at", [0, 1, 40, -2, -1])
    def test_one_removed_is_missing(self, attacker: Attacker, at: int) -> None:
        seq = attacker.records[at].seq
        for and_its_texts in (False, True):
            with attacker.attempt():
                attacker.run("DELETE FROM audit_record WHERE seq = ?", seq)
                if and_its_texts:
                    attacker.run("DELETE FROM audit_text WHERE seq = ?", seq)
                assert attacker.fault == Fault(seq, "missing")

    def test_all_removed_is_missing_from_the_first_on(self, attacker: Attacker) -> None:
        attacker.run("DELETE FROM audit_record")
        attacker.run("DELETE FROM audit_text")

        assert attacker.fault == Fault(0, "missing")

    def test_a_trail_made_empty_with_its_head_is_one_that_has_no_records(self, attacker: Attacker) -> None:
        """This is what a checkpoint kept elsewhere is for."""
        for table in ("audit_record", "audit_text"):
            attacker.run(f"DELETE FROM {table}")
        attacker.run("UPDATE audit_head SET size = 0, frontier = '', last_at = ''")

        assert attacker.fault is None

    @pytest.mark.parametrize(("one", "other"), [(0, 1), (3, 50), (-2, -1)])
    def test_two_swapped_are_not_where_they_say(self, attacker: Attacker, one: int, other: int) -> None:
        first, second = attacker.records[one].seq, attacker.records[other].seq
        attacker.run("UPDATE audit_record SET seq = -1 WHERE seq = ?", first)
        attacker.run("UPDATE audit_record SET seq = ? WHERE seq = ?", first, second)
        attacker.run("UPDATE audit_record SET seq = ? WHERE seq = -1", second)

        assert attacker.fault == Fault(first, "leaf_not_canonical")

    def test_one_put_twice_is_unexpected(self, attacker: Attacker) -> None:
        attacker.run("INSERT INTO audit_record SELECT * FROM audit_record WHERE seq = 5")

        assert attacker.fault == Fault(6, "unexpected")

    @pytest.mark.parametrize("with_its_columns", [True, False])
    def test_one_appended_without_the_head_is_unexpected(self, attacker: Attacker, with_its_columns: bool) -> None:
        last = json.loads(attacker.records[-1].leaf)
        last.pop("texts", None)
        attacker.run("INSERT INTO audit_record (seq, leaf, leaf_hash) VALUES (?, '', '')", attacker.size)
        attacker.rewrite(attacker.size, canonical({**last, "seq": attacker.size}))
        if not with_its_columns:
            attacker.put("audit_record", "actor", "person:1", "seq = ?", attacker.size)

        assert attacker.fault == Fault(attacker.size, "unexpected" if with_its_columns else "column_differs")

    def test_one_before_the_first_is_unexpected(self, attacker: Attacker) -> None:
        attacker.run("INSERT INTO audit_record SELECT * FROM audit_record WHERE seq = 0")
        attacker.run("UPDATE audit_record SET seq = -1 WHERE leaf = ? AND seq = 0", attacker.records[0].leaf)

        assert attacker.fault == Fault(0, "unexpected")


class TestRewritten:
    """A leaf that was rewritten with its right hash does not fit the tree."""

    def test_the_root_tells(self, attacker: Attacker) -> None:
        for record in attacker.records:
            leaf = json.loads(record.leaf)
            with attacker.attempt():
                attacker.rewrite(record.seq, canonical({**leaf, "actor": "person:99"}))
                assert attacker.fault == Fault(None, "head_changed")

    def test_one_that_no_program_of_ours_wrote_is_named(self, attacker: Attacker) -> None:
        for leaf in FOREIGN:
            with attacker.attempt():
                attacker.rewrite(7, leaf)
                fault = attacker.fault
            assert fault, leaf[:80]
            assert fault.seq == 7, (fault, leaf[:80])

    def test_a_time_before_the_last_one_is_named(self, attacker: Attacker) -> None:
        leaf = json.loads(attacker.records[30].leaf)

        attacker.rewrite(30, canonical({**leaf, "at": "2020-02-02T02:00:00.000000Z"}))

        assert attacker.fault == Fault(30, "time_goes_back")

    def test_a_confession_to_an_erased_text_has_to_be_in_the_tree(self, attacker: Attacker) -> None:
        text = attacker.texts[0]
        attacker.run("UPDATE audit_text SET salt = NULL, text = NULL WHERE seq = ?", text.seq)
        shapes: list[Json] = [{"of": text.seq, "field": text.field}, {}, []]
        for details in shapes:
            leaf = json.loads(attacker.records[-1].leaf)
            leaf.pop("texts", None)
            with attacker.attempt():
                attacker.run("DELETE FROM audit_text WHERE seq = ?", attacker.size - 1)
                attacker.rewrite(attacker.size - 1, canonical({**leaf, "action": "text_erased", "details": details}))
                assert attacker.fault == Fault(None, "head_changed")


class TestTexts:
    """A leaf names its texts: none more, none fewer, none for another."""

    def test_one_removed_is_missing(self, attacker: Attacker) -> None:
        for text in attacker.texts:
            with attacker.attempt():
                attacker.run("DELETE FROM audit_text WHERE seq = ? AND field = ?", text.seq, text.field)
                assert attacker.fault == Fault(text.seq, "text_missing")

    @pytest.mark.parametrize("where", ["known", "last", "before the first", "after the last"])
    def test_one_added_is_named(self, attacker: Attacker, where: str) -> None:
        with_text = attacker.texts[0].seq
        seq = {"known": with_text, "last": attacker.size - 1, "before the first": -1, "after the last": attacker.size}
        attacker.run("INSERT INTO audit_text (seq, field, salt, text) VALUES (?, 'extra', '00', 'x')", seq[where])

        assert attacker.fault == Fault(seq[where], "text_added")

    def test_two_swapped_are_changed(self, attacker: Attacker) -> None:
        seq = next(text.seq for text in attacker.texts if text.field == "whatsapp")
        attacker.run("UPDATE audit_text SET field = 'kept' WHERE seq = ? AND field = 'nip'", seq)
        attacker.run("UPDATE audit_text SET field = 'nip' WHERE seq = ? AND field = 'whatsapp'", seq)
        attacker.run("UPDATE audit_text SET field = 'whatsapp' WHERE seq = ? AND field = 'kept'", seq)

        assert attacker.fault == Fault(seq, "text_changed")

    @pytest.mark.parametrize("column", ["salt", "text"])
    def test_one_half_erased_is_not_erased(self, attacker: Attacker, column: str) -> None:
        text = attacker.texts[3]
        attacker.put("audit_text", column, None, "seq = ? AND field = ?", text.seq, text.field)

        assert attacker.fault == Fault(text.seq, "text_changed")


class TestHead:
    """The head is one row, and it is the tree's."""

    def test_none_is_a_fault(self, attacker: Attacker) -> None:
        attacker.run("DELETE FROM audit_head")

        assert attacker.fault == Fault(None, "head_missing")

    def test_two_are_a_fault(self, attacker: Attacker) -> None:
        attacker.run("INSERT INTO audit_head SELECT * FROM audit_head")

        assert attacker.fault == Fault(None, "head_changed")

    def test_an_older_one_does_not_know_the_newer_records(self, attacker: Attacker) -> None:
        attacker.run("UPDATE audit_head SET size = size - 3")

        assert attacker.fault == Fault(attacker.size - 3, "unexpected")


class TestInPieces:
    """However many records are read at a time, the verdict is the same."""

    @pytest.mark.parametrize("batch", [1, 7, 1000])
    def test_the_verdict_does_not_hang_on_it(
        self, attacker: Attacker, monkeypatch: pytest.MonkeyPatch, batch: int
    ) -> None:
        whole = verify_trail(attacker.session)
        monkeypatch.setattr(verify, "BATCH", batch)

        assert verify_trail(attacker.session) == whole
        assert (whole.records, whole.fault) == (attacker.size, None)
        attacker.run("INSERT INTO audit_record SELECT * FROM audit_record WHERE seq = 5")
        assert attacker.fault == Fault(6, "unexpected")
        attacker.run("DELETE FROM audit_record WHERE seq IN (5, 50)")
        assert attacker.fault == Fault(5, "missing")

    def test_records_that_say_other_than_plain_things_are_right_too(self, both_offices: Office) -> None:
        """Whatever the quick look does not vouch for is looked at again, and nothing is wrong with it."""
        odd: list[Json] = ["é", "\u2028", "😀", "", [[], {}], -5, 2**53 - 1, True]
        for value in odd:
            with transaction() as session:
                texts = {"reason": "naïf 😀\n"}
                author = Author(None, Via.CLI)
                trail.record(session, Pending(author, NOW, "refused", "unit:RSUD", details={"é": value}, texts=texts))

        with reading() as session:
            verdict = verify_trail(session)

        assert verdict.ok and verdict.fault is None
