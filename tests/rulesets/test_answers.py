"""What people, workbooks and scripts say, and the one way in which it is stored."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import LANGUAGES, catalogue
from rulesets.answers import BadAnswer, Raw, contradictions, read_answer
from rulesets.library import find_ruleset
from tests.lkes import full_marks

OF_2014 = find_ruleset("permen-52-2014").lke
OF_2021 = find_ruleset("permen-90-2021").lke

HUGE = 10**5000

ITEMS = {
    "yes": OF_2021.items["A.I.1.i.a"],
    "letter": OF_2021.items["A.I.2.i.b"],  # A to E
    "count": OF_2021.items["A.II.5.ii.a"],
    "survey": OF_2021.items["B.I.a"],  # 0 to 4
    "percent": OF_2014.items["B.I.2"],  # 0 to 100
}

TAKEN: list[tuple[str, Raw, str | None]] = [
    ("yes", "Ya", "Ya"),
    ("yes", "YA", "Ya"),
    ("yes", "ya ", "Ya"),
    ("yes", "\ttidak\n", "Tidak"),
    ("letter", "b", "B"),
    ("letter", " E", "E"),
    ("count", "12", "12"),
    ("count", 12, "12"),
    ("count", 12.0, "12"),
    ("count", "12,0", "12"),
    ("count", Decimal("12.00"), "12"),
    ("count", "007", "7"),
    ("count", "+3", "3"),
    ("count", 0, "0"),
    ("count", -0.0, "0"),
    ("count", 10_000_000, "10000000"),
    ("survey", "3,6", "3.6"),
    ("survey", "3.6", "3.6"),
    ("survey", 3.5999999999999996, "3.6"),
    ("survey", "3.600", "3.6"),
    ("survey", "3.599999", "3.599999"),
    ("survey", 4, "4"),
    ("survey", "4.0", "4"),
    ("survey", 0, "0"),
    ("survey", "-0", "0"),
    ("survey", Decimal("-0.0"), "0"),
    ("percent", "100", "100"),
    ("percent", "87,5", "87.5"),
    ("percent", 1e2, "100"),
    *((kind, blank, None) for kind in ITEMS for blank in (None, "", "   ", "\n")),
]

REFUSED: list[tuple[str, Raw, str]] = [
    ("yes", "Y", "not_on_scale"),
    ("yes", "A", "not_on_scale"),
    ("yes", 1, "not_on_scale"),
    ("yes", True, "not_on_scale"),
    ("letter", "F", "not_on_scale"),
    ("letter", "AB", "not_on_scale"),
    ("letter", 0.75, "not_on_scale"),
    ("count", -1, "negative"),
    ("count", "-1", "negative"),
    ("count", Decimal("-1e999999999"), "negative"),
    ("count", 12.5, "not_whole"),
    ("count", "12,5", "not_whole"),
    ("count", Decimal("1e-999999999"), "not_whole"),
    ("count", "1.200", "thousands"),  # twelve hundred
    ("count", "1.000", "thousands"),  # which would be taken for one
    ("count", "1,000", "thousands"),
    ("count", "1.200.000", "not_a_number"),
    ("count", "1 200", "not_a_number"),
    ("count", 10_000_001, "too_many"),
    ("count", "9" * 30, "too_many"),
    ("count", HUGE, "too_many"),
    ("count", 1e300, "too_many"),
    ("count", Decimal("1e999999999"), "too_many"),
    ("survey", "4.1", "over_the_most"),
    ("survey", 36, "over_the_most"),
    ("survey", Decimal("1e999999999"), "over_the_most"),
    ("survey", -0.1, "negative"),
    ("survey", "3.5999999", "too_many_decimals"),
    ("survey", Decimal("1e-999999999"), "too_many_decimals"),
    ("survey", Decimal("0e-999999999"), "too_many_decimals"),
    ("percent", "100.1", "over_the_most"),
    ("percent", "100%", "not_a_number"),
    *(
        (kind, said, "not_a_number")
        for kind in ("count", "survey", "percent")
        for said in ("5/4", "nan", "inf", "1e3", "dua", "3.6.1", "1_0", "٣", float("nan"), float("inf"), True, False)
    ),
    ("count", Decimal("NaN"), "not_a_number"),
    ("count", Decimal("sNaN"), "not_a_number"),
    ("survey", Decimal("-Infinity"), "not_a_number"),
]


def ids(rows: Sequence[tuple[str, Raw, str | None]]) -> list[str]:
    """Unlike pytest's own, these tell 12 from "12"; Python writes no whole number of 5,001 digits."""
    shown = [
        f"{said:.3e}" if isinstance(said, Decimal) else "huge" if said == HUGE else repr(said) for _, said, _ in rows
    ]
    return [f"{kind} {one}" for (kind, _, _), one in zip(rows, shown, strict=True)]


class TestReading:
    """However it is said, the same answer is stored the same; what could mean two things is refused."""

    @pytest.mark.parametrize(("kind", "said", "stored"), TAKEN, ids=ids(TAKEN))
    def test_is_taken(self, kind: str, said: Raw, stored: str | None) -> None:
        assert read_answer(ITEMS[kind], said) == stored

    @pytest.mark.parametrize(("kind", "said", "why"), REFUSED, ids=ids(REFUSED))
    def test_is_refused(self, kind: str, said: Raw, why: str) -> None:
        with pytest.raises(BadAnswer) as refused:
            read_answer(ITEMS[kind], said)

        assert refused.value.key == why
        for language in LANGUAGES:
            message = catalogue(language).gettext(f"answer.{why}")
            assert message != f"answer.{why}"
            assert message.format(**refused.value.params)

    @given(
        kind=st.sampled_from(list(ITEMS)),
        said=st.one_of(
            st.none(),
            st.text(),
            st.integers(),
            st.floats(),
            st.decimals(),
            st.from_regex(r"[+-]?[0-9]{1,9}([.,][0-9]{0,8})?", fullmatch=True),
            st.sampled_from(["Ya", "TIDAK", "a", "B ", "e"]),
        ),
    )
    def test_reading_what_was_read_gives_the_same(self, kind: str, said: Raw) -> None:
        try:
            stored = read_answer(ITEMS[kind], said)
        except BadAnswer:
            return

        assert read_answer(ITEMS[kind], stored) == stored

    @given(kind=st.sampled_from(["survey", "percent"]), millionths=st.integers(0, 4_000_000))
    def test_a_spreadsheets_number_is_what_was_typed_into_it(self, kind: str, millionths: int) -> None:
        typed = Decimal(millionths) / 1_000_000

        assert read_answer(ITEMS[kind], float(typed)) == read_answer(ITEMS[kind], str(f"{typed:f}"))


class TestContradictions:
    """A part that is counted out of a whole can't be more than it; a quota that may be passed can."""

    @pytest.mark.parametrize(
        ("item", "count", "named"),
        [
            ("A.II.1.i.b.b", "13", ["A.II.1.i.b"]),
            ("A.II.4.i.b", "13", ["A.II.4.i"]),
            ("A.II.5.ii.c", "13", ["A.II.5.ii"]),
            ("A.II.5.iii.a.d", "37", ["A.II.5.iii.a"]),  # out of three groups of 12
            ("A.II.5.iii.b.d", "36", []),
            ("A.II.6.i.b.b", "13", ["A.II.6.i.b"]),
            ("A.II.1.i.a.b", "99", []),  # an agent may make several changes
            ("A.II.3.iii.a.b", "99", []),  # more breaches than last year
        ],
    )
    def test_are_named(self, item: str, count: str, named: list[str]) -> None:
        sheet = full_marks(OF_2021) | {item: count}

        assert [question.code for question in contradictions(OF_2021, sheet)] == named

    def test_a_blank_whole_contradicts_nothing(self) -> None:
        sheet = full_marks(OF_2021) | {"A.II.5.ii.c": "13"}
        del sheet["A.II.5.ii.a"]

        assert contradictions(OF_2021, sheet) == []
