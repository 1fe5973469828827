"""A text that is erased is gone, and the trail is as whole as before: its root, its proofs, and it says who did it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text
from sqlmodel import col

from models.audit import AuditHead, AuditRecord, AuditText
from models.database import bound_engine, reading, transaction
from models.errors import NotFound, Refused
from models.merkle import Frontier, grow, root, unpack
from models.people import Role
from states.erasing import erase_text
from states.people import Grant, PersonData, add_person, grant_role
from states.trail_reader import Record, records_of
from states.trail_search import trail_size
from states.verify import Fault, verify_trail
from tests.office import Office, rules_of

SECRET = "Pak Budi sedang sakit parah"
WHY = "permintaan yang bersangkutan"

Erase = Callable[..., bool]


@pytest.fixture
def erase(both_offices: Office) -> Erase:
    return withdrawing(both_offices)


@pytest.fixture
def erase_here(office: Office) -> Erase:
    """On SQLite alone: who may does not hang on the database."""
    return withdrawing(office)


def withdrawing(office: Office) -> Erase:
    """Why a candidacy was withdrawn stands in the trail, and there alone."""
    office.move(office.open(), "withdraw", reason=SECRET)
    admin = office.actor("admin")
    add_person(PersonData("admin2@contoh.invalid", "Admin 2"), actor=admin, now=office.now)
    grant_role(Grant("admin2@contoh.invalid", Role.ADMIN), actor=admin, now=office.now)

    def run(who: str, *, seq: int | None = None, field: str = "reason", reason: str = WHY) -> bool:
        number = seq if seq is not None else withdrawn().seq
        return erase_text(number, field, reason=reason, actor=office.actor(who), now=office.now).erased

    return run


def withdrawn() -> AuditRecord:
    with reading() as session:
        query = select(AuditRecord).where(col(AuditRecord.action) == "moved")
        found: AuditRecord = session.execute(query).scalars().one()
    return found


def log() -> list[Record]:
    with reading() as session:
        return records_of(session)


def tree() -> tuple[int, str]:
    with reading() as session:
        head = session.execute(select(AuditHead)).scalar_one()
        return head.size, root(unpack(head.frontier)).hex()


def root_at(size: int) -> str:
    """Of the tree as it was when it had so many records."""
    frontier: Frontier = ()
    with reading() as session:
        query = select(col(AuditRecord.leaf_hash)).order_by(col(AuditRecord.seq)).limit(size)
        for number, hashed in enumerate(session.execute(query).scalars()):
            frontier = grow(frontier, number, bytes.fromhex(hashed))
    return root(frontier).hex()


class TestErased:
    """Salt and text are gone; the leaf, and with it every proof, stays."""

    def test_one_asks_and_another_confirms(self, erase: Erase) -> None:
        assert erase("admin") is False
        assert withdrawn_text() == SECRET

        assert erase("admin2", reason="") is True

        assert withdrawn_text() == "(teks dihapus)"

    def test_the_trail_is_whole_and_its_root_is_the_same(self, erase: Erase) -> None:
        before, leaf = tree(), withdrawn().leaf

        erase("admin")
        erase("auditor")

        with reading() as session:
            verdict = verify_trail(session)
        assert (verdict.ok, verdict.records) == (True, before[0] + 2)
        assert root_at(before[0]) == before[1]
        assert withdrawn().leaf == leaf

    def test_the_trail_says_what_was_erased_by_whom_and_why(self, erase: Erase) -> None:
        erase("admin")
        erase("auditor")

        asked, done = log()[-2:]
        of = {"of": withdrawn().seq, "field": "reason"}
        assert (asked["action"], asked["actor"], asked["details"]) == (
            "text_erasure_requested",
            "admin@contoh.invalid",
            of,
        )
        assert (done["action"], done["actor"]) == ("text_erased", "auditor@contoh.invalid")
        assert done["details"].items() > of.items()
        assert done["subject"] == asked["subject"] == "candidacy:RSUD-2026"
        assert done["texts"] == asked["texts"] == {"reason": WHY}

    def test_no_byte_of_it_stays_in_the_file(self, erase: Erase) -> None:
        file = make_url(bound_engine().url).database
        if bound_engine().dialect.name != "sqlite":
            pytest.skip("PostgreSQL keeps old rows until VACUUM: docs/erasing.md")
        assert in_files(file)

        erase("admin")
        erase("admin2")

        assert not in_files(file)

    def test_what_the_erasure_itself_says_can_be_erased_too(self, erase: Erase) -> None:
        erase("admin")
        erase("admin2")
        for record in log()[-2:]:
            for who in ("admin", "admin2"):
                erase(who, seq=record["seq"])

        assert [record["texts"]["reason"] for record in log() if record["action"].startswith("text_")][:2] == [
            "(teks dihapus)"
        ] * 2
        with reading() as session:
            assert verify_trail(session).ok

    def test_the_row_alone_is_not_enough(self, erase: Erase) -> None:
        """Whoever does the same by SQL, and tells nobody, is found out."""
        erase("admin")
        seq = withdrawn().seq
        with transaction() as session:
            session.execute(text(f"UPDATE audit_text SET salt = NULL, text = NULL WHERE seq = {seq}"))

        with reading() as session:
            assert verify_trail(session).fault == Fault(seq, "text_erased_silently")


class TestWhoMay:
    """An admin asks; another admin, or an auditor who may read the record, confirms."""

    def test_nobody_confirms_their_own_request(self, erase_here: Erase) -> None:
        erase_here("admin")

        with pytest.raises(Refused) as refused:
            erase_here("admin")

        assert rules_of(refused) == {"erasure_needs_another"}
        assert withdrawn_text() == SECRET

    @pytest.mark.parametrize("who", ["auditor", "koordinator"])
    def test_only_an_admin_asks(self, erase_here: Erase, who: str) -> None:
        with pytest.raises(Refused) as refused:
            erase_here(who)

        assert rules_of(refused) == {"role_needed"}

    @pytest.mark.parametrize("who", ["koordinator", "pimpinan", "tpi"])
    def test_others_do_not_confirm(self, erase_here: Erase, who: str) -> None:
        erase_here("admin")

        with pytest.raises(Refused):
            erase_here(who)

        assert withdrawn_text() == SECRET

    def test_an_auditor_confirms_only_what_they_may_read(self, erase_here: Erase) -> None:
        [whole] = [record for record in log() if record["action"] == "role_granted"][-1:]
        assert whole["subject"].startswith("person:")  # admin2 has no role in the auditor's agency

        with pytest.raises(NotFound):
            erase_here("auditor", seq=whole["seq"])

    def test_a_reason_is_needed(self, erase_here: Erase) -> None:
        with pytest.raises(Refused) as refused:
            erase_here("admin", reason=" ")

        assert rules_of(refused) == {"reason_missing"}


class TestWhatIsNotThere:
    """A record, or a text in it, that does not exist; and one that is gone already."""

    def test_names_the_texts_that_are_there(self, erase_here: Erase) -> None:
        with pytest.raises(NotFound, match="bernama note") as missing:
            erase_here("admin", field="note")

        assert "reason" in missing.value.fix

    @pytest.mark.parametrize("seq", [-1, 10_000, 2**63])
    def test_an_unknown_record(self, erase_here: Erase, seq: int) -> None:
        with pytest.raises(NotFound):
            erase_here("admin", seq=seq)

    def test_twice_is_refused(self, erase_here: Erase) -> None:
        erase_here("admin")
        erase_here("admin2")

        with pytest.raises(Refused) as refused:
            erase_here("admin")

        assert rules_of(refused) == {"text_erased_already"}
        with reading() as session:
            assert trail_size(session) == len(log())


def withdrawn_text() -> str:
    with reading() as session:
        query = select(AuditText).where(col(AuditText.seq) == withdrawn().seq, col(AuditText.field) == "reason")
        row = session.execute(query).scalar_one()
    assert (row.salt is None) == (row.text is None)
    shown: str = next(record["texts"]["reason"] for record in log() if record["seq"] == row.seq)
    return shown


def in_files(database: str | None) -> bool:
    assert database
    path = Path(database)
    return any(SECRET.encode() in one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
