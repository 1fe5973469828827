"""No secret is ever said: on a screen, in a log at DEBUG, in a traceback, a mail, or a column of the database.

What is shown once to whoever asked for it, on stdout or a page of its own, is looked for everywhere else.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import NullPool, create_engine, inspect, make_url, text

from models.database import bind, unbind
from models.home import Home
from tests.hardening.conftest import home_around
from tests.hardening.loud import END
from tests.notifications.conftest import web  # noqa: F401 - a fixture
from tests.notifications.peers import WebPeer
from tests.office import NOW, Office
from tests.web.site import Visitor

ROOT = Path(__file__).parents[2]
K, ADMIN, HEAD = "koordinator@contoh.invalid", "admin@contoh.invalid", "kepala@contoh.invalid"
AWAY = ("person", "candidacy")  # tables that are renamed, so that all that looks there fails as a bug would


@dataclass
class Walk:
    """What was said so far, and what must not have been."""

    home: Home
    url: str
    said: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)  # what each is, by itself

    def secret(self, what: str) -> str:
        made = f"rahasia{len(self.secrets)}x{what}"
        self.secrets[made] = what
        return made

    @property
    def environment(self) -> dict[str, str]:
        clock = {"ZI_CLOCK": NOW.isoformat(), "ZI_LANG": "id"}
        return {**os.environ, "ZI_HOME": str(self.home.path), "ZI_DATABASE_URL": self.url, **clock}


@pytest.fixture
def walk(postgres_url: str, tmp_path: Path) -> Iterator[Walk]:
    bind(postgres_url)
    Office.opened(postgres_url)
    made = Walk(home_around(postgres_url, tmp_path), postgres_url)
    made.url = (
        make_url(postgres_url).set(password=made.secret("database")).render_as_string(hide_password=False)
    )  # the server trusts whoever comes, but that is its affair
    for key in (made.home.channel_key, made.home.link_key):
        if key.exists():
            made.secrets[key.read_text().strip()] = key.name
    yield made
    unbind()


class TestSecrets:
    """A walk past all that knows a secret, by commands and pages, while all is well and while all is not."""

    def test_none_is_said(self, walk: Walk, web: WebPeer) -> None:  # noqa: F811
        with commands(walk) as zi, pages(walk) as url:
            password = zi(["user", "account", "open", HEAD, "--as", ADMIN], hide=("account", "password"))
            token = zi(["calendar", "feed", "add", "--unit", "RSUD", "--as", HEAD], hide=("feed", "token"))
            by_command(walk, zi, web)
            visitor, opened = by_page(walk, url, password, token)
            walk.secrets[walk.home.link_key.read_text().strip()] = "links.key"
            with tables_away(walk.url):
                for words in (["candidacy", "list"], ["user", "channel", "list", HEAD, "--as", ADMIN], ["monev"]):
                    assert zi(words, code=1)["error"]["code"] == "internal"
                zi(
                    ["user", "channel", "add", HEAD, f"json://u:{walk.secret('late')}@127.0.0.1/x", "--as", ADMIN],
                    code=1,
                )
                answers = [visitor.get("/board"), *(visitor.get(path) for path in opened)]
                answers.append(visitor.send("/sign-in", email=HEAD, password=walk.secret("typed")))
                assert {answer.status_code for answer in answers} <= {500, 503}
                walk.said += [answer.text for answer in answers]
            visitor.client.close()

        log = "\n".join(walk.said)
        assert "Traceback" in log, "nothing failed, so nothing was shown"
        assert "DEBUG:" in log, "nobody was loud"
        assert leaks(walk, log) == []
        assert leaks(walk, "\n".join(everything_stored(walk))) == []


def by_command(walk: Walk, zi: Any, web: WebPeer) -> None:  # noqa: F811
    """Channels of every kind of failure, messages that go by them, and what is wrong with the settings."""
    add = ["user", "channel", "add", HEAD]
    at = f"127.0.0.1:{web.port}"
    fates = ["broken", "status/404", "busy", "cut", "hang"]
    for fate in fates:
        sandi, path, header = (walk.secret(f"{what}-{fate[:4]}") for what in ("pw", "path", "head"))
        address = f"json://kantor:{sandi}@{at}/{fate}/{path}?+X-Key={header}&rto=0.3"
        zi([*add, address, "--as", ADMIN], code=2)
        zi([*add, address, "--untested", "--as", ADMIN])
    for address in (
        f"json://u:{walk.secret('refused')}@127.0.0.1:1/{walk.secret('refused')}",
        f"mailtos://u:{walk.secret('mail')}@127.0.0.1:1?to=a@b.invalid&from=c@d.invalid",
        f"tidakada://u:{walk.secret('scheme')}@{at}/x",
        f"json://u:{walk.secret('port')}@{at}0000/x",
        f"slack://{walk.secret('slack')}/b/c",
    ):
        zi([*add, address, "--as", ADMIN], code=2)
    zi(["user", "channel", "list", HEAD, "--as", ADMIN])
    for number in range(1, len(fates) + 1):
        zi(["user", "channel", "test", str(number), "--as", ADMIN], code=2)
    zi(["candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", "--as", K])
    for kind in ("piagam_pencanangan", "pakta_integritas"):
        zi(["document", "add", "RSUD-2026", kind, f"https://x.invalid/{kind}", "--as", K])
    zi(["candidacy", "move", "RSUD-2026", "select_unit", "--as", K])
    for hours in (0, 1, 30, 200):  # retries, and the next channel
        zi(["deliver"], ZI_CLOCK=(NOW + timedelta(hours=hours)).isoformat())
    zi(["delivery", "list", "--as", K])
    zi(["delivery", "show", "1", "--as", K], code=None)
    ping = f"http://u:{walk.secret('ping')}@127.0.0.1:1/{walk.secret('ping')}"
    zi(["doctor", "--ping"], code=None, ZI_HEARTBEAT_URL=ping)
    zi(["doctor"], code=2, ZI_HEARTBEAT_URL=f"ftp://{walk.secret('ftp')}")
    zi(["calendar", "export", walk.secret("token"), "--to", str(walk.home.path / "x.ics")], code=4)
    for broken in (
        f"postgresql+psycopg://u:a@{walk.secret('at')}@127.0.0.1:1/x",
        f"postgresql+psycopg://u:{walk.secret('off')}@127.0.0.1:1/x",
        f"mysql://u:{walk.secret('mysql')}@127.0.0.1/x",
        f"bukan {walk.secret('url')}",
    ):
        for words in (["candidacy", "list"], ["doctor"]):
            zi(words, code=None, ZI_DATABASE_URL=broken)


def by_page(walk: Walk, url: str, password: str, feed: str) -> tuple[Visitor, list[str]]:
    """Sign in, rightly and wrongly, and open what a token opens; the addresses that only a token opens."""
    visitor = Visitor(httpx.Client(base_url=url, timeout=60))
    for typed in (walk.secret("wrong"), password):
        visitor.send("/sign-in", email=HEAD, password=typed)
    new = walk.secret("new-password")
    changed = visitor.send("/account/password", old=password, new=new, again=new)
    assert changed.status_code == 303, changed.text
    for name, value in visitor.client.cookies.items():
        walk.secrets[value] = f"cookie {name}"
    proof = walk.secret("link")
    opened = [f"/feeds/{feed}.ics", f"/bukti/RSUD-2026.1.{proof}"]
    assert visitor.get(opened[0]).status_code == 200
    visitor.get(opened[1])
    visitor.client.get("/portalrb/v1/nothing", headers={"Authorization": f"Bearer {walk.secret('bearer')}"})
    assert visitor.get("/board").status_code == 200
    return visitor, opened[:1]


@contextmanager
def commands(walk: Walk) -> Iterator[Any]:
    """Runs one command after the other in one process; keeps all that it said, and returns its document, or what of it
    is shown here alone (`hide`)."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hardening.loud"],
        cwd=ROOT,
        env=walk.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(loud := (walk.home.path / "loud.txt").open("w+")),
        text=True,
    )

    def zi(words: list[str], *, code: int | None = 0, hide: tuple[str, ...] = (), **environment: str) -> Any:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps([[*words, "--json"], environment]) + "\n")
        process.stdin.flush()
        lines: list[str] = []
        while not (line := process.stdout.readline()).startswith(END):
            assert line, f"the process ended over {words}"
            lines.append(line)
        document = json.loads("".join(lines))
        assert code in (None, int(line.split()[-1])), (words[:3], line, document)
        if hide:
            shown = document[hide[0]][hide[1]]
            walk.secrets[shown] = hide[0]
            return shown
        walk.said.append("".join(lines))
        return document

    with process, loud:
        yield zi
        assert process.stdin
        process.stdin.close()
        process.wait()
        walk.said.append(Path(loud.name).read_text())


@contextmanager
def pages(walk: Walk) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.hardening.loud", "serve", "--port"]
    port = _free_port()
    with (
        (walk.home.path / "serve.txt").open("w") as log,
        subprocess.Popen([*command, str(port)], cwd=ROOT, env=walk.environment, stdout=log, stderr=log) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            while not _answers(url):
                assert server.poll() is None
            yield url
        finally:
            server.terminate()
            server.wait()
            walk.said.append((walk.home.path / "serve.txt").read_text())


@contextmanager
def tables_away(url: str) -> Iterator[None]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    for before, after in (("", "_away"), ("_away", "")):
        with engine.connect() as connection:
            for table in AWAY:
                connection.execute(text(f"ALTER TABLE {table}{before} RENAME TO {table}{after}"))
        if after:
            yield


def everything_stored(walk: Walk) -> Iterator[str]:
    """Every row of every table as text, and every mail."""
    engine = create_engine(walk.url, poolclass=NullPool)
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            yield from connection.execute(text(f"SELECT row_to_json({table})::text FROM {table}")).scalars()
    for mail in walk.home.mail.iterdir():
        yield mail.read_text()


def leaks(walk: Walk, said: str) -> list[tuple[str, str]]:
    """Each secret that was said, with what stands around it."""
    found = [(what, said.find(secret), len(secret)) for secret, what in walk.secrets.items()]
    return [(what, said[max(0, at - 300) : at + length + 100]) for what, at, length in found if at >= 0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=5).is_success
    except httpx.TransportError:
        return False
