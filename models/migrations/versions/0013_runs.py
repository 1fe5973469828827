"""Runs: which part of a shared flow, by which worker, and what kind of error ended it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("shard", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("shards", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("run", sa.Column("worker", sa.String(), nullable=True))
    op.add_column("run", sa.Column("failure", sa.String(), nullable=True))
    with op.batch_alter_table("run") as table:
        table.alter_column("shard", existing_type=sa.Integer(), server_default=None)
        table.alter_column("shards", existing_type=sa.Integer(), server_default=None)
        table.create_check_constraint(op.f("ck_run_part_of_a_whole"), "shard >= 0 AND shard < shards")
        table.create_check_constraint(op.f("ck_run_failure_ends_it"), "failure IS NULL OR finished_at IS NOT NULL")


def downgrade() -> None:
    """What failed looks to the older version like what died: it began and never ended."""
    op.execute("UPDATE run SET failure = NULL, finished_at = NULL WHERE failure IS NOT NULL")
    with op.batch_alter_table("run") as table:
        table.drop_constraint(op.f("ck_run_failure_ends_it"), type_="check")
        table.drop_constraint(op.f("ck_run_part_of_a_whole"), type_="check")
        for column in ("failure", "worker", "shards", "shard"):
            table.drop_column(column)
