"""The small agency with a candidacy and somebody who may be PIC."""

import pytest

from models.people import Role
from tests.office import Office
from tests.states.actions.plan import Plan, give_role


@pytest.fixture
def plan(office: Office) -> Plan:
    return _plan(office)


@pytest.fixture
def both_plans(both_offices: Office) -> Plan:
    """The same, on both databases."""
    return _plan(both_offices)


def _plan(office: Office) -> Plan:
    code = office.open()
    give_role(office, "sari", Role.VIEWER, unit="RSUD")
    give_role(office, "pokja-mp", Role.POKJA, unit="RSUD", area="MP")
    return Plan(office, code)
