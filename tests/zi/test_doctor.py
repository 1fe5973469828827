"""zi doctor: silent engines, held-up messages and broken ground are said, with the exit code that scripts go by."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.zi.conftest import Shell

TOKEN = "3f0e-rahasia"


def checks(zi: Shell, *, code: int) -> dict[str, dict[str, Any]]:
    """By id; flows by their name."""
    document = zi.json("doctor", code=code)
    assert document["ok"] == (code == 0)
    return {one.get("flow") or one["id"]: one for one in document["checks"]}


def run_engine(zi: Shell) -> None:
    for flow in ("remind", "deliver"):
        zi.json(flow)


class TestEngine:
    """It is alive while reminders are queued and messages sent on time."""

    def test_one_that_never_ran_is_not_alive(self, zi: Shell) -> None:
        found = checks(zi, code=1)

        assert (found["remind"]["state"], found["deliver"]["state"], found["monev"]["state"]) == (
            "fail",
            "fail",
            "warn",
        )
        assert "zi up" in found["remind"]["fix"]

    def test_one_that_ran_lately_is(self, zi: Shell) -> None:
        run_engine(zi)

        found = checks(zi, code=0)

        assert (found["remind"]["state"], found["remind"]["fix"]) == ("ok", None)
        assert found["monev"]["state"] == "warn"

    def test_one_that_stopped_is_not(self, zi: Shell) -> None:
        run_engine(zi)
        zi.environment["ZI_CLOCK"] = "2026-02-02T02:21:00Z"  # deliver runs every five minutes: two missed, and ten more

        found = checks(zi, code=1)

        assert (found["remind"]["state"], found["deliver"]["state"]) == ("ok", "fail")

    def test_a_reminder_that_nobody_queued(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")
        zi.environment["ZI_CLOCK"] = "2026-02-14T02:00:00Z"

        found = checks(zi, code=1)

        assert found["unsaid"]["state"] == "fail"
        assert "2026-02-1" in found["unsaid"]["text"]

    def test_a_message_that_is_held_up(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")
        zi.environment["ZI_CLOCK"] = "2026-02-24T00:30:00Z"
        zi.json("remind")
        zi.environment["ZI_CLOCK"] = "2026-02-24T01:30:00Z"

        assert checks(zi, code=1)["unsent"]["state"] == "fail"

        zi.json("deliver")
        assert checks(zi, code=0)["unsent"]["state"] == "ok"

    def test_a_run_that_never_ended(self, zi: Shell) -> None:
        run_engine(zi)
        zi.sql(
            "INSERT INTO run (flow, shard, shards, started_at, counts)"
            " VALUES ('monev', 0, 1, '2026-02-01 02:00:00', '{}')",
        )

        found = checks(zi, code=0)

        assert found["hung"]["state"] == "warn"
        assert found["monev"]["id"] == "flow"

    def test_a_run_that_failed_says_by_what_until_one_succeeds(self, zi: Shell) -> None:
        run_engine(zi)
        mail = zi.home / "mail"
        mail.rmdir()
        mail.write_text("not a folder", encoding="utf-8")
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")
        zi.environment["ZI_CLOCK"] = "2026-02-24T00:30:00Z"
        zi.json("remind")
        assert zi("deliver").code == 1

        failed = checks(zi, code=1)

        assert (failed["deliver"]["id"], failed["deliver"]["state"]) == ("flow_failed", "fail")
        assert "2026-02-24 00:30Z (" in failed["deliver"]["text"]
        assert str(zi.home) not in failed["deliver"]["text"]
        assert failed["hung"]["state"] == "ok"

        mail.unlink()
        mail.mkdir()
        zi.json("deliver")
        assert checks(zi, code=0)["deliver"]["id"] == "flow"

    def test_a_failure_that_is_young_is_a_warning(self, zi: Shell) -> None:
        run_engine(zi)
        zi.sql(
            "INSERT INTO run (flow, shard, shards, started_at, finished_at, failure, counts)"
            " VALUES ('deliver', 0, 1, '2026-02-02 02:00:00', '2026-02-02 02:00:30', 'OSError', '{}')",
        )

        assert checks(zi, code=0)["deliver"]["state"] == "warn"

    def test_a_flow_is_as_late_as_its_slowest_part(self, zi: Shell) -> None:
        run_engine(zi)
        zi.sql("DELETE FROM run WHERE flow = 'remind'")
        for shard, day in ((0, "02"), (1, "01"), (2, "02")):
            zi.sql(
                "INSERT INTO run (flow, shard, shards, started_at, finished_at, counts)"
                f" VALUES ('remind', {shard}, 3, '2026-02-{day} 00:30:00', '2026-02-{day} 00:31:00', '{{}}')",
            )

        assert "2026-02-01" in checks(zi, code=0)["remind"]["text"]

        zi.sql("DELETE FROM run WHERE flow = 'remind' AND shard = 1")
        assert checks(zi, code=1)["remind"]["state"] == "fail"


class TestGround:
    """What it stands on is looked at, too; a trail that can't be trusted has an exit code of its own."""

    def test_a_guard_of_the_trail_is_gone(self, zi: Shell) -> None:
        run_engine(zi)
        zi.drop_guard("audit_record_no_update")

        found = checks(zi, code=5)

        assert "audit_record_no_update" in found["triggers"]["text"]

    def test_the_trail_lacks_its_end(self, zi: Shell) -> None:
        run_engine(zi)
        zi.drop_guard("audit_record_no_delete")
        zi.sql("DELETE FROM audit_record WHERE seq = (SELECT max(seq) FROM audit_record)")

        assert checks(zi, code=5)["head"]["state"] == "fail"

    def test_the_clock_stands_before_the_last_record(self, zi: Shell) -> None:
        run_engine(zi)
        zi.environment["ZI_CLOCK"] = "2026-01-01T00:00:00Z"

        assert checks(zi, code=1)["clock"]["state"] == "fail"

    def test_others_can_read_the_key(self, zi: Shell) -> None:
        run_engine(zi)
        key = zi.home / "keys" / "channels.key"
        key.chmod(0o644)

        assert checks(zi, code=0)["key"]["state"] == "warn"

        key.unlink()
        assert checks(zi, code=1)["key"]["state"] == "fail"

    def test_holidays_are_not_stored(self, zi: Shell) -> None:
        run_engine(zi)
        zi.sql("DELETE FROM holiday WHERE day >= '2027-01-01'")

        assert "2027" in checks(zi, code=0)["holidays"]["text"]


def test_people_get_a_table_that_says_what_to_do(zi: Shell) -> None:
    answer = zi("doctor")

    assert answer.code == 1
    assert "remind: tidak berjalan" in answer.out
    assert "zi up" in answer.out


class Monitor:
    """Counts what it is told, and answers as it is asked to."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.answer = 200
        monitor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                monitor.told.append(self.path)
                self.send_response(monitor.answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{TOKEN}"


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    monitor = Monitor()
    yield monitor
    monitor.server.shutdown()
    monitor.server.server_close()


class TestHeartbeat:
    """A monitor elsewhere is told when all is well, and only then; its address is a secret."""

    def test_all_is_well(self, zi: Shell, monitor: Monitor) -> None:
        run_engine(zi)
        zi.environment["ZI_HEARTBEAT_URL"] = monitor.url

        assert zi.json("doctor", "--ping")["pinged"] is True
        assert monitor.told == [f"/{TOKEN}"]

    def test_nobody_is_told_unasked_or_of_an_engine_that_is_down(self, zi: Shell, monitor: Monitor) -> None:
        zi.environment["ZI_HEARTBEAT_URL"] = monitor.url

        assert zi.json("doctor", "--ping", code=1)["pinged"] is False
        run_engine(zi)
        assert "pinged" not in zi.json("doctor")
        assert monitor.told == []

    def test_a_monitor_that_can_not_be_told_breaks_nothing(self, zi: Shell, monitor: Monitor) -> None:
        run_engine(zi)
        zi.environment["ZI_HEARTBEAT_URL"] = monitor.url
        monitor.answer = 503
        refused = zi("doctor", "--ping", "--json")
        monitor.server.shutdown()
        monitor.server.server_close()
        gone = zi("doctor", "--ping", "--json")

        assert (refused.code, refused.document["pinged"], gone.code, gone.document["pinged"]) == (0, False, 0, False)
        assert ("HTTP 503" in refused.err, "ConnectionRefusedError" in gone.err) == (True, True)
        assert TOKEN not in refused.out + refused.err + gone.out + gone.err

    def test_what_is_no_address_is_refused_and_not_repeated(self, zi: Shell) -> None:
        zi.environment["ZI_HEARTBEAT_URL"] = f"file:///{TOKEN}"

        answer = zi("doctor", "--ping", "--json")

        assert (answer.code, answer.document["error"]["code"]) == (2, "usage")
        assert "ZI_HEARTBEAT_URL" in answer.out
        assert TOKEN not in answer.out + answer.err

    def test_nobody_to_tell(self, zi: Shell) -> None:
        assert "ZI_HEARTBEAT_URL" in zi.json("doctor", "--ping", code=2)["error"]["message"]
