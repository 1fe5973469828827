"""`zi db copy`: the small agency moves, and goes on working where it went."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.zi.conftest import Shell


class TestCopy:
    """What was recorded is there, by the same root; files and keys stay in the home."""

    def test_the_agency_works_on_in_the_other_database(self, zi: Shell, fresh_postgres: str) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")
        before = zi.json("audit", "verify")

        said = zi.json("db", "copy", "--to", fresh_postgres)
        zi.environment["ZI_DATABASE_URL"] = fresh_postgres

        assert (said["records"], said["root"]) == (before["records"], before["root"])
        assert zi.json("audit", "verify") == before
        zi.json("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", as_="koordinator")
        assert [one["code"] for one in zi.json("candidacy", "list")["candidacies"]] == ["DINAS-2026", "RSUD-2026"]

    def test_people_hear_what_to_do_next_and_no_password(self, zi: Shell, fresh_postgres: str) -> None:
        url = make_url(fresh_postgres).set(password="rahasia").render_as_string(hide_password=False)

        said = zi("db", "copy", "--to", url)

        assert said.code == 0, said.err
        assert "ZI_DATABASE_URL" in said.out
        assert "rahasia" not in said.out + said.err

    def test_a_second_time_is_refused(self, zi: Shell, fresh_postgres: str) -> None:
        zi.json("db", "copy", "--to", fresh_postgres)

        assert zi.json("db", "copy", "--to", fresh_postgres, code=2)["error"]["code"] == "usage"

    @pytest.mark.parametrize("url", ["bukan url", "mysql://x/y", "tidakada://x/y"])
    def test_no_such_database(self, zi: Shell, url: str) -> None:
        assert zi.json("db", "copy", "--to", url, code=2)["error"]["code"] == "usage"

    def test_one_out_of_reach(self, zi: Shell) -> None:
        url = "postgresql+psycopg://zi@127.0.0.1:1/zi"

        assert zi.json("db", "copy", "--to", url, code=1)["error"]["code"] == "storage"

    def test_back_to_a_file(self, zi: Shell, tmp_path: Path) -> None:
        before = zi.json("audit", "verify")

        zi.json("db", "copy", "--to", f"sqlite:///{tmp_path / 'kembali.db'}")
        zi.environment["ZI_DATABASE_URL"] = f"sqlite:///{tmp_path / 'kembali.db'}"

        assert zi.json("audit", "verify") == before
