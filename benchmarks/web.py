"""A minute of mixed requests as by 200 people, on one worker with 30,000 candidacies, beside a plain page of the stack.

    python -m benchmarks.web [--candidacies N] [--people N] [--seconds S] [--url POSTGRES_URL]

Everything is on loopback and ends by itself. Prints one table.
"""

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import httpx
from sqlalchemy import select
from sqlmodel import col

from models.accounts import Account
from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.database import bind, bound_engine, reading, transaction, unbind
from models.home import finish_home, make_home
from models.people import Person
from models.schema import upgrade
from models.settings import Settings
from models.stages import CLOSED
from states.accounts.passwords import hashed
from zi.demo.nation.build import build_nation

PASSWORD = "kuda-terbang-biru-7"  # noqa: S105 - of made-up people in a database that is thrown away
PAUSE = (5.0, 15.0)  # seconds between two clicks of one person

PLAIN = """
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment
app = FastAPI(openapi_url=None)
page = Environment(autoescape=True).from_string(
    "<!doctype html><title>{{ t }}</title><ul>{% for i in r %}<li>{{ i }}</li>{% endfor %}</ul>"
)
@app.get("/")
def root(): return HTMLResponse(page.render(t="plain", r=range(100)))
@app.get("/readyz")
def readyz(): return "ok"
"""

MIX = (  # what people do, and how often
    ("board", 30),
    ("board, filtered", 10),
    ("list", 15),
    ("unit", 35),
    ("move form", 5),
    ("export", 1),
    ("refused move", 4),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--candidacies", type=int, default=30_000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url", help="an empty PostgreSQL database; without it SQLite in a temporary folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, codes = prepared(Path(folder) / "home", asked.url, candidacies=asked.candidacies, people=asked.people)
        environment = {"ZI_HOME": str(home), **({"ZI_DATABASE_URL": asked.url} if asked.url else {})}
        with serving([zi(), "serve"], environment) as url:
            took, errors = asyncio.run(_use(url, asked.people, asked.seconds, codes))
        (Path(folder) / "plain.py").write_text(PLAIN, encoding="utf-8")
        with serving([sys.executable, "-m", "uvicorn", "--log-level", "error", "plain:app"], {}, folder) as url:
            took["a plain page"] = asyncio.run(_plain(url, 500))
    store = "PostgreSQL" if asked.url else "SQLite"
    print(f"{asked.candidacies} candidacies on {store}, {asked.people} people, {asked.seconds:.0f} s, one worker")
    print(f"{sum(map(len, took.values()))} requests, {errors} errors")
    print(f"{'':18}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}")
    for name, times in took.items():
        cut = quantiles(times, n=20) if len(times) > 1 else times * 19
        print(f"{name:18}{len(times):9}{cut[9] * 1000:9.1f}{cut[18] * 1000:9.1f}{max(times) * 1000:9.1f}")


def prepared(home: Path, url: str | None, *, candidacies: int, people: int) -> tuple[Path, dict[int, list[str]]]:
    """The home, and the open candidacies of each agency."""
    settings = Settings(home=home, database_url=url)
    made = make_home(settings, sandbox=False)
    bind(made.database_url)
    upgrade(bound_engine())
    finish_home(made)
    now = datetime.now(UTC)
    build_nation(candidacies, now=now)
    kept = hashed(PASSWORD)
    with transaction() as session:
        for person in session.execute(select(col(Person.id)).order_by(col(Person.id)).limit(people + 3)).scalars():
            session.add(Account(person_id=person, password_hash=kept, must_change=False, changed_at=now))
    codes: dict[int, list[str]] = {}
    with reading() as session:
        query = (
            select(col(Agency.id), col(Candidacy.code))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .join(Agency, col(Agency.id) == col(Unit.agency_id))
            .where(col(Candidacy.stage).not_in(CLOSED))
        )
        for agency, code in session.execute(query):
            codes.setdefault(agency, []).append(code)
    unbind()
    return home, codes


@contextmanager
def serving(command: list[str], environment: dict[str, str], folder: str | None = None) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own programs
        [*command, "--port", str(port)], env={**os.environ, **environment}, cwd=folder, stdout=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        while True:
            try:
                httpx.get(f"{url}/readyz")
                break
            except httpx.TransportError:
                if process.poll() is not None:
                    raise SystemExit("the server ended before it answered") from None
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


Took = dict[str, list[float]]  # seconds, by what was done


async def _use(url: str, people: int, seconds: float, codes: dict[int, list[str]]) -> tuple[Took, int]:
    took: Took = defaultdict(list)
    errors = 0
    limits = httpx.Limits(max_connections=people, max_keepalive_connections=people)

    async def person(number: int) -> None:
        nonlocal errors
        chance = random.Random(number)
        agency = number // 3 % len(codes) + 1
        role = ("koordinator", "tpi", "auditor")[number % 3]
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
            await asyncio.sleep(chance.uniform(0, PAUSE[1]))
            began = time.perf_counter()
            key = form_key(await client.get("/sign-in"))
            await client.post("/sign-in", data=credentials(f"{role}{agency}@contoh.invalid", key))
            took["sign in"].append(time.perf_counter() - began)
            while time.monotonic() < end:
                name = chance.choices([one for one, _ in MIX], [many for _, many in MIX])[0]
                code = chance.choice(codes[agency])
                began = time.perf_counter()
                answer = await _click(client, name, code, chance)
                took[name].append(time.perf_counter() - began)
                errors += answer.status_code != (409 if name == "refused move" else 200)
                await asyncio.sleep(chance.uniform(*PAUSE))

    end = time.monotonic() + seconds
    await asyncio.gather(*(person(number) for number in range(people)))
    return took, errors


async def _click(client: httpx.AsyncClient, name: str, code: str, chance: random.Random) -> httpx.Response:
    if name == "refused move":
        key = form_key(await client.get("/account"))
        return await client.post(f"/candidacies/{code}/moves/withdraw", data={"form_key": key, "reason": ""})
    paths = {
        "board": "/board",
        "board, filtered": "/board?late=1&open=1",
        "list": f"/candidacies?sort=unit&page={chance.randint(1, 2)}",
        "unit": f"/candidacies/{code}",
        "move form": f"/candidacies/{code}/moves/withdraw",
        "export": "/candidacies/export.csv",
    }
    return await client.get(paths[name])


async def _plain(url: str, times: int) -> list[float]:
    took: list[float] = []
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(times):
            began = time.perf_counter()
            await client.get("/")
            took.append(time.perf_counter() - began)
    return took


def credentials(email: str, key: str) -> dict[str, str]:
    return {"form_key": key, "email": email, "password": PASSWORD}


def form_key(page: httpx.Response) -> str:
    return page.text.partition('name="form_key" value="')[2].partition('"')[0]


def zi() -> str:
    return str(Path(sys.executable).parent / "zi")


if __name__ == "__main__":
    main()
