"""Preferences from the command line."""

import pytest

from tests.zi.conftest import Shell

NOTHING = {
    "email": "kepala@contoh.invalid",
    "zone": "Asia/Jakarta",
    "language": "id",
    "quiet": None,
    "working_days_only": False,
    "work": None,
    "heartbeat": False,
    "next_daily": None,
    "next_weekly": None,
    "defaults": ["zone", "language"],
}


class TestPreference:
    """Shown and set by the person, or by an admin."""

    def test_of_who_set_nothing(self, zi: Shell) -> None:
        shown = zi.json("preference", "show", as_="kepala")["preference"]

        assert set(shown.pop("kinds").values()) == {"immediate"}
        assert shown == NOTHING

    def test_setting(self, zi: Shell) -> None:
        words = ("--zone", "wit", "--language", "en", "--quiet", "21:00-06:00", "--work", "07:30-16:00")
        said = zi.json("preference", "set", *words, "--kind", "due=weekly", "--heartbeat", "on", as_="kepala")

        shown = zi.json("preference", "show", "Kepala@contoh.invalid", as_="admin")
        assert said == shown
        assert shown["preference"]["zone"] == "Asia/Jayapura"
        assert shown["preference"]["work"] == "07:30-16:00"
        assert shown["preference"]["kinds"]["due"] == "weekly"
        assert shown["preference"]["next_weekly"] == "2026-02-08T22:30:00.000000Z"
        assert shown["preference"]["defaults"] == []

    def test_taking_back(self, zi: Shell) -> None:
        zi.json("preference", "set", "kepala@contoh.invalid", "--zone", "WITA", "--quiet", "21:00-06:00", as_="admin")
        back = (
            "--zone",
            "default",
            "--language",
            "default",
            "--quiet",
            "off",
            "--work",
            "off",
            "--working-days",
            "off",
        )
        said = zi.json("preference", "set", *back, as_="kepala")["preference"]

        said.pop("kinds")
        assert said == NOTHING

    def test_for_people(self, zi: Shell) -> None:
        shown = zi("preference", "set", "--quiet", "21:00-06:00", "--kind", "moved=daily", as_="kepala").out

        assert "21:00-06:00" in shown
        assert "moved daily" in shown
        assert "Asia/Jakarta (bawaan)" in shown

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ((), 2),
            (("--zone", "WIP"), 2),
            (("--language", "jv"), 2),
            (("--quiet", "malam"), 2),
            (("--kind", "due"), 2),
            (("--kind", "due=never"), 2),
            (("--kind", "correction=daily"), 2),
            (("--heartbeat", "yes"), 2),
            (("koordinator@contoh.invalid", "--heartbeat", "on"), 3),
            (("x@contoh.invalid", "--heartbeat", "on"), 4),
        ],
    )
    def test_what_is_refused(self, zi: Shell, words: tuple[str, ...], code: int) -> None:
        assert zi("preference", "set", *words, as_="kepala").code == code

    def test_the_dry_run_counts_what_would_be_held(self, zi: Shell) -> None:
        said = zi.json("deliver", "--dry-run")

        assert said["held"] == sum(one["held_until"] is not None for one in said["due"])
