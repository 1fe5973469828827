"""Every setting is documented, and nothing is documented that is no setting."""

import re
from pathlib import Path

from models.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "settings.md"
ROW = re.compile(r"^\| `(ZI_\w+)` \| (.+?) \| .+ \|$", re.MULTILINE)


def documented() -> dict[str, str]:
    """Each setting's default, as the page has it."""
    return dict(ROW.findall(PAGE.read_text(encoding="utf-8")))


class TestSettings:
    """One row for each, with its default."""

    def test_every_setting_has_its_row(self) -> None:
        rows = {name for name in documented() if not name.startswith("ZI_TEST_")}

        assert rows == {f"ZI_{name.upper()}" for name in Settings.model_fields}

    def test_every_default_is_the_one_in_the_code(self) -> None:
        defaults = {
            f"ZI_{name.upper()}": "none" if setting.default is None else f"`{setting.default}`"
            for name, setting in Settings.model_fields.items()
        }

        assert {name: default for name, default in documented().items() if name in defaults} == defaults

    def test_every_variable_of_the_tests_has_its_row(self) -> None:
        paths = ROOT.glob("tests/**/*.py")
        used = {name for path in paths for name in re.findall(r'"(ZI_TEST_\w+)"', path.read_text())}

        assert used == {name for name in documented() if name.startswith("ZI_TEST_")}
