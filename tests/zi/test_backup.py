"""zi backup and zi restore: one file, another home, and the exit codes that scripts go by."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.zi.conftest import Shell

WORDS = "benar kuda baterai staples"


def checks(zi: Shell) -> dict[str, Any]:
    answer = zi("doctor", "--json")
    return {one["id"]: one["state"] for one in answer.document["checks"]}


@pytest.fixture
def elsewhere(zi: Shell, tmp_path: Path) -> Shell:
    """Another place for a home, with nothing there yet."""
    return Shell(home=tmp_path / "elsewhere", folder=zi.folder, capture=zi.capture)


class TestBackup:
    """There and back, in the open and encrypted."""

    def test_there_and_back(self, zi: Shell, elsewhere: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")

        made = zi.json("backup", "zi.tar", as_="admin")["backup"]
        checked = zi.json("restore", "--check", "zi.tar")["checked"]
        restored = elsewhere.json("restore", "zi.tar")["restored"]

        assert (made["path"], made["encrypted"], made["keys"]) == ("zi.tar", False, ["channels.key"])
        assert checked["root"] == restored["root"] == made["root"]
        assert (restored["home"], restored["held"]) == (str(elsewhere.home), True)
        (candidacy,) = elsewhere.json("candidacy", "list")["candidacies"]
        assert candidacy["code"] == "RSUD-2026"
        log = elsewhere.json("audit", "log", "--last", "1")["records"]
        assert [(one["action"], one["details"]["digest"]) for one in log] == [("restored", made["digest"])]

    def test_in_a_process_of_its_own_with_a_passphrase(self, zi: Shell, elsewhere: Shell) -> None:
        words = zi.file("frasa", f"{WORDS}\n")

        said = zi.process("backup", "zi.tar.age", "--passphrase-file", words)
        assert (said.code, WORDS in said.out + said.err) == (0, False)
        assert "zi.tar.age" in said.out

        assert elsewhere("restore", "zi.tar.age").code == 2
        assert not elsewhere.home.exists()
        elsewhere.environment["ZI_BACKUP_PASSPHRASE"] = WORDS
        assert elsewhere("restore", "zi.tar.age").code == 0

    def test_keys_in_the_open_are_warned_of(self, zi: Shell) -> None:
        assert "--without-keys" in zi("backup", "one.tar").err
        assert zi("backup", "two.tar", "--without-keys").err == ""

    @pytest.mark.parametrize(
        ("words", "code", "error"),
        [
            (("backup", "zi.tar"), 2, "bad_input"),
            (("backup", "nowhere/zi.tar"), 1, "storage"),
            (("restore", "missing.tar"), 2, "bad_input"),
            (("restore", "zi.tar"), 5, "integrity"),
            (("restore", "--check", "zi.tar"), 5, "integrity"),
            (("restore", "--check", "--send-at-once", "zi.tar"), 2, "usage"),
            (("restore", "--check", "--passphrase-file", "missing", "zi.tar"), 2, "bad_input"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
    )
    def test_what_can_go_wrong(self, zi: Shell, words: tuple[str, ...], code: int, error: str) -> None:
        zi.json("backup", "whole.tar")
        zi.file("zi.tar", (zi.folder / "whole.tar").read_bytes()[:-5_000])
        if words[:2] == ("restore", "zi.tar"):
            zi.home = zi.folder / "new"

        assert zi.json(*words, code=code)["error"]["code"] == error

    def test_an_actor_who_is_no_admin_is_refused(self, zi: Shell) -> None:
        assert zi("backup", "zi.tar", as_="koordinator").code == 3


class TestDoctor:
    """It knows when the last backup was taken, and that messages are held."""

    def test_of_the_last_backup(self, zi: Shell) -> None:
        assert checks(zi)["no_backup"] == "ok"

        zi.environment["ZI_CLOCK"] = "2026-02-10T02:00:00Z"
        assert checks(zi)["no_backup"] == "warn"

        zi.json("backup", "zi.tar")
        assert checks(zi)["backup"] == "ok"

        zi.environment["ZI_CLOCK"] = "2026-02-18T02:00:00Z"
        assert checks(zi)["backup"] == "warn"

        zi.environment["ZI_BACKUP_WARN_DAYS"] = "0"
        assert not {"backup", "no_backup"} & checks(zi).keys()

    def test_one_that_failed_is_none(self, zi: Shell) -> None:
        with closing(sqlite3.connect(zi.home / "zi.db")) as connection, connection:
            connection.execute("DROP TRIGGER audit_record_no_delete")
        zi.environment["ZI_CLOCK"] = "2026-02-10T02:00:00Z"

        assert zi("backup", "zi.tar").code == 5
        assert checks(zi)["no_backup"] == "warn"

    def test_of_held_messages(self, zi: Shell, elsewhere: Shell) -> None:
        zi.json("backup", "zi.tar")
        elsewhere.json("restore", "zi.tar")

        assert checks(elsewhere)["held"] == "warn"
        assert elsewhere.json("delivery", "release", as_="admin")["released"]["dropped"] == 0
        assert checks(elsewhere)["held"] == "ok"
        assert elsewhere.json("delivery", "release", as_="admin", code=2)["error"]["code"] == "bad_input"

    def test_who_says_so_is_not_held(self, zi: Shell, elsewhere: Shell) -> None:
        zi.json("backup", "zi.tar")

        assert elsewhere.json("restore", "--send-at-once", "zi.tar")["restored"]["held"] is False
        assert checks(elsewhere)["held"] == "ok"
