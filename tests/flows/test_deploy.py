"""`zi deploy` on a real Prefect server: what it makes, keeps, removes and refuses."""

import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from flows.deployments import plan_deployments
from flows.schedule import SCHEDULE
from tests.zi.conftest import Shell, home_template, shell, zi  # noqa: F401 - fixtures

BUSY = (1.0, 2.0, 4.0)  # seconds between tries: 503 says that what it does by itself has its SQLite file locked


def answered(request: urllib.request.Request) -> bytes:
    for pause in (*BUSY, None):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or pause is None:
                raise
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


class Prefect:
    """What the server knows, asked over its API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        said = answered(request)
        return json.loads(said) if said else None

    def deployments(self) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.ask("/deployments/filter", {})}

    def scheduled(self, deployment: str) -> list[dict[str, Any]]:
        """Runs of it that wait for their time, or are late."""
        mine = {
            "deployments": {"name": {"any_": [deployment]}},
            "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        }
        return list(self.ask("/flow_runs/filter", mine))

    def clear(self) -> None:
        for one in self.deployments().values():
            self.ask(f"/deployments/{one['id']}", method="DELETE")
        for pool in self.ask("/work_pools/filter", {}):
            self.ask(f"/work_pools/{pool['name']}", method="DELETE")


@pytest.fixture
def prefect(server: str) -> Prefect:
    """Knows nothing of us yet."""
    known = Prefect(server)
    known.clear()
    return known


@pytest.fixture
def many(zi: Shell, server: str, postgres_url: str) -> Shell:  # noqa: F811
    """A home as workers on many machines have it: on PostgreSQL, with the server's address."""
    zi.environment.update({"PREFECT_API_URL": server, "ZI_DATABASE_URL": postgres_url})
    return zi


def deploy(many: Shell, *words: str) -> dict[str, Any]:
    answer = many.process("deploy", "--json", *words)
    assert answer.code == 0, (answer.out, answer.err)
    document: dict[str, Any] = answer.document
    return document


def changes(document: dict[str, Any]) -> dict[str, str]:
    return {one["name"].partition("/")[2]: one["change"] for one in document["deployments"]}


class TestPlan:
    """One deployment for each flow; what is shared out has one for each part, since each has one run at a time."""

    def test_one_of_each_without_any_sharing(self) -> None:
        assert [one.name for one in plan_deployments()] == [
            *("remind-1", "deliver-1", "monev-1"),
            *("watch_designations", "checkpoint", "quarterly_monev", "tidy"),
        ]

    def test_each_part_knows_which_it_is(self) -> None:
        parts = [dict(one.parameters) for one in plan_deployments(shards=3) if one.flow.name == "remind"]

        assert parts == [{"shard": 0, "of": 3}, {"shard": 1, "of": 3}, {"shard": 2, "of": 3}]

    def test_senders_share_no_parts(self) -> None:
        senders = [one for one in plan_deployments(shards=3, senders=2) if one.flow.name == "deliver"]

        assert [(one.full_name, dict(one.parameters)) for one in senders] == [
            ("deliver/deliver-1", {}),
            ("deliver/deliver-2", {}),
        ]


class TestRefusals:
    """Nothing is asked of a server before it is clear that workers elsewhere could work with what they are told."""

    def test_no_server_named(self, zi: Shell) -> None:  # noqa: F811
        error = zi.json("deploy", code=2)["error"]

        assert error["code"] == "usage"
        assert "PREFECT_API_URL" in error["message"]

    @pytest.mark.about_sqlite("which serves one machine only")
    def test_sqlite(self, zi: Shell) -> None:  # noqa: F811
        zi.environment["PREFECT_API_URL"] = "http://127.0.0.1:9/api"

        assert "SQLite" in zi.json("deploy", code=2)["error"]["message"]

    def test_a_home_that_others_would_look_for_elsewhere(self, zi: Shell, postgres_url: str) -> None:  # noqa: F811
        zi.environment |= {"PREFECT_API_URL": "http://127.0.0.1:9/api", "ZI_DATABASE_URL": postgres_url}
        zi.environment["ZI_HOME"] = "../home"

        assert "../home" in zi.json("deploy", code=2)["error"]["message"]

    def test_a_server_that_does_not_answer(self, zi: Shell, postgres_url: str) -> None:  # noqa: F811
        zi.environment |= {"PREFECT_API_URL": "http://127.0.0.1:9/api", "ZI_DATABASE_URL": postgres_url}

        answer = zi.process("deploy", "--json")

        assert (answer.code, answer.document["error"]["code"]) == (1, "storage"), answer.err
        assert "PREFECT_API_URL" in answer.document["error"]["message"]

    @pytest.mark.parametrize("words", [("--shards", "0"), ("--senders", "65")])
    def test_no_such_number_of_parts(self, zi: Shell, words: tuple[str, ...]) -> None:  # noqa: F811
        assert zi.json("deploy", *words, code=2)["error"]["code"] == "usage"


class TestDeploy:
    """Brings the server to what is planned, as often as one likes, and leaves alone what operators set."""

    def test_the_way_of_an_installation(self, many: Shell, prefect: Prefect) -> None:
        """One test, for each command takes seconds: dry run, first time, again, fewer, and after an outage."""
        tried = deploy(many, "--shards", "3", "--senders", "2", "--dry-run")

        assert set(changes(tried).values()) == {"created"}
        assert (prefect.deployments(), prefect.ask("/work_pools/filter", {})) == ({}, [])

        first = deploy(many, "--shards", "3", "--senders", "2")

        assert changes(first) == changes(tried)
        made = prefect.deployments()
        assert made.keys() == {one.name for one in plan_deployments(shards=3, senders=2)}
        self.is_as_the_table_says(made)
        self.holds_no_secret(made, many)
        assert made["remind-2"]["parameters"] == {"shard": 1, "of": 3}

        prefect.ask(f"/deployments/{made['monev-1']['id']}", {"paused": True}, "PATCH")
        [weekly] = made["watch_designations"]["schedules"]
        off = f"/deployments/{made['watch_designations']['id']}/schedules/{weekly['id']}"
        prefect.ask(off, {"active": False}, "PATCH")
        self.miss_runs(prefect, made["remind-1"]["id"], 4)
        self.miss_runs(prefect, made["monev-1"]["id"], 1)
        again = deploy(many, "--shards", "2")

        assert changes(again)["remind-2"] == "updated"
        assert [name for name, change in changes(again).items() if change == "removed"] == [
            *("deliver-2", "monev-3", "remind-3"),
        ]
        kept = prefect.deployments()
        assert {name: one["id"] for name, one in kept.items()} == {name: made[name]["id"] for name in kept}
        assert kept["remind-2"]["parameters"] == {"shard": 1, "of": 2}
        assert (kept["monev-1"]["paused"], kept["monev-2"]["paused"]) == (True, False)
        assert [schedule["active"] for schedule in kept["watch_designations"]["schedules"]] == [False]
        assert again["made_up"] in (1, 2)  # the time of `deliver` comes every five minutes, and may have come now
        assert len(self.late(prefect, "remind-1")) == 1
        assert self.late(prefect, "monev-1") == []

        more = deploy(many, "--shards", "3")

        assert changes(more)["monev-3"] == "created"
        assert prefect.deployments()["monev-3"]["paused"]  # as monev-1 is

    def is_as_the_table_says(self, made: dict[str, dict[str, Any]]) -> None:
        for one in SCHEDULE:
            for name in (name for name in made if name.partition("-")[0] == one.name):
                deployment = made[name]
                assert deployment["entrypoint"] == f"flows.{one.name}.{one.name}"
                assert deployment["work_pool_name"] == "zi"
                assert deployment["global_concurrency_limit"]["limit"] == 1
                assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
                intervals = sorted(schedule["schedule"]["interval"] for schedule in deployment["schedules"])
                assert intervals == sorted(time.every.total_seconds() for time in one.times)
                zones = {schedule["parameters"].get("zone") for schedule in deployment["schedules"]}
                assert zones == {time.parameters.get("zone") for time in one.times}

    def holds_no_secret(self, made: dict[str, dict[str, Any]], many: Shell) -> None:
        assert {json.dumps(one["job_variables"]) for one in made.values()} == {
            json.dumps({"env": {"ZI_HOME": str(many.home)}})
        }
        assert many.environment["ZI_DATABASE_URL"] not in json.dumps(made)

    def miss_runs(self, prefect: Prefect, deployment: str, count: int) -> None:
        for hours in range(1, count + 1):
            then = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
            state = {"type": "SCHEDULED", "state_details": {"scheduled_time": then}}
            prefect.ask(f"/deployments/{deployment}/create_flow_run", {"state": state})

    def late(self, prefect: Prefect, deployment: str) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        return [
            run
            for run in prefect.scheduled(deployment)
            if datetime.fromisoformat(run["next_scheduled_start_time"]) <= now
        ]

    def test_a_pool_of_another_kind_is_left_alone(self, many: Shell, prefect: Prefect) -> None:
        prefect.ask("/work_pools/", {"name": "zi", "type": "docker"})

        answer = many.process("deploy", "--json")

        assert (answer.code, answer.document["error"]["code"]) == (2, "usage")
        assert prefect.deployments() == {}
