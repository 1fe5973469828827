"""The pictures in the README are of every page there is, and all of them are there."""

import re
from collections import defaultdict
from pathlib import Path

from tests.web.table import left_out
from tools.take_pictures import PICTURES

ROOT = Path(__file__).parents[2]


class TestPictures:
    """Whoever adds a page takes its picture: `make pictures`."""

    def test_every_page_has_one(self) -> None:
        some: defaultdict[str, str] = defaultdict(lambda: "1")

        assert left_out(picture.path.format_map(some) for picture in PICTURES) == []

    def test_every_one_is_taken_and_shown(self) -> None:
        named = {picture.name for picture in PICTURES}
        shown = re.findall(r"docs/images/([\w-]+)\.png", (ROOT / "README.md").read_text(encoding="utf-8"))

        assert {path.stem for path in (ROOT / "docs" / "images").glob("*")} == named == set(shown)
