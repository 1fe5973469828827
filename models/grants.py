"""The rights of the role that works on PostgreSQL: it reads and writes rows, and changes nothing about the tables.

The role that owns the database makes and migrates it, and is used for nothing else. So whoever takes over the program
can neither drop the trail's triggers nor truncate it: PostgreSQL itself says no.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from models.database import storage_faults
from models.errors import NotFound, UsageError
from models.tables import metadata

ROWS = "SELECT, INSERT, UPDATE, DELETE"
OTHERWISE = {
    "alembic_version": "SELECT",
    "installation": "SELECT, UPDATE (id)",  # which can be nothing but 1: a row that services lock, not change
    "audit_record": "SELECT, INSERT",
    "audit_text": "SELECT, INSERT, UPDATE (salt, text)",  # a text is erased, never rewritten: the trigger sees to that
    "audit_head": "SELECT, UPDATE (size, frontier, last_at)",
    "checkpoint": "SELECT, INSERT",
    "checkpoint_key": "SELECT, INSERT",
}


@dataclass(frozen=True)
class Standing:
    """What a role is in this database."""

    role: str
    schema: str
    powers: tuple[str, ...]  # of `superuser`, `owner`, `create`, `trail`: each lets it change what it should not

    @property
    def could_change_the_schema(self) -> bool:
        return bool(self.powers)


def grant_statements(connection: Connection, role: str) -> list[str]:
    """All that makes `role` the working role of this database; may be said as often as one likes.

    Raises NotFound for a role that is not there, UsageError for one from which no right can be taken.
    """
    standing = _checked(connection, role)
    quote = connection.dialect.identifier_preparer.quote
    who, schema = quote(role), quote(standing.schema)
    database = quote(str(connection.execute(text("SELECT current_database()")).scalar_one()))
    return [
        f"GRANT CONNECT ON DATABASE {database} TO {who}",
        f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        f"REVOKE ALL ON SCHEMA {schema} FROM {who}",
        f"GRANT USAGE ON SCHEMA {schema} TO {who}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {who}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {who}",
        *(f"GRANT {rights} ON {schema}.{quote(table)} TO {who}" for table, rights in rights_by_table().items()),
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {who}",
    ]


def rights_by_table() -> dict[str, str]:
    """Of every table, sorted by name."""
    names = sorted({*(table.name for table in metadata.sorted_tables), *OTHERWISE})
    return {name: OTHERWISE.get(name, ROWS) for name in names}


def grant(engine: Engine, role: str) -> list[str]:
    """Do it, all or nothing; returns what was done."""
    with storage_faults(), engine.begin() as connection:
        statements = grant_statements(connection, role)
        for statement in statements:
            connection.exec_driver_sql(statement)
        return statements


def standing_of(connection: Connection, role: str | None = None) -> Standing | None:
    """What this role, or the one that is connected, could do to a migrated database; None for an unknown role."""
    row = connection.execute(text(_STANDING), {"role": role}).one_or_none()
    if row is None:
        return None
    return Standing(row.rolname, row.schema, tuple(_powers(row.superuser, row.owner, row.creates, row.trail)))


def _checked(connection: Connection, role: str) -> Standing:
    standing = standing_of(connection, role)
    if standing is None:
        raise NotFound("role_unknown", role=role)
    if {"superuser", "owner"} & set(standing.powers):
        raise UsageError("role_owns", role=role)
    return standing


def _powers(superuser: bool, owner: bool, creates: bool, trail: bool) -> Iterator[str]:
    if superuser:
        yield "superuser"
    if owner:
        yield "owner"
    if creates:
        yield "create"
    if trail:
        yield "trail"


_STANDING = """
SELECT r.rolname, s.schema, r.rolsuper AS superuser,
       bool_or(pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owner,
       has_schema_privilege(r.oid, s.schema, 'CREATE') AS creates,
       bool_or(c.relname IN ('audit_record', 'audit_text', 'audit_head')
               AND has_table_privilege(r.oid, c.oid, 'TRUNCATE, TRIGGER, DELETE')
               OR c.relname = 'audit_record' AND has_table_privilege(r.oid, c.oid, 'UPDATE')) AS trail
FROM pg_roles r
CROSS JOIN (SELECT current_schema()::text AS schema) s
JOIN pg_class c ON c.relkind IN ('r', 'p') AND c.relnamespace = s.schema::regnamespace
WHERE r.rolname = coalesce(:role, current_user)
GROUP BY r.oid, r.rolname, r.rolsuper, s.schema
"""  # has_table_privilege: any of those that are listed
