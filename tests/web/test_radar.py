"""The radar is drawn from exact figures: words are escaped, and who has not begun has no line."""

from fractions import Fraction
from xml.etree import ElementTree

from web.radar import MIDDLE, REACH, Spoke, radar

SIX = [Spoke(name, Fraction(50), None, Fraction(60)) for name in ("MP", "TL", "SDM", "AK", "PW", "PP")]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(spokes: list[Spoke]) -> ElementTree.Element:
    picture = str(radar(spokes, title="Jaring <nilai>", description="Persen"))
    return ElementTree.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


class TestRadar:
    """Unit, TPI and threshold as lines that differ by dash as well as by colour."""

    def test_has_a_line_for_each_that_is_there(self) -> None:
        lines = [one for one in drawn(SIX).iter(f"{SVG}polygon") if one.get("stroke-width")]

        assert [one.get("stroke-dasharray") for one in lines] == ["2 4", "8 4"]

    def test_begins_upwards(self) -> None:
        unit = next(one for one in drawn(SIX).iter(f"{SVG}polygon") if one.get("stroke-dasharray") == "8 4")

        assert (unit.get("points") or "").split()[0] == f"{MIDDLE:.1f},{MIDDLE - REACH / 2:.1f}"

    def test_says_what_it_is(self) -> None:
        picture = drawn(SIX)

        assert picture.findtext(f"{SVG}title") == "Jaring <nilai>"
        assert picture.get("role") == "img"
