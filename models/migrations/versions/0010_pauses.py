"""Acknowledgements, snoozes and absences, and what was told in the place of somebody who was away."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

NOT_ENDED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("deputy_id", BIG, nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by", BIG, nullable=True),
        sa.CheckConstraint("until >= since", name=op.f("ck_absence_ends_after_start")),
        sa.CheckConstraint("deputy_id <> person_id", name=op.f("ck_absence_deputy_is_another")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_absence_ended_by_somebody")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_absence_deputy_id_person")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_absence_set_by_person")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_absence_ended_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_until", "absence", ["until"], sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED)
    op.create_index("ix_absence_person_id", "absence", ["person_id"])
    op.create_index("ix_absence_deputy_id", "absence", ["deputy_id"])
    op.create_table(
        "told_for",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_told_for_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_for")),
        sa.UniqueConstraint("message_id", "person_id", name=op.f("uq_told_for_message_id_person_id")),
    )
    _quieting(
        "acknowledgement",
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    _quieting(
        "snooze",
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("ends_at > at", name=op.f("ck_snooze_ends_after_start")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= ends_at", name=op.f("ck_snooze_not_ended_early")),
    )
    op.create_index("ix_snooze_ends_at", "snooze", ["ends_at"], sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED)


def _quieting(table: str, *own: sa.Column[object] | sa.CheckConstraint) -> None:
    """One row for each obligation and person, with what the table has of its own."""
    op.create_table(
        table,
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("obligation_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *own,
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f(f"fk_{table}_obligation_id_obligation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("obligation_id", "person_id", name=op.f(f"uq_{table}_obligation_id_person_id")),
    )
    op.create_index(f"ix_{table}_person_id", table, ["person_id"])


def downgrade() -> None:
    for table in ("snooze", "acknowledgement", "told_for", "absence"):
        op.drop_table(table)
