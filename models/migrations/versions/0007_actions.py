"""The action plan: follow-up, evidence, the day of completion, dropping; and what one person owes.

SQLite changes no constraint of a table that stands, so three tables are made anew there. Others point to obligations:
their references are looked at before the commit, and by then each finds its row again. (A table that is renamed takes
the references to it along, so it is copied, dropped and made under its own name.)
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KINDS_BEFORE = ("stage", "documents", "proposal")
KINDS = (*KINDS_BEFORE, "action")

OPEN_ITEM = "progress < 100 AND dropped_at IS NULL"
WAITING = "state = 'open' AND next_at IS NOT NULL"

CHECKS = {
    "done_is_whole": "done_on IS NULL OR progress = 100",
    "file_or_link": "evidence_hash IS NULL OR evidence_url IS NULL",
    "dropped_wholly": ("(dropped_at IS NULL) = (dropped_by IS NULL) AND (dropped_at IS NULL) = (drop_reason IS NULL)"),
}


def upgrade() -> None:
    _tell_persons("(roles = '') = (person_id IS NOT NULL) OR (person_id IS NULL AND obligation_id IS NOT NULL)")
    if op.get_context().dialect.name == "sqlite":
        op.drop_index(op.f("ix_action_item_pic_id"), table_name="action_item")
        _make_anew("action_item", lambda: _create_action_item(new=True), ACTION_COLUMNS)
        op.drop_index("ix_obligation_entry", table_name="obligation")
        op.drop_index("ix_obligation_waiting", table_name="obligation")
        _make_anew("obligation", lambda: _create_obligation(KINDS, person=True), OBLIGATION_COLUMNS)
        _make_anew("cycle_ladder", lambda: _create_cycle_ladder(KINDS), LADDER_COLUMNS)
        op.create_index(op.f("ix_action_item_pic_id"), "action_item", ["pic_id"], unique=False)
        _create_obligation_indexes()
    else:
        for column in _new_action_columns():
            op.add_column("action_item", column)
        op.create_foreign_key(op.f("fk_action_item_dropped_by_person"), "action_item", "person", ["dropped_by"], ["id"])
        for name, condition in CHECKS.items():
            op.create_check_constraint(op.f(f"ck_action_item_{name}"), "action_item", condition)
        op.add_column("obligation", sa.Column("person_id", BIG, nullable=True))
        op.create_foreign_key(op.f("fk_obligation_person_id_person"), "obligation", "person", ["person_id"], ["id"])
        _allow_kinds(KINDS)
    op.create_index(op.f("ix_action_item_dropped_by"), "action_item", ["dropped_by"], unique=False)
    op.create_index(
        "ix_action_item_open",
        "action_item",
        ["candidacy_id", "target_on"],
        unique=False,
        sqlite_where=sa.text(OPEN_ITEM),
        postgresql_where=sa.text(OPEN_ITEM),
    )
    op.create_index(op.f("ix_obligation_person_id"), "obligation", ["person_id"], unique=False)


def downgrade() -> None:
    _forget_what_actions_owed()
    _tell_persons("(roles = '') = (person_id IS NOT NULL)")
    op.drop_index(op.f("ix_obligation_person_id"), table_name="obligation")
    op.drop_index("ix_action_item_open", table_name="action_item")
    op.drop_index(op.f("ix_action_item_dropped_by"), table_name="action_item")
    if op.get_context().dialect.name == "sqlite":
        op.drop_index("ix_obligation_entry", table_name="obligation")
        op.drop_index("ix_obligation_waiting", table_name="obligation")
        _make_anew("cycle_ladder", lambda: _create_cycle_ladder(KINDS_BEFORE), LADDER_COLUMNS)
        _make_anew("obligation", lambda: _create_obligation(KINDS_BEFORE, person=False), OBLIGATION_COLUMNS)
        _create_obligation_indexes()
        op.drop_index(op.f("ix_action_item_pic_id"), table_name="action_item")
        _make_anew("action_item", lambda: _create_action_item(new=False), ACTION_COLUMNS)
        op.create_index(op.f("ix_action_item_pic_id"), "action_item", ["pic_id"], unique=False)
    else:
        _allow_kinds(KINDS_BEFORE)
        op.drop_constraint(op.f("fk_obligation_person_id_person"), "obligation")
        op.drop_column("obligation", "person_id")
        for name in CHECKS:
            op.drop_constraint(op.f(f"ck_action_item_{name}"), "action_item")
        op.drop_constraint(op.f("fk_action_item_dropped_by_person"), "action_item")
        for column in _new_action_columns():
            op.drop_column("action_item", column.name)


ACTION_COLUMNS = ("id", "candidacy_id", "area", "activity", "target_on", "pic_id", "progress", "obstacle")
OBLIGATION_COLUMNS = (
    "id", "candidacy_id", "entry_id", "kind", "item", "owed_by", "due_on", "next_at", "state", "reason", "opened_at",
    "closed_at", "dated_at",
)  # fmt: skip
LADDER_COLUMNS = ("id", "cycle_id", "kind", "rungs")


def _make_anew(table: str, create: Callable[[], None], columns: tuple[str, ...]) -> None:
    """The same rows in a new table of the same name; its indexes are dropped before and made after."""
    kept = ", ".join(columns)
    op.execute(f"CREATE TABLE {table}_before AS SELECT {kept} FROM {table}")  # noqa: S608 - our own names
    op.drop_table(table)
    create()
    op.execute(f"INSERT INTO {table} ({kept}) SELECT {kept} FROM {table}_before")  # noqa: S608
    op.drop_table(f"{table}_before")


def _tell_persons(condition: str) -> None:
    """Whether an outbox row of an obligation may name no role, because one person owes it."""
    name = op.f("ck_outbox_message_roles_or_a_person")
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, condition)


def _new_action_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("follow_up", sa.String(), nullable=True),
        sa.Column("evidence_hash", sa.String(), nullable=True),
        sa.Column("evidence_name", sa.String(), nullable=True),
        sa.Column("evidence_size", sa.BigInteger(), nullable=True),
        sa.Column("evidence_url", sa.String(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("dropped_by", BIG, nullable=True),
        sa.Column("dropped_at", UTCDateTime(), nullable=True),
        sa.Column("drop_reason", sa.String(), nullable=True),
    ]


def _create_action_item(*, new: bool) -> None:
    more: list[sa.schema.SchemaItem] = []
    if new:
        more += _new_action_columns()
        more += [
            sa.CheckConstraint(condition, name=op.f(f"ck_action_item_{name}")) for name, condition in CHECKS.items()
        ]
        more.append(
            sa.ForeignKeyConstraint(["dropped_by"], ["person.id"], name=op.f("fk_action_item_dropped_by_person"))
        )
    op.create_table(
        "action_item",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("pic_id", BIG, nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("obstacle", sa.String(), nullable=True),
        *more,
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_action_item_progress_is_percent")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_action_item_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["pic_id"], ["person.id"], name=op.f("fk_action_item_pic_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
        sa.UniqueConstraint("candidacy_id", "area", "activity", name=op.f("uq_action_item_candidacy_id_area_activity")),
    )


def _create_obligation(kinds: tuple[str, ...], *, person: bool) -> None:
    more: list[sa.schema.SchemaItem] = []
    if person:
        more.append(sa.Column("person_id", BIG, nullable=True))
        more.append(sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_obligation_person_id_person")))
    op.create_table(
        "obligation",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*kinds, name="obligation_kind", native_enum=False, create_constraint=True, length=17),
            nullable=False,
        ),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column(
            "owed_by",
            sa.Enum(
                "admin",
                "pimpinan",
                "koordinator",
                "pimpinan_unit",
                "pokja",
                "tpi",
                "auditor",
                "viewer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=21,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "cancelled",
                name="obligation_state",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("dated_at", UTCDateTime(), nullable=True),
        *more,
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_obligation_closed_wholly")),
        sa.CheckConstraint(
            "state <> 'cancelled' OR reason IS NOT NULL", name=op.f("ck_obligation_cancelled_with_reason")
        ),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_obligation_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["entry_id"], ["stage_entry.id"], name=op.f("fk_obligation_entry_id_stage_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "candidacy_id", "entry_id", "kind", "item", name=op.f("uq_obligation_candidacy_id_entry_id_kind_item")
        ),
    )


def _create_cycle_ladder(kinds: tuple[str, ...]) -> None:
    op.create_table(
        "cycle_ladder",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("cycle_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*kinds, name="obligation_kind", native_enum=False, create_constraint=True, length=17),
            nullable=False,
        ),
        sa.Column("rungs", sa.String(), nullable=False),
        sa.CheckConstraint("length(rungs) > 0", name=op.f("ck_cycle_ladder_has_rungs")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_ladder_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_ladder")),
        sa.UniqueConstraint("cycle_id", "kind", name=op.f("uq_cycle_ladder_cycle_id_kind")),
    )


def _create_obligation_indexes() -> None:
    op.create_index("ix_obligation_entry", "obligation", ["entry_id"], unique=False)
    op.create_index(
        "ix_obligation_waiting",
        "obligation",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text(WAITING),
        postgresql_where=sa.text(WAITING),
    )


def _allow_kinds(kinds: tuple[str, ...]) -> None:
    values = ", ".join(f"'{kind}'" for kind in kinds)
    for table in ("obligation", "cycle_ladder"):
        name = op.f(f"ck_{table}_obligation_kind")
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, f"kind IN ({values})")


def _forget_what_actions_owed() -> None:
    """The older shape has no word for it; what was said of it goes, too."""
    owed = "SELECT id FROM obligation WHERE kind = 'action'"
    told = f"SELECT id FROM outbox_message WHERE obligation_id IN ({owed})"  # noqa: S608 - our own names
    op.execute(f"DELETE FROM delivery WHERE outbox_id IN ({told})")  # noqa: S608
    op.execute(f"DELETE FROM outbox_message WHERE obligation_id IN ({owed})")  # noqa: S608
    op.execute(f"DELETE FROM said WHERE obligation_id IN ({owed})")  # noqa: S608
    op.execute("DELETE FROM obligation WHERE kind = 'action'")
    op.execute("DELETE FROM cycle_ladder WHERE kind = 'action'")
