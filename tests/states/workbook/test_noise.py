"""Whatever a workbook or a master holds: the answer is ours, and nothing of a refused file is kept.

A short slice of what `tests/soak` does ten thousand times.
"""

from collections import Counter

from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.fuzzing import hand_in_master, hand_in_workbook

CASES = 60


class TestNoise:
    """No traceback and no half import, whatever is wrong with the file."""

    def test_workbooks(self, desk: WorkbookDesk) -> None:
        outcomes = Counter(hand_in_workbook(desk.office, desk.code, seed, desk.folder) for seed in range(CASES))

        assert outcomes["taken"] < CASES
        assert outcomes.keys() >= {"answers_rejected", "workbook_broken"}  # noise of several kinds got through to us

    def test_masters(self, desk: WorkbookDesk) -> None:
        outcomes = Counter(hand_in_master(desk.office, seed, desk.folder) for seed in range(CASES))

        assert outcomes.keys() >= {"master_differs", "master_shape", "not_json"}
