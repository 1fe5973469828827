"""The page about monev lists every rule, with its severity and owner as they are in the code."""

import re
from pathlib import Path

from models.findings import Severity
from states.monev.rules import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "monev.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
OF_EACH_HIT = ("stage", "papers")  # who differs from one finding to the next


class TestRules:
    """Whoever adds or changes a rule finds the page failing."""

    def test_every_rule_has_its_row_in_their_order(self) -> None:
        assert [row[0] for row in ROW.findall(PAGE)] == [rule.id for rule in RULES]

    def test_the_severities_are_those_of_the_code(self) -> None:
        assert {row[0]: Severity(row[1]) for row in ROW.findall(PAGE)} == {rule.id: rule.severity for rule in RULES}

    def test_so_are_the_owners(self) -> None:
        said = {row[0]: None if row[2] in OF_EACH_HIT else row[2] for row in ROW.findall(PAGE)}

        assert said == {rule.id: rule.owner and rule.owner.value for rule in RULES}
