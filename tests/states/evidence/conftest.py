"""The small agency with RSUD in its self-assessment, and somebody who brings evidence."""

from pathlib import Path

import pytest

from models.stages import Stage
from tests.office import Office
from tests.states.evidence.cabinet import Cabinet


@pytest.fixture
def cabinet(office: Office, tmp_path: Path) -> Cabinet:
    office.open(stage=Stage.SELF_ASSESSMENT)
    return Cabinet(office, tmp_path)


@pytest.fixture
def assessed(office: Office, tmp_path: Path) -> Cabinet:
    """With RSUD before the TPI."""
    office.open(stage=Stage.TPI_ASSESSMENT)
    return Cabinet(office, tmp_path)


@pytest.fixture
def both_cabinets(both_offices: Office, tmp_path: Path) -> Cabinet:
    """On both databases."""
    both_offices.open(stage=Stage.SELF_ASSESSMENT)
    return Cabinet(both_offices, tmp_path)
