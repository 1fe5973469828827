"""Totals that somebody typed: told where their parts contradict them, with both figures; never imported."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from states.workbook.totals import Contradiction, contradicted_totals
from tests.lkes import full_marks
from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.sheets import LKE, Filled, layout_of, marks, saved

WITH_SCORES = {"I": "Bobot", "J": "%", "K": "Jawaban Unit", "L": "Nilai", "N": "Jawaban TPI"}


def told(folder: Path, cells: dict[str, object]) -> dict[str, tuple[float, float]]:
    """Contradictions by cell: what is shown, what its parts come to. All answers are the best."""

    def typed(book: Workbook) -> None:
        for name, value in cells.items():
            book["Jawaban"][name].value = value

    path = saved(folder / "lke.xlsx", Filled(headings=WITH_SCORES, answers={"K": marks()}), change=typed)
    found: list[Contradiction] = list(contradicted_totals(layout_of(path), LKE, full_marks(LKE)))
    return {one.cell.name: (float(one.shown), float(one.counted)) for one in found}


class TestCounts:
    """Above the counts of a question stands their sum, the sum of one side, or their share."""

    @pytest.mark.parametrize("fits", [36, 72, 1, 100])  # 3 x 12 obliged, all 36 reported
    def test_figures_that_fit(self, tmp_path: Path, fits: int) -> None:
        assert told(tmp_path, {"K175": fits}) == {}

    def test_a_sum_that_does_not(self, tmp_path: Path) -> None:
        assert told(tmp_path, {"K175": 35}) == {"K175": (35, 36)}

    def test_a_share_that_does_not(self, tmp_path: Path) -> None:
        assert told(tmp_path, {"K175": 0.5}) == {"K175": (0.5, 1)}

    def test_formulas_are_excels_own(self, tmp_path: Path) -> None:
        assert told(tmp_path, {"K175": "=SUM(K176:K178)"}) == {}


class TestScores:
    """Beside a heading stands the score of what is under it; below all, the total."""

    @pytest.mark.parametrize("fits", [0.5, 1, 4, 30])  # points, share, and those of the nodes above that begin here
    def test_figures_that_fit(self, tmp_path: Path, fits: float) -> None:
        assert told(tmp_path, {"L5": fits}) == {}

    def test_a_score_that_does_not(self, tmp_path: Path) -> None:
        assert told(tmp_path, {"L5": 0.4}) == {"L5": (0.4, 0.5)}

    def test_the_grand_total(self, tmp_path: Path) -> None:
        assert told(tmp_path, {"B204": "TOTAL NILAI", "L204": 100}) == {}
        assert told(tmp_path, {"B204": "TOTAL NILAI", "L204": 92.5}) == {"L204": (92.5, 100)}


class TestTheImport:
    """It goes on: scores are worked out from the answers."""

    def test_the_answers_are_taken_and_the_total_is_told(self, desk: WorkbookDesk) -> None:
        def typed(book: Workbook) -> None:
            book["Jawaban"]["K175"] = 35

        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks()}), change=typed)

        done = desk.take(path)

        assert [(one.column, one.row, one.value) for one in done.warnings] == [("K175", 175, "35")]
        assert desk.stored() == full_marks(LKE)
