"""The page about data names every kind of import with its columns, and every value that is chosen from a list."""

from enum import StrEnum
from pathlib import Path

import pytest

from models.agencies import AgencyKind
from models.candidacies import Level
from models.people import Role
from models.stages import OPEN
from rulesets.library import area_codes, fact_kinds, rulesets
from states.imports.run import IMPORTERS

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")


def section(kind: str) -> str:
    return PAGE.partition(f"\n## {kind}\n")[2].partition("\n## ")[0]


def fact_rows() -> dict[str, str]:
    """The row of each kind of fact."""
    return {line.split("`")[1]: line for line in section("facts").splitlines() if line.startswith("| `")}


class TestData:
    """Whoever adds a column or a value finds the page failing."""

    @pytest.mark.parametrize("kind", IMPORTERS)
    def test_each_kind_of_import_has_its_header(self, kind: str) -> None:
        header = section(kind).partition("```csv\n")[2].partition("\n")[0].split(",")
        columns = IMPORTERS[kind].columns

        assert sorted(header) == sorted((*columns.required, *columns.either))

    @pytest.mark.parametrize("kind", IMPORTERS)
    def test_optional_columns_are_named(self, kind: str) -> None:
        named = [line.split()[1] for line in section(kind).splitlines() if "| optional column" in line]

        assert named == list(IMPORTERS[kind].columns.optional)

    def test_each_kind_of_fact_has_its_row(self) -> None:
        assert sorted(fact_rows()) == sorted(fact_kinds())

    @pytest.mark.parametrize("kind", list(fact_kinds()))
    def test_each_fact_names_what_it_accepts(self, kind: str) -> None:
        form, row = fact_kinds()[kind], fact_rows()[kind]
        accepted = form.words or (() if form.text else ("0", str(form.most or 100)))

        assert [value for value in accepted if f"`{value}`" not in row] == []

    @pytest.mark.parametrize("kind", list(fact_kinds()))
    def test_each_fact_names_the_rule_sets_that_ask_for_it(self, kind: str) -> None:
        asking = {
            name
            for name, rules in rulesets().items()
            if kind in {one.fact for one in rules.prerequisites} | ({rules.clock.fact} if rules.clock else set())
        }
        years = {"52/2014": {"permen-52-2014"}, "90/2021": {"permen-90-2021", "permen-90-2021-5-2024"}}
        named = [year for year in years if year in fact_rows()[kind]]

        assert {name for year in named for name in years[year]} == asking

    def test_the_areas_of_a_membership_are_named(self) -> None:
        assert [area for area in area_codes() if f"`{area}`" not in section("memberships")] == []

    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            ("agencies", tuple(AgencyKind)),
            ("memberships", tuple(Role)),
            ("predicates", tuple(Level)),
            ("calendar", OPEN),
        ],
        ids=["agency kinds", "roles", "levels", "stages"],
    )
    def test_chosen_values_are_named(self, kind: str, values: tuple[StrEnum, ...]) -> None:
        assert [value for value in values if f"`{value}`" not in section(kind)] == []

    def test_core_services_of_waivers_are_named(self) -> None:
        named = {
            word for ruleset in rulesets().values() for rule in ruleset.waivers.values() for word in rule.core_services
        }

        assert [word for word in sorted(named) if f"`{word}`" not in section("units")] == []
