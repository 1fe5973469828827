"""Two roles on PostgreSQL: one owns the database and migrates it, the other does all the work."""

from typing import Any

import pytest
from sqlalchemy import make_url

from tests.databases import as_role
from tests.zi.conftest import Shell, open_agency, run_sql
from tests.zi.test_walk import walk


@pytest.fixture
def two_roles(fresh_role: str, fresh_postgres: str, shell: Shell) -> Shell:
    """No home yet; the commands know both addresses."""
    shell.environment["ZI_MIGRATION_DATABASE_URL"] = fresh_postgres
    shell.environment["ZI_DATABASE_URL"] = as_role(fresh_postgres, fresh_role)
    return shell


def role_of(zi: Shell) -> str:
    return str(make_url(zi.database_url).username)


def role_check(zi: Shell) -> dict[str, Any]:
    [check] = [one for one in zi("doctor", "--json").document["checks"] if one["id"] == "role"]
    return dict(check)


class TestTheWorkingRole:
    """It needs no right to change the schema for anything that people do."""

    def test_does_all_the_work(self, two_roles: Shell) -> None:
        open_agency(two_roles)

        walk(two_roles)
        two_roles.environment["ZI_CLOCK"] = "2026-02-24T00:30:00Z"
        two_roles.json("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", as_="koordinator")

        assert two_roles.json("remind")["queued"] > 0
        assert two_roles.json("deliver")["failed"] == 0
        two_roles.json("monev")
        two_roles.json("candidacy", "list")
        assert two_roles.json("audit", "verify")["ok"] is True
        assert two_roles("doctor", "--json").code == 0
        assert role_check(two_roles)["state"] == "ok"

    def test_migrating_again_changes_nothing_and_gives_its_rights_back(self, two_roles: Shell) -> None:
        two_roles.json("init", "--admin", "admin@contoh.invalid", "--sandbox")
        owner = two_roles.environment["ZI_MIGRATION_DATABASE_URL"]
        run_sql(owner, f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role_of(two_roles)}")
        assert two_roles.json("candidacy", "list", code=1)["error"]["code"] == "storage"

        migrated = two_roles.json("migrate")

        assert migrated["before"] == migrated["after"]
        assert two_roles.json("candidacy", "list")["candidacies"] == []


class TestGrants:
    """`zi db grants` shows what it would do, and does it when asked to."""

    def test_shows_the_statements(self, two_roles: Shell) -> None:
        two_roles.json("init", "--admin", "admin@contoh.invalid", "--sandbox")

        said = two_roles("db", "grants")

        assert f"GRANT SELECT, INSERT ON public.audit_record TO {role_of(two_roles)};" in said.out
        assert all(line.endswith(";") for line in said.out.splitlines())
        assert two_roles.json("db", "grants", "--apply")["applied"] is True

    def test_needs_to_know_which_role(self, two_roles: Shell) -> None:
        two_roles.json("init", "--admin", "admin@contoh.invalid", "--sandbox")
        two_roles.environment["ZI_DATABASE_URL"] = two_roles.environment.pop("ZI_MIGRATION_DATABASE_URL")

        assert two_roles.json("db", "grants", code=2)["error"]["code"] == "usage"
        assert two_roles.json("db", "grants", "--role", "tidak-ada", code=4)["error"]["code"] == "not_found"
        assert two_roles.json("db", "grants", "--role", "postgres", code=2)["error"]["code"] == "usage"
        assert role_check(two_roles)["state"] == "warn"
        assert "zi db grants" in role_check(two_roles)["fix"]

    @pytest.mark.about_sqlite("which has no roles")
    def test_sqlite_has_none(self, zi: Shell) -> None:
        assert zi.json("db", "grants", code=2)["error"]["code"] == "usage"
        assert not [one for one in zi("doctor", "--json").document["checks"] if one["id"] == "role"]
