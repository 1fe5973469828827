"""Many at once: in pieces, with as many statements for a thousand as for one, and still all of them or none."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Correction, StageEntry
from models.database import bound_engine, reading, transaction
from models.errors import NotFound, Refused, UsageError
from models.facts import Predicate
from models.lke import LkeSnapshot
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation
from models.stages import Stage
from states import advance
from states.advance import Moved, move_candidacies
from states.corrections import correct
from states.lke.snapshots import changed_since, take_snapshots
from states.lookups import find
from states.requests import Request
from states.trail_reader import records_of
from states.verify import verify_trail
from tests.office import TODAY, Office, rules_of

A_MOVE = 16  # calls of the driver: BEGIN, who acts, the lock, the look, and what changes
WITHDRAWN = Request(reason="tidak jadi")


def units(office: Office, number: int) -> list[str]:
    """So many more units, each with a candidacy."""
    with transaction() as session:
        agency = session.execute(select(Agency)).scalar_one().id
        session.add_all(Unit(code=f"U{n}", name=f"Unit {n}", agency_id=agency) for n in range(number))
    return [office.open(unit=f"U{n}") for n in range(number)]


def withdraw(office: Office, *codes: str) -> list[Moved]:
    return move_candidacies(codes, "withdraw", request=WITHDRAWN, actor=office.actor("koordinator"), now=office.now)


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(bound_engine(), "before_cursor_execute", executed)
    yield seen
    event.remove(bound_engine(), "before_cursor_execute", executed)


class TestInPieces:
    """The pieces are one transaction."""

    @pytest.fixture(autouse=True)
    def small_pieces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(advance, "PIECE", 2)

    def test_all_of_them_move(self, both_offices: Office) -> None:
        codes = units(both_offices, 5)

        moved = withdraw(both_offices, *reversed(codes))

        assert [one.code for one in moved] == codes
        assert {both_offices.situation(code).stage for code in codes} == {Stage.WITHDRAWN}
        with reading() as session:
            subjects = [record["subject"] for record in records_of(session) if record["action"] == "moved"]
            told = session.execute(select(OutboxMessage).where(col(OutboxMessage.kind) == Notice.MOVED)).scalars().all()
            assert verify_trail(session).ok
        assert sorted(subjects) == [f"candidacy:{code}" for code in codes]
        assert len({(message.candidacy_id, message.reference_id) for message in told}) == len(codes)

    def test_one_refusal_in_a_later_piece_and_nothing_has_moved(self, both_offices: Office) -> None:
        codes = units(both_offices, 5)
        withdraw(both_offices, codes[1], codes[4])
        before = stored(StageEntry), stored(Obligation), stored(OutboxMessage)

        with pytest.raises(Refused) as refused:
            withdraw(both_offices, *codes)

        assert [refusal.subject for refusal in refused.value.refusals] == [codes[1], codes[4]]
        assert rules_of(refused) == {"move_not_from_here"}
        assert (stored(StageEntry), stored(Obligation), stored(OutboxMessage)) == before

    def test_the_first_code_that_is_not_there_is_named(self, office: Office) -> None:
        codes = units(office, 3)

        with pytest.raises(NotFound) as missing:
            withdraw(office, codes[0], "none-2026", codes[1], "other-2026")

        assert "none-2026" in str(missing.value)

    def test_a_code_given_twice_is_a_slip(self, office: Office) -> None:
        (code,) = units(office, 1)

        with pytest.raises(UsageError):
            withdraw(office, code, f" {code.lower()} ")


class TestStatements:
    """What a move asks of the database does not grow with their number."""

    def test_one_move_has_few(self, office: Office) -> None:
        (code,) = units(office, 1)

        with statements() as seen:
            withdraw(office, code)

        assert len(seen) <= A_MOVE, "\n".join(seen)

    def test_as_many_for_twenty_as_for_two(self, both_offices: Office) -> None:
        codes = units(both_offices, 22)

        with statements() as few:
            withdraw(both_offices, *codes[:2])
        with statements() as many:
            withdraw(both_offices, *codes[2:])

        assert len(many) == len(few)


class TestEachItsOwn:
    """What belongs to one of many is not taken for another's."""

    def test_a_snapshot_of_each(self, both_offices: Office) -> None:
        office = both_offices
        full, blank = (office.open(unit=unit, stage=Stage.SELF_ASSESSMENT) for unit in ("RSUD", "DINAS"))
        office.fill_lke(full)
        office.prove(full)

        with transaction() as session:
            entries = {
                find(session, Candidacy, code).id: office.situation(code).current.entry_id for code in (full, blank)
            }
            hashes = take_snapshots(session, entries, now=office.now)

        with reading() as session:
            kept = list(session.execute(select(LkeSnapshot).order_by(col(LkeSnapshot.id))).scalars())
            assert [changed_since(session, key) for key in entries] == [0, 0]
        assert {one.candidacy_id: one.hash for one in kept} == hashes
        contents = [json.loads(one.content) for one in kept]
        assert [bool(content["unit"]) for content in contents] == [True, False]
        assert [bool(content["evidence"]) for content in contents] == [True, False]

    def test_predicates_given_and_taken_together(self, both_offices: Office) -> None:
        office = both_offices
        codes = [office.open(unit=unit, stage=Stage.SUBMISSION_PANEL) for unit in ("RSUD", "DINAS")]
        for code in codes:
            office.file_required(code, "designate")
        koordinator = office.actor("koordinator")

        move_candidacies(codes, "designate", request=Request(), actor=koordinator, now=office.now)
        given = [(row.candidacy_id, row.decree, row.revoked_on) for row in stored(Predicate)]
        taken_back = Request(values={"decree": "K/9", "date": TODAY.isoformat()})
        move_candidacies(codes[:1], "revoke", request=taken_back, actor=koordinator, now=office.now)

        assert [(decree, revoked) for _, decree, revoked in given] == [("01/2025", None)] * 2
        assert {row.candidacy_id: (row.revoked_on, row.revocation_decree) for row in stored(Predicate)} == {
            given[0][0]: (TODAY, "K/9"),
            given[1][0]: (None, None),
        }

    def test_a_request_to_undo_falls_with_the_move_of_its_own_candidacy(self, both_offices: Office) -> None:
        office = both_offices
        going, staying = (office.open(unit=unit, stage=Stage.SUBMISSION_DESK) for unit in ("RSUD", "DINAS"))
        for code in (going, staying):
            office.move(code, "pass_desk", effective_on=TODAY)
            correct([code], reason="salah", actor=office.actor("koordinator"), now=office.now)

        office.move(going, "pass_field", effective_on=TODAY)

        with reading() as session:
            (left,) = session.execute(select(Correction)).scalars()
            assert left.candidacy_id == find(session, Candidacy, staying).id


def stored(table: Any) -> list[Any]:
    with reading() as session:
        return list(session.execute(select(table).order_by(table.id)).scalars())
