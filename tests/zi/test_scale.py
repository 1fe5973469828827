"""A nation on demand: a home that is whole, made again where it is the demo's own, and nobody else's."""

from datetime import date

from tests.zi.conftest import Shell

MANY = "12"


class TestScale:
    """One command makes it, says what there is, and leaves a home that the other commands are content with."""

    def test_it_is_whole_and_at_work(self, shell: Shell) -> None:
        made = shell.json("demo", "--scale", MANY, "--home", "bangsa")
        again = shell.json("demo", "--scale", MANY, "--home", "bangsa", "--seed", "2")
        shell.environment["ZI_HOME"] = str(shell.folder / "bangsa")
        listed = shell.json("candidacy", "list")["candidacies"]
        doctor, verdict = shell("doctor", "--json").document, shell.json("audit", "verify")

        assert (made["candidacies"], made["ok"], made["root"] != again["root"]) == (12, True, True)
        assert sum(again["stages"].values()) == len(listed) == 12
        assert verdict["ok"] and verdict["root"] == again["root"]
        assert [one for one in doctor["checks"] if one["state"] == "fail"] == []
        assert max(date.fromisoformat(one["since"]) for one in listed) <= date.today()  # noqa: DTZ011

    def test_a_home_with_other_data_is_left_alone(self, shell: Shell) -> None:
        (shell.folder / "lain").mkdir()
        (shell.folder / "lain" / "catatan.txt").write_text("milik orang lain", encoding="utf-8")

        error = shell.json("demo", "--scale", MANY, "--home", "lain", code=2)["error"]

        assert error["code"] == "bad_input"
        assert [path.name for path in (shell.folder / "lain").iterdir()] == ["catatan.txt"]

    def test_people_read_what_there_is_and_what_to_try(self, shell: Shell) -> None:
        said = shell("demo", "--scale", MANY, "--home", "bangsa").out

        assert "koordinator1@contoh.invalid" in said
        assert "export ZI_HOME=" in said
