"""Summaries for the agency's head, whether lateness reaches the head directly, and the kinds of message for them."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

BEFORE = ("due", "moved", "finding", "correction", "corrected", "unreachable")
ADDED = ("evidence", "release", "summary")

DRAFT = sa.text("state = 'draft'")


def upgrade() -> None:
    _kinds((*BEFORE, *ADDED))
    op.add_column("agency", sa.Column("escalate_to_head", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("agency") as table:
        table.alter_column("escalate_to_head", existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        "summary",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "released",
                "discarded",
                name="summary_state",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (decided_at IS NULL)", name=op.f("ck_summary_decided_wholly")),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_summary_decided_by_somebody")),
        sa.CheckConstraint("state <> 'discarded' OR note IS NOT NULL", name=op.f("ck_summary_discarded_with_reason")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_summary_agency_id_agency")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_summary_made_by_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_summary_decided_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary")),
    )
    op.create_index(
        "uq_summary_draft", "summary", ["agency_id"], unique=True, sqlite_where=DRAFT, postgresql_where=DRAFT
    )
    op.create_index("ix_summary_agency_id_period", "summary", ["agency_id", "period"])


def downgrade() -> None:
    """What the older version has no words for can't be kept: it goes, with its deliveries."""
    op.drop_table("summary")
    with op.batch_alter_table("agency") as table:
        table.drop_column("escalate_to_head")
    listed = ", ".join(f"'{one}'" for one in ADDED)
    gone = f"SELECT id FROM outbox_message WHERE kind IN ({listed})"  # noqa: S608 - no value from outside
    op.execute(f"DELETE FROM delivery WHERE outbox_id IN ({gone})")  # noqa: S608
    op.execute(f"DELETE FROM outbox_message WHERE kind IN ({listed})")  # noqa: S608
    _kinds(BEFORE)


def _kinds(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(op.f("ck_outbox_message_notice"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_message_notice"), f"kind IN ({listed})")
