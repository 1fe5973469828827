"""What every test stands on: a clean environment, no network, and a PostgreSQL server for those that ask.

The server is started once, by the process that hands out the tests; ZI_TEST_POSTGRES_URL tells the workers where it
is. Whoever sets that variable lends a server of their own: tests make and drop databases in it.

`--database postgresql` runs everything on PostgreSQL: see tests/databases.py. A test that is about SQLite itself is
marked so, with its reason, and left out there.
"""

import ipaddress
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.databases import (  # noqa: F401 - fixtures, for all tests
    DATABASES,
    both_offices,
    bound,
    database_kind,
    database_url,
    fresh_role,
    migrated_template,
    migrated_url,
    office,
    office_template,
    own_route_office,
    own_route_template,
    postgres_template,
    postgres_url,
    sqlite_template,
    sqlite_url,
)
from tests.filled import filled_template, filled_url, unsigned_url  # noqa: F401 - fixtures
from tests.postgres import NoPostgres, Postgres, fresh_database

POSTGRES_URL = "ZI_TEST_POSTGRES_URL"
REQUIRE_POSTGRES = "ZI_TEST_REQUIRE_POSTGRES"
SKIPPED = "no PostgreSQL server"

_why_no_postgres = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, default="sqlite", help="what tests use that do not name one")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("ZI_") and not name.startswith("ZI_TEST_")]:
        del os.environ[name]
    prefect_home = tempfile.mkdtemp(prefix="zi-prefect-")  # one for each worker: its SQLite file takes one writer
    config.add_cleanup(lambda: shutil.rmtree(prefect_home, ignore_errors=True))
    os.environ["PREFECT_HOME"] = prefect_home
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"  # Prefect asks for both

    settings.register_profile("default", deadline=None)  # a busy machine is not a bug
    settings.load_profile("default")

    config.addinivalue_line("markers", "about_sqlite(why): is left out where all is on PostgreSQL")
    sys.addaudithook(stay_on_this_machine)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database") == "sqlite":
        return
    left_out = [item for item in items if _about_sqlite(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    runs_nothing = config.option.collectonly or config.option.showfixtures
    if _is_worker(config) or runs_nothing or POSTGRES_URL in os.environ:
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: the server is stopped on the way out
    try:
        server = Postgres.found()
    except NoPostgres as reason:
        if os.environ.get(REQUIRE_POSTGRES) == "1" or config.getoption("--database") == "postgresql":
            raise pytest.UsageError(f"PostgreSQL is asked for, but {reason}") from None
        config.stash[_why_no_postgres] = str(reason)
        return
    config.add_cleanup(server.stop)
    server.start()
    os.environ[POSTGRES_URL] = server.url  # the workers are started later, and inherit it


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if SKIPPED in str(report.longrepr)]
    if skipped:
        reason = config.stash.get(_why_no_postgres, SKIPPED)
        line = f"{len(skipped)} PostgreSQL tests were SKIPPED: {reason}"
        terminalreporter.section("PostgreSQL", red=True, bold=True)
        terminalreporter.write_line(line, red=True, bold=True)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The SQLAlchemy URL of a server where a test may make databases."""
    return os.environ.get(POSTGRES_URL) or pytest.skip(SKIPPED)


@pytest.fixture
def fresh_postgres(postgres_server: str) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database of the test's own."""
    with fresh_database(postgres_server) as url:
        yield url


def stay_on_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what leaves the loopback interface: a test that needs the net passes only where there is one."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "localhost"  # a path is a socket of this machine
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        raise ConnectionRefusedError(f"a test tried to reach {host!r}, and tests stay on this machine")


def _is_here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _about_sqlite(item: pytest.Item) -> bool:
    """Marked so, or the one half of a test that is run on both."""
    values = getattr(item, "callspec").params.values() if hasattr(item, "callspec") else ()  # noqa: B009
    return "sqlite" in [one for one in values if isinstance(one, str)] or bool(item.get_closest_marker("about_sqlite"))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
