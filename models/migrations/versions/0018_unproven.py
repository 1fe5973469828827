"""What each area still has to prove, kept beside the answers, so that the daily sweep need not read them.

What was kept before says nothing of it and is reckoned anew: by the next sweep, a piece at a time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("layer_summary", sa.Column("unproven", sa.String(), nullable=True))
    op.execute("UPDATE layer_summary SET basis = NULL WHERE layer = 'unit'")


def downgrade() -> None:
    op.drop_column("layer_summary", "unproven")
