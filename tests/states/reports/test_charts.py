"""Charts are well-formed SVG, whatever the words in them, and show what the figures say."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.reports.charts import AreaBars, Spot, age_bars, area_bars, funnel, score_lines

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<b>&"\'</text><script>alert(1)</script>\x00#panic("x")'
NAMES = {"critical": "genting", "warning": "peringatan", "info": "info"}


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in parsed(svg).iter(f"{SVG}text")]


def widths(svg: str, fill: str) -> list[float]:
    return [float(one.attrib["width"]) for one in parsed(svg).iter(f"{SVG}rect") if one.attrib["fill"] == fill]


class TestWellFormed:
    """Words of people are escaped: they are read as words."""

    def test_nothing_in_a_label_becomes_an_element(self) -> None:
        bars = [AreaBars(NASTY, Decimal(50), None, (Decimal(60),), "50", NASTY)]
        drawn = (
            funnel([(NASTY, 1)]),
            area_bars(bars, unit=NASTY, tpi=NASTY, required=NASTY),
            score_lines([Spot(NASTY, Decimal(5), None, NASTY, NASTY)], unit=NASTY, tpi=NASTY),
            age_bars([(NASTY, {"critical": 1})], dict.fromkeys(NAMES, NASTY)),
        )

        for svg in drawn:
            assert {one.tag.removeprefix(SVG) for one in parsed(svg).iter()} <= {
                "svg",
                "rect",
                "text",
                "line",
                "polyline",
                "circle",
            }
            assert any('<b>&"' in text for text in texts(svg))

    @given(st.lists(st.tuples(st.text(), st.integers(0, 10_000)), max_size=12))
    def test_any_words_and_counts(self, stages: list[tuple[str, int]]) -> None:
        assert parsed(funnel(stages)).tag == f"{SVG}svg"

    @pytest.mark.parametrize("svg", [funnel([]), age_bars([], NAMES), score_lines([], unit="u", tpi="t")])
    def test_nothing_to_show(self, svg: str) -> None:
        assert parsed(svg).tag == f"{SVG}svg"


class TestFigures:
    """A bar is as long as its figure, against the longest."""

    def test_funnel(self) -> None:
        svg = funnel([("a", 10), ("b", 5), ("c", 0)])

        first, second, third = widths(svg, "#1f4e79")
        assert second == pytest.approx(first / 2)
        assert third == 0
        assert {"10", "5", "0"} <= set(texts(svg))

    def test_an_area_without_answers_of_the_tpi_has_no_bar_of_it(self) -> None:
        svg = area_bars([AreaBars("MP", Decimal(50), None, (), "50,00", "–")], unit="u", tpi="t", required="r")

        assert widths(svg, "#1f4e79")[-1] == 0

    def test_each_threshold_is_a_line(self) -> None:
        bars = [AreaBars("MP", Decimal(50), Decimal(70), (Decimal(60), Decimal(75)), "", "")]
        svg = area_bars(bars, unit="u", tpi="t", required="r")

        assert sum(one.attrib["stroke"] == "#b42318" for one in parsed(svg).iter(f"{SVG}line")) == 2

    def test_a_quarter_without_scores_is_a_gap(self) -> None:
        spots = [
            Spot("I", None, None, "", ""),
            Spot("II", Decimal(50), None, "50", ""),
            Spot("III", Decimal(60), None, "60", ""),
        ]
        svg = score_lines(spots, unit="u", tpi="t")

        [line] = parsed(svg).iter(f"{SVG}polyline")
        assert len(line.attrib["points"].split()) == 2
