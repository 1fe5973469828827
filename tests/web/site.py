"""The pages of a small agency, served on loopback, and people who sign in to them."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx
import uvicorn

from models.accounts import Account
from models.database import transaction
from models.home import Home, finish_home, make_home
from models.settings import Settings
from states.accounts.passwords import hashed
from tests.office import Office
from web import forms
from web.app import make_app

PASSWORD = "kuda-terbang-biru-7"


@cache
def password_hash() -> str:
    return hashed(PASSWORD)


@dataclass
class Site:
    url: str
    office: Office
    home: Home
    accounts: set[str] = field(default_factory=set)
    visitors: list["Visitor"] = field(default_factory=list)

    def account(self, name: str) -> str:
        """Give somebody of the office an account; returns their address."""
        actor = self.office.actor(name)
        if name not in self.accounts:
            self.accounts.add(name)
            with transaction() as session:
                changed = self.office.now
                session.add(
                    Account(
                        person_id=actor.person_id,
                        password_hash=password_hash(),
                        must_change=False,
                        changed_at=changed,
                    )
                )
        return actor.email

    def visitor(self, name: str | None = None) -> "Visitor":
        """A browser without a screen: nobody's, or somebody's who has signed in."""
        visitor = Visitor(httpx.Client(base_url=self.url, follow_redirects=False, timeout=30))
        self.visitors.append(visitor)
        if name:
            answer = visitor.send("/sign-in", email=self.account(name), password=PASSWORD)
            assert answer.status_code == 303, answer.text
        return visitor


@dataclass
class Visitor:
    client: httpx.Client
    keys: dict[str, str] = field(default_factory=dict)  # of forms, by the cookies that they belong to

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def send(self, path: str, *, files: dict[str, tuple[str, bytes]] | None = None, **fields: str) -> httpx.Response:
        """Send a form as our own pages do."""
        return self.client.post(path, data={**fields, forms.FIELD: self.form_key}, files=files)

    def fill(self, path: str, fields: Mapping[str, str]) -> httpx.Response:
        """The same, of fields whose names are no words of Python's."""
        return self.client.post(path, data={**fields, forms.FIELD: self.form_key})

    @property
    def form_key(self) -> str:
        """Out of a page that everybody has, signed in or not; looked up once for as long as the cookies stay."""
        cookies = str(sorted(self.client.cookies.items()))
        if cookies in self.keys:
            return self.keys[cookies]
        page = self.client.get("/account/password")
        text = page.text if page.status_code == 200 else self.client.get("/sign-in").text
        key = text.partition('name="form_key" value="')[2].partition('"')[0]
        self.keys[str(sorted(self.client.cookies.items()))] = key
        return key


@contextmanager
def served(office: Office, folder: Path, **settings: object) -> Iterator[Site]:
    """The application over the office's database, by the office's clock."""
    chosen = Settings(home=folder / "home", database_url=office.url, **settings)  # type: ignore[arg-type]
    home = make_home(chosen, sandbox=True)
    finish_home(home)
    listening = socket.create_server(("127.0.0.1", 0))
    app = make_app(chosen, home, clock=lambda: office.now)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        site = Site(f"http://127.0.0.1:{listening.getsockname()[1]}", office, home)
        yield site
        for visitor in site.visitors:
            visitor.client.close()
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
