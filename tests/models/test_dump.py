"""Rows are written as text and read again the same; what was never written so is refused."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Column, Float, MetaData, Table

from models.dump import Kind, decode, encode, shape_of
from models.tables import metadata

VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.NUMBER: st.integers(-(2**63), 2**63 - 1),
    Kind.TRUTH: st.booleans(),
    Kind.TEXT: st.text(st.characters(codec="utf-8")),
    Kind.INSTANT: st.datetimes(timezones=st.just(UTC)),
    Kind.DAY: st.dates(),
    Kind.TIME: st.times(),
    Kind.BYTES: st.binary(),
}
ROWS = st.lists(st.sampled_from(Kind), min_size=1).flatmap(
    lambda kinds: st.tuples(st.just(kinds), st.tuples(*(st.none() | VALUES[kind] for kind in kinds)))
)


class TestRows:
    """One line each, whatever is in them."""

    @given(ROWS)
    def test_come_back_the_same(self, row: tuple[list[Kind], tuple[Any, ...]]) -> None:
        kinds, values = row

        line = encode(values, kinds)

        assert "\n" not in line
        assert tuple(decode(line, kinds)) == values

    def test_an_instant_is_written_in_utc(self) -> None:
        nine = datetime(2026, 2, 2, 9, tzinfo=timezone(timedelta(hours=7)))

        assert encode([nine], [Kind.INSTANT]) == '["2026-02-02T02:00:00Z"]'

    @pytest.mark.parametrize(
        ("line", "kind"),
        [
            ("[1]", Kind.TEXT),
            ('["1"]', Kind.NUMBER),
            ("[true]", Kind.NUMBER),
            ("[1.5]", Kind.NUMBER),
            ("[9223372036854775808]", Kind.NUMBER),
            ("[1]", Kind.TRUTH),
            ('["2026-02-02T09:00:00"]', Kind.INSTANT),
            ('["2026-02-30"]', Kind.DAY),
            ('["25:00"]', Kind.TIME),
            ('["not base64!"]', Kind.BYTES),
            ("[[1]]", Kind.TEXT),
            ("[1, 2]", Kind.NUMBER),
            ("[]", Kind.NUMBER),
            ("1", Kind.NUMBER),
            ("{}", Kind.NUMBER),
            ("", Kind.NUMBER),
            ("[" * 100_000, Kind.NUMBER),
        ],
    )
    def test_anything_else_is_refused(self, line: str, kind: Kind) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - any
            decode(line, [kind])


class TestShapes:
    """Every column of every table has a kind; one of a new type needs a decision."""

    def test_of_all_tables(self) -> None:
        shapes = {shape.name: dict(shape.columns) for shape in map(shape_of, metadata.sorted_tables)}

        assert set(shapes) == set(metadata.tables)
        assert shapes["channel"]["sealed_url"] is Kind.BYTES
        assert shapes["candidacy"]["stage"] is Kind.TEXT
        assert shapes["stage_entry"]["id"] is Kind.NUMBER

    def test_generated_columns_are_left_out(self) -> None:
        assert [name for name, _ in shape_of(metadata.tables["audit_record"]).columns] == ["seq", "leaf", "leaf_hash"]

    @pytest.mark.parametrize("kind", [Float(), JSON()])
    def test_a_type_that_nobody_decided_on(self, kind: Any) -> None:
        with pytest.raises(TypeError):
            shape_of(Table("t", MetaData(), Column("x", kind)))
