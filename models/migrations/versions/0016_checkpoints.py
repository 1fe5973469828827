"""Signed checkpoints of the trail, and the keys that sign them."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from models.errors import IntegrityBroken
from models.triggers import create_checkpoint_statements, drop_checkpoint_statements

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "checkpoint_key",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("vkey", sa.String(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "first", "rotated", "replaced", name="key_origin", native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column("from_size", BIG, nullable=False),
        sa.Column("statement", sa.String(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_checkpoint_key_number_counts_up")),
        sa.CheckConstraint(
            "(origin = 'rotated') = (statement IS NOT NULL)", name=op.f("ck_checkpoint_key_rotation_is_signed")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoint_key")),
        sa.UniqueConstraint("vkey", name=op.f("uq_checkpoint_key_vkey")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("key_number", BIG, nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_checkpoint_size_counts_up")),
        sa.CheckConstraint("length(root) = 64", name=op.f("ck_checkpoint_root_is_a_digest")),
        sa.ForeignKeyConstraint(
            ["key_number"], ["checkpoint_key.number"], name=op.f("fk_checkpoint_key_number_checkpoint_key")
        ),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoint")),
    )
    op.create_index(op.f("ix_checkpoint_key_number"), "checkpoint", ["key_number"])
    for statement in create_checkpoint_statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """The trail tells of each checkpoint: with a single one, this is refused."""
    if checkpoints := op.get_bind().exec_driver_sql("SELECT count(*) FROM checkpoint").scalar_one():
        raise IntegrityBroken("downgrade_drops_checkpoints", checkpoints=checkpoints)
    for statement in drop_checkpoint_statements(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("checkpoint")
    op.drop_table("checkpoint_key")
