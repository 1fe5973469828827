"""What is to be copied from `deploy/` does not lie: it can be read, and names only settings and programs that exist."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from models.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())
PAGES = [*FILES, ROOT / "docs" / "deploy.md", ROOT / "docs" / "running.md"]
UNITS = sorted((FOLDER / "systemd").iterdir())

OF_COMPOSE = {"PREFECT_DATABASE_PASSWORD"}  # between compose.yaml and the script that makes the database
OF_PREFECT_REDIS = {"PREFECT_REDIS_MESSAGING_URL"}  # a package that is not in our lock: `url` of its messaging settings


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Compose's own tags are read as what they hold."""


Loader.add_constructor("!reset", lambda loader, node: loader.construct_sequence(node))


def services(name: str) -> dict[str, dict[str, Any]]:
    read: dict[str, Any] = yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader)
    found: dict[str, dict[str, Any]] = read["services"]
    return found


class TestNames:
    """Every variable is one that somebody reads."""

    @pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
    def test_every_setting_exists(self, path: Path) -> None:
        from prefect.settings import Settings as Prefects
        from prefect.settings.legacy import _get_valid_setting_names

        ours = {f"ZI_{name.upper()}" for name in Settings.model_fields}
        known = ours | _get_valid_setting_names(Prefects) | OF_COMPOSE | OF_PREFECT_REDIS

        named = set(re.findall(r"\b(?:ZI|PREFECT)_[A-Z0-9_]*[A-Z0-9]\b", path.read_text(encoding="utf-8")))

        assert named <= known

    def test_no_registry_is_named(self) -> None:
        for name in ("compose.yaml", "compose.redis.yaml"):
            assert all("/" not in one.get("image", "") for one in services(name).values())


class TestCompose:
    """Services wait for services that are there, and use volumes that are declared."""

    def test_is_whole(self) -> None:
        found = services("compose.yaml")
        volumes = yaml.load((FOLDER / "compose.yaml").read_text(encoding="utf-8"), Loader)["volumes"]

        for one in found.values():
            assert one.get("depends_on", {}).keys() <= found.keys()
            for volume in one.get("volumes", []):
                source = volume.partition(":")[0]
                assert source in volumes or (FOLDER / source).exists()
            for file in one.get("env_file", []):
                assert (FOLDER / f"{file}.example").exists()
        assert found["worker"]["deploy"]["replicas"] == 2

    def test_what_is_added_for_redis_changes_a_service_that_is_there(self) -> None:
        assert "prefect" in services("compose.redis.yaml").keys() & services("compose.yaml").keys()

    def test_only_what_migrates_knows_the_owner_of_the_database(self) -> None:
        knowing = {name for name, one in services("compose.yaml").items() if "migrate.env" in one.get("env_file", [])}

        assert knowing == {"deploy", "owner"}
        assert "MIGRATION" not in (FOLDER / "zi.env.example").read_text(encoding="utf-8")

    def test_the_server_knows_nothing_of_our_database(self) -> None:
        assert services("compose.yaml")["prefect"]["env_file"] == ["server.env"]
        assert "ZI_" not in (FOLDER / "server.env.example").read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_reads_every_unit_and_finds_its_programs(tmp_path: Path) -> None:
    programs = str(Path(sys.executable).parent)
    copies = []
    for unit in UNITS:
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(unit.read_text(encoding="utf-8").replace("/srv/zi/.venv/bin", programs), encoding="utf-8")

    said = subprocess.run(["systemd-analyze", "verify", *copies], capture_output=True, text=True, check=False)

    mine = [line for line in said.stderr.splitlines() if any(unit.name in line for unit in UNITS)]
    assert (said.returncode, mine) == (0, [])
