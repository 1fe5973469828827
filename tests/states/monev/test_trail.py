"""A trail that does not verify is one finding of the installation, told to admins and auditors."""

from sqlalchemy import text

from models.database import bound_engine
from models.findings import FindingState
from models.triggers import create_statements
from notifications.deliver import plan_deliveries
from states.monev.trail import broken_now, sweep_trail
from tests.databases import guard_dropped
from tests.office import Office
from tests.states.monev.looks import findings, sweep

BROKEN = ("trail_broken", "")


def behind_our_back(statement: str) -> None:
    with bound_engine().begin() as connection:
        connection.execute(text(statement))


def drop_guard(name: str) -> None:
    behind_our_back(guard_dropped(name, bound_engine().dialect.name))


class TestBroken:
    """Found once, however it is broken; it closes when the trail is whole again."""

    def test_a_whole_trail_is_nothing_to_find(self, office: Office) -> None:
        assert (sweep_trail(now=office.now).open_now, findings()) == (0, {})

    def test_a_trigger_that_is_gone(self, office: Office) -> None:
        drop_guard("audit_record_no_update")

        assert [sweep_trail(now=office.now).opened for _ in range(2)] == [1, 0]

        row = findings()[BROKEN]
        assert (row.candidacy_id, row.unit_id, row.owner) == (None, None, "admin")

    def test_it_closes_when_the_trigger_is_back(self, office: Office) -> None:
        drop_guard("audit_record_no_update")
        sweep_trail(now=office.now)
        _restore()

        sweep_trail(now=office.now)

        assert BROKEN in findings(FindingState.CLOSED)

    def test_a_record_that_was_changed(self, office: Office) -> None:
        drop_guard("audit_record_no_update")
        behind_our_back("UPDATE audit_record SET leaf = replace(leaf, 'cli', 'web') WHERE seq = 3")

        sweep_trail(now=office.now)

        assert '"seq": 3' in findings()[BROKEN].params

    def test_even_where_nothing_can_be_recorded_any_more(self, office: Office) -> None:
        drop_guard("audit_head_no_delete")
        behind_our_back("DELETE FROM audit_head")

        sweep_trail(now=office.now)

        assert BROKEN in findings()

    def test_admins_and_auditors_are_told(self, office: Office) -> None:
        drop_guard("audit_record_no_update")
        sweep_trail(now=office.now)
        assert {one.recipient for one in plan_deliveries(now=office.now)} == {
            "admin@contoh.invalid",
            "auditor@contoh.invalid",
        }

    def test_the_candidacies_sweep_leaves_it_alone(self, office: Office) -> None:
        drop_guard("audit_record_no_update")
        sweep_trail(now=office.now)
        office.open()
        sweep(office)
        assert BROKEN in findings()

    def test_looking_without_writing_finds_the_same(self, office: Office) -> None:
        drop_guard("audit_record_no_update")
        assert [one.key for one in broken_now()] == [BROKEN]
        assert findings() == {}


def _restore() -> None:
    [statement] = [one for one in create_statements(bound_engine().dialect.name) if "audit_record_no_update" in one]
    behind_our_back(statement)
