"""How people want to be told: language, quiet hours, digests; and deliveries that wait for a digest."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KINDS = ("due", "moved", "finding", "correction", "corrected", "evidence", "release", "summary", "unreachable")
STATES = ("queued", "sent", "failed", "cancelled")

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    _check("outbox_message", "notice", "kind", (*KINDS, "digest"))
    with op.batch_alter_table("delivery") as table:
        table.add_column(sa.Column("digest_id", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_delivery_digest_id_outbox_message"), "outbox_message", ["digest_id"], ["id"])
        table.drop_constraint(op.f("ck_delivery_delivery_state"), type_="check")
        table.create_check_constraint(
            op.f("ck_delivery_delivery_state"), _within("state", (*STATES, "waiting", "digested"))
        )
        table.create_check_constraint(
            op.f("ck_delivery_digested_in_one"), "(state = 'digested') = (digest_id IS NOT NULL)"
        )
    op.create_index("ix_delivery_digest_id", "delivery", ["digest_id"])
    op.create_index("ix_delivery_waiting", "delivery", ["person_id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table(
        "preference",
        sa.Column("person_id", BIG, autoincrement=False, nullable=False),
        sa.Column("zone", _enum("zone", "WIB", "WITA", "WIT"), nullable=True),
        sa.Column("language", _enum("language", "id", "en"), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("working_days_only", sa.Boolean(), nullable=False),
        sa.Column("work_from", sa.Time(), nullable=True),
        sa.Column("work_until", sa.Time(), nullable=True),
        sa.Column("heartbeat", sa.Boolean(), nullable=False),
        sa.Column("next_daily_at", UTCDateTime(), nullable=True),
        sa.Column("next_weekly_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_preference_quiet_wholly")),
        sa.CheckConstraint("quiet_from <> quiet_until", name=op.f("ck_preference_quiet_for_a_while")),
        sa.CheckConstraint("(work_from IS NULL) = (work_until IS NULL)", name=op.f("ck_preference_work_wholly")),
        sa.CheckConstraint("work_from < work_until", name=op.f("ck_preference_work_by_day")),
        sa.CheckConstraint("work_from IS NULL OR working_days_only", name=op.f("ck_preference_work_on_working_days")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    op.create_index("ix_preference_next_daily_at", "preference", ["next_daily_at"])
    op.create_index("ix_preference_next_weekly_at", "preference", ["next_weekly_at"])
    op.create_table(
        "preference_kind",
        sa.Column("person_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", _enum("notice", *KINDS, "digest"), nullable=False),
        sa.Column("mode", _enum("mode", "immediate", "daily", "weekly"), nullable=False),
        sa.CheckConstraint(
            "mode = 'immediate' OR kind NOT IN ('correction', 'unreachable', 'digest')",
            name=op.f("ck_preference_kind_collected"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_kind_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_preference_kind")),
    )


def downgrade() -> None:
    """Digests go with their deliveries; what still waits for one is sent by itself, and what was told stays told."""
    op.drop_table("preference_kind")
    op.drop_table("preference")
    op.execute("UPDATE delivery SET state = 'queued', route = 'mail' WHERE state = 'waiting'")
    op.execute("UPDATE delivery SET state = 'cancelled', digest_id = NULL WHERE state = 'digested'")
    gone = "SELECT id FROM outbox_message WHERE kind = 'digest'"
    op.execute(f"DELETE FROM delivery WHERE outbox_id IN ({gone})")  # noqa: S608 - no value from outside
    op.execute("DELETE FROM outbox_message WHERE kind = 'digest'")
    op.drop_index("ix_delivery_waiting", table_name="delivery", sqlite_where=WAITING, postgresql_where=WAITING)
    op.drop_index("ix_delivery_digest_id", table_name="delivery")
    with op.batch_alter_table("delivery") as table:
        table.drop_constraint(op.f("ck_delivery_digested_in_one"), type_="check")
        table.drop_constraint(op.f("ck_delivery_delivery_state"), type_="check")
        table.create_check_constraint(op.f("ck_delivery_delivery_state"), _within("state", STATES))
        table.drop_constraint(op.f("fk_delivery_digest_id_outbox_message"), type_="foreignkey")
        table.drop_column("digest_id")
    _check("outbox_message", "notice", "kind", KINDS)


def _check(table_name: str, enum: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table_name}_{enum}")
    with op.batch_alter_table(table_name) as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, _within(column, values))


def _within(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _enum(name: str, *values: str) -> sa.Enum:
    longest = max(len(value) for value in values) + 8
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=longest)
