"""A unit's page says what is missing in the order of who must act, the unit first."""

import re

from models.stages import Stage
from tests.web.site import Site


class TestWhatIsMissing:
    """Stands under who has to act: who fills the sheet, then the unit's head, then those after them."""

    def test_the_work_team_stands_before_the_head(self, site: Site) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)

        page = site.visitor("koordinator").get(f"/candidacies/{code}").text

        missing = page.partition('id="waiting"')[2].partition("</section>")[0]
        assert re.findall(r"<h3>.*?</svg>\s*(.*?)</h3>", missing) == ["Tim kerja (pokja)", "Pimpinan unit"]
