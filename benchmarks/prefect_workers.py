"""The reminders' sweep shared out to 1, 2 and 4 Prefect workers, each taking one flow run at a time; on PostgreSQL.

The time is from asking the server for the runs to the end of the last of them. A flow run through a worker is a new
process, which takes seconds before it does anything: with few units there is little else to see, and workers beyond
the machine's processors only queue for them. `zi remind` is the same sweep at once, without Prefect. A quick run leaves
this topic out.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text

from benchmarks.databases import postgres_server
from benchmarks.rows import Row
from benchmarks.sizes import Size
from tests.postgres import fresh_database
from tools.many.agency import ZI, Environment, found_agency
from tools.many.machines import clean_environment, prefect_server, workers
from tools.many.runs import deploy, run_parts

UNITS = 2_000  # each with a reminder due
NOWHERE = "json://127.0.0.1:9"  # nothing is delivered here


def measure(size: Size) -> Iterator[Row]:
    if size.quick:
        return
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as temporary, postgres_server() as server:
        folder = Path(temporary)
        with fresh_database(server) as agency, fresh_database(server) as prefects:
            environment = {**clean_environment(folder), "ZI_HOME": str(folder / "home"), "ZI_DATABASE_URL": agency}
            found_agency(folder, environment, units=UNITS, channel=NOWHERE)
            with copied(server, agency) as database:
                plain = _at_once({**environment, "ZI_DATABASE_URL": database})
            with prefect_server(folder, environment, database=prefects) as url:
                took: list[float] = []
                for number in (1, 2, 4):
                    with copied(server, agency) as database:
                        own = {**environment, "ZI_DATABASE_URL": database, "PREFECT_API_URL": url}
                        took.append(_shared_out(folder, own, url, number))
                    beside, other = ("zi remind", plain) if number == 1 else ("1 worker", took[0])
                    what = f"sweep of {UNITS:,} units, {number} Prefect {'worker' if number == 1 else 'workers'}"
                    yield Row(what, f"{took[-1]:.1f} s", beside, f"{other:.1f} s", took[-1] / other)


@contextmanager
def copied(server: str, database: str) -> Iterator[str]:
    """The same agency, to which nothing has been said."""
    name = f"zi_{uuid4().hex}"
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(database).database}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _at_once(environment: Environment) -> float:
    began = monotonic()
    subprocess.run([ZI, "remind"], env=dict(environment), stdout=subprocess.DEVNULL, check=True)  # noqa: S603
    return monotonic() - began


def _shared_out(folder: Path, environment: Environment, url: str, number: int) -> float:
    pool, _ = deploy(environment, parts=number)
    names = [f"worker-{number}-{one}" for one in range(number)]
    with workers(folder, environment, names=names, pool=pool):
        began = monotonic()
        run_parts(url, "remind", parts=number)
        return monotonic() - began
