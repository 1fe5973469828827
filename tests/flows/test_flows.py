"""The flows run on a real Prefect server and say the same as the plain functions."""

import json
import os
import urllib.request
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.zi.conftest import Shell, home_template, run_sql, shell, zi  # noqa: F401 - fixtures
from zi.demo.run import published, published_rows
from zi.demo.stage import DATA, demo_stage

A_DAY = ("remind", "monev", "checkpoint", "deliver")


@pytest.fixture
def agency(zi: Shell, server: str) -> Shell:  # noqa: F811
    zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")
    zi.environment.update({"ZI_CLOCK": "2026-02-24T00:30:00Z", "PREFECT_API_URL": server})
    return zi


def ask(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


class TestFlows:
    """A flow does the plain function's work, once, and leaves a run row and a table behind."""

    def test_a_day_of_flows(self, agency: Shell, server: str) -> None:
        agency.json("audit", "witness", "add", "auditor@contoh.invalid", as_="auditor")
        said = {name: json.loads(agency.process(name, "--prefect", "--json").out) for name in A_DAY}

        assert said["remind"] == {"planned": 1, "queued": 2, "sent": 0, "failed": 0, "retrying": 0, "held": 0}
        assert said["checkpoint"] == {"planned": 1, "queued": 1, "sent": 0, "failed": 0, "retrying": 0, "held": 0}
        assert said["deliver"]["sent"] == 3
        assert len(list((agency.home / "mail").glob("*.eml"))) == 3
        assert agency.json("checkpoint")["planned"] == 0
        runs = ask(f"{server}/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}})
        assert len(runs) == len(A_DAY)
        artifacts = ask(f"{server}/artifacts/filter", {})
        assert {one["key"] for one in artifacts} == set(A_DAY)
        [reminders] = [one for one in artifacts if one["key"] == "remind"]
        assert {"what": "queued", "count": 2} in json.loads(reminders["data"])

    def test_what_a_flow_said_is_not_said_again_at_once(self, agency: Shell) -> None:
        agency.process("remind", "--prefect")
        assert agency.json("remind")["queued"] == 0
        rows = agency.sql("SELECT flow, finished_at IS NOT NULL FROM run ORDER BY id")
        assert rows == [("remind", True), ("remind", True)]


class TestEntryPoints:
    """Deployments name flows by module path."""

    @pytest.mark.parametrize("name", A_DAY)
    def test_is_a_flow_of_its_name(self, name: str) -> None:
        from prefect import Flow

        flow = getattr(import_module(f"flows.{name}"), name)
        assert isinstance(flow, Flow)
        assert flow.name == name


class TestDemo:
    """The demo ends by itself on a whole trail, replaces its own home, and leaves another's alone."""

    def test_tells_its_story_to_the_end(self, shell: Shell) -> None:  # noqa: F811
        shell.environment.pop("ZI_CLOCK", None)
        answer = shell.process("demo", "--home", "contoh", "--json")

        assert answer.code == 0, answer.err
        outcome = answer.document
        assert outcome["ok"] is True
        assert outcome["candidacies"] == 23
        assert outcome["messages"] == len(list((shell.folder / "contoh" / "mail").glob("*.eml"))) > 50
        story = answer.err
        assert "CONTOH-RSUD-2026: Pengajuan: panel -> Penetapan WBK/WBBM" in story
        assert "KUDUS-RSUD-2023" in story

    def test_real_names_carry_published_facts_only(self, shell: Shell) -> None:  # noqa: F811
        """Nothing is found, owed or told about a unit that exists."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(shell.folder)
            for name in [name for name in os.environ if name.startswith("ZI_")]:
                patch.delenv(name)
            with demo_stage(shell.folder / "nyata") as stage:
                published(stage)
                stage.zi("remind")
                stage.zi("monev")
        url = f"sqlite:///{shell.folder / 'nyata' / 'zi.db'}"
        counted = {
            table: run_sql(url, f"SELECT count(*) FROM {table}")[0][0]
            for table in ("candidacy", "predicate", "obligation", "finding", "outbox_message")
        }
        assert counted == {"candidacy": 16, "predicate": 9, "obligation": 0, "finding": 0, "outbox_message": 0}

    def test_every_published_row_names_its_source(self) -> None:
        sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
        for name in ("agencies", "units", "predicates", "baselines"):
            for row in published_rows(name):
                assert row["source"].startswith("["), (name, row)
                key = row["source"].partition("]")[0].removeprefix("[")
                assert f"| {key} |" in sources

    def test_leaves_a_home_with_other_data_alone(self, shell: Shell) -> None:  # noqa: F811
        other = shell.folder / "kerja"
        other.mkdir()
        (other / "surat.txt").write_text("milik orang lain", encoding="utf-8")

        assert shell.json("demo", "--home", str(other), code=2)["error"]["code"] == "bad_input"

        assert Path(other / "surat.txt").exists()
