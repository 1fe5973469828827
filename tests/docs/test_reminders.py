"""The page about reminders has the common ladder, and says how long a snooze may be."""

from pathlib import Path

from models.people import Role
from states.ladder import LADDER, Rung
from states.quieting import LONGEST, LONGEST_WHEN_LATE, is_spared

PAGE = (Path(__file__).parents[2] / "docs" / "reminders.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:-1] for line in PAGE.partition("## What one owes")[0].splitlines() if line.startswith("| H")]


def hearers(rung: Rung) -> list[bool]:
    return [True, Role.PIMPINAN_UNIT in rung.also, Role.KOORDINATOR in rung.also]


class TestReminders:
    """Whoever changes the ladder or a limit finds the page failing."""

    def test_the_table_is_the_common_ladder(self) -> None:
        told = {
            name.strip(): ["hears" in cell for cell in cells[:3]] for names, *cells in ROWS for name in names.split(",")
        }

        assert told == {rung.name: hearers(rung) for rung in LADDER}

    def test_what_an_acknowledgement_spares(self) -> None:
        assert "the rungs before H-1" in PAGE
        assert max(rung.days for rung in LADDER if is_spared(rung.days, LADDER)) < -1

    def test_how_long_a_snooze_may_be(self) -> None:
        assert f"at most {LONGEST.days} days" in PAGE
        assert f"{LONGEST_WHEN_LATE.days} days when it is late" in PAGE
