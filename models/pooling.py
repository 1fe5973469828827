"""How this process holds its connections to the database, and how long PostgreSQL lets it wait."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import URL

from models.settings import Settings

CONNECT_WITHIN = 10  # seconds; libpq's own default is to wait for as long as the network does
KEEPALIVES = {
    "keepalives_idle": 60,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}  # silent for 90 s is gone


@dataclass(frozen=True)
class Pooling:
    """Durations are whole seconds; 0 = no limit. The defaults are those of the settings."""

    size: int = 5
    overflow: int = 35  # opened as needed: one for each page being made, or export on its way
    wait: int = 30
    recycle: int = 1800
    statement: int = 600
    lock: int = 60
    idle: int = 600
    name: str = "zi"
    pgbouncer: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            size=settings.pool_size,
            overflow=settings.pool_overflow,
            wait=settings.pool_wait_seconds,
            recycle=settings.pool_recycle_seconds,
            statement=settings.statement_seconds,
            lock=settings.lock_seconds,
            idle=settings.idle_in_transaction_seconds,
            name=settings.application_name,
            pgbouncer=settings.pgbouncer,
        )

    @property
    def most(self) -> int:
        """Connections that this process may have at a time."""
        return self.size + self.overflow

    @property
    def pool(self) -> dict[str, Any]:
        """What SQLAlchemy's pool is told."""
        return {
            "pool_size": self.size,
            "max_overflow": self.overflow,
            "pool_timeout": self.wait,
            "pool_recycle": self.recycle or -1,
        }

    @property
    def limits(self) -> dict[str, int]:
        """What PostgreSQL is told, in its own names and milliseconds."""
        return {
            "statement_timeout": self.statement * 1000,
            "lock_timeout": self.lock * 1000,
            "idle_in_transaction_session_timeout": self.idle * 1000,
        }

    def connecting(self, url: URL) -> dict[str, Any]:
        """What psycopg is told for each connection; what the URL says itself is left to it.

        PgBouncer hands each transaction to any server: no prepared statement and no session's setting outlives one,
        and it takes no `options`. There `set_limits` says them in each transaction.
        """
        told: dict[str, Any] = {"application_name": self.name, "connect_timeout": CONNECT_WITHIN, **KEEPALIVES}
        if self.pgbouncer:
            told["prepare_threshold"] = None
        else:
            limits = " ".join(f"-c {name}={value}" for name, value in self.limits.items())
            told["options"] = f"{limits} {url.query.get('options', '')}".strip()  # of two, the later counts
        return {name: value for name, value in told.items() if name == "options" or name not in url.query}

    def set_limits(self) -> str:
        """The same limits for one transaction."""
        return "SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in self.limits.items())


DEFAULTS = Pooling()
