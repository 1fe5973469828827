"""For who reads: the trail by what was done and by whom, and what is due by its day.

Plain CREATE INDEX: no batch, which would drop the trail's triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open' AND due_on IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_audit_record_action", "audit_record", ["action", "seq"])
    op.create_index("ix_audit_record_actor", "audit_record", ["actor", "seq"])
    op.create_index("ix_obligation_due", "obligation", ["due_on"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_obligation_due", table_name="obligation")
    op.drop_index("ix_audit_record_actor", table_name="audit_record")
    op.drop_index("ix_audit_record_action", table_name="audit_record")
