"""Who is sent every checkpoint, what tells them, and texts of the trail that are to be erased."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KINDS = (
    "due",
    "moved",
    "finding",
    "correction",
    "corrected",
    "evidence",
    "release",
    "summary",
    "unreachable",
    "digest",
)
AT_ONCE = ("correction", "unreachable", "digest")


def upgrade() -> None:
    _kinds((*KINDS, "checkpoint"), at_once=(*AT_ONCE, "checkpoint"))
    op.create_table(
        "witness",
        sa.Column("person_id", BIG, autoincrement=False, nullable=False),
        sa.Column("added_by", BIG, nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_witness_added_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_witness_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_witness")),
    )
    op.create_index(op.f("ix_witness_added_by"), "witness", ["added_by"])
    op.create_table(
        "text_erasure",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("requested_by", BIG, nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_text_erasure_requested_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_erasure")),
        sa.UniqueConstraint("seq", "field", name=op.f("uq_text_erasure_seq_field")),
    )
    op.create_index(op.f("ix_text_erasure_requested_by"), "text_erasure", ["requested_by"])


def downgrade() -> None:
    """What told of checkpoints goes with its deliveries; the checkpoints stay."""
    op.drop_table("text_erasure")
    op.drop_table("witness")
    gone = "SELECT id FROM outbox_message WHERE kind = 'checkpoint'"
    op.execute(f"DELETE FROM delivery WHERE outbox_id IN ({gone})")  # noqa: S608 - no value from outside
    op.execute("DELETE FROM outbox_message WHERE kind = 'checkpoint'")
    op.execute("DELETE FROM preference_kind WHERE kind = 'checkpoint'")
    _kinds(KINDS, at_once=AT_ONCE)


def _kinds(kinds: tuple[str, ...], *, at_once: tuple[str, ...]) -> None:
    _check("outbox_message", "notice", f"kind IN {_listed(kinds)}")
    with op.batch_alter_table("preference_kind") as table:
        for name, rule in (
            ("notice", f"kind IN {_listed(kinds)}"),
            ("collected", f"mode = 'immediate' OR kind NOT IN {_listed(at_once)}"),
        ):
            table.drop_constraint(op.f(f"ck_preference_kind_{name}"), type_="check")
            table.create_check_constraint(op.f(f"ck_preference_kind_{name}"), rule)


def _check(table_name: str, name: str, rule: str) -> None:
    with op.batch_alter_table(table_name) as table:
        table.drop_constraint(op.f(f"ck_{table_name}_{name}"), type_="check")
        table.create_check_constraint(op.f(f"ck_{table_name}_{name}"), rule)


def _listed(values: tuple[str, ...]) -> str:
    return f"({', '.join(repr(value) for value in values)})"
