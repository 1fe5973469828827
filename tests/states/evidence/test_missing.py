"""What has no evidence is said by name, question by question, for any number of candidacies."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from models.agencies import Unit
from models.database import bound_engine, reading, transaction
from models.errors import NotFound
from models.people import Role
from models.stages import CLOSED, Stage
from states.evidence import missing as report
from states.evidence.missing import why_nothing
from states.evidence.reviewing import Verdict
from states.lookups import find
from tests.office import TODAY
from tests.states.evidence.cabinet import MEMBERS, PLAN, SOP, TEAM, Cabinet


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(bound_engine(), "before_cursor_execute", note)
    yield asked
    event.remove(bound_engine(), "before_cursor_execute", note)


def open_many(cabinet: Cabinet, first: int, last: int) -> list[str]:
    """More units under a head of all of them, each with one answer that nothing proves."""
    numbers = range(first, last + 1)
    with transaction() as session:
        dinas = find(session, Unit, "DINAS")
        session.add_all(
            Unit(code=f"UPT{number:02}", name=f"UPT {number}", agency_id=dinas.agency_id, parent_id=dinas.id)
            for number in numbers
        )
    cabinet.person("kadis", Role.PIMPINAN_UNIT, unit="DINAS")
    codes = [cabinet.office.open(unit=f"UPT{number:02}", stage=Stage.SELF_ASSESSMENT) for number in numbers]
    for code in codes:
        cabinet.answer(code, by="kadis", **{TEAM: "Ya"})
    return codes


class TestRows:
    """A question that scores, with what it wants, what it has, who has to see to it, and since when."""

    def test_one_without_anything(self, both_cabinets: Cabinet) -> None:
        both_cabinets.answer(**{TEAM: "Ya", PLAN: "Tidak"})

        (row,) = both_cabinets.missing()

        assert (row.candidacy, row.question, row.area, row.wanted, row.present) == ("RSUD-2026", TEAM, "MP", 3, 0)
        assert (row.reason, row.responsible.email, row.since) == ("none", "pokja@contoh.invalid", TODAY)
        assert str(row.topic) == "tim kerja ZI dibentuk"

    def test_one_that_was_rejected(self, both_cabinets: Cabinet) -> None:
        both_cabinets.answer(**{TEAM: "Ya"})
        number = both_cabinets.one(TEAM)
        both_cabinets.set_stage(Stage.TPI_ASSESSMENT)
        both_cabinets.review(number, Verdict.REJECT, "buram")

        assert both_cabinets.reasons() == {TEAM: "rejected"}

        both_cabinets.add(TEAM)
        assert both_cabinets.reasons() == {}

    def test_in_the_order_of_the_lke(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{SOP: "A", PLAN: "Ya", TEAM: "Ya"})

        assert list(cabinet.reasons()) == [TEAM, PLAN, SOP]

    def test_the_person_is_who_has_the_area(self, cabinet: Cabinet) -> None:
        cabinet.person("ani", Role.POKJA, unit="RSUD", area="TL")
        cabinet.answer(**{TEAM: "Ya", SOP: "A"})

        who = {row.question: row.responsible.email for row in cabinet.missing()}

        assert who == {TEAM: "pokja@contoh.invalid", SOP: "ani@contoh.invalid"}

    def test_where_nobody_has_it_the_role_is_named(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        cabinet.end_roles("pokja", Role.POKJA)
        cabinet.end_roles("kepala", Role.PIMPINAN_UNIT)

        (row,) = cabinet.missing()

        assert (row.responsible.role, row.responsible.email) == (Role.PIMPINAN_UNIT, None)

    def test_since_is_the_day_in_the_agencys_zone(self, cabinet: Cabinet) -> None:
        cabinet.office.now += timedelta(hours=16)  # 01:00 of the next day in Jakarta
        cabinet.answer(**{TEAM: "Ya"})

        assert cabinet.missing()[0].since == TODAY + timedelta(days=1)

    def test_a_formula_counts_from_its_newest_part(self, cabinet: Cabinet) -> None:
        lke = cabinet.office.situation(cabinet.code).ruleset.lke
        question = next(q for q in lke.questions.values() if q.ratio and q.code in lke.asking_evidence)
        items = [item.code for item in lke.items_of[question.code]]
        cabinet.answer(**dict.fromkeys(items, "12"))
        cabinet.office.days_later(3)
        cabinet.answer(**{items[-1]: "11"})

        (row,) = cabinet.missing()

        assert (row.question, row.since) == (question.code, TODAY + timedelta(days=3))


class TestAdvice:
    """Fewer pieces than usual, and only expired ones: said when asked for, and in nobody's way."""

    def test_is_not_given_unasked(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        cabinet.add(TEAM, effective_on=date(2025, 1, 1), valid_until=TODAY - timedelta(days=1))

        assert cabinet.reasons() == {}

    def test_fewer_than_wanted(self, both_cabinets: Cabinet) -> None:
        both_cabinets.answer(**{TEAM: "Ya", PLAN: "Tidak"})
        for _ in range(2):
            both_cabinets.add(TEAM)
        (row,) = both_cabinets.missing(advice=True)
        assert (row.reason, row.present, row.wanted, row.required) == ("fewer_than_wanted", 2, 3, False)

        both_cabinets.add(TEAM)
        assert both_cabinets.missing(advice=True) == []

    @pytest.mark.parametrize(
        ("last_days", "expected"),
        [
            ([-1, -1, -1], {TEAM: "expired"}),
            ([-1], {TEAM: "expired"}),
            ([-1, 0, -1], {}),  # the last day still counts
            ([-1, None, -1], {}),
        ],
    )
    def test_all_have_run_out(self, cabinet: Cabinet, last_days: list[int | None], expected: dict[str, str]) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        for days in last_days:
            cabinet.add(TEAM, valid_until=None if days is None else TODAY + timedelta(days=days))

        assert cabinet.reasons(advice=True) == expected

    def test_comes_with_what_is_required(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya", MEMBERS: "A"})
        cabinet.add(TEAM)

        assert cabinet.reasons(advice=True) == {TEAM: "fewer_than_wanted", MEMBERS: "none"}


class TestWhich:
    """All open candidacies from the self-assessment on that are not history; one that is named by its code alone."""

    @pytest.mark.parametrize("stage", Stage)
    def test_stages(self, cabinet: Cabinet, stage: Stage) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        cabinet.set_stage(stage)

        shown = stage not in (Stage.PENCANANGAN, Stage.UNIT_IDENTIFICATION, *CLOSED)
        assert bool(cabinet.missing()) is bool(cabinet.missing("rsud-2026")) is shown

    def test_history_is_left_out_unless_it_is_named(self, cabinet: Cabinet) -> None:
        cabinet.set_record_only()
        cabinet.answer(**{TEAM: "Ya"})

        assert cabinet.missing() == []
        assert len(cabinet.missing(cabinet.code)) == 1

    def test_an_unknown_code(self, cabinet: Cabinet) -> None:
        with pytest.raises(NotFound):
            cabinet.missing("TIDAK-ADA")

    def test_why_there_is_nothing(self, cabinet: Cabinet) -> None:
        def why() -> str:
            with reading() as session:
                return why_nothing(session, cabinet.code)[0]

        assert why() == "unanswered"
        cabinet.answer(**{TEAM: "Tidak"})
        assert why() == "complete"
        cabinet.set_stage(Stage.PENCANANGAN)
        assert why() == "too_early"
        cabinet.set_stage(Stage.NOT_PROPOSED)
        assert why() == "closed"


class TestMany:
    """Read in pieces: by code, whatever the pieces, with as many queries for a piece of one as of a thousand."""

    @pytest.mark.parametrize("piece", [1, 2, 250])
    @pytest.mark.parametrize("advice", [False, True], ids=["required", "advice"])
    def test_the_pieces_do_not_show(
        self, both_cabinets: Cabinet, monkeypatch: pytest.MonkeyPatch, piece: int, advice: bool
    ) -> None:
        both_cabinets.answer(**{TEAM: "Ya"})
        codes = open_many(both_cabinets, 1, 4)
        monkeypatch.setattr(report, "PIECE", piece)
        monkeypatch.setattr(report, "ADVICE_PIECE", piece)

        rows = both_cabinets.missing(advice=advice)

        assert [row.candidacy for row in rows] == ["RSUD-2026", *codes]
        assert rows[1].responsible.email == "kadis@contoh.invalid"

    def test_more_candidacies_ask_no_more_queries(self, cabinet: Cabinet) -> None:
        open_many(cabinet, 1, 2)
        with counted_queries() as few:
            assert len(cabinet.missing(advice=True)) == 2
        open_many(cabinet, 3, 12)

        with counted_queries() as many:
            assert len(cabinet.missing(advice=True)) == 12

        assert len(many) == len(few)
