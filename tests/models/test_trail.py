"""The trail is written with what it tells, in one order, and keeps what people say out of its leaves."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import col

from models.audit import AuditHead, AuditRecord, AuditText
from models.database import reading, transaction
from models.errors import ClockBehind, Refused
from models.merkle import leaf_hash, root_of, unpack
from models.merkle import root as root_from
from models.people import Person, Role
from models.trail import SKEW, Author, Pending, Via, canonical, instant, leaf_text, record, text_hash
from states.verify import verify_trail
from states.writing import writing
from tests.office import NOW, Office
from tests.walks import SAID, walk

SYSTEM = Author(None, Via.FLOW)
SECOND = timedelta(seconds=1)

WRITERS, EACH = 8, 6


def a_record(**members: Any) -> Pending:
    return Pending(**{"author": SYSTEM, "now": NOW, "action": "noted", "subject": "unit:RSUD", **members})


def write(*pending: Pending) -> None:
    with transaction() as session:
        for one in pending:
            record(session, one)


def stored(table: Any = AuditRecord) -> list[Any]:
    with reading() as session:
        return list(session.execute(select(table).order_by(*table.__table__.primary_key)).scalars())


def trail_size() -> tuple[int, int]:
    """Records, and what the head says of them."""
    with reading() as session:
        counted = session.execute(select(func.count()).select_from(AuditRecord)).scalar_one()
        return counted, session.execute(select(col(AuditHead.size))).scalar_one()


plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abzÄ€𝄞", max_size=3), inner, max_size=3),
    max_leaves=8,
)


class TestLeaf:
    """A leaf is RFC 8785 JSON: one way to write it, in any language."""

    def test_its_members_are_sorted_and_nothing_that_is_empty_is_said(self) -> None:
        pending = a_record(author=Author(7, Via.WEB), after="tpi_assessment", details={"b": 1, "a": [True, None]})

        leaf = leaf_text(pending, seq=4, at=instant(NOW), salted={"reason": ("00" * 16, "ya")})

        assert leaf == (
            '{"action":"noted","actor":"person:7","after":"tpi_assessment","at":"2026-02-02T02:00:00.000000Z",'
            '"details":{"a":[true,null],"b":1},"seq":4,"subject":"unit:RSUD",'
            f'"texts":{{"reason":"{text_hash("00" * 16, "ya")}"}},"v":1,"via":"web"}}'
        )

    @given(plain_json)
    def test_it_is_what_the_rfc_says(self, value: Any) -> None:
        assert canonical(value).encode() == rfc8785.dumps(value)
        assert canonical(json.loads(canonical(value))) == canonical(value)

    @pytest.mark.parametrize("value", [1.0, float("nan"), [1, [2.5]], {"a": {"b": [{"c": 0.1}]}}])
    def test_a_float_is_refused_wherever_it_hides(self, value: Any) -> None:
        with pytest.raises(TypeError, match="float"):
            canonical(value)

    def test_a_float_keeps_the_whole_transaction_from_being_kept(self, bound: str) -> None:
        with pytest.raises(TypeError), transaction() as session:
            session.add(Person(email="a@contoh.invalid", name="A"))
            record(session, a_record(details={"ratio": 0.5}))

        assert trail_size() == (0, 0)
        assert stored(Person) == []

    @pytest.mark.parametrize(
        "moment",
        [
            datetime(2026, 2, 2, 2, 0, tzinfo=UTC),
            datetime(2026, 2, 2, 9, 0, tzinfo=timezone(timedelta(hours=7))),
        ],
    )
    def test_its_time_is_utc_to_the_microsecond(self, moment: datetime) -> None:
        assert instant(moment) == "2026-02-02T02:00:00.000000Z"


class TestWritten:
    """What is stored is what was hashed."""

    def test_the_columns_say_what_the_leaf_says(self, both_offices: Office) -> None:
        walk(both_offices)

        rows = stored()

        assert len(rows) > 60
        assert [row.seq for row in rows] == list(range(len(rows)))
        for row in rows:
            leaf = json.loads(row.leaf)
            assert (row.seq, row.actor, row.action, row.subject, row.at) == tuple(
                leaf[name] for name in ("seq", "actor", "action", "subject", "at")
            )
            assert row.leaf_hash == leaf_hash(row.leaf.encode()).hex()

    def test_the_head_has_the_tree_of_all_leaves(self, both_offices: Office) -> None:
        rows, (head,) = stored(), stored(AuditHead)

        root = root_of(leaf_hash(row.leaf.encode()) for row in rows)

        assert root_from(unpack(head.frontier)) == root
        assert (head.size, head.last_at) == (len(rows), rows[-1].at)
        with reading() as session:
            assert verify_trail(session).root == root.hex()

    def test_records_of_one_transaction_stand_in_the_order_they_were_noted(self, bound: str) -> None:
        noted = [a_record(action=name) for name in "cab"]

        write(*noted)

        assert [row.action for row in stored()] == ["c", "a", "b"]
        assert [one.seq for one in noted] == [0, 1, 2]

    def test_letters_beyond_ascii_are_kept_as_they_are(self, bound: str) -> None:
        write(a_record(details={"nama": "Ñandú 𝄞 \u2028 €"}, texts={"reason": "’”\n\t\\"}))

        assert '"Ñandú 𝄞 \u2028 €"' in stored()[0].leaf
        with reading() as session:
            assert verify_trail(session).ok


class TestTexts:
    """The leaf has a salted hash of each text, and the text stands beside it."""

    def test_nothing_that_people_said_is_in_a_leaf(self, office: Office) -> None:
        walk(office)

        rows, texts, people = stored(), stored(AuditText), stored(Person)
        leaves = "\n".join(row.leaf for row in rows).lower()
        said = {text.text for text in texts}
        kept = [word for word in SAID.values() if word not in said]
        assert kept == [SAID["answer"]], "a wrong answer is refused, and what is refused keeps no texts"
        named = {person.name for person in people} | {person.email for person in people}
        graded = {text.text for text in texts if text.field in ("before", "value")} - set(SAID.values())  # WTP, 100
        for word in ({w.lower() for w in {*SAID.values(), *(said - graded), *named}}) - {role.value for role in Role}:
            assert json.dumps(word, ensure_ascii=False)[1:-1] not in leaves

    def test_the_hash_in_the_leaf_is_that_of_salt_and_text(self, office: Office) -> None:
        walk(office)

        promised = {
            (row.seq, name): digest
            for row in stored()
            for name, digest in json.loads(row.leaf).get("texts", {}).items()
        }

        assert promised == {(text.seq, text.field): text_hash(text.salt, text.text) for text in stored(AuditText)}

    def test_the_same_text_twice_has_two_hashes(self, bound: str) -> None:
        write(a_record(texts={"reason": "sama"}), a_record(texts={"reason": "sama"}))

        first, second = (json.loads(row.leaf)["texts"]["reason"] for row in stored())

        assert first != second


class TestOneTransaction:
    """A record is kept with what it tells, or neither is."""

    def test_a_transaction_that_fails_leaves_no_record(self, bound: str) -> None:
        with pytest.raises(ZeroDivisionError), transaction() as session:
            session.add(Person(email="a@contoh.invalid", name="A"))
            record(session, a_record(texts={"reason": "x"}))
            session.flush()
            _ = 1 // 0

        assert trail_size() == (0, 0)
        assert stored(AuditText) == []
        assert stored(Person) == []

    def test_a_refusal_leaves_only_its_own_record(self, bound: str) -> None:
        with pytest.raises(Refused), writing("try", author=SYSTEM, now=NOW, subject="unit:RSUD") as session:
            record(session, a_record())
            raise Refused.because("role_needed", role="tpi")

        assert [(row.seq, row.action) for row in stored()] == [(0, "refused")]

    def test_the_next_transaction_does_not_find_the_notes_of_a_failed_one(self, bound: str) -> None:
        with pytest.raises(ZeroDivisionError), transaction() as session:
            record(session, a_record(action="lost"))
            _ = 1 // 0

        write(a_record(action="kept"))

        assert [row.action for row in stored()] == ["kept"]


class TestClock:
    """Records stand in the order of their times: a clock far behind the trail is refused."""

    def test_a_clock_more_than_the_skew_behind_refuses_and_writes_nothing(self, bound: str) -> None:
        write(a_record())

        with pytest.raises(ClockBehind) as behind, transaction() as session:
            session.add(Person(email="a@contoh.invalid", name="A"))
            record(session, a_record(now=NOW - SKEW - SECOND))

        assert "2026-02-02T02:00:00" in str(behind.value)
        assert trail_size() == (1, 1)
        assert stored(Person) == []

    @pytest.mark.parametrize(
        ("later", "written"), [(-SKEW, NOW), (-SECOND, NOW), (timedelta(), NOW), (SECOND, NOW + SECOND)]
    )
    def test_a_clock_a_little_behind_takes_the_last_records_time(
        self, bound: str, later: timedelta, written: datetime
    ) -> None:
        write(a_record())

        write(a_record(now=NOW + later))

        assert stored()[-1].at == instant(written)

    def test_it_is_refused_within_one_transaction_too(self, bound: str) -> None:
        with pytest.raises(ClockBehind):
            write(a_record(), a_record(now=NOW - timedelta(hours=1)))

        assert trail_size() == (0, 0)


class TestManyWriters:
    """However many write at once, the numbers run on without a gap and the tree is right."""

    def test_eight_at_once(self, bound: str) -> None:
        together = Barrier(WRITERS)

        def work(writer: int) -> None:
            together.wait()
            for number in range(EACH):
                with transaction() as session:
                    record(session, a_record(details={"writer": writer, "number": number}, texts={"reason": "x"}))
                    record(session, a_record(details={"writer": writer}))

        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(work, range(WRITERS)))

        rows = stored()
        assert [row.seq for row in rows] == list(range(2 * WRITERS * EACH))
        for writer in range(WRITERS):
            told = [json.loads(row.leaf)["details"] for row in rows]
            numbers = [one["number"] for one in told if one["writer"] == writer and "number" in one]
            assert numbers == list(range(EACH))
        with reading() as session:
            assert verify_trail(session).ok

    def test_it_is_verified_while_others_write(self, bound: str) -> None:
        def write_often() -> None:
            for _ in range(60):
                write(a_record())

        with ThreadPoolExecutor(3) as pool:
            writers = [pool.submit(write_often) for _ in range(2)]
            while not all(writer.done() for writer in writers):
                with reading() as session:
                    assert verify_trail(session).ok
            assert [writer.exception() for writer in writers] == [None, None]
