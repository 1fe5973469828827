"""Triggers that keep the trail append-only, for both databases, and the check that they are there.

SQLite: INSERT OR REPLACE deletes the old row without asking a DELETE trigger, so an INSERT of a known
key is refused before it comes to that. PostgreSQL: TRUNCATE passes row triggers and needs its own.
Alembic's batch mode drops triggers silently: these tables are never altered with it.
"""

import re

from sqlalchemy import Connection, inspect, text

REFUSAL = "the trail is append-only"

_BODY = f" BEGIN RAISE EXCEPTION '{REFUSAL}'; END "  # of the function that PostgreSQL's triggers call

_SQLITE = {
    "audit_record_no_update": "BEFORE UPDATE ON audit_record",
    "audit_record_no_delete": "BEFORE DELETE ON audit_record",
    "audit_record_no_replace": (
        "BEFORE INSERT ON audit_record WHEN EXISTS (SELECT 1 FROM audit_record WHERE seq = NEW.seq)"
    ),
    "audit_text_only_erased": (
        "BEFORE UPDATE ON audit_text WHEN NEW.text IS NOT NULL OR NEW.salt IS NOT NULL"
        " OR NEW.seq <> OLD.seq OR NEW.field <> OLD.field"
    ),
    "audit_text_no_delete": "BEFORE DELETE ON audit_text",
    "audit_text_no_replace": (
        "BEFORE INSERT ON audit_text WHEN EXISTS (SELECT 1 FROM audit_text WHERE seq = NEW.seq AND field = NEW.field)"
    ),
    "audit_head_no_delete": "BEFORE DELETE ON audit_head",
    "audit_head_no_replace": "BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head)",
    "audit_head_only_grows": "BEFORE UPDATE ON audit_head WHEN NEW.size <= OLD.size OR NEW.id <> OLD.id",
}
_CHECKPOINTS_SQLITE = {
    "checkpoint_no_update": "BEFORE UPDATE ON checkpoint",
    "checkpoint_no_delete": "BEFORE DELETE ON checkpoint",
    "checkpoint_no_replace": (
        "BEFORE INSERT ON checkpoint WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)"
    ),
    "checkpoint_key_no_update": "BEFORE UPDATE ON checkpoint_key",
    "checkpoint_key_no_delete": "BEFORE DELETE ON checkpoint_key",
    "checkpoint_key_no_replace": (
        "BEFORE INSERT ON checkpoint_key"
        " WHEN EXISTS (SELECT 1 FROM checkpoint_key WHERE number = NEW.number OR vkey = NEW.vkey)"
    ),
}

_POSTGRESQL = {
    "audit_record_no_update": "BEFORE UPDATE ON audit_record FOR EACH ROW",
    "audit_record_no_delete": "BEFORE DELETE ON audit_record FOR EACH ROW",
    "audit_record_no_truncate": "BEFORE TRUNCATE ON audit_record FOR EACH STATEMENT",
    "audit_text_only_erased": (
        "BEFORE UPDATE ON audit_text FOR EACH ROW WHEN (NEW.text IS NOT NULL OR NEW.salt IS NOT NULL"
        " OR NEW.seq <> OLD.seq OR NEW.field <> OLD.field)"
    ),
    "audit_text_no_delete": "BEFORE DELETE ON audit_text FOR EACH ROW",
    "audit_text_no_truncate": "BEFORE TRUNCATE ON audit_text FOR EACH STATEMENT",
    "audit_head_no_delete": "BEFORE DELETE ON audit_head FOR EACH ROW",
    "audit_head_no_truncate": "BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT",
    "audit_head_only_grows": (
        "BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (NEW.size <= OLD.size OR NEW.id <> OLD.id)"
    ),
}
_CHECKPOINTS_POSTGRESQL = {
    f"{table}_no_{event}": f"BEFORE {event.upper()} ON {table} FOR EACH {level}"
    for table in ("checkpoint", "checkpoint_key")
    for event, level in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT"))
}


def create_statements(dialect: str) -> list[str]:
    """Of the trail itself."""
    if dialect == "sqlite":
        return _created(dialect, _SQLITE)
    function = f"CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$"
    return [function, *_created(dialect, _POSTGRESQL)]


def create_checkpoint_statements(dialect: str) -> list[str]:
    """Of its checkpoints and their keys, which came later."""
    return _created(dialect, _CHECKPOINTS_SQLITE if dialect == "sqlite" else _CHECKPOINTS_POSTGRESQL)


def drop_statements(dialect: str) -> list[str]:
    """For a migration down to nothing; no service calls this."""
    if dialect == "sqlite":
        return _dropped(dialect, _SQLITE)
    return [*_dropped(dialect, _POSTGRESQL), "DROP FUNCTION audit_refuse()"]


def drop_checkpoint_statements(dialect: str) -> list[str]:
    """For a migration down; no service calls this."""
    return _dropped(dialect, _CHECKPOINTS_SQLITE if dialect == "sqlite" else _CHECKPOINTS_POSTGRESQL)


def missing_triggers(connection: Connection) -> list[str]:
    """The names of triggers that should stand guard and do not, or are switched off or rewritten, sorted.

    An older revision has no checkpoints, and nothing to guard them.
    """
    signs = inspect(connection).has_table("checkpoint")
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        found: dict[str, str] = {name: sql for name, sql in rows}
        guards = _SQLITE | (_CHECKPOINTS_SQLITE if signs else {})
        expected = dict(zip(guards, _created("sqlite", guards), strict=True))
        return sorted(name for name, sql in expected.items() if found.get(name) != sql)
    rows = connection.execute(
        text(
            "SELECT t.tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND p.prosrc = :body"
        ),
        {"body": _BODY},
    )
    standing = {name: _plain(definition) for name, definition in rows}
    guards = _POSTGRESQL | (_CHECKPOINTS_POSTGRESQL if signs else {})
    wanted = dict(zip(guards, _created("postgresql", guards), strict=True))
    return sorted(name for name, statement in wanted.items() if standing.get(name) != _plain(statement))


def _created(dialect: str, guards: dict[str, str]) -> list[str]:
    if dialect == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        return [f"CREATE TRIGGER {name} {when} {body}" for name, when in guards.items()]
    return [f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_refuse()" for name, when in guards.items()]


def _dropped(dialect: str, guards: dict[str, str]) -> list[str]:
    if dialect == "sqlite":
        return [f"DROP TRIGGER {name}" for name in guards]
    return [f"DROP TRIGGER {name} ON {when.split(' ON ')[1].split()[0]}" for name, when in guards.items()]


def _plain(definition: str) -> str:
    """PostgreSQL writes a trigger back with its own casts, brackets and letter case."""
    return re.sub(r"::text|[\s()]", "", definition.lower())
