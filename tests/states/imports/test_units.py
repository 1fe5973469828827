"""Units come in any order, as a tree inside each agency."""

import pytest
from sqlalchemy import event

from models.agencies import Unit
from models.database import bound_engine
from states.imports.tree import on_a_circle
from tests.states.imports.desk import ImportDesk, row_of


class TestCircles:
    """Only those who stand above themselves are named, not those who hang below them."""

    @pytest.mark.parametrize(
        ("parents", "circle"),
        [
            ({}, ""),
            ({"A": None, "B": "A", "C": "B"}, ""),
            ({"A": "A"}, "A"),
            ({"A": "B", "B": "A"}, "AB"),
            ({"C": "A", "A": "B", "B": "A", "D": "C"}, "AB"),
            ({"A": "B", "B": "C", "C": "A", "X": "Y", "Y": "X", "Z": None}, "ABCXY"),
            ({"A": "MISSING"}, ""),
        ],
    )
    def test_who_is_on_one(self, parents: dict[str, str | None], circle: str) -> None:
        assert on_a_circle(parents) == set(circle)

    def test_a_long_chain_is_walked_once(self) -> None:
        chain: dict[str, str | None] = {f"U{n}": f"U{n + 1}" for n in range(100_000)}

        assert on_a_circle(chain) == set()


class TestParents:
    """A parent is on record or in the file, before or after its children, and of the same agency."""

    def test_a_parent_may_come_after_its_child(self, desk: ImportDesk) -> None:
        desk.take(
            "units",
            {"code": "POLI", "parent": "PUSKESMAS"},
            {"code": "PUSKESMAS", "parent": "DINAS"},
        )

        assert row_of(Unit, code="POLI").parent_id == row_of(Unit, code="PUSKESMAS").id
        assert row_of(Unit, code="PUSKESMAS").parent_id == row_of(Unit, code="DINAS").id

    def test_a_unit_may_be_hung_elsewhere_or_nowhere(self, desk: ImportDesk) -> None:
        desk.take("units", {}, {"code": "POLI", "parent": "PUSKESMAS"})

        report = desk.take("units", {"parent": "RSUD"}, {"code": "POLI", "parent": ""})

        assert [change.fields for change in report.changes] == [
            (("parent", "DINAS", "RSUD"),),
            (("parent", "PUSKESMAS", None),),
        ]
        assert row_of(Unit, code="POLI").parent_id is None

    def test_a_parent_in_another_agency_of_the_same_file(self, desk: ImportDesk) -> None:
        desk.take("agencies", {})

        faults = desk.faults("units", {"code": "BARU-1", "agency": "BARU", "parent": "PUSKESMAS"}, {})

        assert faults == [(2, "parent", "PUSKESMAS")]

    def test_a_unit_does_not_move_to_another_agency(self, desk: ImportDesk) -> None:
        desk.take("agencies", {})

        faults = desk.faults("units", {"code": "RSUD", "agency": "BARU", "parent": ""})

        assert faults == [(2, "agency", "BARU")]

    def test_a_circle_inside_the_file_is_named_at_each_of_its_rows(self, desk: ImportDesk) -> None:
        faults = desk.faults("units", {"code": "A", "parent": "B"}, {"code": "B", "parent": "A"}, {"parent": "A"})

        assert faults == [(2, "parent", "B"), (3, "parent", "A")]

    def test_a_circle_through_what_is_on_record(self, desk: ImportDesk) -> None:
        desk.take("units", {})

        assert desk.faults("units", {"code": "DINAS", "parent": "PUSKESMAS"}) == [(2, "parent", "PUSKESMAS")]

    def test_a_parent_whose_own_row_is_wrong_is_not_unknown(self, desk: ImportDesk) -> None:
        faults = desk.faults("units", {"code": "POLI", "parent": "PUSKESMAS"}, {"name": ""})

        assert faults == [(3, "name", "")]


class TestManyUnits:
    """What a file refers to is looked up once: no row asks the database anything."""

    def test_four_hundred_units_ask_as_much_as_four(self, desk: ImportDesk) -> None:
        desk.office.actor("admin")  # looked up once, and not by the import

        few = self._questions(desk, "A", 4)
        many = self._questions(desk, "B", 400)

        assert many == few

    def _questions(self, desk: ImportDesk, prefix: str, count: int) -> int:
        asked: list[str] = []
        rows = [{"code": f"{prefix}{n}", "parent": f"{prefix}{n + 1}" if n < count - 1 else ""} for n in range(count)]

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.extend([statement] if statement.startswith("SELECT") else [])

        event.listen(bound_engine(), "before_cursor_execute", note)
        try:
            desk.take("units", *rows)
        finally:
            event.remove(bound_engine(), "before_cursor_execute", note)
        return len(asked)
