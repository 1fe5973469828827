"""The page about data names every kind of import with its columns, and every value that is chosen from a list."""

from enum import StrEnum
from pathlib import Path

import pytest

from models.agencies import AgencyKind
from models.candidacies import Level
from models.people import Role
from models.stages import OPEN
from rulesets.library import rulesets
from states.facts import FACT_VALUES
from states.imports.run import IMPORTERS

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")


def section(kind: str) -> str:
    return PAGE.partition(f"\n## {kind}\n")[2].partition("\n## ")[0]


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
        rows = [line.split("`")[1] for line in section("facts").splitlines() if line.startswith("| `")]

        assert rows == list(FACT_VALUES)

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
