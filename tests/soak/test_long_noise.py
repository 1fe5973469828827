"""Ten thousand workbooks and ten thousand masters gone wrong, in blocks, so that several workers share them.

ZI_TEST_SOAK_CASES takes fewer or more. A failure names its seed, and the same seed makes the same file again.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from models.stages import Stage
from tests.office import Office
from tests.states.workbook.fuzzing import hand_in_master, hand_in_workbook

CASES = int(os.environ.get("ZI_TEST_SOAK_CASES", "10000"))
BLOCK = 250
FIRST = 1_000_000  # other seeds than the short slice has
BLOCKS = [range(start, min(start + BLOCK, FIRST + CASES)) for start in range(FIRST, FIRST + CASES, BLOCK)]


class TestLongNoise:
    """No traceback and no half import in any of them."""

    @pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: str(seeds.start))
    def test_workbooks(self, office: Office, tmp_path: Path, seeds: range) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        outcomes = Counter(hand_in_workbook(office, code, seed, tmp_path) for seed in seeds)

        assert outcomes.total() == len(seeds)

    @pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: str(seeds.start))
    def test_masters(self, office: Office, tmp_path: Path, seeds: range) -> None:
        outcomes = Counter(hand_in_master(office, seed, tmp_path) for seed in seeds)

        assert outcomes.total() == len(seeds)
